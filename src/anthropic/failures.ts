/** Errors and stop reasons of the Anthropic API → what may follow, and a sentence without request content. */
import { type Anthropic, APIConnectionError, APIConnectionTimeoutError, APIError } from "@anthropic-ai/sdk";
import type { ModelFailure } from "../review/ports.ts";

/** Types of the error object, which also arrives inside a stream that began with 200. */
const BY_TYPE: Readonly<Record<string, Omit<ModelFailure, "retryAfterMs">>> = {
  authentication_error: {
    next: "reconfigure",
    reason: "the model service refused the key (check ANTHROPIC_API_KEY)",
  },
  permission_error: { next: "reconfigure", reason: "the key has no permission for this model" },
  billing_error: { next: "stop", reason: "the model service reports a billing problem" },
  not_found_error: {
    next: "reconfigure",
    reason: "the model service does not know this model (check PLUMBLINE_MODEL)",
  },
  rate_limit_error: { next: "retry", reason: "the model service's rate limit is reached" },
  overloaded_error: { next: "retry", reason: "the model service is overloaded" },
  api_error: { next: "retry", reason: "the model service had an internal error" },
  timeout_error: { next: "retry", reason: "the model service timed out" },
  request_too_large: { next: "give-up", reason: "the request was too large for the model service" },
  invalid_request_error: { next: "give-up", reason: "the model service refused the request as invalid" },
};

const BY_STATUS: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};

/** A spend limit ends with the month, not with a pause (SDK, resources/shared.d.ts: enforced and contract spend limits). */
const SPEND_LIMIT = /spend_limit_reached|specified API usage limits/;

export function failureOf(error: unknown): ModelFailure {
  if (error instanceof APIConnectionTimeoutError)
    return { next: "retry", reason: "the model service did not answer in time", retryAfterMs: null };
  if (error instanceof APIConnectionError)
    return { next: "retry", reason: "the model service could not be reached", retryAfterMs: null };
  if (error instanceof APIError) return failureOfApi(error);
  if (error instanceof DOMException && error.name === "TimeoutError")
    return { next: "retry", reason: "the model service took too long", retryAfterMs: null };
  // A stream that breaks after its start and a body that is not JSON arrive as untyped errors.
  return { next: "retry", reason: "the model service's answer broke off", retryAfterMs: null };
}

function failureOfApi(error: APIError): ModelFailure {
  const body = JSON.stringify(error.error ?? null);
  if (SPEND_LIMIT.test(body))
    return { next: "stop", reason: "the model service's spend limit is reached", retryAfterMs: null };
  const type =
    /"type":"(?<type>[a-z_]+_error|request_too_large)"/.exec(body)?.groups?.["type"] ??
    BY_STATUS[error.status ?? 0] ??
    "api_error";
  const known = BY_TYPE[type] ?? { next: "retry", reason: "the model service had an unknown error" };
  return { ...known, reason: withRequestId(known.reason, error), retryAfterMs: retryAfter(error.headers) };
}

function withRequestId(reason: string, error: APIError): string {
  const details = [error.status === undefined ? "" : `HTTP ${error.status}`, error.requestID ?? ""].filter(
    (part) => part !== "",
  );
  return details.length === 0 ? reason : `${reason} (${details.join(", ")})`;
}

function retryAfter(headers: Headers | undefined): number | null {
  const exact = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(exact)) return exact;
  const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}

export function failureOfStop(message: Pick<Anthropic.Message, "stop_reason">): ModelFailure {
  const reasons: Readonly<Record<string, string>> = {
    max_tokens: "the model's reply was cut off at its length limit",
    refusal: "the model refused to answer",
    model_context_window_exceeded: "the request did not fit into the model's context",
    pause_turn: "the model paused without an answer",
    tool_use: "the model asked for a tool that was not offered",
  };
  return {
    next: "give-up",
    reason: reasons[message.stop_reason ?? ""] ?? "the model stopped without an answer",
    retryAfterMs: null,
  };
}
