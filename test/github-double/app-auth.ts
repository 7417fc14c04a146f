// Who is calling: the App by its JWT, or an installation by its token, and what it may do.
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, verify } from "node:crypto";
import { notFound, refusal } from "./answer.ts";
import type { Access, Call } from "./route.ts";
import { findRepository } from "./route.ts";
import type { AccessToken, Installation, PermissionLevel } from "./state.ts";
import { now, type World } from "./world.ts";

export const DEFAULT_PERMISSIONS: Readonly<Record<string, PermissionLevel>> = {
  pull_requests: "write",
  checks: "write",
  contents: "read",
  issues: "read",
  metadata: "read",
};

const TOKEN_LIFETIME_MS = 60 * 60 * 1000;
const MAX_JWT_SECONDS = 10 * 60; // GitHub refuses an `exp` further away
const SUSPENDED = "This installation has been suspended";

let sharedKey: string | null = null;

/** One key pair per process: generating RSA keys is the slowest step of starting a stand-in. PKCS#1, as GitHub hands out. */
export function appPrivateKey(): string {
  sharedKey ??= generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  }).privateKey;
  return sharedKey;
}

export function mintToken(
  world: World,
  scope: Omit<AccessToken, "expiresAt">,
): { value: string; token: AccessToken } {
  // Since 2026-04-27 tokens are `ghs_APPID_…` and longer than 40 characters (description of the endpoint).
  const value = `ghs_${world.app.id}_${randomBytes(48).toString("base64url")}`;
  const token = { ...scope, expiresAt: now(world) + TOKEN_LIFETIME_MS };
  world.tokens.set(value, token);
  return { value, token };
}

/** Throws GitHub's refusal unless the caller may use the route; gives back the installation token, if one was used. */
export function authorize(
  world: World,
  access: Access,
  call: Call,
  header: string | undefined,
): AccessToken | null {
  switch (access.kind) {
    case "open":
      return null;
    case "app":
      verifyAppJwt(world, header);
      return null;
    case "token":
      return tokenOf(world, header);
    case "repository": {
      const token = tokenOf(world, header);
      checkRepository(world, token, { ...call, token }, access.any);
      return token;
    }
    default:
      throw new Error(`no such access: ${JSON.stringify(access satisfies never)}`);
  }
}

export function activeInstallation(world: World, id: number): Installation {
  const installation = world.installations.get(id);
  if (!installation || installation.deleted) throw notFound();
  if (installation.suspended) throw refusal(403, SUSPENDED);
  return installation;
}

export function seesRepository(world: World, token: AccessToken, repositoryId: number): boolean {
  const installation = world.installations.get(token.installationId);
  const scoped = token.repositoryIds?.has(repositoryId) ?? true;
  return scoped && installation?.repositoryIds.has(repositoryId) === true;
}

function tokenOf(world: World, header: string | undefined): AccessToken {
  const value = /^(?:token|bearer) (.+)$/i.exec(header ?? "")?.[1];
  const token = value === undefined ? undefined : world.tokens.get(value);
  if (!token || token.expiresAt <= now(world)) throw refusal(401, "Bad credentials");
  const installation = world.installations.get(token.installationId);
  if (!installation || installation.deleted) throw refusal(401, "Bad credentials");
  if (installation.suspended) throw refusal(403, SUSPENDED);
  return token;
}

function checkRepository(world: World, token: AccessToken, call: Call, any: readonly string[]): void {
  const repository = findRepository(call);
  // A repository outside the installation does not exist as far as the App can tell.
  if (!seesRepository(world, token, repository.id)) throw notFound();
  if (!any.some((grant) => isGranted(world, token, grant))) {
    const error = refusal(403, "Resource not accessible by integration");
    throw withHeader(error, "x-accepted-github-permissions", any.join("; ").replaceAll(":", "="));
  }
  if (repository.archived && call.method !== "GET") {
    throw refusal(403, "Repository was archived so is read-only.");
  }
}

function isGranted(world: World, token: AccessToken, grant: string): boolean {
  const [permission = "", level = ""] = grant.split(":");
  const granted = world.installations.get(token.installationId)?.permissions ?? {};
  return [granted, token.permissions ?? granted].every(
    (grants) => permission === "metadata" || grants[permission] === "write" || grants[permission] === level,
  );
}

function withHeader(error: Error, name: string, value: string): Error {
  if (!("answer" in error)) return error;
  return Object.assign(error, { answer: { ...(error.answer as object), headers: { [name]: value } } });
}

function verifyAppJwt(world: World, header: string | undefined): void {
  const jwt = /^bearer (.+)$/i.exec(header ?? "")?.[1];
  const [head = "", claims = "", signature = "", ...rest] = jwt?.split(".") ?? [];
  if (signature === "" || rest.length > 0) throw refusal(401, "A JSON web token could not be decoded");
  const { alg } = decodeSegment(head);
  const signed = Buffer.from(`${head}.${claims}`);
  const isValid = verify("RSA-SHA256", signed, publicKey(world), Buffer.from(signature, "base64url"));
  if (alg !== "RS256" || !isValid) throw refusal(401, "A JSON web token could not be decoded");
  checkClaims(world, decodeSegment(claims));
}

function checkClaims(world: World, { iss, iat, exp }: Readonly<Record<string, unknown>>): void {
  const seconds = Math.floor(now(world) / 1000);
  if (String(iss) !== String(world.app.id)) throw refusal(401, "Integration not found");
  if (typeof iat !== "number" || iat > seconds) {
    const text = "must be an Integer representing the time that the assertion was issued";
    throw refusal(401, `'Issued at' claim ('iat') ${text}`);
  }
  if (typeof exp !== "number" || exp <= seconds) {
    const text = "must be a numeric value representing the future time at which the assertion expires";
    throw refusal(401, `'Expiration time' claim ('exp') ${text}`);
  }
  if (exp > seconds + MAX_JWT_SECONDS) {
    throw refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
}

function publicKey(world: World): KeyObject {
  return createPublicKey(world.app.privateKey);
}

function decodeSegment(segment: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, "base64url").toString());
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    throw Object.assign(refusal(401, "A JSON web token could not be decoded"), { cause: error });
  }
}
