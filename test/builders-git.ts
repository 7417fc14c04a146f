// Real git repositories in the folder for temporary files, free of anybody's own configuration.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface TempRepository {
  readonly directory: string;
  /** Standard output. */
  git(...args: string[]): string;
  write(path: string, content: string | Uint8Array): void;
  /** Everything in the work tree as one commit; its id. */
  commit(message: string): string;
  dispose(): void;
}

export type Files = Readonly<Record<string, string | Uint8Array | null>>;

const WHEN = "2026-11-02T09:30:00Z";

const GIT_ENV = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_AUTHOR_NAME: "Mira Lindqvist",
  GIT_AUTHOR_EMAIL: "mira@example.test",
  GIT_COMMITTER_NAME: "Mira Lindqvist",
  GIT_COMMITTER_EMAIL: "mira@example.test",
  GIT_AUTHOR_DATE: WHEN,
  GIT_COMMITTER_DATE: WHEN,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
} as const;

/** Compiled once for all the processes that tests start: a third of each start. */
export const COMPILE_CACHE = join(tmpdir(), "plumbline-test-compile-cache");

export function tempFolder(name: string): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `plumbline-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** An empty repository on the branch `main`. */
export function tempRepository(name = "repo"): TempRepository {
  const { path: directory, remove } = tempFolder(name);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "core.autocrlf=false", ...args], {
      cwd: directory,
      env: GIT_ENV,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  git("init", "--quiet", "--initial-branch=main");
  return {
    directory,
    git,
    write: (path, content) => {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    },
    commit: (message) => {
      git("add", "--all");
      git("commit", "--quiet", "--allow-empty", "--message", message);
      return git("rev-parse", "HEAD").trim();
    },
    dispose: remove,
  };
}

/** `main` holds the first files, the branch `topic` (checked out) the second on top; null deletes a file. */
export function branchedRepository(base: Files, head: Files, name = "repo"): TempRepository {
  const repository = tempRepository(name);
  writeAll(repository, base);
  repository.commit("The base");
  repository.git("checkout", "--quiet", "-b", "topic");
  writeAll(repository, head);
  repository.commit("The change");
  return repository;
}

export function writeAll(repository: TempRepository, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    if (content === null) rmSync(join(repository.directory, path));
    else repository.write(path, content);
  }
}
