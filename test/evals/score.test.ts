import { expect, test } from "vitest";
import { f1, mcnemar, wilson } from "../../evals/proportion.ts";
import type { CaseResult } from "../../evals/run-file.ts";
import { type Score, scoreRun } from "../../evals/score.ts";
import { aCaseResult, aFailedCase, aJudged, aRun, MATCHES, REAL, UNJUDGED, WRONG } from "./builders.ts";

const proportion = (hits: number, of: number) => ({ hits, of });
const CRITICAL = { severity: "critical" } as const;
const NIT = { severity: "nit" } as const;

interface Row {
  readonly name: string;
  readonly cases: readonly CaseResult[];
  readonly expected: Partial<Score>;
}

const rows: readonly Row[] = [
  {
    name: "a matched golden is found, and its finding real",
    cases: [aCaseResult({ golden: [CRITICAL], findings: [aJudged(MATCHES(0))] })],
    expected: {
      overall: { name: "all 🔴 🟡", precision: proportion(1, 1), recall: proportion(1, 1) },
      severityRight: proportion(1, 1),
      duplicates: 0,
    },
  },
  {
    name: "a second finding for one golden is a duplicate, and still real",
    cases: [aCaseResult({ golden: [CRITICAL], findings: [aJudged(MATCHES(0)), aJudged(MATCHES(0))] })],
    expected: {
      overall: { name: "all 🔴 🟡", precision: proportion(2, 2), recall: proportion(1, 1) },
      duplicates: 1,
    },
  },
  {
    name: "what is real but no golden helps precision alone; what is wrong hurts it",
    cases: [aCaseResult({ golden: [CRITICAL], findings: [aJudged(REAL), aJudged(WRONG)] })],
    expected: { overall: { name: "all 🔴 🟡", precision: proportion(1, 2), recall: proportion(0, 1) } },
  },
  {
    name: "what the judge could not judge is in no share",
    cases: [aCaseResult({ golden: [CRITICAL], findings: [aJudged(UNJUDGED)] })],
    expected: {
      overall: { name: "all 🔴 🟡", precision: proportion(0, 0), recall: proportion(0, 1) },
      unjudged: 1,
    },
  },
  {
    name: "nits are neither in the main figures nor noise",
    cases: [aCaseResult({ golden: [NIT, CRITICAL] }), aCaseResult({ findings: [aJudged(WRONG, NIT)] })],
    expected: {
      overall: { name: "all 🔴 🟡", precision: proportion(0, 0), recall: proportion(0, 1) },
      silentOnClean: proportion(1, 1),
      noiseOnClean: 0,
      nits: 1,
    },
  },
  {
    name: "a nit that names a golden finds it",
    cases: [aCaseResult({ golden: [CRITICAL], findings: [aJudged(MATCHES(0), NIT)] })],
    expected: {
      overall: { name: "all 🔴 🟡", precision: proportion(0, 0), recall: proportion(1, 1) },
      severityRight: proportion(0, 1),
    },
  },
  {
    name: "findings older than the change count nowhere",
    cases: [aCaseResult({ findings: [aJudged(WRONG, { pre_existing: true })] })],
    expected: { silentOnClean: proportion(1, 1), noiseOnClean: 0 },
  },
  {
    name: "noise is counted on clean cases, real or not",
    cases: [aCaseResult({ findings: [aJudged(WRONG), aJudged(REAL)] }), aCaseResult({ id: "quiet" })],
    expected: { silentOnClean: proportion(1, 2), noiseOnClean: 2 },
  },
  {
    name: "a failed case is named, and is neither silent nor missed",
    cases: [aFailedCase("down", [CRITICAL]), aFailedCase("clean-down"), aCaseResult({ complete: false })],
    expected: {
      overall: { name: "all 🔴 🟡", precision: proportion(0, 0), recall: proportion(0, 0) },
      silentOnClean: proportion(1, 1),
      cases: { reviewed: 1, incomplete: 1, failed: ["down", "clean-down"] },
    },
  },
];

test.each(rows)("$name", ({ cases, expected }) => {
  expect(scoreRun(aRun(cases))).toMatchObject(expected);
});

test("groups by the finding's pass for precision, and by the golden's for recall", () => {
  const score = scoreRun(
    aRun([
      aCaseResult({
        stack: "rust",
        golden: [{ pass: "security" }, { pass: "performance", context: "cross-file" }],
        findings: [aJudged(MATCHES(0), { pass: "correctness" }), aJudged(WRONG, { pass: "security" })],
      }),
    ]),
  );

  const byName = new Map(
    [...score.byPass, ...score.byStack, ...score.byContext].map((group) => [group.name, group]),
  );
  expect(byName.get("security")).toMatchObject({ precision: proportion(0, 1), recall: proportion(1, 1) });
  expect(byName.get("correctness")).toMatchObject({ precision: proportion(1, 1), recall: proportion(0, 0) });
  expect(byName.get("performance")).toMatchObject({ precision: proportion(0, 0), recall: proportion(0, 1) });
  expect(byName.get("rust")).toMatchObject({ precision: proportion(1, 2), recall: proportion(1, 2) });
  expect(byName.get("cross-file")).toMatchObject({ recall: proportion(0, 1) });
});

test("adds up what the reviews cost", () => {
  const usage = { calls: 3, input_tokens: 100, cache_read_tokens: 7, cost_usd: 0.5, duration_ms: 40 };

  const { cost } = scoreRun(aRun([aCaseResult({ usage }), aCaseResult({ id: "other", usage })]));

  expect(cost).toMatchObject({ calls: 6, inputTokens: 200, cacheReadTokens: 14, usd: 1, reviewMs: 80 });
});

test.each([
  // Wilson, "Probable inference", and every table of the score interval.
  [proportion(0, 10), 0, 0.278],
  [proportion(10, 10), 0.722, 1],
  [proportion(54, 60), 0.799, 0.953],
  [proportion(1, 2), 0.095, 0.905],
])("the 95 %% interval of %j is %f to %f", (value, low, high) => {
  const interval = wilson(value);
  expect(interval?.low).toBeCloseTo(low, 3);
  expect(interval?.high).toBeCloseTo(high, 3);
});

test("there is no share of nothing", () => {
  expect(wilson(proportion(0, 0))).toBeNull();
  expect(f1(proportion(0, 0), proportion(1, 1))).toBeNull();
});

test.each([
  [proportion(1, 2), proportion(1, 1), 2 / 3],
  [proportion(0, 5), proportion(0, 5), 0],
])("F1 of %j and %j is %f", (precision, recall, value) => {
  expect(f1(precision, recall)).toBeCloseTo(value, 6);
});

test.each([
  [0, 0, 1],
  [5, 5, 1],
  [6, 0, 0.03125],
  [8, 1, 0.0390625],
  [3, 1, 0.625],
])("McNemar's p of %i won and %i lost is %f", (won, lost, p) => {
  expect(mcnemar(won, lost)).toBeCloseTo(p, 6);
});
