/** A case as a git repository on this machine: two commits, and the description in a file. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { EvalCase } from "./case-library.ts";

export interface CaseRepository {
  readonly directory: string;
  readonly base: string;
  readonly head: string;
  readonly descriptionFile: string;
  /** The change as the judge reads it, with much context. */
  diff(): Promise<string>;
  remove(): Promise<void>;
}

const run = promisify(execFile);
const MAX_DIFF_BYTES = 64 * 1024 * 1024;
const CONTEXT_LINES = 25;
const WHEN = "2026-11-02T09:30:00Z";

/** Fixed names and times, and nobody's own configuration: the same case gives the same commit ids everywhere. */
const GIT_ENV = {
  PATH: process.env["PATH"],
  HOME: tmpdir(),
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Mira Lindqvist",
  GIT_AUTHOR_EMAIL: "mira@example.test",
  GIT_COMMITTER_NAME: "Mira Lindqvist",
  GIT_COMMITTER_EMAIL: "mira@example.test",
  GIT_AUTHOR_DATE: WHEN,
  GIT_COMMITTER_DATE: WHEN,
};

export async function openCaseRepository(one: EvalCase): Promise<CaseRepository> {
  const folder = await mkdtemp(join(tmpdir(), "plumbline-eval-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const descriptionFile = join(folder, "description.md");
    await writeFile(descriptionFile, one.description);
    const revisions =
      one.origin.kind === "folder"
        ? await commitTrees(one, one.origin.directory, join(folder, "repo"))
        : { directory: one.origin.gitDirectory, base: one.origin.base, head: one.origin.head };
    return { ...revisions, descriptionFile, diff: () => diffOf(revisions), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

type Revisions = Pick<CaseRepository, "directory" | "base" | "head">;

async function commitTrees(one: EvalCase, source: string, directory: string): Promise<Revisions> {
  await cp(join(source, "base"), directory, { recursive: true });
  await git(directory, "init", "--quiet", "--initial-branch=main");
  await git(directory, "add", "--all");
  await git(directory, "commit", "--quiet", "--message", "The state before");
  await git(directory, "apply", "--index", "--whitespace=nowarn", join(source, "change.patch"));
  await git(directory, "commit", "--quiet", "--message", one.title);
  const [base = "", head = ""] = (await git(directory, "rev-parse", "HEAD~1", "HEAD")).split("\n");
  return { directory, base, head };
}

function diffOf({ directory, base, head }: Revisions): Promise<string> {
  return git(directory, "diff", "--no-color", "--no-ext-diff", `-U${CONTEXT_LINES}`, base, head);
}

async function git(directory: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run("git", ["-c", "core.autocrlf=false", "-C", directory, ...args], {
    env: GIT_ENV,
    maxBuffer: MAX_DIFF_BYTES,
  });
  return stdout;
}
