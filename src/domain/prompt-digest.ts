/** A name for a question: equal exactly when model, prompt and correction are. */
import { createHash } from "node:crypto";
import type { Prompt } from "./prompt.ts";

export interface Correction {
  /** A reply that did not fit, and why: asked once more. */
  readonly reply: string;
  readonly fault: string;
}

/** SHA-256 in hex over every text with its length, so that no two lists of texts run into each other. */
export function promptDigest(model: string, prompt: Prompt, correction: Correction | null): string {
  const texts = [
    model,
    ...[...prompt.system, ...prompt.user].map((block) => block.text),
    correction?.reply ?? "",
    correction?.fault ?? "",
  ];
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}\0`).update(text);
  return hash.digest("hex");
}
