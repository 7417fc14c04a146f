// The JSON GitHub shows for a pull request and for a file of its diff.

import { pullCommits } from "./git-commit.ts";
import type { DiffSummary, FileDiff } from "./git-diff.ts";
import { pullDiff } from "./git-diff.ts";
import { repositoryHtmlUrl, repositoryJson, repositoryUrl } from "./repository-json.ts";
import type { CheckRun, PullRequestState, Repository } from "./state.ts";
import { nodeId, person, userJson } from "./user-json.ts";
import type { World } from "./world.ts";

export function diffOf(pull: PullRequestState): Promise<DiffSummary> {
  return pullDiff(pull.repository.git, pull.baseSha, pull.headSha);
}

/** A row of `GET …/pulls`. */
export function simplePullJson(world: World, pull: PullRequestState): Record<string, unknown> {
  const { repository } = pull;
  return {
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    number: pull.number,
    ...pullAddresses(world, pull),
    state: pull.state,
    locked: pull.locked,
    title: pull.title,
    user: userJson(world, person(pull.author)),
    body: pull.body,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.state === "closed" ? pull.updatedAt : null,
    merged_at: pull.merged ? pull.updatedAt : null,
    merge_commit_sha: null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: [],
    milestone: null,
    draft: pull.draft,
    head: branchJson(world, pull, "head"),
    base: branchJson(world, pull, "base"),
    author_association: authorAssociation(repository, pull.author),
    auto_merge: null,
    active_lock_reason: null,
  };
}

export async function pullJson(world: World, pull: PullRequestState): Promise<Record<string, unknown>> {
  const [diff, commits] = await Promise.all([diffOf(pull), pullCommits(pull)]);
  return {
    ...simplePullJson(world, pull),
    merged: pull.merged,
    mergeable: pull.state === "open" ? true : null,
    rebaseable: pull.state === "open" ? true : null,
    mergeable_state: pull.draft ? "draft" : "clean",
    merged_by: pull.merged ? userJson(world, person("maintainer")) : null,
    comments: pull.issueComments.length,
    review_comments: pull.reviewComments.length,
    maintainer_can_modify: false,
    commits: commits.length,
    additions: diff.additions,
    deletions: diff.deletions,
    changed_files: diff.files.length,
  };
}

/** How `author_association` looks to GitHub, which does not count private membership. */
export function authorAssociation(repository: Repository, login: string): string {
  if (login.toLowerCase() === repository.owner.toLowerCase()) return "OWNER";
  const permission = repository.permissions[login];
  return permission === "admin" || permission === "write" ? "COLLABORATOR" : "NONE";
}

/** The short form inside check runs. GitHub leaves this list empty for forks. */
export function minimalPulls(world: World, repository: Repository, run: CheckRun): Record<string, unknown>[] {
  const own = repository.pulls.filter(
    (pull) => pull.headSha === run.head_sha && pull.headRepository === repository.fullName,
  );
  const repo = { id: repository.id, url: repositoryUrl(world, repository), name: repository.name };
  return own.map((pull) => ({
    id: pull.id,
    number: pull.number,
    url: `${repositoryUrl(world, repository)}/pulls/${pull.number}`,
    head: { ref: pull.headRef, sha: pull.headSha, repo },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo },
  }));
}

/** A row of `GET …/pulls/{n}/files`; `patch` is absent, not null, where there is none. */
export function fileJson(
  world: World,
  repository: Repository,
  sha: string,
  file: FileDiff,
): Record<string, unknown> {
  const path = file.filename.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.sha,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${repositoryHtmlUrl(world, repository)}/blob/${sha}/${path}`,
    raw_url: `${repositoryHtmlUrl(world, repository)}/raw/${sha}/${path}`,
    contents_url: `${repositoryUrl(world, repository)}/contents/${path}?ref=${sha}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousFilename === null ? {} : { previous_filename: file.previousFilename }),
  };
}

function branchJson(world: World, pull: PullRequestState, end: "head" | "base"): Record<string, unknown> {
  const { repository } = pull;
  const ref = end === "head" ? pull.headRef : pull.baseRef;
  const isFork = end === "head" && pull.headRepository !== repository.fullName;
  const owner = isFork ? (pull.headRepository?.split("/")[0] ?? "unknown") : repository.owner;
  const repo = repositoryJson(world, repository);
  const [, forkName = ""] = pull.headRepository?.split("/") ?? [];
  const fork = {
    ...repo,
    fork: true,
    full_name: pull.headRepository,
    name: forkName,
    id: repository.id + 1_000_000,
  };
  return {
    label: `${owner}:${ref}`,
    ref,
    sha: end === "head" ? pull.headSha : pull.baseSha,
    user: userJson(world, isFork ? person(owner) : { login: owner, type: "Organization" }),
    // GitHub answers null here once the fork is deleted.
    repo: isFork ? (pull.headRepository === null ? null : fork) : repo,
  };
}

function pullAddresses(world: World, pull: PullRequestState): Record<string, unknown> {
  const repository = repositoryUrl(world, pull.repository);
  const url = `${repository}/pulls/${pull.number}`;
  const html = `${repositoryHtmlUrl(world, pull.repository)}/pull/${pull.number}`;
  const issue = `${repository}/issues/${pull.number}`;
  const places = {
    comments: `${issue}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${repository}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${repository}/statuses/${pull.headSha}`,
  };
  const links = { self: url, html, issue, ...places };
  return {
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    ...Object.fromEntries(Object.entries(places).map(([key, href]) => [`${key}_url`, href])),
    _links: Object.fromEntries(Object.entries(links).map(([key, href]) => [key, { href }])),
  };
}
