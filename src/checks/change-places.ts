/** Which lines of a file a change touches, and where on them something that was found near by is said. */
import { type FileDiff, lineNumber, type Side } from "../domain/diff.ts";

export interface ChangePlaces {
  /** Head numbers of added lines, in order. */
  readonly added: readonly number[];
  /** Base numbers of deleted lines, in order. */
  readonly deleted: readonly number[];
  isAdded(line: number): boolean;
  isDeleted(line: number): boolean;
}

export interface Place {
  readonly side: Side;
  readonly line: number;
}

export function changePlaces(diff: FileDiff): ChangePlaces {
  const lines = diff.patch.kind === "hunks" ? diff.patch.hunks.flatMap((hunk) => hunk.lines) : [];
  const numbers = (kind: "added" | "deleted", side: Side): readonly number[] =>
    lines.flatMap((line) => {
      const number = line.kind === kind ? lineNumber(line, side) : null;
      return number === null ? [] : [number];
    });
  const added = numbers("added", "RIGHT");
  const deleted = numbers("deleted", "LEFT");
  const [isAdded, isDeleted] = [new Set(added), new Set(deleted)];
  return {
    added,
    deleted,
    isAdded: (line) => isAdded.has(line),
    isDeleted: (line) => isDeleted.has(line),
  };
}

/** The place itself where it was changed, else the nearest changed line of its side, else of the other; null without any. */
export function nearestPlace(places: ChangePlaces, { side, line }: Place): Place | null {
  const own = nearest(side === "RIGHT" ? places.added : places.deleted, line);
  if (own !== null) return { side, line: own };
  const other = nearest(side === "RIGHT" ? places.deleted : places.added, line);
  return other === null ? null : { side: side === "RIGHT" ? "LEFT" : "RIGHT", line: other };
}

function nearest(sorted: readonly number[], line: number): number | null {
  let best: number | null = null;
  for (const candidate of sorted) {
    if (best === null || Math.abs(candidate - line) < Math.abs(best - line)) best = candidate;
  }
  return best;
}
