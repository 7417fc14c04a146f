/** Which lines of a file at head a change adds, and where a comment on one may reach. */
import type { FileDiff } from "../domain/diff.ts";
import type { LineRange } from "../domain/outline.ts";

/** Runs of added lines at head, in order. */
export function addedRanges(diff: FileDiff): readonly LineRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (const { line } of addedLines(diff)) {
    const last = ranges.at(-1);
    if (last !== undefined && last.end === line - 1) last.end = line;
    else ranges.push({ start: line, end: line });
  }
  return ranges;
}

export interface AddedLine {
  /** At head, from 1. */
  readonly line: number;
  readonly text: string;
}

export function addedLines(diff: FileDiff): readonly AddedLine[] {
  if (diff.patch.kind === "none") return [];
  return diff.patch.hunks.flatMap((hunk) =>
    hunk.lines.flatMap((line) =>
      line.kind === "added" && line.headLine !== null ? [{ line: line.headLine, text: line.text }] : [],
    ),
  );
}

/** Code that long is a block: it counts as changed where its first line is, not where something within it is. */
const MAX_STATEMENT_LINES = 10;

/**
 * The lines of a place in the code on which a comment can stand, or null where the change did not touch it:
 * all of them for a statement, the first one for a block, cut to the hunk that holds the added line.
 */
export function touchedLines(diff: FileDiff, place: LineRange): LineRange | null {
  if (diff.patch.kind === "none") return null;
  const end = place.end - place.start < MAX_STATEMENT_LINES ? place.end : place.start;
  const touched = addedRanges(diff).find((range) => range.start <= end && range.end >= place.start);
  if (touched === undefined) return null;
  const line = Math.max(touched.start, place.start);
  const hunk = diff.patch.hunks.find(
    ({ headStart, headCount }) => headStart <= line && line < headStart + headCount,
  );
  if (hunk === undefined) return null;
  return {
    start: Math.max(place.start, hunk.headStart),
    end: Math.min(end, hunk.headStart + hunk.headCount - 1),
  };
}

/** Why the added lines of a file are not known, or null where they are (or where there are none). */
export function hiddenPatch({ patch }: FileDiff): string | null {
  if (patch.kind === "hunks") return null;
  return patch.reason === "too-large" || patch.reason === "unusable" ? patch.detail : null;
}
