// The JSON GitHub shows for users, Apps and installations.
import type { Installation, User } from "./state.ts";
import { isoSeconds, now, userId, type World } from "./world.ts";

const BORN = "2026-01-01T00:00:00Z";

export function userJson(world: World, user: User): Record<string, unknown> {
  const url = `${world.apiUrl}/users/${encodeURIComponent(user.login)}`;
  return {
    login: user.login,
    id: userId(world, user.login),
    node_id: nodeId("U", userId(world, user.login)),
    avatar_url: `${world.htmlUrl}/avatars/u/${userId(world, user.login)}`,
    gravatar_id: "",
    url,
    html_url: `${world.htmlUrl}/${encodeURIComponent(user.login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    user_view_type: "public",
    site_admin: false,
  };
}

export function person(login: string): User {
  return { login, type: login.endsWith("[bot]") ? "Bot" : "User" };
}

export function appJson(world: World): Record<string, unknown> {
  const { id, slug } = world.app;
  return {
    id,
    slug,
    client_id: `Iv23${slug}`,
    node_id: nodeId("A", id),
    owner: userJson(world, { login: "app-owner", type: "Organization" }),
    name: slug,
    description: "",
    external_url: world.htmlUrl,
    html_url: `${world.htmlUrl}/apps/${slug}`,
    created_at: BORN,
    updated_at: BORN,
    permissions: {
      metadata: "read",
      contents: "read",
      checks: "write",
      pull_requests: "write",
      issues: "read",
    },
    events: ["check_run", "issue_comment", "pull_request"],
    installations_count: world.installations.size,
  };
}

/** Inside check runs and comments GitHub leaves the counters and client id of the App out. */
export function embeddedAppJson(world: World): Record<string, unknown> {
  const { installations_count: _count, ...app } = appJson(world);
  return app;
}

export function installationJson(world: World, installation: Installation): Record<string, unknown> {
  const { id, account } = installation;
  return {
    id,
    account: userJson(world, { login: account, type: "Organization" }),
    repository_selection: "selected",
    access_tokens_url: `${world.apiUrl}/app/installations/${id}/access_tokens`,
    repositories_url: `${world.apiUrl}/installation/repositories`,
    html_url: `${world.htmlUrl}/organizations/${account}/settings/installations/${id}`,
    app_id: world.app.id,
    app_slug: world.app.slug,
    client_id: `Iv23${world.app.slug}`,
    target_id: userId(world, account),
    target_type: "Organization",
    permissions: { ...installation.permissions },
    events: ["check_run", "issue_comment", "pull_request"],
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspended ? userJson(world, person(account)) : null,
    suspended_at: installation.suspended ? isoSeconds(now(world)) : null,
  };
}

export function nodeId(kind: string, id: number): string {
  return `${kind}_${Buffer.from(String(id)).toString("base64url")}`;
}
