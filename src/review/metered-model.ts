/** A model whose calls are counted where they really happen: a reply that is remembered costs nothing. */
import type { Usage } from "../domain/usage.ts";
import type { Model } from "./ports.ts";

export function meteredModel(
  model: Model,
  count: (outcome: "answered" | "failed", usage: Usage) => void,
): Model {
  return {
    id: model.id,
    complete: async (request) => {
      const outcome = await model.complete(request);
      count(outcome.kind === "failed" ? "failed" : "answered", outcome.usage);
      return outcome;
    },
  };
}
