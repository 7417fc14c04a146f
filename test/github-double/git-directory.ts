// Runs git in a seeded repository without a shell and without that machine's own git settings.
import { execFile, execFileSync } from "node:child_process";
import { resolve as resolvePath } from "node:path";
import { BlobReader } from "./git-blobs.ts";
import type { DiffSummary } from "./git-diff.ts";

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly sha: string;
  readonly size: number | null;
}

export interface GitDirectory {
  /** The `.git` directory (or the bare repository). */
  readonly path: string;
  /** Answers about commits never change, so each is computed once. */
  readonly diffs: Map<string, Promise<DiffSummary>>;
  readonly trees: Map<string, Promise<ReadonlyMap<string, TreeEntry>>>;
  readonly commits: Map<string, Promise<readonly string[]>>;
  /** Full SHAs that were looked up and found. */
  readonly known: Set<string>;
  readonly blobs: BlobReader;
}

const MAX_OUTPUT_BYTES = 1024 ** 3;
const SHA = /^[0-9a-f]{40}$/;
// Seeds may belong to another user (containers) and may carry their own diff settings.
const SETTINGS = [
  "-c",
  "safe.directory=*",
  "-c",
  "core.quotepath=false",
  "-c",
  "diff.suppressBlankEmpty=false",
];
const ENVIRONMENT = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_OPTIONAL_LOCKS: "0",
};

export function openGitDirectory(directory: string): GitDirectory {
  const arguments_ = [...SETTINGS, "-C", resolvePath(directory), "rev-parse", "--absolute-git-dir"];
  const path = execFileSync("git", arguments_, { env: ENVIRONMENT, encoding: "utf8" }).trim();
  const blobs = new BlobReader([...SETTINGS, `--git-dir=${path}`], ENVIRONMENT);
  return { path, diffs: new Map(), trees: new Map(), commits: new Map(), known: new Set(), blobs };
}

export function runGit(git: GitDirectory, arguments_: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The git directory as working directory: no work tree, so no .gitattributes of a checkout changes a diff.
    const options = {
      cwd: git.path,
      env: ENVIRONMENT,
      maxBuffer: MAX_OUTPUT_BYTES,
      encoding: "buffer" as const,
    };
    execFile(
      "git",
      [...SETTINGS, `--git-dir=${git.path}`, ...arguments_],
      options,
      (error, stdout, stderr) => {
        if (error) reject(new Error(`git ${arguments_[0]}: ${stderr.toString().trim()}`, { cause: error }));
        else resolve(stdout);
      },
    );
  });
}

/** The commit a ref names, at once: seeding is synchronous. Throws for an unknown ref. */
export function commitOf(git: GitDirectory, ref: string): string {
  const arguments_ = [
    ...SETTINGS,
    `--git-dir=${git.path}`,
    "rev-parse",
    "--verify",
    "--quiet",
    `${ref}^{commit}`,
  ];
  try {
    return execFileSync("git", arguments_, { cwd: git.path, env: ENVIRONMENT, encoding: "utf8" }).trim();
  } catch (error) {
    throw new Error(`no commit named ${ref} in ${git.path}`, { cause: error });
  }
}

/** Whether the new head leaves the old one behind; histories without a common commit do, too. */
export function isForcePush(git: GitDirectory, before: string, after: string): boolean {
  const arguments_ = [...SETTINGS, `--git-dir=${git.path}`, "rev-list", "-1", before, `^${after}`];
  return execFileSync("git", arguments_, { cwd: git.path, env: ENVIRONMENT, encoding: "utf8" }).trim() !== "";
}

export function headBranch(git: GitDirectory): string {
  const arguments_ = [...SETTINGS, `--git-dir=${git.path}`, "symbolic-ref", "--short", "HEAD"];
  return execFileSync("git", arguments_, { cwd: git.path, env: ENVIRONMENT, encoding: "utf8" }).trim();
}

/** The object a ref, tag or SHA names, peeled to `kind`; null where there is none. */
export async function resolveObject(
  git: GitDirectory,
  ref: string,
  kind: "commit" | "tree" | "blob",
): Promise<string | null> {
  // `@{…}`, `^`, `~`, `:` are git's own syntax, which GitHub does not take; a leading dash would be an option.
  if (ref === "" || ref.startsWith("-") || /[\^~:\s]|@\{|\.\./.test(ref)) return null;
  if (git.known.has(`${kind} ${ref}`)) return ref;
  const output = await runGit(git, ["rev-parse", "--verify", "--quiet", `${ref}^{${kind}}`]).then(
    (stdout) => stdout.toString().trim(),
    () => "", // a non-zero exit is how rev-parse says "no such object"
  );
  if (output === ref) git.known.add(`${kind} ${ref}`);
  return SHA.test(output) ? output : null;
}

export async function mergeBase(git: GitDirectory, base: string, head: string): Promise<string> {
  const output = await runGit(git, ["merge-base", base, head]).then(
    (stdout) => stdout.toString().trim(),
    () => "", // unrelated histories have none: compare with the base itself then
  );
  return output === "" ? base : output;
}

/** Every entry below a commit or tree by path, directories included. */
export function readTree(git: GitDirectory, sha: string): Promise<ReadonlyMap<string, TreeEntry>> {
  return remembered(git.trees, sha, async () => {
    const output = await runGit(git, ["ls-tree", "-r", "-t", "-z", "-l", "--full-tree", sha]);
    const entries = new Map<string, TreeEntry>();
    for (const record of output.toString().split("\0")) {
      const match = /^(\d+) (\w+) ([0-9a-f]{40}) +(\d+|-)\t([\s\S]+)$/.exec(record);
      if (!match) continue;
      const [, mode = "", type = "", entrySha = "", size = "", path = ""] = match;
      if (type !== "blob" && type !== "tree" && type !== "commit") throw new Error(`ls-tree: ${record}`);
      entries.set(path, { path, mode, type, sha: entrySha, size: size === "-" ? null : Number(size) });
    }
    return entries;
  });
}

export function readBlob(git: GitDirectory, sha: string): Promise<Buffer> {
  return git.blobs.read(sha);
}

export function remembered<T>(
  memory: Map<string, Promise<T>>,
  key: string,
  compute: () => Promise<T>,
): Promise<T> {
  const known = memory.get(key);
  if (known) return known;
  const fresh = compute();
  memory.set(key, fresh);
  return fresh;
}
