// Commits, comparisons and tarballs.
import { randomBytes } from "node:crypto";
import { type Answer, noContent, notFound, raw, refusal } from "./answer.ts";
import { commitFiles, commitJson, commitsBetween, readCommit } from "./git-commit.ts";
import { diffText, pullDiff } from "./git-diff.ts";
import { runGit } from "./git-directory.ts";
import { fileJson } from "./pull-json.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository-json.ts";
import { type Call, findRepository, page, type Route, repositoryAccess, resolveCommit } from "./route.ts";
import type { Repository } from "./state.ts";
import { repositoryNamed, type World } from "./world.ts";

const READ = repositoryAccess("contents:read");
const MAX_COMPARE_FILES = 300;

export const commitRoutes: readonly Route[] = [
  { method: "GET", path: "/repos/{owner}/{repo}/commits/{ref+}", access: READ, handle: showCommit },
  { method: "GET", path: "/repos/{owner}/{repo}/compare/{basehead+}", access: READ, handle: compare },
  { method: "GET", path: "/repos/{owner}/{repo}/tarball/{ref+}", access: READ, handle: redirectToTarball },
];

async function showCommit(call: Call): Promise<Answer> {
  const repository = findRepository(call);
  const ref = call.params.ref ?? "";
  const sha = await resolveCommit(repository, ref);
  if (sha === null) throw refusal(422, `No commit found for SHA: ${ref}`);
  if (call.accept.includes(".sha")) return raw("application/vnd.github.sha; charset=utf-8", Buffer.from(sha));
  const files = await commitFiles(repository.git, await readCommit(repository.git, sha));
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const stats = { total: additions + deletions, additions, deletions };
  const shown = await commitJson(call.world, repository, sha);
  const wrap = (rows: readonly unknown[]): unknown => ({ ...shown, stats, files: rows });
  return page(call, files, (file) => fileJson(call.world, repository, sha, file), wrap);
}

/** Three dots: from the merge base to the head. Files come on the first page only, at most 300. */
async function compare(call: Call): Promise<Answer> {
  const repository = findRepository(call);
  const [baseRef = "", headRef = ""] = (call.params.basehead ?? "").split("...").map(withoutOwner);
  const [base, head] = await Promise.all([
    resolveCommit(repository, baseRef),
    resolveCommit(repository, headRef),
  ]);
  if (base === null || head === null) throw notFound();
  const { git } = repository;
  if (/application\/vnd\.github(?:\.v3)?\.diff/.test(call.accept)) {
    return raw("application/vnd.github.diff; charset=utf-8", Buffer.from(await diffText(git, base, head)));
  }
  const diff = await pullDiff(git, base, head);
  const [ahead, behind] = await Promise.all([
    commitsBetween(git, base, head),
    commitsBetween(git, head, base),
  ]);
  const shownFiles = (call.query.get("page") ?? "1") === "1" ? diff.files.slice(0, MAX_COMPARE_FILES) : [];
  const files = shownFiles.map((file) => fileJson(call.world, repository, head, file));
  const [baseCommit, mergeBaseCommit] = await Promise.all([
    commitJson(call.world, repository, base),
    commitJson(call.world, repository, diff.mergeBase),
  ]);
  const wrap = (commits: readonly unknown[]): unknown => ({
    ...compareUrls(call.world, repository, `${base}...${head}`),
    base_commit: baseCommit,
    merge_base_commit: mergeBaseCommit,
    status: compareStatus(ahead.length, behind.length),
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits,
    files,
  });
  return page(call, ahead, (sha) => commitJson(call.world, repository, sha), wrap);
}

function compareUrls(world: World, repository: Repository, range: string): Record<string, string> {
  const html = `${repositoryHtmlUrl(world, repository)}/compare/${range}`;
  const url = `${repositoryUrl(world, repository)}/compare/${range}`;
  return { url, html_url: html, permalink_url: html, diff_url: `${html}.diff`, patch_url: `${html}.patch` };
}

function compareStatus(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return "diverged";
  if (ahead > 0) return "ahead";
  return behind > 0 ? "behind" : "identical";
}

/** `user:branch` names a branch of another repository of the network; here they all share one git directory. */
function withoutOwner(ref: string): string {
  return ref.slice(ref.indexOf(":") + 1);
}

async function redirectToTarball(call: Call): Promise<Answer> {
  const repository = findRepository(call);
  const sha = await resolveCommit(repository, call.params.ref ?? "");
  if (sha === null) throw notFound();
  const token = randomBytes(12).toString("hex");
  const location = `${call.world.htmlUrl}/codeload/${repository.fullName}/legacy.tar.gz/${sha}?token=${token}`;
  return noContent(302, { location });
}

/** The host behind the redirect: no API prefix and no API token. */
export async function tarball(world: World, path: string): Promise<Answer | null> {
  const match = /^\/codeload\/([^/]+\/[^/]+)\/legacy\.tar\.gz\/([0-9a-f]{40})$/.exec(path);
  const repository = match ? repositoryNamed(world, match[1] ?? "") : undefined;
  const sha = match?.[2];
  if (!repository || sha === undefined) return null;
  const prefix = `${repository.owner}-${repository.name}-${sha.slice(0, 7)}/`;
  const bytes = await runGit(repository.git, ["archive", "--format=tar.gz", `--prefix=${prefix}`, sha]);
  return raw("application/x-gzip", bytes);
}
