/** One GraphQL query: what it answers, what it could not answer in part, and what a refusal means. */
import { FinalError, LimitError, RetryableError } from "../domain/errors.ts";
import { type GitHubClient, reach } from "./client.ts";

/** A part that GitHub could not answer; its value in `data` is null. */
export interface GraphqlFault {
  readonly type: string;
  readonly message: string;
  readonly path: readonly unknown[];
}

export interface GraphqlAnswer<T> {
  readonly data: T;
  readonly faults: readonly GraphqlFault[];
}

/**
 * Not repeated here: who asks may ask for less. `T` is what the query asks for, as far as GitHub could answer it.
 * @throws FinalError, LimitError or RetryableError naming the step.
 */
export async function askGraphql<T>(
  client: GitHubClient,
  step: string,
  query: string,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<GraphqlAnswer<T>> {
  const options = { ...variables, request: { signal, retries: 0 } };
  const outcome = await reach(step, signal, async () => {
    try {
      return { data: await client.graphql<T>(query, options), faults: [] };
    } catch (error) {
      return readRefusal<T>(step, error);
    }
  });
  // Not thrown where `reach` would take it for one of Octokit's.
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

/** GraphQL answers 200 also to what it refuses, with `errors`. Anything else is thrown again. */
function readRefusal<T>(step: string, error: unknown): GraphqlAnswer<T> | Error {
  const refusal = refusalIn(error);
  if (refusal === null) throw error;
  const { data, errors, headers } = refusal;
  const faults = errors.map(({ type = "", message = "", path = [] }) => ({ type, message, path }));
  const isAnswered =
    typeof data === "object" && data !== null && Object.values(data).every((one) => one !== null);
  // The query had this shape, and each part that is missing is named by a fault.
  if (isAnswered) return { data: data as T, faults };
  return faultOfWhole(step, faults[0], headers, error);
}

interface Refusal {
  readonly data: unknown;
  readonly errors: readonly Partial<GraphqlFault>[];
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Octokit's own error has GitHub's answer as `response`, and that of its throttling has it one level deeper. */
function refusalIn(error: unknown): Refusal | null {
  if (!(error instanceof Error) || !isRecord(error) || !isRecord(error["response"])) return null;
  const { response } = error;
  const answer = isRecord(response["data"]) && "errors" in response["data"] ? response["data"] : response;
  if (!Array.isArray(answer["errors"])) return null;
  const headers = error["headers"] ?? response["headers"];
  const errors = answer["errors"].filter(isRecord);
  return { data: answer["data"], errors, headers: isRecord(headers) ? headers : {} };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

const MAX_REASON_CHARACTERS = 300;

function faultOfWhole(
  step: string,
  fault: GraphqlFault | undefined,
  headers: Refusal["headers"],
  cause: unknown,
): Error {
  const message = `GitHub refused a query (${step}: ${(fault?.message ?? "").slice(0, MAX_REASON_CHARACTERS)})`;
  switch (fault?.type) {
    case "RATE_LIMITED": {
      const waitMs = Number(headers["x-ratelimit-reset"] ?? Number.NaN) * 1000 - Date.now();
      const retryAfterMs = Number.isFinite(waitMs) ? Math.max(0, waitMs) : null;
      return new LimitError(`GitHub's rate limit is reached (${step})`, { cause, retryAfterMs });
    }
    case "NOT_FOUND":
      return new FinalError(message, { cause, kind: "absent" });
    case "FORBIDDEN":
      return new FinalError(message, { cause, kind: "refused" });
    default:
      return new RetryableError(message, { cause });
  }
}
