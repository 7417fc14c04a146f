/** Text that a stranger wrote, made safe to look at: invisible characters shown or removed, quarantined in a block of its own. */
import { createHash } from "node:crypto";

/**
 * Characters that change what people see without being seen: controls (but not tab, newline, return), soft hyphen,
 * zero-width and bidirectional marks, line separators, variation selectors beyond emoji's own, and the tag block,
 * in which whole hidden sentences can be written.
 */
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- these very characters are what is looked for
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]/gu;

/** In code every invisible character is shown as `\u{…}`: a reviewer must see what the compiler sees. */
export function showInvisible(text: string): string {
  return text
    .toWellFormed()
    .replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`);
}

/**
 * In prose they carry nothing for a reader and are removed, together with HTML comments, which GitHub never renders.
 * A space stays where a comment was: else `<!<!-- -->--` would become the beginning of another one.
 */
export function stripInvisible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("\r\n", "\n")
    .replace(INVISIBLE, "")
    .replace(/<!--[\s\S]*?(?:-->|$)/g, " ");
}

/**
 * The delimiter of untrusted blocks: 16 hex digits of the SHA-256 over everything that will stand inside them.
 * Whoever writes the text cannot name it in the text, because naming it changes it; and the same change gives the
 * same prompt again, so that the provider's cache and a recording keep working (docs/adr/0007).
 */
export function nonceFor(texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}\0`).update(text);
  return hash.digest("hex").slice(0, 16);
}

/** Not hexadecimal, so that what stands around it can never be a nonce again. */
const REMOVED_NONCE = "[nonce]";

/** Puts text into a block that only this nonce closes. Attributes are JSON strings, so that no name can end the tag. */
export function quarantine(
  nonce: string,
  attributes: Readonly<Record<string, string>>,
  text: string,
): string {
  const pairs = Object.entries(attributes).map(
    ([name, value]) => ` ${name}=${JSON.stringify(showInvisible(value).replaceAll(nonce, REMOVED_NONCE))}`,
  );
  return `<untrusted-${nonce}${pairs.join("")}>\n${text.replaceAll(nonce, REMOVED_NONCE)}\n</untrusted-${nonce}>`;
}

/** Cuts long text at a whole character and says that it did. `limit` counts UTF-16 units. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = text
    .slice(0, limit)
    .toWellFormed()
    .replace(/\uFFFD$/, "");
  return `${kept}… [cut, ${text.length.toLocaleString("en")} characters in all]`;
}
