/** How long to wait for what: every wait has an end, and each one that is in vain makes the next one longer. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** GitHub asks for at least a minute where it names no time (best practices for the REST API). */
const UNNAMED_LIMIT_MS = MINUTE;
const MAX_UNNAMED_LIMIT_MS = HOUR;
/** After so many in a row a job that meets another one is given up. */
export const MAX_UNNAMED_LIMITS = 6;
const MAX_JITTER_MS = 30 * SECOND;

/** The end of a pause that GitHub asked for, with some jitter, so that not everything starts in the same second. */
export function limitEnd(
  now: Date,
  retryAfterMs: number | null,
  strikes: number,
  random: () => number,
): Date {
  const waitMs = retryAfterMs ?? Math.min(UNNAMED_LIMIT_MS * 2 ** strikes, MAX_UNNAMED_LIMIT_MS);
  const jitterMs = SECOND + random() * Math.min(waitMs / 10, MAX_JITTER_MS);
  return new Date(now.getTime() + waitMs + jitterMs);
}

const FIRST_MODEL_WAIT_MS = MINUTE;
const MAX_MODEL_WAIT_MS = 8 * MINUTE;
const MODEL_PATIENCE_MS = 30 * MINUTE;

/** When to ask a model service again that could not serve a review. `parks` counts how often it was waited for before. */
export function modelWaitEnd(now: Date, retryAfterMs: number | null, parks: number): Date {
  const growing = Math.min(FIRST_MODEL_WAIT_MS * 2 ** parks, MAX_MODEL_WAIT_MS);
  return new Date(now.getTime() + Math.max(growing, Math.min(retryAfterMs ?? 0, MODEL_PATIENCE_MS)));
}

/** After this long the review is told as it is: in part, or not at all. */
export function isPatienceOver(now: Date, parkedSince: Date | null): boolean {
  return parkedSince !== null && now.getTime() - parkedSince.getTime() >= MODEL_PATIENCE_MS;
}

const FIRST_BREAK_MS = MINUTE;
const MAX_BREAK_MS = 6 * HOUR;
const MAX_BREAKS_MS = 7 * 24 * HOUR;

/** How long a model service is left alone that refuses the key or has no money left: somebody has to act. */
export function breakEnd(now: Date, strikes: number): Date {
  return new Date(now.getTime() + Math.min(FIRST_BREAK_MS * 2 ** strikes, MAX_BREAK_MS));
}

/** Nobody acted for a week: the job becomes a dead letter. */
export function isBreakHopeless(now: Date, begunAt: Date): boolean {
  return now.getTime() - begunAt.getTime() >= MAX_BREAKS_MS;
}

const FIRST_BACKOFF_MS = 10 * SECOND;
const MAX_BACKOFF_MS = 10 * MINUTE;

/** The pause after an attempt that failed for a reason that may pass. `attempt` counts from 0. */
export function backoffEnd(now: Date, attempt: number): Date {
  return new Date(now.getTime() + Math.min(FIRST_BACKOFF_MS * 2 ** attempt, MAX_BACKOFF_MS));
}

/** GitHub answers 404 during outages: what is not there is looked for once more before it is believed. */
export function secondLook(now: Date): Date {
  return new Date(now.getTime() + MINUTE);
}

/** `14:05 UTC`, with the date where it is not today. */
export function clockTime(at: Date, now: Date): string {
  const [day = "", time = ""] = at.toISOString().split("T");
  const isToday = now.toISOString().startsWith(day);
  return `${isToday ? "" : `${day} `}${time.slice(0, 5)} UTC`;
}
