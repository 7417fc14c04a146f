/** What the text of a change shows about a file, whatever its name: pointers to large files, minified code. */
import type { FileDiff, Hunk } from "./diff.ts";

/** The grammar of a pointer (git-lfs docs/spec.md): version, extensions, oid, size; at most 1,024 bytes. */
const POINTER_LINE =
  /^(?:version https:\/\/git-lfs\.github\.com\/spec\/v1|ext-\d-\S+ \S+|oid sha256:[0-9a-f]{64}|size \d{1,19})\r?$/;
const MOST_POINTER_LINES = 13;

/** The file at head, or at base where it was removed, is nothing but a pointer: the content lies elsewhere. */
export function isLfsPointer(file: FileDiff): boolean {
  const [hunk, ...others] = hunksOf(file);
  if (hunk === undefined || others.length > 0) return false;
  const removed = file.status === "removed";
  const start = removed ? hunk.baseStart : hunk.headStart;
  const count = removed ? hunk.baseCount : hunk.headCount;
  // A pointer is a whole file: the hunk must begin at its first line.
  if (start !== 1 || count < 3 || count > MOST_POINTER_LINES) return false;
  const gone = removed ? "added" : "deleted";
  const lines = hunk.lines.filter((line) => line.kind !== gone).map((line) => line.text);
  return (
    (lines[0] ?? "").startsWith("version ") &&
    lines.every((line) => POINTER_LINE.test(line)) &&
    lines.some((line) => line.startsWith("oid "))
  );
}

const MINIFIABLE = /\.(?:js|mjs|cjs|css)$/i;
/** People write lines of 30 characters; minifiers break lines at thousands or never. */
const MINIFIED_LINE_CHARACTERS = 500;
/** The rest of what a minifier broke, or a bare `//# sourceMappingURL`. */
const MOST_SHORT_LINES = 1;

/**
 * Every changed line is a huge one, but for a banner of comments and one short line. A share of long lines would not do:
 * a blob of text beside ten lines of code must not take the ten lines out of the review.
 */
export function isMinified(file: FileDiff): boolean {
  if (!MINIFIABLE.test(file.path)) return false;
  let huge = 0;
  let short = 0;
  for (const hunk of hunksOf(file)) {
    for (const { kind, text } of hunk.lines) {
      if (kind !== "added") continue;
      if (text.length > MINIFIED_LINE_CHARACTERS) huge += 1;
      else if (!isBannerLine(text)) short += 1;
      if (short > MOST_SHORT_LINES) return false;
    }
  }
  return huge > 0;
}

/** A block comment on one line may be followed by code, so only what cannot hold any counts. */
function isBannerLine(text: string): boolean {
  const line = text.trim();
  return (
    line === "" ||
    line.startsWith("//") ||
    (/^(?:\/\*|\*)/.test(line) && !/\*\/./.test(line) && !line.includes("`"))
  );
}

function hunksOf(file: FileDiff): readonly Hunk[] {
  return file.patch.kind === "hunks" ? file.patch.hunks : [];
}
