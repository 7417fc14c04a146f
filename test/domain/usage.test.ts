import { describe, expect, it } from "vitest";
import {
  addUsage,
  cacheShare,
  costOf,
  estimateTokens,
  isPriced,
  NO_USAGE,
  sumUsage,
} from "../../src/domain/usage.ts";
import { aUsage } from "../builders.ts";

const MILLION = { inputTokens: 1_000_000, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

describe("the price", () => {
  it.each([
    ["claude-sonnet-5-5", 2],
    ["claude-sonnet-5-5-20261101", 2],
    ["claude-sonnet-4-5", 3],
    ["claude-opus-5-5", 4],
    ["claude-opus-4-1", 5],
    ["claude-haiku-5-5", 0.1],
    ["claude-haiku-4-5", 1],
    ["claude-fable-5", 10],
    ["a-gateway's-own-name", 0],
    ["", 0],
  ])("of a million input tokens of %s is $%d", (model, price) => {
    expect(costOf(model, MILLION)).toBeCloseTo(price, 10);
    expect(isPriced(model)).toBe(price > 0);
  });

  it.each([
    ["output costs five times the input", { ...MILLION, inputTokens: 0, outputTokens: 1_000_000 }, 10],
    [
      "writing the cache costs a quarter more",
      { ...MILLION, inputTokens: 0, cacheWriteTokens: 1_000_000 },
      2.5,
    ],
    ["reading it costs a tenth", { ...MILLION, inputTokens: 0, cacheReadTokens: 1_000_000 }, 0.2],
    ["nothing costs nothing", { ...MILLION, inputTokens: 0 }, 0],
  ])("%s", (_, tokens, price) => {
    expect(costOf("claude-sonnet-5-5", tokens)).toBeCloseTo(price, 10);
  });
});

it("sums every field", () => {
  const one = {
    calls: 1,
    inputTokens: 2,
    outputTokens: 3,
    cacheReadTokens: 4,
    cacheWriteTokens: 5,
    costUsd: 6,
  };

  expect(addUsage(one, one)).toEqual({
    calls: 2,
    inputTokens: 4,
    outputTokens: 6,
    cacheReadTokens: 8,
    cacheWriteTokens: 10,
    costUsd: 12,
  });
  expect(sumUsage([one, one, one]).costUsd).toBe(18);
  expect(sumUsage([])).toEqual(NO_USAGE);
});

it.each([
  [aUsage({ inputTokens: 100, cacheReadTokens: 300, cacheWriteTokens: 0 }), 0.75],
  [aUsage({ inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 300 }), 0],
  [NO_USAGE, 0],
])("the share of the cache %#", (usage, share) => {
  expect(cacheShare(usage)).toBe(share);
});

it.each([
  [0, 0],
  [1, 1],
  [28, 10],
  [29, 11],
])("%d characters are about %d tokens", (characters, tokens) => {
  expect(estimateTokens(characters)).toBe(tokens);
});
