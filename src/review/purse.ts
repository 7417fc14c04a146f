/** What a review may still spend, asked before each call and told after it. */
import { allowanceOf, estimateCall, NOTHING_SPENT, type SpendLimits } from "../domain/spending.ts";
import { estimateTokens, NO_USAGE } from "../domain/usage.ts";
import type { Model, ModelRequest, Purse, SpendBook } from "./ports.ts";

export function openPurse(limits: SpendLimits, book: SpendBook): Purse {
  let reviewUsd = 0;
  return {
    allowance: async () => allowanceOf(limits, { reviewUsd, ...(await book.spent()) }),
    spend: async (usd) => {
      reviewUsd += usd;
      if (usd > 0) await book.add(usd);
    },
  };
}

/** For a door that keeps no books: the limit for one review is the only one. */
export const NO_BOOK: SpendBook = { spent: async () => NOTHING_SPENT, add: async () => undefined };

/**
 * A model that is not asked when the answer would cost more than is left. Calls under way are counted at their
 * estimate, so that many at a time do not overdraw the purse together.
 */
export function budgetedModel(model: Model, purse: Purse): Model {
  let underWayUsd = 0;
  return {
    id: model.id,
    complete: async (request) => {
      const estimate = estimateCall(model.id, estimateTokens(charactersOf(request)));
      const { leftUsd, limit } = await purse.allowance();
      if (underWayUsd + estimate > leftUsd)
        return {
          kind: "failed",
          failure: { next: "stop", reason: `${limit} is used up`, retryAfterMs: null },
          usage: NO_USAGE,
        };
      underWayUsd += estimate;
      try {
        const outcome = await model.complete(request);
        await purse.spend(outcome.usage.costUsd);
        return outcome;
      } finally {
        underWayUsd -= estimate;
      }
    },
  };
}

function charactersOf({ prompt, turns }: ModelRequest): number {
  const blocks = [...prompt.system, ...prompt.user].reduce((sum, block) => sum + block.text.length, 0);
  return blocks + turns.reduce((sum, turn) => sum + JSON.stringify(turn).length, 0);
}
