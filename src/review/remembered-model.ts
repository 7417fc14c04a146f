/** A model that is asked each question once for a run, however often the run is attempted. */
import { promptDigest } from "../domain/prompt-digest.ts";
import type { Model, ReplyMemory } from "./ports.ts";

export function rememberedModel(model: Model, memory: ReplyMemory): Model {
  return {
    id: model.id,
    complete: async (request) => {
      const key = promptDigest(model.id, request);
      const known = await memory.find(key);
      if (known !== null) {
        request.onStarted();
        return known;
      }
      const outcome = await model.complete(request);
      // Stored before anything is posted: a crash from here on costs no tokens.
      if (outcome.kind !== "failed") await memory.keep(key, outcome);
      return outcome;
    },
  };
}
