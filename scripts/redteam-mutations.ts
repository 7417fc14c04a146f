/** Switches off one guard at a time in a copy of the sources and runs the red team there: each must make it red. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MUTATIONS, type Mutation } from "./redteam-mutation-list.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COPIED = ["src", "test", "prompts", "package.json", "tsconfig.json", "vitest.config.ts"];
const AT_A_TIME = 2;
/** A guard against endless matching that is gone may keep a process busy for years: that is red as well. */
const TIMEOUT_MS = 180_000;

type Outcome = "red" | "GREEN" | "red (never ends)";

async function main(wanted: readonly string[]): Promise<number> {
  const list = MUTATIONS.filter(
    ({ guard }) => wanted.length === 0 || wanted.some((word) => guard.includes(word)),
  );
  for (const mutation of list) mutated(mutation);
  console.log(`without a mutation: ${await outcomeOf(null)}`);
  const bad: string[] = [];
  const waiting = [...list];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const outcome = await outcomeOf(next);
      if (outcome === "GREEN") bad.push(next.guard);
      console.log(`| ${next.guard} | ${next.file} | ${outcome} |`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  console.log(`${list.length - bad.length} of ${list.length} guards are held by the red team`);
  return bad.length === 0 ? 0 : 1;
}

async function outcomeOf(mutation: Mutation | null): Promise<Outcome> {
  const copy = mkdtempSync(join(tmpdir(), "plumbline-mutation-"));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    if (mutation !== null) writeFileSync(join(copy, "src", mutation.file), mutated(mutation));
    return await redTeam(copy);
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

function redTeam(directory: string): Promise<Outcome> {
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "test/redteam", "--bail", "1", "--reporter", "dot"];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: directory, timeout: TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: 64 * 1024 * 1024 },
      (error) => resolve(error === null ? "GREEN" : error.killed === true ? "red (never ends)" : "red"),
    );
  });
}

process.exitCode = await main(process.argv.slice(2));
