import { describe, expect, it } from "vitest";
import { z } from "zod";
import { promptDigest } from "../../src/domain/prompt-digest.ts";
import type { ReplyMemory } from "../../src/review/ports.ts";
import { rememberedModel } from "../../src/review/remembered-model.ts";
import { reviewPullRequest } from "../../src/review/review-run.ts";
import {
  answered,
  aPorts,
  aRequest,
  aScriptedModel,
  askedFor,
  failing,
  type ScriptedModel,
} from "../builders.ts";

function aMemory(): ReplyMemory & { readonly size: () => number } {
  const replies = new Map<string, Awaited<ReturnType<ReplyMemory["find"]>>>();
  return {
    size: () => replies.size,
    find: async (request) => replies.get(request) ?? null,
    keep: async (request, reply) => {
      replies.set(request, reply);
    },
    forget: async () => replies.clear(),
  };
}

/** One attempt at the same run: what the model itself was asked. */
async function attempt(memory: ReplyMemory, model: ScriptedModel): Promise<readonly string[]> {
  await reviewPullRequest({ ...aPorts(), model: rememberedModel(model, memory) }, aRequest());
  return model.requests.map((request) => askedFor(request.prompt));
}

describe("a second attempt at a run", () => {
  it("asks nothing that was answered, and says the same", async () => {
    const memory = aMemory();

    await attempt(memory, aScriptedModel());

    expect(await attempt(memory, aScriptedModel())).toEqual([]);
  });

  it("asks again only what failed", async () => {
    const memory = aMemory();

    await attempt(
      memory,
      aScriptedModel(({ prompt }) => (askedFor(prompt) === "correctness" ? failing("give-up") : undefined)),
    );

    expect(await attempt(memory, aScriptedModel())).toEqual(["correctness", "summary"]);
  });

  it("remembers a correction apart from the first reply", async () => {
    const memory = aMemory();
    const stubborn = () =>
      aScriptedModel(({ prompt, correction }) =>
        askedFor(prompt) === "security" && correction === null ? answered("no JSON") : undefined,
      );
    const first = await attempt(memory, stubborn());

    expect(first.filter((pass) => pass === "security")).toHaveLength(2);
    expect(await attempt(memory, stubborn())).toEqual([]);
  });

  it("another model is asked anew", async () => {
    const memory = aMemory();
    await attempt(memory, aScriptedModel());

    expect(await attempt(memory, { ...aScriptedModel(), id: "another" })).toHaveLength(6);
  });

  it("a remembered reply lets the other chunks start", async () => {
    let started = 0;
    const memory = aMemory();
    const request = {
      prompt: { system: [], user: [{ text: "What?", cached: false }] },
      reply: z.unknown(),
      correction: null,
      turns: [],
      tools: "none" as const,
      signal: new AbortController().signal,
      onStarted: () => {
        started += 1;
      },
    };
    const model = rememberedModel(
      aScriptedModel(() => answered("a")),
      memory,
    );

    await model.complete(request);
    const again = await model.complete(request);

    expect(started).toBe(2);
    expect(again).toMatchObject({ kind: "answered", text: "a" });
  });
});

describe("the name of a question", () => {
  const prompt = (...texts: readonly string[]) => ({
    system: [],
    user: texts.map((text) => ({ text, cached: false })),
  });
  const plain = { correction: null, turns: [], tools: "none" as const };
  const digest = (model: string, ...texts: readonly string[]) =>
    promptDigest(model, { ...plain, prompt: prompt(...texts) });
  const name = digest("m", "a", "b");
  const turn = { reply: [{ type: "tool_use" }], results: [{ id: "1", text: "found" }] };

  it("is the same for the same question, wherever its cache marks are", () => {
    const marked = { system: [], user: ["a", "b"].map((text) => ({ text, cached: true })) };

    expect(promptDigest("m", { ...plain, prompt: marked })).toBe(name);
  });

  it.each([
    ["another model", digest("n", "a", "b")],
    ["another cut between blocks", digest("m", "ab")],
    ["another order", digest("m", "b", "a")],
    ["a block more", digest("m", "a", "b", "")],
    [
      "a correction",
      promptDigest("m", { ...plain, prompt: prompt("a", "b"), correction: { reply: "r", fault: "f" } }),
    ],
    ["something looked up", promptDigest("m", { ...plain, prompt: prompt("a", "b"), turns: [turn] })],
    ["tools at hand", promptDigest("m", { ...plain, prompt: prompt("a", "b"), tools: "open" })],
  ])("differs for %s", (_, other) => {
    expect(other).not.toBe(name);
  });
});
