import { cruise, type ICruiseResult } from "dependency-cruiser";
import { expect, test } from "vitest";
import config from "../dependency-cruiser.cjs";

/** With a TypeScript it cannot parse, dependency-cruiser sees no module and reports no violation: so the count is asserted. */
const LEAST_MODULES = 60;

async function cruiseSources(paths: string[]): Promise<ICruiseResult> {
  const { output } = await cruise(paths, { ...config.options, ruleSet: config, validate: true });
  if (typeof output === "string") throw new Error("dependency-cruiser gave text instead of data");
  return output;
}

test("the rings import only what they may", async () => {
  const { summary, modules } = await cruiseSources(["src"]);

  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  expect(modules.filter((module) => module.source.startsWith("src/")).length).toBeGreaterThan(LEAST_MODULES);
});
