import { describe, expect, it } from "vitest";
import {
  backoffEnd,
  breakEnd,
  clockTime,
  isBreakHopeless,
  isPatienceOver,
  limitEnd,
  modelWaitEnd,
} from "../../src/domain/patience.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const seconds = (at: Date) => (at.getTime() - NOW.getTime()) / 1000;
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

describe("a limit of GitHub", () => {
  it.each<[string, number | null, number, number, number]>([
    ["ends when GitHub says, and a second later at the least", 90_000, 0, 0, 91],
    ["has a tenth of jitter", 90_000, 0, 1, 100],
    ["has half a minute of jitter at the most", 2_400_000, 0, 1, 2_431],
    ["without a time is a minute", null, 0, 0, 61],
    ["without a time doubles", null, 3, 0, 481],
    ["without a time is an hour at the most", null, 9, 0, 3_601],
    ["with a time is never given up", 1_000, 60, 0, 2],
  ])("%s", (_what, retryAfterMs, strikes, random, expected) => {
    expect(seconds(limitEnd(NOW, retryAfterMs, strikes, () => random))).toBe(expected);
  });
});

describe("a model service that cannot serve", () => {
  it.each<[number | null, number, number]>([
    [null, 0, 60],
    [null, 1, 120],
    [null, 9, 480],
    [5_000, 0, 60],
    [300_000, 0, 300],
    [86_400_000, 0, 1_800],
  ])("that says %s ms, after %i waits, is asked again in %i s", (retryAfterMs, parks, expected) => {
    expect(seconds(modelWaitEnd(NOW, retryAfterMs, parks))).toBe(expected);
  });

  it("is waited for half an hour", () => {
    expect([null, ago(29), ago(30)].map((since) => isPatienceOver(NOW, since))).toEqual([false, false, true]);
  });
});

it("a breaker stays open for longer each time, up to six hours, and a job waits a week for it", () => {
  expect([0, 1, 5, 30].map((strikes) => seconds(breakEnd(NOW, strikes)))).toEqual([60, 120, 1_920, 21_600]);
  expect([ago(60), ago(7 * 24 * 60)].map((begun) => isBreakHopeless(NOW, begun))).toEqual([false, true]);
});

it("the pause between attempts doubles up to ten minutes", () => {
  expect([0, 1, 2, 3, 20].map((attempt) => seconds(backoffEnd(NOW, attempt)))).toEqual([10, 20, 40, 80, 600]);
});

it("a time is told with its day where it is not today", () => {
  expect(clockTime(new Date("2026-11-22T14:05:59Z"), NOW)).toBe("14:05 UTC");
  expect(clockTime(new Date("2026-11-23T00:05:00Z"), NOW)).toBe("2026-11-23 00:05 UTC");
});
