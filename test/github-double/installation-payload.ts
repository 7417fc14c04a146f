// Complete webhook payloads for what happens to an installation.
import type { Installation, Repository } from "./state.ts";
import { installationJson, nodeId, person, userJson } from "./user-json.ts";
import type { Payload } from "./webhook-payload.ts";
import { repositoryWithId, type World } from "./world.ts";

const SENDER = "owner";

/** created, deleted, suspend, unsuspend or new_permissions_accepted; the state is the test's to change before. */
export function installationPayload(world: World, installation: Installation, action: string): Payload {
  const repositories = [...installation.repositoryIds].flatMap((id) => repositoryWithId(world, id) ?? []);
  return {
    action,
    installation: installationJson(world, installation),
    sender: userJson(world, person(SENDER)),
    ...(action === "created" ? { requester: null } : {}),
    // GitHub lists them when an App comes and goes, and otherwise leaves them out.
    ...(action === "created" || action === "deleted" ? { repositories: repositories.map(shortJson) } : {}),
  };
}

export function installationRepositoriesPayload(
  world: World,
  installation: Installation,
  action: "added" | "removed",
  repositories: readonly Repository[],
): Payload {
  const listed = repositories.map(shortJson);
  return {
    action,
    installation: installationJson(world, installation),
    repository_selection: "selected",
    repositories_added: action === "added" ? listed : [],
    repositories_removed: action === "removed" ? listed : [],
    requester: null,
    sender: userJson(world, person(SENDER)),
  };
}

function shortJson(repository: Repository): Payload {
  const { id, name, fullName } = repository;
  return { id, node_id: nodeId("R", id), name, full_name: fullName, private: repository.private };
}
