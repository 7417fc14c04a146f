/** Money: what a review may cost, what it will probably cost, and how it is made to fit. */
import type { Chunk } from "./chunk.ts";
import { type Depth, shallower } from "./depth.ts";
import { dearestPrice, priceOf } from "./usage.ts";

/** US dollars; `Infinity` where there is no limit. */
export interface SpendLimits {
  readonly reviewUsd: number;
  /** For one pull request on one day (UTC), all its reviews together. */
  readonly pullDayUsd: number;
  /** For one installation in one calendar month (UTC). */
  readonly installationMonthUsd: number;
}

/** What earlier calls cost, those of this review included where they count. */
export interface Spent {
  readonly reviewUsd: number;
  readonly pullDayUsd: number;
  readonly installationMonthUsd: number;
}

export const NOTHING_SPENT: Spent = { reviewUsd: 0, pullDayUsd: 0, installationMonthUsd: 0 };

/** What is left, and the limit that says so, in words for people. */
export interface Allowance {
  readonly leftUsd: number;
  readonly limit: string;
}

const LIMIT_WORDS: readonly (readonly [keyof SpendLimits, string])[] = [
  ["reviewUsd", "for one review"],
  ["pullDayUsd", "for one pull request and day"],
  ["installationMonthUsd", "for this installation and month"],
];

export function allowanceOf(limits: SpendLimits, spent: Spent): Allowance {
  const [first = { leftUsd: Number.POSITIVE_INFINITY, limit: "no budget" }] = LIMIT_WORDS.map(
    ([key, words]) => ({
      leftUsd: Math.max(0, limits[key] - spent[key]),
      limit: `the budget of $${limits[key].toFixed(2)} ${words}`,
    }),
  ).toSorted((a, b) => a.leftUsd - b.leftUsd);
  return first;
}

/** Sizes of the requests of a review in tokens, as far as they are known before the first one. */
export interface RequestSizes {
  readonly prefix: number;
  readonly blockOf: (chunk: Chunk) => number;
}

/** Instruction and reply of a question, thinking included: rounded up from what reviews used. */
const READING = { lenses: 3_500, pass: 800, output: 3_000, outputLenses: 6_000 };
const VERDICT = { input: 5_000, output: 1_500 };
/** Questions to the sceptic that a chunk leads to. */
const VERDICTS: Readonly<Record<Depth, number>> = { quick: 0.5, standard: 2, deep: 5 };
const SUMMARY = { input: 1_500, output: 800 };
const CACHE_WRITE = 1.25;
const CACHE_READ = 0.1;

/** US dollars for all chunks at a depth. A model without a known price is taken for the dearest one. */
export function estimateCost(
  model: string,
  depth: Depth,
  passes: number,
  chunks: readonly Chunk[],
  sizes: RequestSizes,
): number {
  const price = priceOf(model) ?? dearestPrice();
  let input = sizes.prefix * (CACHE_WRITE + CACHE_READ) + SUMMARY.input;
  let output = SUMMARY.output;
  for (const chunk of chunks) {
    const block = sizes.blockOf(chunk);
    const readings = depth === "quick" ? 1 : passes;
    const again = (sizes.prefix + block) * CACHE_READ;
    input += sizes.prefix * CACHE_READ + block * CACHE_WRITE + (readings - 1) * again;
    input += depth === "quick" ? READING.lenses : readings * READING.pass;
    input += VERDICTS[depth] * (again + VERDICT.input);
    output += depth === "quick" ? READING.outputLenses : readings * READING.output;
    output += VERDICTS[depth] * VERDICT.output;
  }
  return (input * price.input + output * price.output) / 1_000_000;
}

/** What one call will cost at most, from the length of its text and a usual reply. */
export function estimateCall(model: string, inputTokens: number): number {
  const price = priceOf(model) ?? dearestPrice();
  return (inputTokens * CACHE_WRITE * price.input + READING.output * price.output) / 1_000_000;
}

export interface Fit {
  readonly depth: Depth;
  readonly chunks: readonly Chunk[];
  readonly estimateUsd: number;
}

/**
 * The ladder: as deep as wanted, else shallower, else only the riskiest chunks, else none. `riskOf` orders chunks; their
 * own order is kept.
 */
export function fitToBudget(
  wanted: Depth,
  chunks: readonly Chunk[],
  leftUsd: number,
  costOf: (depth: Depth, chunks: readonly Chunk[]) => number,
  riskOf: (chunk: Chunk) => number,
): Fit {
  for (let depth: Depth | null = wanted; depth !== null; depth = shallower(depth)) {
    const estimateUsd = costOf(depth, chunks);
    if (estimateUsd <= leftUsd) return { depth, chunks, estimateUsd };
  }
  const kept: Chunk[] = [];
  for (const chunk of chunks.toSorted((a, b) => riskOf(b) - riskOf(a))) {
    if (costOf("quick", [...kept, chunk]) > leftUsd) break;
    kept.push(chunk);
  }
  const inOrder = chunks.filter((chunk) => kept.includes(chunk));
  return {
    depth: "quick",
    chunks: inOrder,
    estimateUsd: inOrder.length === 0 ? 0 : costOf("quick", inOrder),
  };
}
