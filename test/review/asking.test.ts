import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ask } from "../../src/review/asking.ts";
import type { ModelOutcome } from "../../src/review/ports.ts";
import { aClock, answered, aScriptedModel, failing } from "../builders.ts";

const REPLY = z.object({ answer: z.number() });
const PROMPT = { system: [], user: [{ text: "What?", cached: false }] };
const QUESTION = {
  prompt: PROMPT,
  reply: REPLY,
  desk: null,
  tools: "none",
  onStarted: () => undefined,
} as const;

/** Asks a model that gives these outcomes, one a call. */
async function asked(...outcomes: readonly ModelOutcome[]) {
  const model = aScriptedModel((_, call) => outcomes[call - 1]);
  const clock = aClock();
  const answer = await ask({ model, clock, signal: new AbortController().signal }, QUESTION);
  return { answer, pauses: clock.pauses, requests: model.requests };
}

describe("a reply is checked", () => {
  it("and taken when it fits", async () => {
    const { answer, requests } = await asked(answered({ answer: 42 }));

    expect(answer).toMatchObject({ kind: "answered", value: { answer: 42 }, usage: { calls: 1 } });
    expect(requests).toHaveLength(1);
  });

  it.each<[name: string, text: string, fault: RegExp]>([
    ["no JSON", "Sure! Here it is", /^It is not JSON: /],
    ["nothing", "", /^It is not JSON: /],
    ["JSON cut short", '{"answer": 4', /^It is not JSON: /],
    ["JSON in a fence", '```json\n{"answer": 42}\n```', /^It is not JSON: /],
    ["another shape", '{"answer": "42"}', /^answer: /],
    ["a list", "[]", /^\(root\): /],
    ["null", "null", /^\(root\): /],
  ])("%s is asked for once more, with the reply and its fault", async (_, text, fault) => {
    const { answer, requests } = await asked(answered(text), answered({ answer: 42 }));

    expect(answer).toMatchObject({ kind: "answered", value: { answer: 42 }, usage: { calls: 2 } });
    expect(requests.map((request) => request.correction)).toEqual([
      null,
      { reply: text, fault: expect.stringMatching(fault) },
    ]);
  });

  it("twice unfit is a failure, never an empty answer, and both calls are paid", async () => {
    const { answer, requests } = await asked(answered("no"), answered("no again"), answered({ answer: 42 }));

    expect(answer).toMatchObject({
      kind: "failed",
      failure: { next: "give-up", reason: "the model's reply did not fit the schema twice" },
      usage: { calls: 2 },
    });
    expect(requests).toHaveLength(2);
  });

  it("a failure of the second call is the failure of the answer", async () => {
    const { answer } = await asked(answered("no"), failing("stop"));

    expect(answer).toMatchObject({ kind: "failed", failure: { next: "stop" }, usage: { calls: 2 } });
  });

  it("a reply of 1 MB is quoted back in part", async () => {
    const { requests } = await asked(answered("x".repeat(1_000_000)), answered({ answer: 1 }));

    expect(requests[1]?.correction?.reply).toHaveLength(20_000);
  });
});

describe("what is temporary is tried again", () => {
  it("with longer and longer pauses, four times in all", async () => {
    const { answer, pauses, requests } = await asked(
      failing("retry"),
      failing("retry"),
      failing("retry"),
      failing("retry"),
      answered({ answer: 1 }),
    );

    expect(pauses).toEqual([1_000, 2_000, 4_000]);
    expect(requests).toHaveLength(4);
    expect(answer).toMatchObject({ kind: "failed", failure: { next: "retry" }, usage: { calls: 4 } });
  });

  it("until it helps", async () => {
    const { answer, pauses } = await asked(failing("retry"), answered({ answer: 1 }));

    expect(pauses).toEqual([1_000]);
    expect(answer).toMatchObject({ kind: "answered", usage: { calls: 2 } });
  });

  it("after as long as the service asks for", async () => {
    const { pauses } = await asked(
      failing("retry", { retryAfterMs: 30_000 }),
      failing("retry", { retryAfterMs: 0 }),
      answered({ answer: 1 }),
    );

    expect(pauses).toEqual([30_000, 0]);
  });

  it("but a longer wait is the queue's", async () => {
    const { answer, pauses } = await asked(
      failing("retry", { retryAfterMs: 30_001 }),
      answered({ answer: 1 }),
    );

    expect(pauses).toEqual([]);
    expect(answer).toMatchObject({ kind: "failed", failure: { next: "retry", retryAfterMs: 30_001 } });
  });

  it.each(["give-up", "stop", "reconfigure"] as const)("and %s is never tried again", async (next) => {
    const { answer, requests } = await asked(failing(next), answered({ answer: 1 }));

    expect(answer).toMatchObject({ kind: "failed", failure: { next } });
    expect(requests).toHaveLength(1);
  });
});

it("passes the signal on and says when the reply begins", async () => {
  const { signal } = new AbortController();
  const model = aScriptedModel(() => answered({ answer: 1 }));
  let started = 0;

  const onStarted = () => {
    started += 1;
  };
  await ask({ model, clock: aClock(), signal }, { ...QUESTION, onStarted });

  expect(model.requests[0]?.signal).toBe(signal);
  expect(started).toBe(1);
});

it("an aborted question rejects", async () => {
  const asking = {
    model: aScriptedModel(),
    clock: aClock(),
    signal: AbortSignal.abort(new Error("stopped")),
  };

  await expect(ask(asking, QUESTION)).rejects.toThrow("stopped");
});
