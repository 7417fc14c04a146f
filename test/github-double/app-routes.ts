// What the App itself may ask: its installations, tokens, webhook deliveries, and the manifest exchange.
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { type Answer, json, notFound, refusal } from "./answer.ts";
import { activeInstallation, mintToken } from "./app-auth.ts";
import { repositoryJson } from "./repository-json.ts";
import { readBody } from "./review-rules.ts";
import { bodyObject, type Call, findRepository, page, type Route } from "./route.ts";
import type { AccessToken, Installation } from "./state.ts";
import { appJson, installationJson } from "./user-json.ts";
import { isoSeconds, repositoryWithId, type World } from "./world.ts";

const APP = { kind: "app" } as const;
const INSTALLATION = "/app/installations/{installation_id}";

export const appRoutes: readonly Route[] = [
  { method: "GET", path: "/app", access: APP, handle: (call) => json(200, appJson(call.world)) },
  { method: "GET", path: "/app/installations", access: APP, handle: listInstallations },
  { method: "GET", path: INSTALLATION, access: APP, handle: showInstallation },
  { method: "POST", path: `${INSTALLATION}/access_tokens`, access: APP, handle: createToken },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/installation",
    access: APP,
    handle: showRepositoryInstallation,
  },
  {
    method: "POST",
    path: "/app-manifests/{code}/conversions",
    access: { kind: "open" },
    handle: convertManifest,
  },
];

const tokenSchema = z.object({
  repositories: z.array(z.string()).max(500).optional(),
  repository_ids: z.array(z.int()).max(500).optional(),
  permissions: z.record(z.string(), z.enum(["read", "write"])).optional(),
});

function listInstallations(call: Call): Promise<Answer> {
  const shown = [...call.world.installations.values()].filter((installation) => !installation.deleted);
  return page(call, shown, (installation) => installationJson(call.world, installation));
}

function showInstallation(call: Call): Answer {
  const installation = call.world.installations.get(Number(call.params.installation_id));
  if (!installation || installation.deleted) throw notFound();
  return json(200, installationJson(call.world, installation));
}

function showRepositoryInstallation(call: Call): Answer {
  const repository = findRepository(call);
  const installation = call.world.installations.get(repository.installationId);
  if (!installation || installation.deleted || !installation.repositoryIds.has(repository.id))
    throw notFound();
  return json(200, installationJson(call.world, installation));
}

function createToken(call: Call): Answer {
  const { world } = call;
  const installation = activeInstallation(world, Number(call.params.installation_id));
  const body = readBody(tokenSchema, bodyObject(call));
  const repositoryIds = scopeOf(world, installation, body);
  const permissions = body.permissions ?? null;
  for (const [name, level] of Object.entries(permissions ?? {})) {
    const granted = installation.permissions[name];
    if (granted !== "write" && granted !== level) {
      throw refusal(422, "The permissions requested are not granted to this installation.");
    }
  }
  const { value, token } = mintToken(world, { installationId: installation.id, repositoryIds, permissions });
  return json(201, tokenJson(world, installation, value, token));
}

function tokenJson(
  world: World,
  installation: Installation,
  value: string,
  token: AccessToken,
): Record<string, unknown> {
  const repositories = [...(token.repositoryIds ?? [])].flatMap((id) => repositoryWithId(world, id) ?? []);
  return {
    token: value,
    expires_at: isoSeconds(token.expiresAt),
    permissions: { metadata: "read", ...(token.permissions ?? installation.permissions) },
    repository_selection: "selected",
    ...(token.repositoryIds ? { repositories: repositories.map((one) => repositoryJson(world, one)) } : {}),
  };
}

function scopeOf(
  world: World,
  installation: Installation,
  body: z.infer<typeof tokenSchema>,
): Set<number> | null {
  if (body.repositories === undefined && body.repository_ids === undefined) return null;
  const named = (body.repositories ?? []).map(
    (name) =>
      world.repositories.find((one) => one.name === name && installation.repositoryIds.has(one.id))?.id,
  );
  const ids = [...named, ...(body.repository_ids ?? [])];
  const known = ids.filter((id): id is number => id !== undefined && installation.repositoryIds.has(id));
  if (known.length < ids.length) {
    const text =
      "There is at least one repository that does not exist or is not accessible to the parent installation.";
    throw refusal(422, text);
  }
  return new Set(known);
}

function convertManifest(call: Call): Answer {
  if (!/^[\w-]{6,}$/.test(call.params.code ?? "")) throw notFound();
  const secrets = {
    client_secret: randomBytes(20).toString("hex"),
    webhook_secret: call.world.webhookSecret,
    pem: call.world.app.privateKey,
  };
  return json(201, { ...appJson(call.world), ...secrets });
}
