// The shape of a route, the call it is given, and the look-ups every route starts with.
import { type Answer, json, notFound, refusal } from "./answer.ts";
import { resolveObject } from "./git-directory.ts";
import type { AccessToken, PullRequestState, Repository } from "./state.ts";
import { repositoryNamed, type World } from "./world.ts";

/** `any` of these "permission:level" grants is enough; metadata:read comes with every installation. */
export type Access =
  | { readonly kind: "open" }
  | { readonly kind: "app" }
  | { readonly kind: "token" }
  | { readonly kind: "repository"; readonly any: readonly string[] };

export interface Call {
  readonly world: World;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly accept: string;
  readonly token: AccessToken | null;
}

export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** As in GitHub's description: `{name}` is one segment, `{name+}` one or more. */
  readonly path: string;
  readonly access: Access;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

const DEFAULT_PER_PAGE = 30;
const MAX_PER_PAGE = 100;

export function repositoryAccess(...any: readonly string[]): Access {
  return { kind: "repository", any };
}

export function findRepository(call: Call): Repository {
  const repository = repositoryNamed(call.world, `${call.params.owner}/${call.params.repo}`);
  if (!repository) throw notFound();
  return repository;
}

export function findPull(call: Call, key = "pull_number"): PullRequestState {
  const number = Number(call.params[key]);
  const pull = findRepository(call).pulls.find((candidate) => candidate.number === number);
  if (!pull) throw notFound();
  return pull;
}

export function findById<T extends { readonly id: number }>(list: readonly T[], id: string | undefined): T {
  const found = list.find((item) => item.id === Number(id));
  if (!found) throw notFound();
  return found;
}

export function bodyObject(call: Call): Readonly<Record<string, unknown>> {
  if (call.body === null || call.body === undefined) return {};
  if (typeof call.body !== "object" || Array.isArray(call.body)) {
    throw refusal(400, "Body should be a JSON object");
  }
  return call.body as Record<string, unknown>; // an object that is neither null nor an array
}

/** A branch, tag, SHA or `pull/N/head`, as a commit SHA. */
export async function resolveCommit(repository: Repository, ref: string): Promise<string | null> {
  const pullRef = /^(?:refs\/)?pull\/(\d+)\/head$/.exec(ref);
  if (pullRef) return repository.pulls.find((pull) => pull.number === Number(pullRef[1]))?.headSha ?? null;
  return resolveObject(repository.git, ref, "commit");
}

/** One page of a list with GitHub's `Link` header: 30 per page, at most 100, anything higher counts as 100. */
export async function page<T>(
  call: Call,
  items: readonly T[],
  render: (item: T) => unknown,
  wrap: (rows: readonly unknown[]) => unknown = (rows) => rows,
): Promise<Answer> {
  const { from, to, headers } = pageBounds(call, items.length);
  const rows = await Promise.all(items.slice(from, to).map(render));
  return json(200, wrap(rows), headers);
}

function pageBounds(
  call: Call,
  total: number,
): { from: number; to: number; headers: Record<string, string> } {
  const perPage = Math.min(positive(call.query.get("per_page"), DEFAULT_PER_PAGE), MAX_PER_PAGE);
  const current = positive(call.query.get("page"), 1);
  const last = Math.max(1, Math.ceil(total / perPage));
  const links: string[] = [];
  function link(number: number, rel: string): void {
    const query = new URLSearchParams(call.query);
    query.set("page", String(number));
    links.push(`<${call.world.apiUrl}${call.path}?${query.toString()}>; rel="${rel}"`);
  }
  if (current > 1) link(Math.min(current - 1, last), "prev");
  if (current < last) link(current + 1, "next");
  if (current < last) link(last, "last");
  if (current > 1) link(1, "first");
  const from = (current - 1) * perPage;
  return { from, to: from + perPage, headers: links.length > 0 ? { link: links.join(", ") } : {} };
}

function positive(text: string | null, fallback: number): number {
  const number = Number(text ?? "");
  return Number.isInteger(number) && number > 0 ? number : fallback;
}
