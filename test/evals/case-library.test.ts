import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadCases, OWN_CASES, only } from "../../evals/case-library.ts";
import { openCaseRepository } from "../../evals/case-repository.ts";
import { tempFolder } from "../builders-git.ts";

const ID = "py-secret-in-settings";
const folder = tempFolder("eval-cases");
afterAll(folder.remove);
cpSync(join(OWN_CASES, ID), join(folder.path, ID), { recursive: true });
const file = join(folder.path, ID, "case.json");
const good: Record<string, unknown> = JSON.parse(readFileSync(file, "utf8"));

test.each([
  [
    "another id than the folder's",
    { id: "other-id" },
    /its id is other-id, but its folder is py-secret-in-settings/,
  ],
  ["a key that nobody knows", { severity: "high" }, /severity/],
  ["an item that the method does not have", { covers: ["security-checklist:magic"] }, /covers/],
  ["a clean case with a golden", { clean: true }, /clean exactly when it has no golden/],
  ["a case that is not clean and has none", { golden: [] }, /clean exactly when it has no golden/],
])("refuses %s, and names the case", (_, change, message) => {
  writeFileSync(file, JSON.stringify({ ...good, ...change }));

  expect(() => loadCases(folder.path)).toThrow(message);
  expect(() => loadCases(folder.path)).toThrow(ID);
});

test("a patch that does not apply is a fault of its case", async () => {
  writeFileSync(file, JSON.stringify(good));
  const [one] = loadCases(folder.path);
  writeFileSync(join(folder.path, ID, "base", "billing", "settings.py"), "EMAIL_PORT = 2525\n");
  if (one === undefined) throw new Error("there is one case");

  await expect(openCaseRepository(one)).rejects.toThrow(/patch/);
});

test("the same case gives the same commits everywhere", async () => {
  const [one] = only(loadCases(OWN_CASES), [ID]);
  if (one === undefined) throw new Error("there is one case");
  const first = await openCaseRepository(one);
  const second = await openCaseRepository(one);

  expect(second.head).toBe(first.head);
  await Promise.all([first.remove(), second.remove()]);
});
