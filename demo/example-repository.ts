// The example as a real git repository: `main` holds the base, a branch holds the change. Same files, same commit ids.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface ExampleRepository {
  readonly directory: string;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly baseRef: string;
  readonly headRef: string;
  readonly remove: () => void;
}

const EXAMPLE = fileURLToPath(new URL("./example/", import.meta.url));
const WHEN = "2026-11-02T09:30:00Z";

export function makeExampleRepository(): ExampleRepository {
  const directory = mkdtempSync(join(tmpdir(), "plumbline-example-"));
  const pull = JSON.parse(readFileSync(join(EXAMPLE, "pull-request.json"), "utf8")) as Omit<
    ExampleRepository,
    "directory" | "remove"
  >;
  const git = gitIn(directory);
  git("init", "--quiet", "--initial-branch", pull.baseRef);
  commitTree(directory, "base", "Order service");
  git("checkout", "--quiet", "-b", pull.headRef);
  commitTree(directory, "head", pull.title);
  git("checkout", "--quiet", pull.baseRef);
  return { ...pull, directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

function commitTree(directory: string, tree: "base" | "head", message: string): void {
  const git = gitIn(directory);
  git("rm", "-r", "--quiet", "--ignore-unmatch", ".");
  cpSync(join(EXAMPLE, tree), directory, { recursive: true });
  git("add", "--all");
  git("commit", "--quiet", "--message", message);
}

function gitIn(directory: string) {
  // Fixed names and times, and nobody's own configuration: signing, hooks, line endings.
  const person = {
    GIT_AUTHOR_NAME: "Mira Lindqvist",
    GIT_AUTHOR_EMAIL: "mira@example.test",
    GIT_COMMITTER_NAME: "Mira Lindqvist",
    GIT_COMMITTER_EMAIL: "mira@example.test",
  };
  const env = {
    ...process.env,
    ...person,
    GIT_AUTHOR_DATE: WHEN,
    GIT_COMMITTER_DATE: WHEN,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
  };
  return (...args: string[]) =>
    execFileSync("git", ["-c", "core.autocrlf=false", ...args], {
      cwd: directory,
      env,
      stdio: ["ignore", "ignore", "inherit"],
    });
}
