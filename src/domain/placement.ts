/** Finding → a line of the diff, the summary, or nowhere: the verbatim quote decides, the claimed line only chooses between equals. */
import { changedFile } from "./changed-path.ts";
import { type DiffLine, type FileDiff, type Hunk, lineNumber, type Side } from "./diff.ts";
import type { Finding } from "./finding.ts";
import { type FoldedHunk, foldHunk } from "./folded-hunk.ts";
import type { FileContent } from "./pull-request.ts";
import { findQuote, foldLine, type LineSpan, type Reading, readQuote, type Strictness } from "./quote.ts";

/** Where the quote stands, as GitHub wants it: `startLine` equals `line` for one line, and both are in one hunk. */
export interface Anchor {
  readonly side: Side;
  readonly startLine: number;
  readonly line: number;
}

export type Placement =
  | { readonly kind: "inline"; readonly anchor: Anchor }
  /** In the file at head, but not in the diff: GitHub takes no comment there. */
  | { readonly kind: "outside"; readonly anchor: Anchor }
  | { readonly kind: "dropped"; readonly reason: "unknown path" | "quote not found" };

/** A claimed range may be wider than the quote (a whole statement), but not a whole file. */
const MAX_RANGE_LINES = 20;
/** A quote further away from the claimed line may be another one that reads alike: then the whole file is asked. */
const NEAR_LINES = 20;

/**
 * Places by the diff alone: where the quote stands in the hunks, near the claimed line. Null means that the file at head
 * has to be read to know (`placeByContent`).
 */
export function placeInDiff(finding: Finding, files: ReadonlyMap<string, FileDiff>): Placement | null {
  const file = changedFile(finding.path, files);
  if (file === null) return { kind: "dropped", reason: "unknown path" };
  const readings = readQuote(finding.evidence);
  if (readings.length === 0) return { kind: "dropped", reason: "quote not found" };
  const found = searchDiff(finding, file, readings);
  if (found === null || !isSettled(found, finding, file)) return null;
  return { kind: "inline", anchor: widen(found, finding) };
}

/** On the LEFT there is no other place to look, and all of a new file is in its diff. */
function isSettled(match: Match, finding: Finding, file: FileDiff): boolean {
  return match.side === "LEFT" || file.status === "added" || distance(match, finding) <= NEAR_LINES;
}

/**
 * The same with the file at head. A quote far from the claimed line in the diff, and near to it in the file, is meant
 * there; otherwise the diff comes first, because the change is what the finding is about.
 */
export function placeByContent(
  finding: Finding,
  head: FileContent,
  files: ReadonlyMap<string, FileDiff>,
): Placement {
  const file = changedFile(finding.path, files);
  if (file === null) return { kind: "dropped", reason: "unknown path" };
  const readings = readQuote(finding.evidence);
  const inDiff = searchDiff(finding, file, readings);
  const inFile = head.kind === "text" ? searchText(finding, head.text, readings) : null;
  if (inDiff !== null && (inFile === null || !isMeant(inFile, inDiff, finding, file))) {
    return { kind: "inline", anchor: widen(inDiff, finding) };
  }
  if (inFile === null) return { kind: "dropped", reason: "quote not found" };
  return { kind: "outside", anchor: { side: "RIGHT", startLine: inFile.startLine, line: inFile.line } };
}

function isMeant(inFile: LineSpan, inDiff: Match, finding: Finding, file: FileDiff): boolean {
  if (isSettled(inDiff, finding, file) || distance(inFile, finding) > NEAR_LINES) return false;
  // The file at head holds the lines of the diff, too.
  return !(inFile.startLine === inDiff.startLine && inFile.line === inDiff.line);
}

/** For findings whose lines are known for certain: in the diff where GitHub takes a comment, else beside it. */
export function placeByLine(finding: Finding, files: ReadonlyMap<string, FileDiff>): Placement {
  const { path, side, startLine, line } = finding;
  const file = files.get(path);
  if (file === undefined) return { kind: "dropped", reason: "unknown path" };
  const whole = { side, startLine, line };
  if (standsInDiff(whole, file)) return { kind: "inline", anchor: whole };
  const single = [startLine, line].find((number) =>
    standsInDiff({ side, startLine: number, line: number }, file),
  );
  if (single !== undefined) return { kind: "inline", anchor: { side, startLine: single, line: single } };
  return { kind: "outside", anchor: whole };
}

