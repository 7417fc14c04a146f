import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rulesTable } from "../../scripts/rules-page.ts";
import { loadRules } from "../../src/checks/rule-library.ts";

test("docs/rules.md is what npm run rules writes", () => {
  const written = readFileSync(new URL("../../docs/rules.md", import.meta.url), "utf8");

  expect(written).toBe(rulesTable(loadRules()));
});
