import { expect, test } from "vitest";
import { matchByPlace } from "../../evals/rough-match.ts";
import { aGolden, aReported } from "./builders.ts";

const golden = [
  aGolden({ line: 20, alternatives: [{ file: "src/b.ts", side: "head", line: 5 }] }),
  aGolden({ line: 24 }),
  aGolden({ line: 60, side: "base" }),
];

test.each([
  ["on the line", { line: 20 }, 0],
  ["three lines away", { line: 17 }, 0],
  ["four lines away", { line: 16 }, null],
  ["nearer to the other", { line: 23 }, 1],
  ["at the same distance of two", { line: 22 }, 0],
  ["a range around it", { start_line: 2, line: 40 }, 0],
  ["at an alternative place", { path: "src/b.ts", line: 6 }, 0],
  ["in another file", { path: "src/c.ts", line: 20 }, null],
  ["on the other side", { side: "LEFT", line: 20 }, null],
  ["on a deleted line", { side: "LEFT", line: 61 }, 2],
] as const)("%s", (_, over, index) => {
  expect(matchByPlace(aReported(over), golden)).toMatchObject({ golden: index, real: index !== null });
});

test("nothing matches where there is no golden", () => {
  expect(matchByPlace(aReported(), [])).toMatchObject({ golden: null, real: false });
});