/** Whether GitHub takes a comment at this anchor: both ends in one hunk of the file, on their side. */
export function standsInDiff(anchor: Anchor, file: FileDiff | undefined): boolean {
  if (file?.patch.kind !== "hunks" || anchor.startLine > anchor.line) return false;
  return file.patch.hunks.some((hunk) => {
    const numbers = new Set(hunk.lines.map((line) => lineNumber(line, anchor.side)));
    return numbers.has(anchor.startLine) && numbers.has(anchor.line);
  });
}

interface Match extends LineSpan {
  readonly side: Side;
  readonly hunk: Hunk;
}

const STRICTNESSES: readonly Strictness[] = ["exact", "loose"];

/** The strictest way to read the quote that is found anywhere wins; then the claimed side; then the nearest line. */
function searchDiff(finding: Finding, file: FileDiff, readings: readonly Reading[]): Match | null {
  const hunks = file.patch.kind === "hunks" ? file.patch.hunks.map(foldHunk) : [];
  const sides: readonly Side[] = finding.side === "RIGHT" ? ["RIGHT", "LEFT"] : ["LEFT", "RIGHT"];
  for (const strictness of STRICTNESSES) {
    for (const reading of readings) {
      for (const side of sides) {
        const found = nearest(onSide(hunks, side, reading, strictness), finding);
        if (found !== null) return found;
      }
      const found = nearest(overBothSides(hunks, finding.side, reading, strictness), finding);
      if (found !== null) return found;
    }
  }
  return null;
}

function searchText(finding: Finding, text: string, readings: readonly Reading[]): LineSpan | null {
  const lines = text.split("\n").map((line, at) => ({ number: at + 1, text: foldLine(line) }));
  const full = lines.filter((line) => line.text !== "");
  for (const strictness of STRICTNESSES) {
    for (const reading of readings) {
      const found = nearest(findQuote(full, reading.right, strictness), finding);
      if (found !== null) return found;
    }
  }
  return null;
}

function onSide(
  hunks: readonly FoldedHunk[],
  side: Side,
  reading: Reading,
  strictness: Strictness,
): readonly Match[] {
  return hunks.flatMap(({ hunk, left, right, deleted }) => {
    const spans =
      side === "RIGHT"
        ? findQuote(right, reading.right, strictness)
        : findQuote(left, reading.left, strictness).filter((span) => touches(span, deleted));
    return spans.map((span) => ({ ...span, side, hunk }));
  });
}

/** Unchanged lines exist on both sides; on the LEFT only a removal is worth a comment. */
function touches(span: LineSpan, deleted: ReadonlySet<number>): boolean {
  for (let number = span.startLine; number <= span.line; number++) if (deleted.has(number)) return true;
  return false;
}

/** A quote of deleted and added lines in a row: it stands on the claimed side, by its lines there. */
function overBothSides(
  hunks: readonly FoldedHunk[],
  claimed: Side,
  reading: Reading,
  strictness: Strictness,
): readonly Match[] {
  return hunks.flatMap(({ hunk, printed }) =>
    findQuote(printed, reading.printed, strictness).flatMap((span) => {
      const quoted = hunk.lines.slice(span.startLine, span.line + 1);
      return (
        spanOn(quoted, claimed, hunk) ?? spanOn(quoted, claimed === "RIGHT" ? "LEFT" : "RIGHT", hunk) ?? []
      );
    }),
  );
}

function spanOn(lines: readonly DiffLine[], side: Side, hunk: Hunk): Match | null {
  const changed: DiffLine["kind"] = side === "RIGHT" ? "added" : "deleted";
  const numbers = lines.flatMap((line) => (line.kind === changed ? (lineNumber(line, side) ?? []) : []));
  const [first, last] = [numbers[0], numbers.at(-1)];
  return first === undefined || last === undefined ? null : { side, hunk, startLine: first, line: last };
}

function distance(span: LineSpan, claimed: LineSpan): number {
  return Math.abs(span.line - claimed.line);
}

function nearest<T extends LineSpan>(matches: readonly T[], claimed: LineSpan): T | null {
  return matches.reduce<T | null>(
    (best, match) => (best === null || distance(match, claimed) < distance(best, claimed) ? match : best),
    null,
  );
}

/** Keeps the claimed range where it holds the quote and stays inside the hunk; else the quote itself is the range. */
function widen(match: Match, finding: Finding): Anchor {
  const { side, startLine, line } = match;
  const claimHolds = finding.side === side && finding.startLine <= startLine && finding.line >= line;
  const short = finding.line - finding.startLine < MAX_RANGE_LINES;
  const ends = new Set(match.hunk.lines.map((one) => lineNumber(one, side)));
  if (claimHolds && short && ends.has(finding.startLine) && ends.has(finding.line)) {
    return { side, startLine: finding.startLine, line: finding.line };
  }
  return { side, startLine, line };
}
