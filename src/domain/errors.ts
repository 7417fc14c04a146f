/** The few kinds of fault that are thrown. Expected outcomes are values, not errors. */

/** Its message is shown to the person who caused it, as it is. */
export class UserError extends Error {
  override name = "UserError";
}

/** The outside world failed in a way that another attempt may not. */
export class RetryableError extends Error {
  override name = "RetryableError";
  /** Earliest time for another attempt, in milliseconds from now; null when nobody said. */
  readonly retryAfterMs: number | null;

  constructor(message: string, options: { readonly cause: unknown; readonly retryAfterMs: number | null }) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The outside world said no for good: another attempt would be told the same. */
export class FinalError extends Error {
  override name = "FinalError";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
