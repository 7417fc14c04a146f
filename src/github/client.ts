/** One installation's GitHub API: requests with a time limit, errors told apart. */
import type { Probot } from "probot";
import { FinalError, RetryableError } from "../domain/errors.ts";

export type GitHubClient = Awaited<ReturnType<Probot["auth"]>>;

/** Octokit has no time limit of its own. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * `probot.auth(id)` has a rate limiter of its own for each installation; the client of a webhook context shares one among
 * all (measured: 3 installations, 3 seconds apart). A token that cannot be had is reported like any other failed request.
 */
export async function installationClient(probot: Probot, installationId: number): Promise<GitHubClient> {
  const client = await probot.auth(installationId);
  client.hook.before("request", (options) => {
    const limit = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const given: AbortSignal | undefined = options.request?.signal;
    options.request = {
      ...options.request,
      signal: given === undefined ? limit : AbortSignal.any([given, limit]),
    };
  });
  return client;
}

/** Statuses that no repetition changes: refused, gone, locked, blocked for legal reasons. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 410, 422, 451]);

/** Runs one step against GitHub. @throws FinalError or RetryableError naming the step, never with tokens or bodies. */
export async function reach<T>(step: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    const status = statusOf(error);
    if (status === null)
      throw new RetryableError(`GitHub could not be reached (${step})`, { cause: error, retryAfterMs: null });
    const wait = waitOf(error);
    if (wait !== null)
      throw new RetryableError(`GitHub's rate limit is reached (${step})`, {
        cause: error,
        retryAfterMs: wait,
      });
    const message = `GitHub answered ${status} (${step}${reasonOf(error)})`;
    if (FINAL_STATUSES.has(status)) throw new FinalError(message, { cause: error });
    throw new RetryableError(message, { cause: error, retryAfterMs: null });
  }
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

/** Milliseconds to wait when GitHub says that there were too many requests: `retry-after`, else the reset, else a minute. */
function waitOf(error: unknown): number | null {
  const status = statusOf(error);
  const response = responseOf(error);
  if (response === null || (status !== 403 && status !== 429)) return null;
  const headers = response.headers ?? {};
  if (headers["retry-after"] !== undefined) return Number(headers["retry-after"]) * 1000;
  if (String(headers["x-ratelimit-remaining"]) === "0")
    return Math.max(0, Number(headers["x-ratelimit-reset"]) * 1000 - Date.now());
  return status === 429 || /secondary rate limit/i.test(reasonOf(error)) ? 60_000 : null;
}

function reasonOf(error: unknown): string {
  const data = responseOf(error)?.data;
  const message = typeof data === "object" && data !== null && "message" in data ? String(data.message) : "";
  return message === "" ? "" : `: ${message.slice(0, 200)}`;
}
