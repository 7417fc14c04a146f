import { describe, expect, test } from "vitest";
import { builtInChecks } from "../../src/checks/built-in-checks.ts";
import { loadRules } from "../../src/checks/rule-library.ts";
import { REVIEW_LIMITS, structureCheck } from "../../src/checks/structure.ts";
import type { ChangedFile, CheckReport } from "../../src/review/checks.ts";
import { aFileWith } from "../builders.ts";
import { aCheckInput, anAddedFile, anEditedFile } from "./changed-file.ts";

const rules = loadRules().filter((rule) => rule.enabled);
/** What is found must not depend on how busy the machine is. */
const check = structureCheck(rules, { totalMs: 60_000, fileMs: 30_000 });
const EVAL = "const value = eval(text);";

async function run(...files: readonly ChangedFile[]): Promise<CheckReport> {
  return check.run(aCheckInput(files));
}

async function places(...files: readonly ChangedFile[]): Promise<readonly string[]> {
  const { findings } = await run(...files);
  return findings.map(({ path, startLine, line, rule }) => `${path}:${startLine}-${line} ${rule}`);
}

test("a rule fires on added code and quotes it", async () => {
  const { findings } = await run(anEditedFile("src/a.ts", ["const a = 1;", `+  ${EVAL}`, "const b = 2;"]));

  expect(findings).toMatchObject([
    {
      rule: "js-code-from-text",
      side: "RIGHT",
      startLine: 2,
      line: 2,
      evidence: `  ${EVAL}`,
      pass: "security",
    },
  ]);
});

test("a secret in the quoted line is masked", async () => {
  const token = ["ghp", "aB3dE5gH7jK9mN2pQ4sT6vW8yZ1bD0fG3hJ5"].join("_");

  const { findings } = await run(anAddedFile("src/a.ts", `eval(load("${token}"));`));

  expect(findings[0]?.evidence).toBe('eval(load("[secret]"));');
});

test("a rule is silent on code that was there", async () => {
  expect(await places(anEditedFile("src/a.ts", [EVAL, "+const b = 2;"]))).toEqual([]);
});

test("a statement of which one line changed is touched", async () => {
  const file = anEditedFile("src/a.py", ["user = pickle.loads(", "+    cookie,", ")"]);

  expect(await places(file)).toEqual(["src/a.py:1-3 py-unsafe-deserialize"]);
});

test.each([
  ["a.ts", EVAL],
  ["a.tsx", EVAL],
  ["a.mjs", EVAL],
  ["a.py", "value = eval(text)"],
  ["A.java", 'class A { boolean f(String s) { return s == "x"; } }'],
  ["a.go", "package a\nvar c = tls.Config{InsecureSkipVerify: true}"],
  ["a.rs", "static mut COUNT: u32 = 0;"],
])("reads %s", async (path, text) => {
  expect(await places(anAddedFile(`src/${path}`, text))).toHaveLength(1);
});

describe("is silent in", () => {
  test.each([
    ["a test", anAddedFile("test/a.test.ts", EVAL)],
    ["an example", anAddedFile("examples/a.ts", EVAL)],
    ["generated code", anAddedFile("src/a.generated.ts", EVAL)],
    ["vendored code", anAddedFile("node_modules/a/index.js", EVAL)],
    [
      "a test module of Rust",
      anAddedFile("src/a.rs", "#[cfg(test)]\nmod tests {\n  static mut COUNT: u32 = 0;\n}"),
    ],
    ["a deleted file", { ...anAddedFile("src/a.ts", EVAL), head: null }],
  ])("%s", async (_, file) => {
    expect(await places(file)).toEqual([]);
  });
});

test("one mistake that is repeated is told five times", async () => {
  expect(await places(anAddedFile("src/a.ts", `${EVAL}\n`.repeat(9)))).toHaveLength(5);
});

test("a file whose patch hides its changes is a skip", async () => {
  const diff = aFileWith({ kind: "none", reason: "too-large", detail: "too large for GitHub to show" });

  expect((await run({ diff, base: null, head: EVAL })).skips).toEqual([
    { check: "structure", path: "src/a.ts", reason: "too large for GitHub to show" },
  ]);
});

describe("hostile code ends in findings or a stated skip, and so does the file beside it", () => {
  const next = anAddedFile("src/next.ts", EVAL);
  const checks = builtInChecks([structureCheck(rules, REVIEW_LIMITS)]);

  test.each([
    ["6 MB", `const a = [${"1,".repeat(3_000_000)}];`],
    ["1 MB of one array", `const a = [${"eval(x),".repeat(125_000)}];`],
    ["200,000 nested parentheses", `const a = ${"(".repeat(200_000)}eval(x)${")".repeat(200_000)};`],
    ["100,000 nested blocks", `${"{".repeat(100_000)}eval(x)${"}".repeat(100_000)}`],
    ["broken syntax", `const = ) ( eval(x} function {{{ class <<< \u0000 ${"}".repeat(1000)}`],
    ["a line of 200,000 characters", `const a = "${"x".repeat(200_000)}" + eval(y);`],
    ["a long chain", `eval(${"a+".repeat(200_000)}a);`],
  ])("%s", async (_, text) => {
    const report = await checks.run(aCheckInput([anAddedFile("src/hostile.ts", text), next]));

    // On a machine under load the whole check may be out of time: said, too.
    const told = [...report.findings, ...report.skips].map(({ path }) => path ?? "everything");
    expect(told.filter((path) => path !== "src/next.ts")).not.toEqual([]);
    expect(told.filter((path) => path !== "src/hostile.ts")).not.toEqual([]);
  });
});

test("an aborted review ends the process and rejects", async () => {
  const review = new AbortController();
  const running = check.run(aCheckInput([anAddedFile("src/a.ts", EVAL)], { signal: review.signal }));
  review.abort(new Error("a push came"));

  await expect(running).rejects.toThrow("a push came");
});
