// The repository, who may do what in it, and the limits of the caller.
import { type Answer, json } from "./answer.ts";
import { seesRepository } from "./app-auth.ts";
import { RATE_LIMIT, rateReset } from "./rate-limit.ts";
import { repositoryJson } from "./repository-json.ts";
import { type Call, findRepository, page, type Route, repositoryAccess } from "./route.ts";
import type { CollaboratorPermission, Repository } from "./state.ts";
import { person, userJson } from "./user-json.ts";

const METADATA = repositoryAccess("metadata:read");

export const repositoryRoutes: readonly Route[] = [
  { method: "GET", path: "/repos/{owner}/{repo}", access: METADATA, handle: showRepository },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/collaborators/{username}/permission",
    access: METADATA,
    handle: showPermission,
  },
  { method: "GET", path: "/installation/repositories", access: { kind: "token" }, handle: listRepositories },
  { method: "GET", path: "/rate_limit", access: { kind: "token" }, handle: showRateLimit },
];

function showRepository(call: Call): Answer {
  return json(200, repositoryJson(call.world, findRepository(call)));
}

function showPermission(call: Call): Answer {
  const login = call.params.username ?? "";
  const permission = permissionOf(findRepository(call), login);
  const rank = ["none", "read", "write", "admin"].indexOf(permission);
  const permissions = {
    pull: rank >= 1,
    triage: rank >= 2,
    push: rank >= 2,
    maintain: rank >= 3,
    admin: rank >= 3,
  };
  const user = { ...userJson(call.world, person(login)), permissions, role_name: permission };
  return json(200, { permission, role_name: permission, user });
}

/** Everyone can read a public repository, so strangers get `read` there and `none` in a private one. */
function permissionOf(repository: Repository, login: string): CollaboratorPermission {
  const found = Object.entries(repository.permissions).find(
    ([name]) => name.toLowerCase() === login.toLowerCase(),
  );
  if (found) return found[1];
  if (login.toLowerCase() === repository.owner.toLowerCase()) return "admin";
  return repository.private ? "none" : "read";
}

function listRepositories(call: Call): Promise<Answer> {
  const { token, world } = call;
  const shown = world.repositories.filter((one) => token !== null && seesRepository(world, token, one.id));
  const wrap = (rows: readonly unknown[]): unknown => ({
    total_count: shown.length,
    repository_selection: "selected",
    repositories: rows,
  });
  return page(call, shown, (repository) => repositoryJson(world, repository), wrap);
}

function showRateLimit(call: Call): Answer {
  const used = call.world.installations.get(call.token?.installationId ?? 0)?.rateUsed ?? 0;
  const rate = { limit: RATE_LIMIT, used, remaining: RATE_LIMIT - used, reset: rateReset(call.world) };
  const search = { limit: 30, used: 0, remaining: 30, reset: rateReset(call.world) };
  return json(200, { resources: { core: rate, search }, rate });
}
