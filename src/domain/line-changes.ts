/** Two lists of lines → the runs that differ. Bounded for any input: where a shortest answer would be dear, a longer one is given. */
import { diffArrays } from "diff";

/** Base lines `baseFrom` up to `baseTo` became head lines `headFrom` up to `headTo`; counted from 0, the end left out. */
export interface LineChange {
  readonly baseFrom: number;
  readonly baseTo: number;
  readonly headFrom: number;
  readonly headTo: number;
}

/** Edits after which a stretch counts as replaced: the search costs the square of them. */
const MAX_EDITS = 200;
/** For one file, in squares of edits: a quarter of a second of one core. */
const SEARCH_ALLOWANCE = 4_000_000;

/**
 * Lines that stand exactly once on both sides, in the same order, are taken for unchanged (patience diff): they cut the
 * texts into short stretches, and only those are searched.
 */
export function lineChanges(base: readonly string[], head: readonly string[]): readonly LineChange[] {
  const changes: LineChange[] = [];
  let allowance = SEARCH_ALLOWANCE;
  for (const stretch of stretches(base, head)) {
    const [b, h] = [stretch.baseTo - stretch.baseFrom, stretch.headTo - stretch.headFrom];
    if (b === 0 || h === 0) {
      if (b + h > 0) changes.push(stretch);
      continue;
    }
    const edits = Math.min(MAX_EDITS, b + h);
    allowance -= edits * edits;
    const found = allowance > 0 ? searched(base, head, stretch, edits) : null;
    if (found === null) changes.push(stretch);
    else for (const change of found) changes.push(change);
  }
  return changes;
}

function searched(
  base: readonly string[],
  head: readonly string[],
  stretch: LineChange,
  maxEditLength: number,
): readonly LineChange[] | null {
  const runs = diffArrays(
    base.slice(stretch.baseFrom, stretch.baseTo),
    head.slice(stretch.headFrom, stretch.headTo),
    { maxEditLength },
  );
  if (runs === undefined) return null;
  const changes: LineChange[] = [];
  let [b, h] = [stretch.baseFrom, stretch.headFrom];
  for (const run of runs) {
    const [baseFrom, headFrom] = [b, h];
    if (!run.added) b += run.count;
    if (!run.removed) h += run.count;
    if (!run.added && !run.removed) continue;
    const before = changes.at(-1);
    // What is removed and what is added in its place are one change.
    if (before?.baseTo === baseFrom && before.headTo === headFrom) {
      changes[changes.length - 1] = { ...before, baseTo: b, headTo: h };
    } else changes.push({ baseFrom, baseTo: b, headFrom, headTo: h });
  }
  return changes;
}

/** What lies between lines that are surely unchanged, with equal lines at both ends cut off. */
function stretches(base: readonly string[], head: readonly string[]): readonly LineChange[] {
  const all = trimmed(base, head, { baseFrom: 0, baseTo: base.length, headFrom: 0, headTo: head.length });
  const cut: LineChange[] = [];
  let { baseFrom, headFrom } = all;
  for (const [b, h] of anchors(base, head, all)) {
    cut.push(trimmed(base, head, { baseFrom, baseTo: b, headFrom, headTo: h }));
    [baseFrom, headFrom] = [b + 1, h + 1];
  }
  cut.push(trimmed(base, head, { baseFrom, baseTo: all.baseTo, headFrom, headTo: all.headTo }));
  return cut;
}

function trimmed(base: readonly string[], head: readonly string[], whole: LineChange): LineChange {
  let { baseFrom, baseTo, headFrom, headTo } = whole;
  while (baseFrom < baseTo && headFrom < headTo && base[baseFrom] === head[headFrom]) {
    baseFrom += 1;
    headFrom += 1;
  }
  while (baseFrom < baseTo && headFrom < headTo && base[baseTo - 1] === head[headTo - 1]) {
    baseTo -= 1;
    headTo -= 1;
  }
  return { baseFrom, baseTo, headFrom, headTo };
}

type Pair = readonly [base: number, head: number];

/** The longest row of lines that are unique on both sides and stand in the same order. */
function anchors(base: readonly string[], head: readonly string[], within: LineChange): readonly Pair[] {
  const inHead = uniquePlaces(head, within.headFrom, within.headTo);
  const pairs: Pair[] = [];
  for (const [line, b] of uniquePlaces(base, within.baseFrom, within.baseTo)) {
    const h = inHead.get(line);
    if (b !== null && h !== undefined && h !== null) pairs.push([b, h]);
  }
  return longestRising(pairs);
}

/** Null for a line that stands more than once. In the order of their first place. */
function uniquePlaces(
  lines: readonly string[],
  from: number,
  to: number,
): ReadonlyMap<string, number | null> {
  const places = new Map<string, number | null>();
  for (let at = from; at < to; at++) {
    const line = lines[at] ?? "";
    places.set(line, places.has(line) ? null : at);
  }
  return places;
}

interface Link {
  readonly pair: Pair;
  readonly before: Link | null;
}

/** Patience sorting: the last cards of the piles, each tied to the pile before it. */
function longestRising(pairs: readonly Pair[]): readonly Pair[] {
  const tops: Link[] = [];
  for (const pair of pairs) {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tops[middle]?.pair[1] ?? 0) < pair[1]) low = middle + 1;
      else high = middle;
    }
    tops[low] = { pair, before: tops[low - 1] ?? null };
  }
  const row: Pair[] = [];
  for (let link = tops.at(-1) ?? null; link !== null; link = link.before) row.push(link.pair);
  return row.toReversed();
}
