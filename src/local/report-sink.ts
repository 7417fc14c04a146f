/** The sink of the local door: there is nowhere to post, the finished review is handed back by the run. */
import type { ReviewSink } from "../review/ports.ts";

export const reportSink: ReviewSink = {
  earlier: async () => ({ reviews: [], findings: new Set() }),
  begin: async () => undefined,
  post: async () => ({ kind: "posted" }),
  discardPending: async () => undefined,
  conclude: async () => undefined,
};
