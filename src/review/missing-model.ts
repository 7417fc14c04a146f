/** The model of a server without a key: it says so for each question, so that every review says so. */
import { NO_USAGE } from "../domain/usage.ts";
import type { Model } from "./ports.ts";

export function missingModel(id: string): Model {
  const failure = {
    next: "reconfigure",
    reason: "no ANTHROPIC_API_KEY is set on the server",
    retryAfterMs: null,
  } as const;
  return { id, complete: async () => ({ kind: "failed", failure, usage: NO_USAGE }) };
}
