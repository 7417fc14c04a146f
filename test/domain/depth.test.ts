import { expect, it } from "vitest";
import { DEPTHS, type Depth, readingsOf, shallower } from "../../src/domain/depth.ts";
import { PASSES, type Pass } from "../../src/domain/pass.ts";

it.each<[Depth, readonly Pass[], readonly (readonly Pass[])[]]>([
  ["quick", PASSES, [PASSES]],
  ["quick", ["correctness"], [["correctness"]]],
  ["quick", [], []],
  ["standard", ["security", "performance"], [["security"], ["performance"]]],
  ["deep", PASSES, PASSES.map((pass) => [pass])],
  ["standard", [], []],
])("%s asks about %j: %j", (depth, passes, readings) => {
  expect(readingsOf(depth, passes)).toEqual(readings);
});

it("the ladder leads from the deepest to nothing, step by step", () => {
  const steps: Depth[] = [];
  for (let depth: Depth | null = "deep"; depth !== null; depth = shallower(depth)) steps.push(depth);

  expect(steps).toEqual(DEPTHS.toReversed());
});
