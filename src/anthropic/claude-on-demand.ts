/** The same model, whose SDK is loaded with the first question: a command that asks none is done sooner. */
import type { Model } from "../review/ports.ts";
import type { ClaudeOptions } from "./claude.ts";

export function claudeOnDemand(options: ClaudeOptions): Model {
  let loading: Promise<Model> | null = null;
  return {
    id: options.model,
    complete: async (request) => {
      loading ??= import("./claude.ts").then(({ claude }) => claude(options));
      return (await loading).complete(request);
    },
  };
}
