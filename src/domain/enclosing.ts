/** What stands around changed lines: the scopes that hold them, and which lines of those a reader needs to see. */
import type { Hunk } from "./diff.ts";
import type { LineRange, Scope, SourceOutline } from "./outline.ts";

/** The lines at head from the first change of a hunk to its last one; a deletion stands at the line that took its place. */
export function changedRange(hunk: Hunk): LineRange | null {
  const changed: number[] = [];
  let next = Math.max(1, hunk.headStart);
  for (const line of hunk.lines) {
    if (line.kind !== "context") changed.push(line.headLine ?? next);
    if (line.headLine !== null) next = line.headLine + 1;
  }
  const [start, end] = [changed[0], changed.at(-1)];
  return start === undefined || end === undefined ? null : { start, end };
}

/** Scopes that reach beyond the range and into it, outer to inner; what lies wholly within is seen without help. */
export function enclosingScopes(outline: SourceOutline, range: LineRange): readonly Scope[] {
  return outline.scopes.filter(
    (scope) =>
      scope.start <= range.end && scope.end >= range.start && !contains(range, scope.start, scope.end),
  );
}

function contains(range: LineRange, start: number, end: number): boolean {
  return range.start <= start && end <= range.end;
}

export interface ExcerptLimits {
  /** A function of at most this many lines is shown whole. */
  readonly wholeFunctionLines: number;
  /** Around the change, where the function is longer. */
  readonly windowLines: number;
  /** For all lines together, newlines included. */
  readonly characters: number;
}

export interface ExcerptRequest {
  /** Of `enclosingScopes`, or of `indentationScopes`. */
  readonly scopes: readonly Scope[];
  /** The file at head, without line ends. */
  readonly lines: readonly string[];
  readonly range: LineRange;
  /** What the reader sees anyway: the hunks. */
  readonly shown: readonly LineRange[];
  readonly limits: ExcerptLimits;
}

/**
 * Lines to show, merged and in order, none of them shown already. Signatures come first, from the inside out, then the
 * innermost function; what does not fit into the characters is left out piece by piece.
 */
export function scopeExcerpt(request: ExcerptRequest): readonly LineRange[] {
  const taken = new Set<number>();
  const shown = linesIn(request.shown);
  let left = request.limits.characters;
  for (const wish of wishes(request)) {
    const chosen = wish
      .map((range) => missing(range, request.lines.length, taken, shown))
      .find((lines) => cost(lines, request.lines) <= left);
    if (chosen === undefined) continue;
    left -= cost(chosen, request.lines);
    for (const line of chosen) taken.add(line);
  }
  return asRanges([...taken].toSorted((a, b) => a - b));
}

/** Each wish is a list of ranges from the best to the least that helps; the first one that fits is taken. */
function wishes({ scopes, range, limits }: ExcerptRequest): readonly (readonly LineRange[])[] {
  const inner = scopes.toReversed();
  const signatures = inner.map((scope) => [
    { start: scope.leadStart, end: scope.signatureEnd },
    { start: scope.start, end: scope.signatureEnd },
    { start: scope.start, end: scope.start },
  ]);
  const body = inner.find((scope) => scope.kind === "function");
  if (body === undefined) return signatures;
  const isShort = body.end - body.start < limits.wholeFunctionLines;
  const around = {
    start: Math.max(body.start, range.start - limits.windowLines),
    end: Math.min(body.end, range.end + limits.windowLines),
  };
  return [...signatures, isShort ? [{ start: body.start, end: body.end }, around] : [around]];
}

function missing(
  range: LineRange,
  lineCount: number,
  taken: ReadonlySet<number>,
  shown: ReadonlySet<number>,
): readonly number[] {
  const lines: number[] = [];
  for (let line = Math.max(1, range.start); line <= Math.min(range.end, lineCount); line++)
    if (!taken.has(line) && !shown.has(line)) lines.push(line);
  return lines;
}

function cost(numbers: readonly number[], lines: readonly string[]): number {
  return numbers.reduce((sum, number) => sum + (lines[number - 1]?.length ?? 0) + 1, 0);
}

function linesIn(ranges: readonly LineRange[]): ReadonlySet<number> {
  const lines = new Set<number>();
  for (const { start, end } of ranges) for (let line = start; line <= end; line++) lines.add(line);
  return lines;
}

function asRanges(numbers: readonly number[]): readonly LineRange[] {
  const ranges: LineRange[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last.end + 1 === number) ranges[ranges.length - 1] = { ...last, end: number };
    else ranges.push({ start: number, end: number });
  }
  return ranges;
}
