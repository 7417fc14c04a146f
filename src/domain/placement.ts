/** Finding → a line of the diff, the summary, or nowhere: the verbatim quote decides, the claimed line only chooses between equals. */
import { shownText } from "./chunk.ts";
import { type DiffLine, type FileDiff, type Hunk, lineNumber, type Side } from "./diff.ts";
import { type Finding, normaliseCode } from "./finding.ts";
import type { FileContent } from "./pull-request.ts";

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
/** A quote this short may stand anywhere as a part of a line, so it must be the whole line. */
const MIN_PARTIAL_QUOTE = 8;

/** Places by the diff alone; null means that the file at head has to be read to know (`placeByContent`). */
export function placeInDiff(finding: Finding, files: ReadonlyMap<string, FileDiff>): Placement | null {
  const file = files.get(finding.path);
  if (file === undefined) return { kind: "dropped", reason: "unknown path" };
  const quote = quoteLines(finding.evidence);
  if (quote.length === 0) return { kind: "dropped", reason: "quote not found" };
  const hunks = file.patch.kind === "hunks" ? file.patch.hunks : [];
  const other: Side = finding.side === "RIGHT" ? "LEFT" : "RIGHT";
  const found =
    nearest(matchesIn(hunks, finding.side, quote), finding.line) ??
    nearest(matchesIn(hunks, other, quote), finding.line);
  return found === null ? null : { kind: "inline", anchor: widen(found, finding) };
}

export function placeByContent(finding: Finding, head: FileContent): Placement {
  if (head.kind !== "text") return { kind: "dropped", reason: "quote not found" };
  const lines = head.text.split("\n").map((text, at) => ({ text, number: at + 1 }));
  const found = nearest(matchesAmong(lines, quoteLines(finding.evidence)), finding.line);
  if (found === null) return { kind: "dropped", reason: "quote not found" };
  return { kind: "outside", anchor: { side: "RIGHT", startLine: found.startLine, line: found.line } };
}

/** Whether GitHub takes a comment at this anchor: both ends in one hunk of the file, on their side. */
export function standsInDiff(anchor: Anchor, file: FileDiff | undefined): boolean {
  if (file?.patch.kind !== "hunks") return false;
  return file.patch.hunks.some((hunk) => {
    const numbers = new Set(hunk.lines.map((line) => lineNumber(line, anchor.side)));
    return numbers.has(anchor.startLine) && numbers.has(anchor.line);
  });
}

/** The quote's lines, folded; blank ones say nothing about a place. */
function quoteLines(evidence: string): readonly string[] {
  return evidence
    .split("\n")
    .map(normaliseCode)
    .filter((line) => line !== "");
}

interface NumberedLine {
  readonly text: string;
  readonly number: number;
}

interface Match {
  readonly side: Side;
  readonly hunk: Hunk;
  readonly startLine: number;
  readonly line: number;
}

function matchesIn(hunks: readonly Hunk[], side: Side, quote: readonly string[]): readonly Match[] {
  return hunks.flatMap((hunk) => {
    const lines = hunk.lines.flatMap((line) => numbered(line, side));
    const deleted = new Set(hunk.lines.flatMap((line) => (line.kind === "deleted" ? [line.baseLine] : [])));
    return matchesAmong(lines, quote)
      .filter((match) => side === "RIGHT" || touches(match, deleted))
      .map((match) => ({ ...match, side, hunk }));
  });
}

function numbered(line: DiffLine, side: Side): readonly NumberedLine[] {
  const number = lineNumber(line, side);
  return number === null ? [] : [{ text: line.text, number }];
}

/** Unchanged lines exist on both sides; on the LEFT only a removal is worth a comment. */
function touches(
  match: { readonly startLine: number; readonly line: number },
  deleted: ReadonlySet<number | null>,
): boolean {
  for (let number = match.startLine; number <= match.line; number++) if (deleted.has(number)) return true;
  return false;
}

/** Runs of lines that the quote repeats; blank lines between do not count. Exact runs win over parts of lines. */
function matchesAmong(
  lines: readonly NumberedLine[],
  quote: readonly string[],
): readonly { readonly startLine: number; readonly line: number }[] {
  const full = lines
    .map((line) => ({ number: line.number, forms: comparable(line.text) }))
    .filter((line) => line.forms[0] !== "");
  const exact = runs(full, quote, (forms, wanted) => forms.includes(wanted));
  if (exact.length > 0 || quote.join("").length < MIN_PARTIAL_QUOTE) return exact;
  return runs(full, quote, (forms, wanted) => forms.some((form) => form.includes(wanted)));
}

function comparable(text: string): readonly string[] {
  const raw = normaliseCode(text);
  const shown = normaliseCode(shownText(text));
  return raw === shown ? [raw] : [raw, shown];
}

function runs(
  lines: readonly { readonly number: number; readonly forms: readonly string[] }[],
  quote: readonly string[],
  same: (forms: readonly string[], wanted: string) => boolean,
): readonly { readonly startLine: number; readonly line: number }[] {
  const found = [];
  for (let at = 0; at + quote.length <= lines.length; at++) {
    const window = lines.slice(at, at + quote.length);
    const [first, last] = [window[0], window.at(-1)];
    if (first && last && quote.every((wanted, offset) => same(window[offset]?.forms ?? [], wanted))) {
      found.push({ startLine: first.number, line: last.number });
    }
  }
  return found;
}

function nearest<T extends { readonly line: number }>(matches: readonly T[], claimed: number): T | null {
  return matches.reduce<T | null>(
    (best, match) =>
      best === null || Math.abs(match.line - claimed) < Math.abs(best.line - claimed) ? match : best,
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
