/** Who else writes what a change writes: fields and columns have rules that only the other writers show. */
import type { ChunkFile } from "./chunk.ts";
import type { LineRange } from "./outline.ts";
import type { Pointer } from "./related.ts";

const MAX_NAMES = 6;
const MAX_PLACES = 8;
const LINES_BEFORE = 4;
const LINES_AFTER = 6;
const RANK = 17;
const MAX_LINE = 500;

/** `this.state = `, `job.retryCount +=`: a field of something that outlives the line. */
const FIELD = /(?:\.|->|::)#?([a-z_]\w{2,})\s*(?:[-+*/|&?]{1,2})?=(?![=>])/g;
/** `SET state = …, updated_at = …` of a statement that may go on over lines. */
const COLUMN = /(?:\bSET\s+|,\s*|^\s*)"?([a-z_]\w{2,})"?\s*=\s*(?:['"$:?\w(]|CASE\b|NOW\b)/gi;
const STATEMENT = /\b(?:UPDATE|INSERT\s+INTO|DO\s+UPDATE)\b/i;

/** Other places of the same file, where the same fields or columns are written. */
export function sharedStatePointers(
  file: ChunkFile,
  text: string,
  shown: readonly LineRange[],
): readonly Pointer[] {
  const names = writtenNames(file);
  if (names.length === 0) return [];
  const lines = text.split("\n");
  const isShown = (line: number) => shown.some(({ start, end }) => line >= start && line <= end);
  const patterns = names.map((name) => ({
    name,
    pattern: new RegExp(`(?<![\\w$])#?${name}"?\\s*[-+*/|&?]{0,2}=(?![=>])`),
  }));
  const pointers: Pointer[] = [];
  for (const [at, line] of lines.entries()) {
    if (pointers.length >= MAX_PLACES) break;
    const number = at + 1;
    const last = pointers.at(-1);
    if (isShown(number) || (last !== undefined && number <= last.end)) continue;
    const written = patterns.find(({ pattern }) => pattern.test(line.slice(0, MAX_LINE)));
    if (written === undefined) continue;
    const start = Math.max(1, number - LINES_BEFORE);
    pointers.push({
      path: file.path,
      start,
      end: number + LINES_AFTER,
      reason: `also writes ${written.name}`,
      rank: RANK,
    });
  }
  return pointers;
}

function writtenNames({ hunks }: ChunkFile): readonly string[] {
  const names = new Set<string>();
  for (const hunk of hunks) {
    const changed = hunk.lines
      .filter((line) => line.kind !== "context")
      .map((line) => line.text.slice(0, MAX_LINE));
    const patterns = changed.some((text) => STATEMENT.test(text)) ? [FIELD, COLUMN] : [FIELD];
    for (const text of changed)
      for (const pattern of patterns) for (const match of text.matchAll(pattern)) names.add(match[1] ?? "");
  }
  return [...names].slice(0, MAX_NAMES);
}
