/** One installation's GitHub API: requests with a time limit, errors told apart. */
import { createAppAuth, type StrategyOptions } from "@octokit/auth-app";
import type { Probot } from "probot";
import { FinalError, LimitError, RetryableError } from "../domain/errors.ts";
import type { Traffic } from "./traffic.ts";

export type GitHubClient = Awaited<ReturnType<Probot["auth"]>>;

/** Octokit has no time limit of its own. A request that may take longer says so: `request: { limitMs }`. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * `probot.auth(id)` has a rate limiter of its own for each installation; the client of a webhook context shares one among
 * all (measured: 3 installations, 3 seconds apart). A token that cannot be had is reported like any other failed request.
 */
export async function installationClient(
  probot: Probot,
  installationId: number,
  traffic: Traffic,
): Promise<GitHubClient> {
  const client = await probot.auth(installationId);
  const fetch = traffic.fetchFor(installationId);
  client.hook.before("request", (options) => {
    const given: AbortSignal | undefined = options.request?.signal;
    const limitMs: number = options.request?.["limitMs"] ?? REQUEST_TIMEOUT_MS;
    const limit = AbortSignal.timeout(limitMs);
    const signal = given === undefined ? limit : AbortSignal.any([given, limit]);
    options.request = { ...options.request, fetch, signal };
  });
  renewTokenOnce(client, installationId);
  return client;
}

/** A token may be revoked before its hour is over: a new one is asked for once, and nothing was done by the refused request. */
function renewTokenOnce(client: GitHubClient, installationId: number): void {
  let renewed = false;
  client.hook.wrap("request", async (request, options) => {
    try {
      return await request(options);
    } catch (error) {
      if (statusOf(error) !== 401 || renewed) throw error;
      renewed = true;
      await mintToken(client, installationId);
      return request(options);
    }
  });
}

/** Asked to refresh, Octokit's login forgets which host it works for, so it is given a request that knows. */
async function mintToken(client: GitHubClient, installationId: number): Promise<void> {
  const factory = (options: StrategyOptions) => createAppAuth({ ...options, request: client.request });
  const login = (await client.auth({ type: "installation", installationId, factory })) as ReturnType<
    typeof createAppAuth
  >;
  await login({ type: "installation", installationId, refresh: true });
}

/** Statuses that no repetition changes: refused, gone, locked, blocked for legal reasons. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 410, 422, 451]);

/** Runs one step against GitHub. @throws FinalError, LimitError or RetryableError naming the step, never with tokens or bodies. */
export async function reach<T>(step: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw faultOf(step, error);
  }
}

/** What a failed step is to us. */
export function faultOf(step: string, cause: unknown): Error {
  const status = statusOf(cause);
  if (status === null) return new RetryableError(`GitHub could not be reached (${step})`, { cause });
  const limit = limitOf(cause);
  if (limit !== null)
    return new LimitError(`GitHub's rate limit is reached (${step})`, { cause, retryAfterMs: limit.waitMs });
  const message = `GitHub answered ${status} (${step}${reasonOf(cause)})`;
  if (!FINAL_STATUSES.has(status)) return new RetryableError(message, { cause });
  return new FinalError(message, { cause, kind: finality(status, cause) });
}

function finality(status: number, error: unknown): FinalError["kind"] {
  if (status === 403 && /installation has been suspended/i.test(reasonOf(error))) return "gone";
  return status === 404 ? "absent" : "refused";
}

export function statusOf(error: unknown): number | null {
  const status = error instanceof Error && "status" in error ? error.status : null;
  // Octokit reports a connection that failed as status 500 without a response.
  return typeof status === "number" && responseOf(error) !== null ? status : null;
}

interface ErrorResponse {
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  readonly data?: unknown;
}

function responseOf(error: unknown): ErrorResponse | null {
  const response = error instanceof Error && "response" in error ? error.response : null;
  return typeof response === "object" && response !== null ? response : null;
}

/** The wait when GitHub says that there were too many requests: `retry-after`, else until the reset, else it said nothing. */
function limitOf(error: unknown): { readonly waitMs: number | null } | null {
  const status = statusOf(error);
  const response = responseOf(error);
  if (response === null || (status !== 403 && status !== 429)) return null;
  const headers = response.headers ?? {};
  const seconds = Number(headers["retry-after"] ?? Number.NaN);
  if (Number.isFinite(seconds)) return { waitMs: Math.max(0, seconds) * 1000 };
  if (String(headers["x-ratelimit-remaining"]) === "0")
    return { waitMs: Math.max(0, Number(headers["x-ratelimit-reset"]) * 1000 - Date.now()) };
  return status === 429 || /secondary rate limit/i.test(reasonOf(error)) ? { waitMs: null } : null;
}

const MAX_REASON_CHARACTERS = 300;

/** GitHub's own words, after a colon, or nothing. The particulars of a 422 stand beside its message. */
export function reasonOf(error: unknown): string {
  const body = responseOf(error)?.data;
  const data: { message?: unknown; errors?: unknown } = typeof body === "object" && body !== null ? body : {};
  const errors: readonly unknown[] = Array.isArray(data.errors) ? data.errors : [];
  const words = [data.message, ...errors.map(wordsOf)].filter(
    (one): one is string => typeof one === "string" && one !== "",
  );
  return words.length === 0 ? "" : `: ${words.join("; ").slice(0, MAX_REASON_CHARACTERS)}`;
}

function wordsOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "message" in error ? error.message : error;
}
