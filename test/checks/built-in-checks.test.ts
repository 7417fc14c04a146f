import { afterEach, expect, test, vi } from "vitest";
import { builtInChecks, CHECK_DEADLINE_MS, MAX_FILE_BYTES } from "../../src/checks/built-in-checks.ts";
import type { Check } from "../../src/checks/check.ts";
import type { CheckReport } from "../../src/review/checks.ts";
import { aFinding } from "../builders.ts";
import { aCheckInput, anAddedFile } from "./changed-file.ts";

const NOTHING: CheckReport = { findings: [], skips: [], erDiagram: null };
const INPUT = aCheckInput([anAddedFile("src/a.ts", "const a = 1;"), anAddedFile("db/1.sql", "select 1;")]);

function aCheck(name: string, run: Check["run"] = async () => NOTHING): Check {
  return { name, concerns: () => true, run };
}

afterEach(() => vi.useRealTimers());

test("a check sees only the files that concern it", async () => {
  const seen: string[] = [];
  const check: Check = {
    name: "sql",
    concerns: (path) => path.endsWith(".sql"),
    run: async ({ files }) => {
      seen.push(...files.map((file) => file.diff.path));
      return NOTHING;
    },
  };

  await builtInChecks([check]).run(INPUT);

  expect(seen).toEqual(["db/1.sql"]);
});

test("a check that fails is a skip with its reason, and the others' findings stand", async () => {
  const finding = aFinding({ rule: "some-rule" });
  const checks = builtInChecks([
    aCheck("broken", async () => {
      throw new Error("the grammar is missing");
    }),
    aCheck("sound", async () => ({ ...NOTHING, findings: [finding] })),
  ]);

  const report = await checks.run(INPUT);

  expect(report.findings).toEqual([finding]);
  expect(report.skips).toEqual([
    { check: "broken", path: null, reason: "it failed: the grammar is missing" },
  ]);
});

test("a check that takes too long is told to stop, and is a skip", async () => {
  vi.useFakeTimers();
  let stopped = false;
  const slow = aCheck("slow", ({ signal }) => {
    signal.addEventListener("abort", () => {
      stopped = true;
    });
    return new Promise<CheckReport>(() => {});
  });

  const running = builtInChecks([slow, aCheck("quick")]).run(INPUT);
  await vi.advanceTimersByTimeAsync(CHECK_DEADLINE_MS);

  expect((await running).skips).toEqual([{ check: "slow", path: null, reason: "it took longer than 3 s" }]);
  expect(stopped).toBe(true);
});

test("a file of more than 1 MiB is a skip, the others are looked at", async () => {
  const large = anAddedFile("src/large.ts", "x".repeat(MAX_FILE_BYTES + 1));
  const fits = anAddedFile("src/fits.ts", "x".repeat(MAX_FILE_BYTES));
  const seen: string[] = [];
  const check = aCheck("any", async ({ files }) => {
    seen.push(...files.map((file) => file.diff.path));
    return NOTHING;
  });

  const report = await builtInChecks([check]).run(aCheckInput([large, fits]));

  expect(report.skips).toEqual([{ check: "any", path: "src/large.ts", reason: "larger than 1 MiB" }]);
  expect(seen).toEqual(["src/fits.ts"]);
});

test("findings come by path and line, whichever check was first", async () => {
  const at = (path: string, startLine: number, rule: string) =>
    aFinding({ path, startLine, line: startLine, rule });
  const checks = builtInChecks([
    aCheck("one", async () => ({ ...NOTHING, findings: [at("b.ts", 1, "r"), at("a.ts", 9, "r")] })),
    aCheck("two", async () => ({ ...NOTHING, findings: [at("a.ts", 9, "a"), at("a.ts", 2, "z")] })),
  ]);

  const { findings } = await checks.run(INPUT);

  expect(findings.map(({ path, startLine, rule }) => `${path}:${startLine} ${rule}`)).toEqual([
    "a.ts:2 z",
    "a.ts:9 a",
    "a.ts:9 r",
    "b.ts:1 r",
  ]);
});

test("the diagram is that of the check which has one", async () => {
  const checks = builtInChecks([
    aCheck("none"),
    aCheck("schema", async () => ({ ...NOTHING, erDiagram: "erDiagram\n  a" })),
  ]);

  expect((await checks.run(INPUT)).erDiagram).toBe("erDiagram\n  a");
});

test("an aborted review rejects", async () => {
  const review = new AbortController();
  const check = aCheck("any", () => new Promise<CheckReport>(() => {}));

  const running = builtInChecks([check]).run({ ...INPUT, signal: review.signal });
  review.abort(new Error("a push came"));

  await expect(running).rejects.toThrow("a push came");
});
