/** The verbatim quote of a finding → what it may mean, and where it stands among lines of code. */
import { normaliseCode } from "./finding.ts";
import { showInvisible } from "./untrusted-text.ts";

/** A line of code, comparable: invisible characters as the model saw them, white space folded. */
export interface FoldedLine {
  readonly number: number;
  readonly text: string;
}

export interface LineSpan {
  readonly startLine: number;
  readonly line: number;
}

/**
 * One way to read a quote. `left` and `right` are what stands on either side, which differs where the model copied the
 * marks of the diff; `printed` is the quote in the order of the diff. Each is cut where the quote leaves lines out.
 */
export interface Reading {
  readonly left: readonly Segment[];
  readonly right: readonly Segment[];
  readonly printed: readonly Segment[];
}

type Segment = readonly string[];

/** `exact`: whole lines, or lines whose comment was cut. `loose`: the quote is a part of each line. */
export type Strictness = "exact" | "loose";

/** One to three lines are asked for; what is longer is known by its beginning. */
const MAX_QUOTE_LINES = 40;
/** Quotes are shorter, and a line can have 5 MB. */
const MAX_LINE_CHARACTERS = 10_000;
/** A quote this short may stand anywhere as a part of a line, so it must be the whole line. */
const MIN_LOOSE_QUOTE = 8;
/** Lines that a quote may leave out between two that it repeats. */
const MAX_GAP_LINES = 20;

export function foldLine(text: string): string {
  const line = text.length > MAX_LINE_CHARACTERS ? text.slice(0, MAX_LINE_CHARACTERS) : text;
  // A return inside a line is shown like an invisible character (chunk.ts, shownText).
  return normaliseCode(showInvisible(line.replace(/^\uFEFF|\r$/g, "")).replaceAll("\r", "\\u{D}"));
}

/** The literal reading first. Empty where the quote says nothing. */
export function readQuote(evidence: string): readonly Reading[] {
  const raw = evidence
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, MAX_QUOTE_LINES)
    .map(withoutRemovedSecrets);
  const literal = raw.map(foldLine).filter((line) => line !== "");
  if (literal.length === 0) return [];
  const readings = [alike([literal]), withoutMarks(raw), alike(cutAtEllipses(literal))];
  return readings.filter((reading) => reading.printed.length > 0);
}

/** The model saw a remark in the place of a secret (secret-redaction.ts); the longest piece beside it tells the line. */
function withoutRemovedSecrets(line: string): string {
  const pieces = line.split(/\[secret removed: [^\]]{0,60}\]/);
  return pieces.length === 1 ? line : (pieces.toSorted((a, b) => b.length - a.length)[0] ?? "");
}

function alike(segments: readonly Segment[]): Reading {
  return { left: segments, right: segments, printed: segments };
}

/**
 * `-old` and `+new` copied with their marks: the marks tell on which side a line stands. Unmarked lines are unchanged
 * ones, and without a marked line of its own a side is not what the quote is about.
 */
function withoutMarks(raw: readonly string[]): Reading {
  const side = (own: string, other: string) =>
    raw.some((line) => line.startsWith(own))
      ? segmentsOf(raw.filter((line) => !line.startsWith(other)).map(unmarked))
      : [];
  const marked = raw.some((line) => /^[+-]/.test(line));
  return {
    left: side("-", "+"),
    right: side("+", "-"),
    printed: marked ? segmentsOf(raw.map(unmarked)) : [],
  };
}

function unmarked(line: string): string {
  return foldLine(/^[+-]/.test(line) ? line.slice(1) : line);
}

function segmentsOf(lines: readonly string[]): readonly Segment[] {
  const kept = lines.filter((line) => line !== "");
  return kept.length === 0 ? [] : [kept];
}

/** A line that is nothing but an ellipsis, perhaps as a comment. */
const GAP = /^(?:\/\/|#|--|;|\/\*|<!--)? ?\[?(?:\.{3,}|…)\]? ?(?:\*\/|-->)?$/;
/** An ellipsis, or our own remark about a cut line (untrusted-text.ts, clip), at the end of a quoted line. */
const CUT_END = /(?: ?(?:\.{3,}|…)|… \[cut, [\d,]+ characters in all\])$/;

function cutAtEllipses(lines: readonly string[]): readonly Segment[] {
  const segments: string[][] = [[]];
  for (const line of lines) {
    if (GAP.test(line)) segments.push([]);
    else segments.at(-1)?.push(line.replace(CUT_END, ""));
  }
  return segments.map((segment) => segment.filter((line) => line !== "")).filter((one) => one.length > 0);
}

/** Where the segments stand, one after the other; blank lines between do not count. Cost: lines times quoted lines. */
export function findQuote(
  lines: readonly FoldedLine[],
  segments: readonly Segment[],
  strictness: Strictness,
): readonly LineSpan[] {
  const [first, ...others] = segments;
  if (first === undefined) return [];
  if (strictness === "loose" && segments.flat().join("").length < MIN_LOOSE_QUOTE) return [];
  const same = strictness === "exact" ? isLine : isPart;
  const found: LineSpan[] = [];
  for (let at = 0; at + first.length <= lines.length; at++) {
    if (!standsAt(lines, at, first, same)) continue;
    const end = endOf(lines, at + first.length, others, same);
    const [start, last] = [lines[at], end === null ? undefined : lines[end - 1]];
    if (start !== undefined && last !== undefined) found.push({ startLine: start.number, line: last.number });
  }
  return found;
}

type Same = (line: string, wanted: string) => boolean;

/** Behind the last line of the last segment, or null where one of them does not follow soon enough. */
function endOf(
  lines: readonly FoldedLine[],
  from: number,
  segments: readonly Segment[],
  same: Same,
): number | null {
  let end = from;
  for (const segment of segments) {
    let at = end;
    while (at <= end + MAX_GAP_LINES && !standsAt(lines, at, segment, same)) at += 1;
    if (at > end + MAX_GAP_LINES) return null;
    end = at + segment.length;
  }
  return end;
}

function standsAt(lines: readonly FoldedLine[], at: number, segment: Segment, same: Same): boolean {
  return segment.every((wanted, offset) => {
    const line = lines[at + offset];
    return line !== undefined && same(line.text, wanted);
  });
}

const COMMENT_BEHIND = /^ ?(?:\/\/|\/\*|#|--|<!--)/;

function isLine(line: string, wanted: string): boolean {
  if (line === wanted) return true;
  if (!line.startsWith(wanted)) return false;
  return COMMENT_BEHIND.test(line.slice(wanted.length, wanted.length + 5));
}

function isPart(line: string, wanted: string): boolean {
  return line.includes(wanted) || withoutInvisible(line).includes(withoutInvisible(wanted));
}

/** The model may leave out what it was shown as `\u{200B}`. */
function withoutInvisible(text: string): string {
  return text.includes("\\u{") ? normaliseCode(text.replace(/\\u\{[0-9A-F]{1,6}\}/g, "")) : text;
}
