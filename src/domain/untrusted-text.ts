/** Text that a stranger wrote, made safe to look at: invisible characters shown or removed, quarantined in a block of its own. */
import { createHash } from "node:crypto";

/**
 * Characters that change what people see without being seen: controls (but not tab, newline, return), line separators,
 * interlinear marks, and everything that Unicode calls ignorable: soft hyphen, zero-width and bidirectional marks,
 * grapheme joiner, Mongolian and other variation selectors, and the tag block, in which whole sentences can be hidden.
 * One variation selector right after an emoji or in a keycap is how people write emoji; any other may carry data.
 */
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- these very characters are what is looked for
  /(?!(?<=\p{Extended_Pictographic})[\uFE0E\uFE0F]|(?<=[0-9#*])\uFE0F\u20E3)[[\p{Default_Ignorable_Code_Point}\p{Cc}\u2028\u2029\uFFF9-\uFFFB]--[\t\n\r]]/gv;

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
    .replace(/<!--(?:-?>|[\s\S]*?(?:-->|$))/g, " ");
}

// oxlint-disable-next-line no-control-regex -- escape sequences begin with one
const TERMINAL_SEQUENCE = /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)/g;
/** `[//]: # (words)` and its like: GitHub shows nothing of a definition. A footnote's words are shown. */
const DEFINITION =
  /^ {0,3}\[[^\]\n^][^\]\n]{0,300}\]:[ \t]*\S+(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*$/gm;
const DECLARATION = /<![a-z][^<>]*>/gi;
const TAG_WITH_ATTRIBUTES = /<(\/?[a-z][\w-]*)\s[^<>]*>/gi;

/**
 * What a stranger wrote as title, description or commit message, as GitHub shows it to people: without colours of a
 * terminal, without the other things that HTML never shows (instructions, declarations, character data, attributes),
 * and without definitions. Whoever hides an instruction from people hides it from the model as well.
 */
export function visibleProse(text: string): string {
  const written = stripInvisible(text.replace(TERMINAL_SEQUENCE, ""));
  return withoutSpans(withoutSpans(written, "<?", "?>"), "<![CDATA[", "]]>")
    .replace(DECLARATION, " ")
    .replace(TAG_WITH_ATTRIBUTES, "<$1>")
    .replace(DEFINITION, "");
}

/** One walk from left to right: an expression would look for the end again at each beginning that has none. */
function withoutSpans(text: string, begin: string, end: string): string {
  const kept: string[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf(begin, from);
    const close = start < 0 ? -1 : text.indexOf(end, start + begin.length);
    if (close < 0) return [...kept, text.slice(from)].join(" ");
    kept.push(text.slice(from, start));
    from = close + end.length;
  }
}

/**
 * The delimiter of untrusted blocks: 16 hex digits of the SHA-256 over everything that will stand inside them.
 * Whoever writes the text cannot name it in the text, because naming it changes it; and the same change gives the
 * same prompt again, so that the provider's cache and stored replies keep working (docs/adr/0007).
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
