import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type EvalCase, type Golden, loadCases, OWN_CASES, type Place } from "../../evals/case-library.ts";
import { type CaseRepository, openCaseRepository } from "../../evals/case-repository.ts";
import { COVERED, STACKS } from "../../evals/coverage-list.ts";
import { SEVERITIES } from "../../src/domain/pass.ts";

const cases = loadCases(OWN_CASES);
const defective = cases.filter((one) => !one.clean);
const goldens = cases.flatMap((one) => one.golden);

const MAX_BYTES = 1_500_000;

describe("the set", () => {
  test("has enough cases of both kinds, with ids of their own", () => {
    expect(defective.length).toBeGreaterThanOrEqual(52);
    expect(cases.length - defective.length).toBeGreaterThanOrEqual(13);
    expect(new Set(cases.map((one) => one.id)).size).toBe(cases.length);
  });

  test.each(COVERED)("covers %s", (item) => {
    expect(defective.filter((one) => one.covers.includes(item))).not.toEqual([]);
  });

  test.each(STACKS)("has ten defects and two clean changes in %s", (stack) => {
    const own = cases.filter((one) => one.stack === stack);
    expect(own.filter((one) => !one.clean).length).toBeGreaterThanOrEqual(10);
    expect(own.filter((one) => one.clean).length).toBeGreaterThanOrEqual(2);
  });

  test("has defects of all severities, some that need other files, and changes with several", () => {
    expect(new Set(goldens.map((golden) => golden.severity))).toEqual(new Set(SEVERITIES));
    const far = defective.filter((one) => one.golden.some((golden) => golden.context === "cross-file"));
    expect(far.length).toBeGreaterThanOrEqual(6);
    expect(defective.filter((one) => one.golden.length >= 3).length).toBeGreaterThanOrEqual(5);
  });

  test("stays small", () => {
    expect(bytesIn(OWN_CASES)).toBeLessThan(MAX_BYTES);
  });
});

test.concurrent.each(cases.map((one) => [one.id, one] as const))(
  "%s applies, and its goldens stand where it says",
  async (_, one) => {
    const repository = await openCaseRepository(one);
    try {
      expect(repository.head).not.toBe(repository.base);
      for (const golden of one.golden) checkGolden(one, golden, repository);
    } finally {
      await repository.remove();
    }
  },
);

function checkGolden(one: EvalCase, golden: Golden, repository: CaseRepository): void {
  const place = `${one.id}: ${golden.file}:${golden.line}`;
  expect(lineAt(one, golden, repository), place).toContain(golden.anchor);
  for (const other of golden.alternatives) expect(lineAt(one, other, repository), place).not.toBe("");
  for (const file of golden.see)
    expect(existsSync(join(repository.directory, file)), `${place} sees ${file}`).toBe(true);
  if (golden.context === "diff") expect(isInHunk(golden, repository), `${place} is in a hunk`).toBe(true);
  if (golden.context === "cross-file")
    expect(
      golden.see.filter((file) => file !== golden.file),
      `${place} names the other file`,
    ).not.toEqual([]);
}

/** The work tree stands at the head. */
function lineAt(one: EvalCase, place: Place, repository: CaseRepository): string {
  const before = one.origin.kind === "folder" ? join(one.origin.directory, "base") : "";
  const text = readFileSync(join(place.side === "head" ? repository.directory : before, place.file), "utf8");
  return text.split("\n")[place.line - 1] ?? "";
}

/** Whether a hunk with the usual three lines of context shows the line. */
function isInHunk(place: Place, repository: CaseRepository): boolean {
  const args = ["diff", "--no-renames", repository.base, repository.head, "--", place.file];
  const sign = place.side === "head" ? "\\+" : "-";
  const header = new RegExp(`^@@ .*${sign}(\\d+)(?:,(\\d+))? .*@@`, "gm");
  return [...git(repository, ...args).matchAll(header)].some(([, start, count]) => {
    const first = Number(start);
    return place.line >= first && place.line < first + Number(count ?? 1);
  });
}

function git(repository: CaseRepository, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", repository.directory, ...args], { encoding: "utf8" });
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
}

test("no case comes with a comment that gives its defect away", () => {
  const given = cases.flatMap((one) => {
    if (one.origin.kind !== "folder") return [];
    const patch = readFileSync(join(one.origin.directory, "change.patch"), "utf8");
    return /\b(BUG|FIXME|VULN\w*|INSECURE|XXX)\b/.test(patch) ? [one.id] : [];
  });
  expect(given).toEqual([]);
});
