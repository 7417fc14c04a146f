import { expect, test } from "vitest";
import { compareRuns, renderComparison } from "../../evals/compare.ts";
import { aCaseResult, aFailedCase, aJudged, aRun, MATCHES, WRONG } from "./builders.ts";

const TWO = [{}, { defect: "The connection is not given back when the query fails." }];

const before = aRun([
  aCaseResult({ id: "both-change", golden: TWO, findings: [aJudged(MATCHES(0))] }),
  aCaseResult({ id: "clean", findings: [aJudged(WRONG)] }),
  aCaseResult({ id: "same", golden: [{}], findings: [aJudged(MATCHES(0))] }),
  aCaseResult({ id: "only-before", golden: [{}] }),
  aFailedCase("failed-before", [{}]),
  aCaseResult({ id: "edited", golden: [{ line: 3 }], findings: [aJudged(MATCHES(0))] }),
]);
const after = aRun(
  [
    aCaseResult({ id: "both-change", golden: TWO, findings: [aJudged(MATCHES(1))] }),
    aCaseResult({ id: "clean" }),
    aCaseResult({ id: "same", golden: [{}], findings: [aJudged(MATCHES(0))] }),
    aCaseResult({ id: "failed-before", golden: [{}] }),
    aCaseResult({ id: "edited", golden: [{ line: 4 }] }),
  ],
  { model: "model-b" },
);

test("says case by case what was won and lost", () => {
  const { cases, goldens, won, lost, p } = compareRuns(before, after);

  expect(cases).toEqual([
    { id: "both-change", won: [1], lost: [0], falseBefore: 0, falseAfter: 0 },
    { id: "clean", won: [], lost: [], falseBefore: 1, falseAfter: 0 },
    { id: "same", won: [], lost: [], falseBefore: 0, falseAfter: 0 },
  ]);
  expect({ goldens, won, lost, p }).toEqual({ goldens: 3, won: 1, lost: 1, p: 1 });
});

test("compares only what both reviewed, with the same goldens", () => {
  const { leftOut, before: first } = compareRuns(before, after);

  expect(leftOut).toEqual(["edited", "failed-before", "only-before"]);
  expect(first.cases.reviewed).toBe(3);
});

test("tells in words, and names what may be chance", () => {
  const text = renderComparison(before, after, "markdown");

  expect(text).toContain("B found 1 goldens that A missed, and missed 1 that A found, of 3");
  expect(text).toContain("this may be chance");
  expect(text).toMatch(/\| both-change +\| +The connection is not given back/);
  expect(text).toMatch(/\| clean .*1 → 0 \|/);
  expect(text).not.toMatch(/^\| same/m);
  expect(text).toContain("Not compared (in one run only, failed, or edited in between): edited, ");
});

test("warns of two judges", () => {
  const other = { ...after, judge: "judge-b" };

  expect(renderComparison(before, other, "pretty")).toContain("The judges differ");
});
