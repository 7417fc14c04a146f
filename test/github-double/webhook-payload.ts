// Complete webhook payloads for what happens to a pull request.
import { checkRunJson, suiteId } from "./check-run-routes.ts";
import { authorAssociation, minimalPulls, pullJson } from "./pull-json.ts";
import { repositoryJson, repositoryUrl } from "./repository-json.ts";
import { issueCommentJson, reactionRollup, reviewCommentJson } from "./review-json.ts";
import type { CheckRun, IssueComment, PullRequestState, Repository, ReviewComment, User } from "./state.ts";
import { nodeId, person, userJson } from "./user-json.ts";
import { userId, type World } from "./world.ts";

export type Payload = Record<string, unknown>;

export async function pullRequestPayload(
  world: World,
  pull: PullRequestState,
  action: string,
): Promise<Payload> {
  return {
    action,
    number: pull.number,
    pull_request: await pullJson(world, pull),
    ...surroundings(world, pull.repository, person(pull.author)),
    ...(action === "synchronize"
      ? { before: pull.headHistory.at(-2) ?? pull.headSha, after: pull.headSha }
      : {}),
  };
}

export function issueCommentPayload(
  world: World,
  pull: PullRequestState,
  comment: IssueComment,
  action: string,
): Payload {
  return {
    action,
    issue: issueJson(world, pull),
    comment: issueCommentJson(world, pull, comment),
    ...surroundings(world, pull.repository, comment.user),
    ...(action === "edited" ? { changes: { body: { from: "before the edit" } } } : {}),
  };
}

export async function reviewCommentPayload(
  world: World,
  pull: PullRequestState,
  comment: ReviewComment,
  action: string,
): Promise<Payload> {
  const { comments: _comments, commits: _commits, ...simple } = await pullJson(world, pull);
  return {
    action,
    comment: await reviewCommentJson(world, pull, comment),
    pull_request: simple,
    ...surroundings(world, pull.repository, comment.user),
  };
}

export function checkRunPayload(
  world: World,
  repository: Repository,
  run: CheckRun,
  action: string,
): Payload {
  const pulls = minimalPulls(world, repository, run);
  const shown = checkRunJson(world, repository, run);
  const suite = {
    id: suiteId(run.head_sha),
    node_id: nodeId("CS", suiteId(run.head_sha)),
    head_branch: repository.pulls.find((pull) => pull.headSha === run.head_sha)?.headRef ?? null,
    head_sha: run.head_sha,
    status: run.status,
    conclusion: run.conclusion,
    url: `${repositoryUrl(world, repository)}/check-suites/${suiteId(run.head_sha)}`,
    before: null,
    after: run.head_sha,
    pull_requests: pulls,
    app: shown.app,
    created_at: run.started_at,
    updated_at: run.completed_at ?? run.started_at,
  };
  return {
    action,
    check_run: { ...shown, check_suite: suite },
    ...surroundings(world, repository, person("maintainer")),
  };
}

/** The issue inside an `issue_comment` event: it tells that it is a pull request, but not its head. */
function issueJson(world: World, pull: PullRequestState): Payload {
  const url = `${repositoryUrl(world, pull.repository)}/issues/${pull.number}`;
  const html = `${world.htmlUrl}/${pull.repository.fullName}/pull/${pull.number}`;
  return {
    url,
    repository_url: repositoryUrl(world, pull.repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    id: pull.id + 1_000_000,
    node_id: nodeId("PR", pull.id),
    number: pull.number,
    title: pull.title,
    user: userJson(world, person(pull.author)),
    labels: [],
    state: pull.state,
    locked: pull.locked,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: pull.issueComments.length,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.state === "closed" ? pull.updatedAt : null,
    author_association: authorAssociation(pull.repository, pull.author),
    active_lock_reason: null,
    draft: pull.draft,
    pull_request: issueLinks(world, pull, html),
    body: pull.body,
    state_reason: null,
    reactions: reactionRollup(pull, 0, url),
    performed_via_github_app: null,
  };
}

/** The key that tells a pull request from a plain issue. */
function issueLinks(world: World, pull: PullRequestState, html: string): Payload {
  return {
    url: `${repositoryUrl(world, pull.repository)}/pulls/${pull.number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: pull.merged ? pull.updatedAt : null,
  };
}

function surroundings(world: World, repository: Repository, sender: User): Payload {
  return {
    repository: repositoryJson(world, repository),
    organization: organizationJson(world, repository.owner),
    sender: userJson(world, sender),
    installation: { id: repository.installationId, node_id: nodeId("I", repository.installationId) },
  };
}

function organizationJson(world: World, login: string): Payload {
  const url = `${world.apiUrl}/orgs/${login}`;
  return {
    login,
    id: userId(world, login),
    node_id: nodeId("O", userId(world, login)),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.htmlUrl}/avatars/u/${userId(world, login)}`,
    description: "",
  };
}
