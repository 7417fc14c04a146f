/** One question to the model: bounded retries, the reply checked against its schema, one chance to correct it. */
import type { z } from "zod";
import { messageOf } from "../domain/errors.ts";
import type { Prompt } from "../domain/prompt.ts";
import { addUsage, NO_USAGE, type Usage } from "../domain/usage.ts";
import type { Clock, Model, ModelFailure, ModelOutcome, ModelRequest } from "./ports.ts";

export type Answer<T> =
  | { readonly kind: "answered"; readonly value: T; readonly usage: Usage }
  | { readonly kind: "failed"; readonly failure: ModelFailure; readonly usage: Usage };

export interface Asking {
  readonly model: Model;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Attempts at one request that the service could not serve, the first included. */
const MAX_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 1_000;
/** A longer wait belongs to the queue, not to a sleeping worker. */
const MAX_PAUSE_MS = 30_000;
const MAX_QUOTED_REPLY = 20_000;

export async function ask<T>(
  asking: Asking,
  prompt: Prompt,
  reply: z.ZodType<T>,
  onStarted: () => void,
): Promise<Answer<T>> {
  const first = await complete(asking, { prompt, reply, correction: null, onStarted });
  if (first.kind === "failed") return first;
  const read = readReply(first.text, reply);
  if (read.kind === "read") return { kind: "answered", value: read.value, usage: first.usage };

  const correction = { reply: first.text.slice(0, MAX_QUOTED_REPLY), fault: read.fault };
  const second = await complete(asking, { prompt, reply, correction, onStarted });
  const usage = addUsage(first.usage, second.usage);
  if (second.kind === "failed") return { ...second, usage };
  const corrected = readReply(second.text, reply);
  if (corrected.kind === "read") return { kind: "answered", value: corrected.value, usage };
  return {
    kind: "failed",
    failure: {
      next: "give-up",
      reason: "the model's reply did not fit the schema twice",
      retryAfterMs: null,
    },
    usage,
  };
}

/** Retries what the service calls temporary; a call costs its usage whether or not it helped. */
async function complete(asking: Asking, request: Omit<ModelRequest, "signal">): Promise<ModelOutcome> {
  let usage = NO_USAGE;
  for (let attempt = 1; ; attempt++) {
    const outcome = await asking.model.complete({ ...request, signal: asking.signal });
    usage = addUsage(usage, outcome.usage);
    if (outcome.kind === "answered") return { ...outcome, usage };
    const pause = outcome.failure.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
    if (outcome.failure.next !== "retry" || attempt >= MAX_ATTEMPTS || pause > MAX_PAUSE_MS)
      return { ...outcome, usage };
    await asking.clock.sleep(pause, asking.signal);
  }
}

type Read<T> =
  | { readonly kind: "read"; readonly value: T }
  | { readonly kind: "unfit"; readonly fault: string };

function readReply<T>(text: string, schema: z.ZodType<T>): Read<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { kind: "unfit", fault: `It is not JSON: ${messageOf(error)}` };
  }
  const checked = schema.safeParse(json);
  if (checked.success) return { kind: "read", value: checked.data };
  const faults = checked.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join(".") || "(root)"}: ${issue.message}`);
  return { kind: "unfit", fault: faults.join("; ") };
}
