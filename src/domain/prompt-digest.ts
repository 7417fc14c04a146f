/** A name for a question: equal exactly when model, prompt, look-ups so far and correction are. */
import { createHash } from "node:crypto";
import type { LookupTurn } from "./lookup.ts";
import type { Prompt } from "./prompt.ts";

export interface Correction {
  /** A reply that did not fit, and why: asked once more. */
  readonly reply: string;
  readonly fault: string;
}

/** Everything of a request that decides what its reply may be. */
export interface Question {
  readonly prompt: Prompt;
  readonly correction: Correction | null;
  readonly turns: readonly LookupTurn[];
  readonly tools: "none" | "open" | "closed";
}

/** SHA-256 in hex over every text with its length, so that no two lists of texts run into each other. */
export function promptDigest(model: string, question: Question): string {
  const { prompt, correction, turns, tools } = question;
  const texts = [
    model,
    tools,
    ...[...prompt.system, ...prompt.user].map((block) => block.text),
    ...turns.map((turn) => JSON.stringify(turn)),
    correction?.reply ?? "",
    correction?.fault ?? "",
  ];
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}\0`).update(text);
  return hash.digest("hex");
}
