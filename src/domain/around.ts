/** What of its own file a reader needs to see around the hunks of a chunk: the enclosing code, and what the file imports. */
import type { ChunkFile } from "./chunk.ts";
import type { Hunk } from "./diff.ts";
import { changedRange, type ExcerptLimits, enclosingScopes, scopeExcerpt } from "./enclosing.ts";
import { indentationScopes } from "./indentation.ts";
import type { LineRange, SourceOutline } from "./outline.ts";
import type { Pointer } from "./related.ts";

/** For each hunk; what does not fit into the chunk's budget is left out hunk by hunk. */
const LIMITS: ExcerptLimits = { wholeFunctionLines: 90, windowLines: 25, characters: 6_000 };
const MAX_IMPORT_LINES = 40;
const AROUND_RANK = 10;
const IMPORT_RANK = 5;

export function headRange(hunk: Hunk): LineRange {
  return { start: hunk.headStart, end: hunk.headStart + hunk.headCount - 1 };
}

/** `shown` are the lines of the hunks. Earlier hunks win where the budget ends. */
export function aroundPointers(
  file: ChunkFile,
  text: string,
  outline: SourceOutline | null,
  shown: readonly LineRange[],
): readonly Pointer[] {
  const { path } = file;
  const lines = text.split("\n");
  const taken: LineRange[] = [...shown];
  const pointers: Pointer[] = [];
  for (const [at, hunk] of file.hunks.entries()) {
    const range = changedRange(hunk);
    if (range === null) continue;
    const scopes = outline === null ? indentationScopes(lines, range) : enclosingScopes(outline, range);
    for (const part of scopeExcerpt({ scopes, lines, range, shown: taken, limits: LIMITS })) {
      taken.push(part);
      pointers.push({ path, ...part, reason: "encloses the change", rank: AROUND_RANK - at / 1_000 });
    }
  }
  return [...pointers, ...importPointers(path, outline, taken)];
}

/** Which names come from where decides many a question about them. */
function importPointers(
  path: string,
  outline: SourceOutline | null,
  taken: readonly LineRange[],
): readonly Pointer[] {
  const imports = (outline?.imports ?? []).filter(
    ({ start, end }) => !taken.some((range) => range.start <= start && end <= range.end),
  );
  const [first, last] = [imports[0], imports.at(-1)];
  if (first === undefined || last === undefined) return [];
  const end = Math.min(last.end, first.start + MAX_IMPORT_LINES - 1);
  return [{ path, start: first.start, end, reason: "imports of the file", rank: IMPORT_RANK }];
}
