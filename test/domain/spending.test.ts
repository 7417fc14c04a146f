import { describe, expect, it } from "vitest";
import { cutIntoChunks } from "../../src/domain/chunk.ts";
import { DEPTHS, type Depth } from "../../src/domain/depth.ts";
import {
  allowanceOf,
  estimateCall,
  estimateCost,
  fitToBudget,
  NOTHING_SPENT,
} from "../../src/domain/spending.ts";
import { aNewFile } from "../builders.ts";

const LIMITS = { reviewUsd: 2, pullDayUsd: 5, installationMonthUsd: 100 };

describe("what is left", () => {
  it.each<[what: string, spent: Partial<typeof NOTHING_SPENT>, leftUsd: number, limit: string]>([
    ["nothing was spent", {}, 2, "the budget of $2.00 for one review"],
    ["the review itself was dear", { reviewUsd: 1.5 }, 0.5, "the budget of $2.00 for one review"],
    [
      "earlier reviews of the day were dear",
      { pullDayUsd: 4 },
      1,
      "the budget of $5.00 for one pull request and day",
    ],
    [
      "the month is nearly over",
      { installationMonthUsd: 99.9 },
      0.1,
      "the budget of $100.00 for this installation and month",
    ],
    [
      "more was spent than there was",
      { pullDayUsd: 7 },
      0,
      "the budget of $5.00 for one pull request and day",
    ],
  ])("%s", (_, spent, leftUsd, limit) => {
    const allowance = allowanceOf(LIMITS, { ...NOTHING_SPENT, ...spent });

    expect(allowance.leftUsd).toBeCloseTo(leftUsd, 6);
    expect(allowance.limit).toBe(limit);
  });
});

const CHUNKS = cutIntoChunks(
  ["a", "b", "c"].map((name) =>
    aNewFile(
      `${name}.ts`,
      Array.from({ length: 500 }, (_, at) => `const ${name}${at} = compute(${at});`),
    ),
  ),
);
const SIZES = { prefix: 5_000, blockOf: () => 8_000 };
const cost = (depth: Depth, chunks = CHUNKS, model = "claude-sonnet-5-5") =>
  estimateCost(model, depth, 5, chunks, SIZES);

describe("an estimate", () => {
  it("grows with the depth and with the number of chunks", () => {
    const [quick = 0, standard = 0, deep = 0] = DEPTHS.map((depth) => cost(depth));

    expect(quick).toBeLessThan(standard);
    expect(standard).toBeLessThan(deep);
    expect(cost("standard", CHUNKS.slice(0, 1))).toBeLessThan(standard);
  });

  it("is in the right order of money: one standard chunk of 8,000 tokens is some tens of cents", () => {
    expect(cost("standard", CHUNKS.slice(0, 1))).toBeGreaterThan(0.1);
    expect(cost("standard", CHUNKS.slice(0, 1))).toBeLessThan(0.6);
  });

  it("takes a model without a known price for the dearest one", () => {
    expect(cost("quick", CHUNKS, "a-gateway/model")).toBe(cost("quick", CHUNKS, "claude-fable-5"));
    expect(cost("quick", CHUNKS, "claude-haiku-5-5")).toBeLessThan(cost("quick"));
  });

  it("of one call grows with its text, and is more than nothing for an empty one", () => {
    expect(estimateCall("claude-sonnet-5-5", 0)).toBeGreaterThan(0);
    expect(estimateCall("claude-sonnet-5-5", 100_000)).toBeGreaterThan(
      estimateCall("claude-sonnet-5-5", 1_000),
    );
  });
});

describe("a review is made to fit", () => {
  const PRICES: Readonly<Record<Depth, number>> = { quick: 1, standard: 3, deep: 9 };
  const priceOf = (depth: Depth, chunks: readonly unknown[]) => PRICES[depth] * chunks.length;
  /** The second chunk is the riskiest, the first the least. */
  const risk = ({ number }: { readonly number: number }) => [0, 1, 3, 2][number] ?? 0;
  const fit = (wanted: Depth, leftUsd: number) => fitToBudget(wanted, CHUNKS, leftUsd, priceOf, risk);

  it.each<[wanted: Depth, leftUsd: number, depth: Depth, chunks: readonly number[], estimateUsd: number]>([
    ["deep", 27, "deep", [1, 2, 3], 27],
    ["deep", 26, "standard", [1, 2, 3], 9],
    ["deep", 8, "quick", [1, 2, 3], 3],
    ["standard", Number.POSITIVE_INFINITY, "standard", [1, 2, 3], 9],
    ["quick", 27, "quick", [1, 2, 3], 3],
    ["deep", 2, "quick", [2, 3], 2],
    ["standard", 1.5, "quick", [2], 1],
    ["standard", 0.9, "quick", [], 0],
    ["quick", 0, "quick", [], 0],
  ])("%s with $%d left: %s, chunks %j", (wanted, leftUsd, depth, chunks, estimateUsd) => {
    const { chunks: kept, ...rest } = fit(wanted, leftUsd);

    expect(rest).toEqual({ depth, estimateUsd });
    expect(kept.map(({ number }) => number)).toEqual(chunks);
  });
});
