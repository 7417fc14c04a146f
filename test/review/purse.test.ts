import { describe, expect, it } from "vitest";
import { z } from "zod";
import { estimateCall } from "../../src/domain/spending.ts";
import { estimateTokens } from "../../src/domain/usage.ts";
import type { Model, ModelRequest, SpendBook } from "../../src/review/ports.ts";
import { budgetedModel, NO_BOOK, openPurse } from "../../src/review/purse.ts";
import { answered, aScriptedModel, failing, UNLIMITED } from "../builders.ts";

function aBook(
  over: { readonly pullDayUsd?: number; readonly installationMonthUsd?: number } = {},
): SpendBook & { readonly added: readonly number[] } {
  const added: number[] = [];
  return {
    added,
    spent: async () => ({ pullDayUsd: 0, installationMonthUsd: 0, ...over }),
    add: async (usd) => void added.push(usd),
  };
}

function aRequest(text = "What?"): ModelRequest {
  return {
    prompt: { system: [], user: [{ text, cached: false }] },
    reply: z.unknown(),
    correction: null,
    turns: [],
    tools: "none",
    signal: new AbortController().signal,
    onStarted: () => undefined,
  };
}

const ONE_CALL = estimateCall("claude-sonnet-5-5", estimateTokens("What?".length));

describe("a purse", () => {
  it("knows what this review spent, beside what the book knows, and writes it down", async () => {
    const book = aBook({ pullDayUsd: 1 });
    const purse = openPurse({ ...UNLIMITED, reviewUsd: 5 }, book);
    await purse.spend(2);
    await purse.spend(0);

    expect(await purse.allowance()).toEqual({ leftUsd: 3, limit: "the budget of $5.00 for one review" });
    expect(book.added).toEqual([2]);
  });

  it("that others have emptied is empty", async () => {
    const purse = openPurse({ ...UNLIMITED, pullDayUsd: 5 }, aBook({ pullDayUsd: 6 }));

    expect((await purse.allowance()).leftUsd).toBe(0);
  });
});

describe("a model with a budget", () => {
  it("is not asked when the call would cost more than is left, and says which limit that is", async () => {
    const model = aScriptedModel();
    const purse = openPurse({ ...UNLIMITED, reviewUsd: ONE_CALL * 0.9 }, NO_BOOK);

    const outcome = await budgetedModel(model, purse).complete(aRequest());

    expect(outcome).toMatchObject({
      kind: "failed",
      failure: { next: "stop", reason: expect.stringMatching(/for one review is used up$/) },
      usage: { calls: 0, costUsd: 0 },
    });
    expect(model.requests).toEqual([]);
  });

  it("is asked when it is enough, and what that cost is told", async () => {
    const book = aBook();
    const purse = openPurse({ ...UNLIMITED, reviewUsd: 1 }, book);

    expect(
      (
        await budgetedModel(
          aScriptedModel(() => answered({})),
          purse,
        ).complete(aRequest())
      ).kind,
    ).toBe("answered");
    expect(book.added).toEqual([0.5]);
    expect((await purse.allowance()).leftUsd).toBe(0.5);
  });

  it("pays for failures what they cost", async () => {
    const book = aBook();
    const failed = failing("retry");

    await budgetedModel(
      aScriptedModel(() => ({ ...failed, usage: { ...failed.usage, costUsd: 0.2 } })),
      openPurse(UNLIMITED, book),
    ).complete(aRequest());

    expect(book.added).toEqual([0.2]);
  });

  it("counts calls under way, so that many at a time do not overdraw it together", async () => {
    const held = Promise.withResolvers<void>();
    const model: Model = aScriptedModel(async () => {
      await held.promise;
      return answered({});
    });
    const budgeted = budgetedModel(model, openPurse({ ...UNLIMITED, reviewUsd: ONE_CALL * 2.5 }, NO_BOOK));

    const all = Promise.all([1, 2, 3].map(() => budgeted.complete(aRequest())));
    held.resolve();

    expect((await all).map(({ kind }) => kind)).toEqual(["answered", "answered", "failed"]);
  });

  it("lets go of its estimate when a call breaks off", async () => {
    let call = 0;
    const model: Model = {
      id: "claude-sonnet-5-5",
      complete: async () => {
        call += 1;
        if (call === 1) throw new Error("stopped");
        return { ...failing("retry") };
      },
    };
    const budgeted = budgetedModel(model, openPurse({ ...UNLIMITED, reviewUsd: ONE_CALL * 1.5 }, NO_BOOK));

    await expect(budgeted.complete(aRequest())).rejects.toThrow("stopped");
    expect(await budgeted.complete(aRequest())).toMatchObject({ failure: { next: "retry" } });
  });

  it("weighs what was looked up, too", async () => {
    const turn = { reply: [], results: [{ id: "1", text: "x".repeat(1_000_000) }] };
    const model = aScriptedModel();
    const purse = openPurse({ ...UNLIMITED, reviewUsd: ONE_CALL * 2 }, NO_BOOK);

    const outcome = await budgetedModel(model, purse).complete({ ...aRequest(), turns: [turn] });

    expect(outcome.kind).toBe("failed");
    expect(model.requests).toEqual([]);
  });
});
