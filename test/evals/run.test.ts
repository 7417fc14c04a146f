// `npm run eval` from end to end: real processes, real repositories, and a stand-in for the model service.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { readRun } from "../../evals/run-file.ts";
import { COMPILE_CACHE, tempFolder } from "../builders-git.ts";
import { type ModelAsked, type ModelDouble, nothingFound, startModelDouble } from "../model-double.ts";

const EVAL = fileURLToPath(new URL("../../evals/eval.ts", import.meta.url));
const BIN = fileURLToPath(new URL("../../node_modules/.bin/", import.meta.url));
const CASES = "py-secret-in-settings,clean-node-loose-null-check";
const SECRET_LINE = 'EMAIL_HOST_PASSWORD = "';

const folder = tempFolder("eval-run");
let model: ModelDouble;
beforeAll(async () => {
  model = await startModelDouble();
});
afterEach(() => model.answerWith(nothingFound));
afterAll(async () => {
  folder.remove();
  await model.close();
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function evaluation(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawn(join(BIN, "node"), [EVAL, ...args], {
    env: {
      PATH: `${BIN}:${process.env["PATH"] ?? ""}`,
      HOME: "/nonexistent",
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ran = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (ran.stdout += piece));
  child.stderr.setEncoding("utf8").on("data", (piece: string) => (ran.stderr += piece));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, ...ran };
}

const key = () => ({ ANTHROPIC_API_KEY: model.apiKey, ANTHROPIC_BASE_URL: model.url });

/** Finds the committed password in the security pass, and one thing that is not there in the clean case. */
function reviewer(asked: ModelAsked) {
  if (asked.text.includes("# The finding")) return verdictOn(asked);
  if (asked.question === "security" && asked.text.includes("billing/settings.py"))
    return { kind: "json" as const, value: { findings: [passwordFinding(asked.text)] } };
  if (asked.question === "correctness" && asked.text.includes("src/cart/total.ts"))
    return { kind: "json" as const, value: { findings: [looseFinding(asked.text)] } };
  return nothingFound(asked);
}

function verdictOn({ text }: ModelAsked) {
  const claim = text.slice(text.indexOf("# The finding"));
  const matches = claim.includes("committed password");
  const value = { reason: "compared", golden: matches ? 1 : null, also_valid: false, real: matches };
  return { kind: "json" as const, value };
}

function passwordFinding(text: string) {
  return finding(
    text,
    "billing/settings.py",
    SECRET_LINE,
    "A committed password opens the mail account",
    "critical",
  );
}

function looseFinding(text: string) {
  return finding(text, "src/cart/total.ts", "if (cart.discount == null)", "Loose comparison", "suggestion");
}

/** Quotes the line as the diff shows it, whatever is shown in place of a secret. */
function finding(text: string, path: string, start: string, title: string, severity: string) {
  const shown = text.split("\n").find((line) => line.includes("|+ ") && line.includes(start)) ?? "";
  const line = Number(/^ *(?<line>\d+) \|/.exec(shown)?.groups?.["line"]);
  const evidence = shown.replace(/^ *\d+ \|\+ /, "");
  const words = { title, why: "Everybody who reads it can use it.", fix: "Take it out.", suggestion: null };
  return { path, side: "RIGHT", start_line: line, line, evidence, severity, ...words, pre_existing: false };
}

test("reviews two cases, judges each finding, prints the table and keeps the run", async () => {
  model.answerWith(reviewer);
  const out = join(folder.path, "run.json");

  const ran = await evaluation(["--only", CASES, "--out", out, "--judge-model", "claude-judge"], key());

  expect(ran.stderr).toContain("py-secret-in-settings: 1 of 1 found, 1 findings");
  expect(ran.code).toBe(0);
  expect(model.violations).toEqual([]);
  expect(ran.stdout).toMatch(/all 🔴 🟡 +1\/2 0\.50 +0\.09–0\.91 +1\/1 1\.00/);
  expect(ran.stdout).toMatch(/clean cases without 🔴 🟡 +0\/1 0\.00/);
  expect(ran.stdout).toMatch(/clean-node-loose-null-check +suggestion correctness +Loose comparison/);
  const run = readRun(out);
  expect(run).toMatchObject({ depth: "default", judge: "claude-judge", judge_calls: 2 });
  expect(run.cases.map((one) => [one.id, one.outcome.kind])).toEqual([
    ["clean-node-loose-null-check", "reviewed"],
    ["py-secret-in-settings", "reviewed"],
  ]);
  const judged = model.asked.filter(({ text }) => text.includes("# The finding"));
  expect(judged.map(({ body }) => body.model)).toEqual(["claude-judge", "claude-judge"]);
});

test("matches by place without a judge, and says how rough that is", async () => {
  model.answerWith(reviewer);
  const out = join(folder.path, "rough.json");
  const before = model.asked.length;

  const ran = await evaluation(["--only", "py-secret-in-settings", "--judge", "none", "--out", out], key());

  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("Rough match: by file and line alone");
  expect(ran.stdout).toMatch(/all 🔴 🟡 +1\/1 1\.00/);
  expect(model.asked.slice(before).some(({ text }) => text.includes("# The finding"))).toBe(false);
});

test("a review that cannot be made is failed, not silent", async () => {
  const down = { kind: "error", status: 401, type: "authentication_error" } as const;
  model.answerWith(() => down);
  const out = join(folder.path, "failed.json");

  const ran = await evaluation(["--only", "clean-node-loose-null-check", "--out", out], key());

  expect(ran.code).toBe(3);
  expect(ran.stdout).toMatch(/clean cases without 🔴 🟡 +– \(–\)/);
  expect(ran.stdout).toContain("FAILED: IN NO FIGURE ABOVE");
  expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({ cases: [{ outcome: { kind: "failed" } }] });
});

test("compares two runs without a key", async () => {
  const files = [join(folder.path, "run.json"), join(folder.path, "rough.json")];

  const ran = await evaluation(["--compare", ...files, "--format", "markdown"]);

  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("The judges differ");
  expect(ran.stdout).toContain(
    "Not compared (in one run only, failed, or edited in between): clean-node-loose",
  );
});

test.each([
  ["no key", [], {}, /ANTHROPIC_API_KEY is missing/],
  ["an unknown case", ["--only", "nothing"], {}, /there is no case nothing/],
  ["a manifest without clones", ["--manifest", "m.json"], {}, /--repositories must say/],
  ["one run to compare", ["--compare", "a.json"], {}, /takes two results/],
  ["a depth that is none", ["--depth", "abyss"], {}, /Allowed choices are quick, standard, deep/],
  ["no cases", ["--cases", "/nonexistent"], {}, /the cases cannot be read/],
])("%s ends with 2 and says why", async (_, args, env, message) => {
  const ran = await evaluation(args, env);

  expect(ran.stderr).toMatch(message);
  expect(ran.code).toBe(2);
});

test("helps with examples", async () => {
  const ran = await evaluation(["--help"]);

  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("npm run eval -- --compare before.json after.json");
});
