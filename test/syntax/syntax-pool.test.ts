import { spawnSync } from "node:child_process";
import { setImmediate as immediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import type { OutlineOutcome } from "../../src/domain/outline.ts";
import type { Syntax } from "../../src/review/repository-view.ts";
import { type SyntaxLimits, startSyntax } from "../../src/syntax/syntax-pool.ts";

const opened: Syntax[] = [];
afterEach(async () => {
  for (const syntax of opened.splice(0)) await syntax.close();
});

function aSyntax(limits?: SyntaxLimits): Syntax {
  const syntax = startSyntax(limits);
  opened.push(syntax);
  return syntax;
}

const never = new AbortController().signal;
/** A long machine pause is no failure of these tests. */
const PATIENT: SyntaxLimits = { deadlineMs: 30_000, graceMs: 30_000, idleMs: 30_000, threads: 1 };
/** About a megabyte, which takes some hundred milliseconds. */
const BIG = `const a = [\n${"  1, 2, 3, 4, 5, 6, 7, 8, 9,\n".repeat(34_000)}];\n`;

function names(outcome: OutlineOutcome): readonly string[] | string {
  return outcome.kind === "none" ? outcome.reason : outcome.outline.scopes.map((scope) => scope.name);
}

test.each([
  ["a name without a grammar", "a.sql", "select 1", "no grammar"],
  ["a name without an ending", "bin/a", "x", "no grammar"],
  ["an array of three million elements", "a.ts", `x = [${"1,".repeat(3_000_000)}]`, "too large"],
  ["a line of five megabytes", "a.ts", "x".repeat(5_000_000), "too large"],
  ["few characters of many bytes", "a.ts", `// ${"€".repeat(400_000)}`, "too large"],
])("%s has no outline", async (_, path, text, reason) => {
  expect(await aSyntax().outline(path, text, never)).toEqual({ kind: "none", reason });
});

test("a megabyte of array is read", async () => {
  expect(names(await aSyntax(PATIENT).outline("a.ts", BIG, never))).toEqual(["a"]);
});

test.each([
  ["parentheses", (depth: number) => `const a = ${"(".repeat(depth)}1${")".repeat(depth)};\n`],
  ["calls", (depth: number) => `const a = ${"f(".repeat(depth)}1${")".repeat(depth)};\n`],
  [
    "callbacks with a text",
    (depth: number) => `const a = 1;\n${'f("",'.repeat(depth / 2)}1${")".repeat(depth / 2)};\n`,
  ],
])("200,000 nested %s are read", async (_, nested) => {
  expect(names(await aSyntax(PATIENT).outline("a.ts", nested(200_000), never))).toContain("a");
});

test.each([1, 2])("many requests at once come back to whoever asked, with %i threads", async (threads) => {
  const syntax = aSyntax({ ...PATIENT, threads });
  const wanted = Array.from({ length: 500 }, (_, at) => `f${at}`);

  const outcomes = await Promise.all(
    wanted.map((name, at) =>
      syntax.outline(at % 2 === 0 ? "a.ts" : "a.js", `function ${name}() {}\n`, never),
    ),
  );

  expect(outcomes.map(names)).toEqual(wanted.map((name) => [name]));
});

test("a deadline ends one file, and the thread goes on with the next", async () => {
  const syntax = aSyntax({ ...PATIENT, deadlineMs: 1 });

  const outcomes = await Promise.all([
    syntax.outline("a.ts", BIG, never),
    syntax.outline("b.css", "", never),
  ]);

  expect(outcomes.map(names)).toEqual(["took too long", []]);
});

test("a thread that does not answer is ended, and another one takes the rest", async () => {
  // The thread itself would work for half a minute, but it is waited for 10 ms only.
  const syntax = aSyntax({ ...PATIENT, graceMs: -29_990 });

  const outcomes = await Promise.all(["a.ts", "b.ts"].map((path) => syntax.outline(path, BIG, never)));

  expect(outcomes.map(names)).toEqual(["took too long", "took too long"]);
});

test("an abort rejects with its reason, before, while waiting and during the work", async () => {
  const syntax = aSyntax(PATIENT);
  const reason = new Error("a newer commit");
  const controller = new AbortController();
  const asked = Array.from({ length: 40 }, () => syntax.outline("a.ts", BIG, controller.signal));
  const other = syntax.outline("b.ts", "function b() {}", never);

  controller.abort(reason);

  for (const outcome of asked) await expect(outcome).rejects.toBe(reason);
  await expect(syntax.outline("a.ts", "", controller.signal)).rejects.toBe(reason);
  expect(names(await other)).toEqual(["b"]);
});

test("a text that comes while an idle thread ends is read by the next one", async () => {
  const syntax = aSyntax({ ...PATIENT, idleMs: 0 });
  const outcomes: OutlineOutcome[] = [];

  for (let at = 0; at < 20; at++) {
    outcomes.push(await syntax.outline("a.css", "", never));
    // Just long enough that the thread has been told to end, and has not yet.
    for (let turn = 0; turn < at; turn++) await immediate();
  }

  expect(outcomes.map(names)).toEqual(outcomes.map(() => []));
});

test("closing answers what is still asked", async () => {
  const syntax = aSyntax(PATIENT);
  const asked = [1, 2, 3].map(() => syntax.outline("a.ts", BIG, never));

  await syntax.close();

  expect((await Promise.all(asked)).map(names)).toEqual(["took too long", "took too long", "took too long"]);
  await expect(syntax.outline("a.ts", "", never)).rejects.toThrow("closed");
});

test("an idle thread lets the process end, and one that owes an answer does not", () => {
  const pool = fileURLToPath(new URL("../../src/syntax/syntax-pool.ts", import.meta.url));
  const script = `
    import { startSyntax } from ${JSON.stringify(pool)};
    const syntax = startSyntax();
    void syntax.outline("a.ts", "function a() {}", new AbortController().signal)
      .then((outcome) => console.log(outcome.kind));`;

  const ended = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
    timeout: 30_000,
  });

  expect([ended.stderr, ended.status, ended.stdout.trim()]).toEqual(["", 0, "outlined"]);
});
