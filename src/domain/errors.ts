/** The few kinds of fault that are thrown. Expected outcomes are values, not errors. */

/** Its message is shown to the person who caused it, as it is. */
export class UserError extends Error {
  override name = "UserError";
}

/** The outside world failed in a way that another attempt may not. */
export class RetryableError extends Error {
  override name = "RetryableError";
}

/** The outside world asked for a pause, and the same answer waits for everything else that this installation asks. */
export class LimitError extends Error {
  override name = "LimitError";
  /** Milliseconds from now; null when nobody said how long. */
  readonly retryAfterMs: number | null;

  constructor(message: string, options: { readonly cause: unknown; readonly retryAfterMs: number | null }) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * The outside world said no, and another attempt would be told the same. `absent`: what is not found may come back, as
 * GitHub answers 404 during outages. `gone`: the app was suspended or uninstalled.
 */
export class FinalError extends Error {
  override name = "FinalError";
  readonly kind: "refused" | "absent" | "gone";

  constructor(message: string, options: { readonly cause: unknown; readonly kind: FinalError["kind"] }) {
    super(message, { cause: options.cause });
    this.kind = options.kind;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
