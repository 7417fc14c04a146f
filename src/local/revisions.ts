/** What the options name → two trees to compare: branches, the index, or the work tree. */
import { copyFile, mkdtemp, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { UserError } from "../domain/errors.ts";
import { withoutFilters } from "./filters.ts";
import { type Git, GitFault, gitIn } from "./git.ts";

export type Selection =
  | { readonly kind: "branches"; readonly base: string | undefined; readonly head: string | undefined }
  | { readonly kind: "staged" }
  | { readonly kind: "worktree" };

export interface Revisions {
  readonly git: Git;
  readonly baseRef: string;
  readonly headRef: string;
  /** A commit. */
  readonly baseSha: string;
  /** A commit; for the index and the work tree the tree that a commit would have. */
  readonly headSha: string;
  readonly dispose: () => Promise<void>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** @throws UserError that says which name is wrong and what to do. */
export async function findRevisions(directory: string, selection: Selection, env: Env): Promise<Revisions> {
  const git = gitIn(directory, env);
  await checkRepository(git, directory);
  if (selection.kind !== "branches") return snapshot(git, directory, selection.kind, env);
  const headRef = selection.head ?? "HEAD";
  const baseRef = selection.base ?? (await defaultBranch(git));
  const head = await commitOf(git, headRef, "--head");
  const base = await mergeBase(git, await commitOf(git, baseRef, "--base"), head, baseRef, headRef);
  return {
    git,
    baseRef,
    headRef: await branchName(git, headRef),
    baseSha: base,
    headSha: head,
    dispose: async () => undefined,
  };
}

async function checkRepository(git: Git, directory: string): Promise<void> {
  const found = await stat(directory).catch(() => null);
  if (!found?.isDirectory())
    throw new UserError(
      `cannot review ${directory}: there is no such folder (name another one with --repo DIR)`,
    );
  try {
    await git.text(["rev-parse", "--git-dir"]);
  } catch (error) {
    if (!(error instanceof GitFault)) throw error;
    const reason = /not a git repository/i.test(error.message) ? "it is not a git repository" : error.message;
    throw new UserError(`cannot review ${directory}: ${reason} (name another folder with --repo DIR)`, {
      cause: error,
    });
  }
}

async function commitOf(git: Git, ref: string, option: string): Promise<string> {
  try {
    return (
      await git.text(["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`])
    ).trim();
  } catch (error) {
    if (!(error instanceof GitFault)) throw error;
    const hint =
      ref === "HEAD"
        ? "the repository has no commit yet"
        : `no commit is named so (${option} takes a branch, tag or commit; git branch -a lists branches)`;
    throw new UserError(`unknown ref "${ref}": ${hint}`, { cause: error });
  }
}

async function mergeBase(
  git: Git,
  base: string,
  head: string,
  baseRef: string,
  headRef: string,
): Promise<string> {
  try {
    return (await git.text(["merge-base", base, head])).trim();
  } catch (error) {
    if (!(error instanceof GitFault)) throw error;
    throw new UserError(`${baseRef} and ${headRef} have no commit in common`, { cause: error });
  }
}

/** The branch that a remote calls its default, else the usual names. */
async function defaultBranch(git: Git): Promise<string> {
  const candidates = [
    "refs/remotes/origin/HEAD",
    "refs/heads/main",
    "refs/heads/master",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
  ];
  for (const candidate of candidates) {
    if (await exists(git, candidate)) return candidate.replace(/^refs\/(heads|remotes)\//, "");
  }
  throw new UserError("the default branch of this repository cannot be told: name it with --base REF");
}

async function exists(git: Git, ref: string): Promise<boolean> {
  try {
    await git.text(["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
    return true;
  } catch (error) {
    if (error instanceof GitFault && error.exitCode === 1) return false;
    throw error;
  }
}

async function branchName(git: Git, ref: string): Promise<string> {
  const name =
    (await git.text(["rev-parse", "--abbrev-ref", "--end-of-options", ref])).trim().split("\n").at(-1) ?? "";
  return name === "" ? ref : name;
}

/**
 * The index or the work tree as a tree object. It is written with a copied index into an object folder of its own, so
 * that the repository is left as it was; untracked files count as uncommitted, ignored ones do not.
 */
async function snapshot(
  git: Git,
  directory: string,
  kind: "staged" | "worktree",
  env: Env,
): Promise<Revisions> {
  if ((await git.text(["rev-parse", "--is-inside-work-tree"])).trim() !== "true")
    throw new UserError(`--${kind} needs a work tree, and this is a bare repository`);
  if ((await git.text(["ls-files", "--unmerged"])) !== "")
    throw new UserError("there are unmerged files: resolve the conflict first");
  const base = await commitOf(git, "HEAD", "--base");
  const top = (await git.text(["rev-parse", "--show-toplevel"])).trimEnd();
  const index = resolve(top, (await gitIn(top, env).text(["rev-parse", "--git-path", "index"])).trimEnd());
  const objects = resolve(
    top,
    (await gitIn(top, env).text(["rev-parse", "--git-path", "objects"])).trimEnd(),
  );
  const folder = await mkdtemp(join(tmpdir(), "plumbline-"));
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    await copyIndex(index, join(folder, "index"));
    const own = gitIn(top, {
      ...env,
      ...(await withoutFilters(git, env)),
      GIT_INDEX_FILE: join(folder, "index"),
      GIT_OBJECT_DIRECTORY: folder,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
    });
    if (kind === "worktree") await own.run(["add", "--all"]);
    const tree = (await own.text(["write-tree"])).trim();
    const headRef = kind === "staged" ? "the index" : "the work tree";
    return {
      git: own,
      baseRef: await branchName(git, "HEAD"),
      headRef,
      baseSha: base,
      headSha: tree,
      dispose,
    };
  } catch (error) {
    await dispose();
    if (!(error instanceof GitFault)) throw error;
    throw new UserError(
      `git could not read the ${kind === "staged" ? "index" : "work tree"}: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * With its time: git reads a file's content again when the file is as new as the index, and a copy that looks younger
 * would hide an edit that was made within the same tick of the clock. No index is what a clone without checkout has.
 */
async function copyIndex(from: string, to: string): Promise<void> {
  const known = await stat(from).catch(() => null);
  if (known === null) return;
  await copyFile(from, to);
  await utimes(to, known.atime, known.mtime);
}
