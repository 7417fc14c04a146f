/** Switches off one guard at a time in a copy of the sources and runs the red team there: each must make it red. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MUTATION_GROUPS, type Mutation } from "./redteam-mutation-list.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COPIED = ["src", "test", "prompts", "package.json"];
const AT_A_TIME = 2;
/** A guard against endless matching that is gone may keep a process busy for years: that is red as well. */
const TIMEOUT_MS = 240_000;

interface Outcome {
  /** `BROKEN`: the change made no program, so nothing is known of the guard. */
  readonly colour: "red" | "GREEN" | "BROKEN";
  /** The case that saw it. */
  readonly seen: string;
}

/** Words choose guards whose names hold one of them; no words choose all. */
async function main(words: readonly string[]): Promise<number> {
  const all = MUTATION_GROUPS.flatMap(({ attacks, mutations }) =>
    mutations.map((mutation) => ({ ...mutation, attacks })),
  );
  const list = all.filter(({ guard }) => words.length === 0 || words.some((word) => guard.includes(word)));
  for (const mutation of list) mutated(mutation);
  const bad: string[] = [];
  const waiting = [...list];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { colour, seen } = await outcomeOf(next, next.attacks);
      if (colour !== "red") bad.push(next.guard);
      console.log(`| ${next.guard} | ${next.file} | ${colour} | ${seen} |`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  console.log(`${list.length - bad.length} of ${list.length} guards are held by the red team`);
  return bad.length === 0 ? 0 : 1;
}

async function outcomeOf(mutation: Mutation, attacks: readonly string[]): Promise<Outcome> {
  const copy = mkdtempSync(join(tmpdir(), "plumbline-mutation-"));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    writeFileSync(join(copy, "src", mutation.file), mutated(mutation));
    return await redTeam(copy, attacks);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** @throws Error when the text is not there exactly once, so that a guard that moved is not taken for one that holds. */
function mutated({ guard, file, text, replacement }: Mutation): string {
  const source = readFileSync(join(ROOT, "src", file), "utf8");
  if (source.split(text).length !== 2) throw new Error(`${guard}: its text is not once in src/${file}`);
  return source.replace(text, () => replacement);
}

function redTeam(directory: string, attacks: readonly string[]): Promise<Outcome> {
  const options = { cwd: directory, timeout: TIMEOUT_MS, killSignal: "SIGKILL" } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, ["test/redteam/run.ts", ...attacks], options, (error, stdout, stderr) => {
      const seen = stdout.trim().split("\n").at(-1) ?? "";
      if (error === null) resolve({ colour: "GREEN", seen: "" });
      else if (error.killed === true) resolve({ colour: "red", seen: "never ends" });
      else if (seen === "") resolve({ colour: "BROKEN", seen: faultIn(stderr) });
      else resolve({ colour: "red", seen });
    });
  });
}

function faultIn(stderr: string): string {
  return stderr.split("\n").find((line) => /Error/.test(line)) ?? "";
}

process.exitCode = await main(process.argv.slice(2));
