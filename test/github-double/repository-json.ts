// The JSON GitHub shows for a repository.
import type { Repository } from "./state.ts";
import { nodeId, userJson } from "./user-json.ts";
import type { World } from "./world.ts";

export function repositoryUrl(world: World, repository: Repository): string {
  return `${world.apiUrl}/repos/${repository.fullName}`;
}

export function repositoryHtmlUrl(world: World, repository: Repository): string {
  return `${world.htmlUrl}/${repository.fullName}`;
}

export function repositoryJson(world: World, repository: Repository): Record<string, unknown> {
  const openIssues = repository.pulls.filter((pull) => pull.state === "open").length;
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: repository.fullName,
    private: repository.private,
    owner: userJson(world, { login: repository.owner, type: "Organization" }),
    html_url: repositoryHtmlUrl(world, repository),
    description: null,
    fork: false,
    ...addresses(world, repository),
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    pushed_at: repository.createdAt,
    homepage: null,
    size: 1,
    ...counters(openIssues),
    language: null,
    ...features(),
    archived: repository.archived,
    disabled: false,
    license: null,
    visibility: repository.private ? "private" : "public",
    default_branch: repository.defaultBranch,
    permissions: { admin: false, maintain: false, push: false, triage: false, pull: true },
  };
}

function counters(openIssues: number): Record<string, unknown> {
  return {
    stargazers_count: 0,
    watchers_count: 0,
    forks_count: 0,
    open_issues_count: openIssues,
    forks: 0,
    open_issues: openIssues,
    watchers: 0,
    network_count: 0,
    subscribers_count: 0,
  };
}

function features(): Record<string, unknown> {
  return {
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    mirror_url: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
  };
}

const PLACES = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
} as const;

function addresses(world: World, repository: Repository): Record<string, string> {
  const url = repositoryUrl(world, repository);
  const html = repositoryHtmlUrl(world, repository);
  return {
    url,
    ...Object.fromEntries(Object.entries(PLACES).map(([key, place]) => [key, `${url}${place}`])),
    git_url: `git://${new URL(html).host}/${repository.fullName}.git`,
    ssh_url: `git@${new URL(html).hostname}:${repository.fullName}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
  };
}
