// From a request to an answer: addresses that moved, the route table, permissions, the route.

import { type Answer, json, notFound, refusedAnswer } from "./answer.ts";
import { authorize } from "./app-auth.ts";
import { rateHeaders } from "./rate-limit.ts";
import type { Call, Route } from "./route.ts";
import { repositoryNamed, repositoryWithId, type World } from "./world.ts";

export interface Incoming {
  readonly method: string;
  /** Without `/api/v3` and without the query; still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly accept: string;
  readonly authorization: string | undefined;
}

export interface CompiledRoute extends Route {
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

export function compileRoutes(routes: readonly Route[]): readonly CompiledRoute[] {
  return routes.map((route) => {
    const names = [...route.path.matchAll(/\{(\w+)\+?\}/g)].map((match) => match[1] ?? "");
    const source = route.path.replace(/\{\w+\+\}/g, "(.+)").replace(/\{\w+\}/g, "([^/]+)");
    return { ...route, names, pattern: new RegExp(`^${source}$`) };
  });
}

export async function dispatch(
  world: World,
  routes: readonly CompiledRoute[],
  incoming: Incoming,
): Promise<Answer> {
  const moved = movedTo(world, incoming);
  if (moved) return moved;
  const path = pathByName(world, incoming.path);
  const call: Call = { ...incoming, world, path, params: {}, token: null };
  let token: Call["token"] = null;
  try {
    const { route, params } = findRoute(routes, incoming.method, path);
    token = authorize(world, route.access, { ...call, params }, incoming.authorization);
    return withHeaders(await route.handle({ ...call, params, token }), rateHeaders(world, token, path));
  } catch (error) {
    const answer = refusedAnswer(error);
    if (!answer) throw error;
    return withHeaders(answer, rateHeaders(world, token, path));
  }
}

/** `/repositories/{id}/…` is the permanent address of a repository, to which renamed ones redirect. */
export function pathByName(world: World, path: string): string {
  const match = /^\/repositories\/(\d+)(\/.*)?$/.exec(path);
  const repository = match ? repositoryWithId(world, Number(match[1])) : undefined;
  return repository ? `/repos/${repository.fullName}${match?.[2] ?? ""}` : path;
}

/** After a rename GitHub answers 301 (307 where the method must survive) with the address by id. */
function movedTo(world: World, incoming: Incoming): Answer | null {
  const match = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/.exec(incoming.path);
  if (!match || repositoryNamed(world, match[1] ?? "")) return null;
  const id = world.formerNames.get((match[1] ?? "").toLowerCase());
  if (id === undefined) return null;
  const query = incoming.query.size > 0 ? `?${incoming.query.toString()}` : "";
  const location = `${world.apiUrl}/repositories/${id}${match[2] ?? ""}${query}`;
  const documentation =
    "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects";
  const value = { message: "Moved Permanently", url: location, documentation_url: documentation };
  return json(incoming.method === "GET" ? 301 : 307, value, { location });
}

function findRoute(
  routes: readonly CompiledRoute[],
  method: string,
  path: string,
): { route: CompiledRoute; params: Record<string, string> } {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (!match) continue;
    const entries = route.names.map((name, index) => [name, decode(match[index + 1] ?? "")] as const);
    return { route, params: Object.fromEntries(entries) };
  }
  throw notFound();
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw Object.assign(notFound(), { cause: error });
  }
}

function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...headers, ...answer.headers } };
}
