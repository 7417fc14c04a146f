/** One question to the model: look-ups answered, retries bounded, the reply checked, one chance to correct it. */
import type { z } from "zod";
import { messageOf } from "../domain/errors.ts";
import type { LookupTurn } from "../domain/lookup.ts";
import type { Prompt } from "../domain/prompt.ts";
import { addUsage, NO_USAGE, type Usage } from "../domain/usage.ts";
import { answerLookups, type LookupDesk, MAX_LOOKUP_ROUNDS } from "./lookup-desk.ts";
import type { Clock, Model, ModelFailure, ModelOutcome, ModelRequest } from "./ports.ts";

export type Answer<T> = { readonly usage: Usage; readonly lookups: Lookups } & (
  | { readonly kind: "answered"; readonly value: T }
  | { readonly kind: "failed"; readonly failure: ModelFailure }
);

/** How much one question looked up, and whether a limit stopped it. */
export interface Lookups {
  readonly calls: number;
  readonly limited: boolean;
}

export interface Asking {
  readonly model: Model;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface Question<T> {
  readonly prompt: Prompt;
  readonly reply: z.ZodType<T>;
  /** Who answers look-ups; null where none are offered. */
  readonly desk: LookupDesk | null;
  /** `closed`: the run offers look-ups elsewhere, and this question shares their description but not their use. */
  readonly tools: ModelRequest["tools"];
  readonly onStarted: () => void;
}

/** Attempts at one request that the service could not serve, the first included. */
const MAX_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 1_000;
/** A longer wait belongs to the queue, not to a sleeping worker. */
const MAX_PAUSE_MS = 30_000;
const MAX_QUOTED_REPLY = 20_000;

export async function ask<T>(asking: Asking, question: Question<T>): Promise<Answer<T>> {
  const first = await converse(asking, question);
  const { lookups } = first;
  if (first.outcome.kind === "failed") return { ...first.outcome, lookups };
  const read = readReply(first.outcome.text, question.reply);
  const { usage } = first.outcome;
  if (read.kind === "read") return { kind: "answered", value: read.value, usage, lookups };
  return correct(asking, question, first, { reply: first.outcome.text, fault: read.fault });
}

/** A conversation that came to a reply or a failure. */
interface Conversation {
  readonly outcome: Exclude<ModelOutcome, { kind: "asks" }>;
  readonly turns: readonly LookupTurn[];
  readonly lookups: Lookups;
}

async function correct<T>(
  asking: Asking,
  question: Question<T>,
  first: Conversation,
  unfit: { readonly reply: string; readonly fault: string },
): Promise<Answer<T>> {
  const { lookups, turns } = first;
  const correction = { reply: unfit.reply.slice(0, MAX_QUOTED_REPLY), fault: unfit.fault };
  // No further look-ups: what is wrong is the form, and it is asked for once.
  const tools = question.tools === "none" ? "none" : "closed";
  const second = await complete(asking, { ...requestOf(question), tools, turns, correction });
  const usage = addUsage(first.outcome.usage, second.usage);
  if (second.kind === "failed") return { ...second, usage, lookups };
  const corrected = second.kind === "asks" ? null : readReply(second.text, question.reply);
  if (corrected?.kind === "read") return { kind: "answered", value: corrected.value, usage, lookups };
  const failure = lost("the model's reply did not fit the schema twice");
  return { kind: "failed", failure, usage, lookups };
}

/** Asks, answers what the model looks up, and asks on, until it replies or the rounds are over. */
async function converse<T>(asking: Asking, question: Question<T>): Promise<Conversation> {
  const turns: LookupTurn[] = [];
  let [usage, shown, calls, limited] = [NO_USAGE, 0, 0, false];
  for (let round = 1; ; round++) {
    const tools = round > MAX_LOOKUP_ROUNDS + 1 && question.tools === "open" ? "closed" : question.tools;
    const outcome = await complete(asking, { ...requestOf(question), tools, turns });
    usage = addUsage(usage, outcome.usage);
    const lookups = { calls, limited };
    if (outcome.kind !== "asks") return { outcome: { ...outcome, usage }, turns, lookups };
    if (question.desk === null || tools !== "open") {
      const failure = lost("the model asked to look things up instead of answering");
      return { outcome: { kind: "failed", failure, usage }, turns, lookups };
    }
    const answers = await answerLookups(question.desk, outcome.calls, round, shown, asking.signal);
    turns.push({ reply: outcome.reply, results: answers.results });
    shown += answers.tokens;
    calls += outcome.calls.length;
    limited ||= answers.limited;
  }
}

function requestOf<T>({ prompt, reply, tools, onStarted }: Question<T>): Omit<ModelRequest, "signal"> {
  return { prompt, reply, tools, onStarted, correction: null, turns: [] };
}

function lost(reason: string): ModelFailure {
  return { next: "give-up", reason, retryAfterMs: null };
}

/** Retries what the service calls temporary; a call costs its usage whether or not it helped. */
async function complete(asking: Asking, request: Omit<ModelRequest, "signal">): Promise<ModelOutcome> {
  let usage = NO_USAGE;
  for (let attempt = 1; ; attempt++) {
    const outcome = await asking.model.complete({ ...request, signal: asking.signal });
    usage = addUsage(usage, outcome.usage);
    if (outcome.kind !== "failed") return { ...outcome, usage };
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
