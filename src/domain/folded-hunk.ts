/** A hunk made ready for quotes: the lines of each side, comparable and without the blank ones. */
import type { DiffLine, Hunk } from "./diff.ts";
import { type FoldedLine, foldLine } from "./quote.ts";

export interface FoldedHunk {
  readonly hunk: Hunk;
  readonly left: readonly FoldedLine[];
  readonly right: readonly FoldedLine[];
  /** Numbered by their place in the hunk. */
  readonly printed: readonly FoldedLine[];
  readonly deleted: ReadonlySet<number>;
}

/** Many findings about one large file fold its lines once. The same hunk always folds alike, so this is no state. */
const FOLDED = new WeakMap<Hunk, FoldedHunk>();

export function foldHunk(hunk: Hunk): FoldedHunk {
  const known = FOLDED.get(hunk);
  if (known !== undefined) return known;
  const texts = hunk.lines.map((line) => foldLine(line.text));
  const numbered = (numberOf: (line: DiffLine, at: number) => number | null) =>
    hunk.lines.flatMap((line, at): readonly FoldedLine[] => {
      const [number, text] = [numberOf(line, at), texts[at] ?? ""];
      return number === null || text === "" ? [] : [{ number, text }];
    });
  const fresh: FoldedHunk = {
    hunk,
    left: numbered((line) => line.baseLine),
    right: numbered((line) => line.headLine),
    printed: numbered((_, at) => at),
    deleted: new Set(hunk.lines.flatMap((line) => (line.kind === "deleted" ? (line.baseLine ?? []) : []))),
  };
  FOLDED.set(hunk, fresh);
  return fresh;
}
