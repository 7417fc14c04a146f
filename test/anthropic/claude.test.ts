// The model port against a stand-in that is as strict as the service: what is sent, and what each ending becomes.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { claude } from "../../src/anthropic/claude.ts";
import { passReplySchema, summaryReplySchema } from "../../src/domain/finding.ts";
import { LOOKUP_TOOLS } from "../../src/domain/lookup.ts";
import type { Model, ModelOutcome, ModelRequest } from "../../src/review/ports.ts";
import { type ModelAnswer, type ModelDouble, startModelDouble } from "../model-double.ts";
import type { JsonSchema } from "../model-request.ts";

let service: ModelDouble;
let model: Model;

const OK: ModelAnswer = { kind: "json", value: { findings: [] } };

/** Before the first call: the SDK takes hold of the console once. */
const printed = vi.spyOn(console, "error");

beforeAll(async () => {
  service = await startModelDouble();
  model = claude({ model: "claude-sonnet-5-5", apiKey: service.apiKey, baseUrl: service.url });
});
beforeEach(() => service.answerWith(() => OK));
afterAll(async () => {
  printed.mockRestore();
  expect(service.violations).toEqual([]);
  await service.close();
});

function aRequest(fields: Partial<ModelRequest> = {}): ModelRequest {
  return {
    prompt: {
      system: [{ text: "You review.", cached: true }],
      user: [
        { text: "The outline", cached: true },
        { text: "The chunk", cached: true },
        { text: "The question", cached: false },
      ],
    },
    reply: passReplySchema,
    correction: null,
    turns: [],
    tools: "none",
    signal: new AbortController().signal,
    onStarted: () => undefined,
    ...fields,
  };
}

function ask(answer: ModelAnswer, fields: Partial<ModelRequest> = {}): Promise<ModelOutcome> {
  service.answerWith(() => answer);
  return model.complete(aRequest(fields));
}

describe("the request", () => {
  it("streams, thinks adaptively, and carries nothing that current models refuse", async () => {
    await model.complete(aRequest());

    const body = service.asked.at(-1)?.body;
    expect(Object.keys(body ?? {}).toSorted()).toEqual(
      ["max_tokens", "messages", "model", "output_config", "stream", "system", "thinking"].toSorted(),
    );
    expect(body).toMatchObject({ model: "claude-sonnet-5-5", stream: true, thinking: { type: "adaptive" } });
  });

  it("marks exactly the blocks that later requests repeat for the cache", async () => {
    await model.complete(aRequest());

    const body = service.asked.at(-1)?.body;
    const cached = { type: "ephemeral" };
    expect(body?.system).toEqual([{ type: "text", text: "You review.", cache_control: cached }]);
    expect(body?.messages).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "The outline", cache_control: cached },
          { type: "text", text: "The chunk", cache_control: cached },
          { type: "text", text: "The question" },
        ],
      },
    ]);
  });

  it.each([
    ["a pass", passReplySchema],
    ["the summary", summaryReplySchema],
  ])("asks for JSON in which every object of %s is closed and every field required", async (_what, reply) => {
    await model.complete(aRequest({ reply }));

    const format = service.asked.at(-1)?.body.output_config?.format;
    expect(format?.type).toBe("json_schema");
    const open = objectsOf(format?.schema ?? {}).filter(
      (schema) =>
        schema.additionalProperties !== false ||
        JSON.stringify(Object.keys(schema.properties ?? {})) !== JSON.stringify(schema["required"]),
    );
    expect(objectsOf(format?.schema ?? {}).length).toBeGreaterThan(0);
    expect(open).toEqual([]);
  });

  it("quotes an unfit reply and says what is wrong with it, and ends with the user's turn", async () => {
    await model.complete(aRequest({ correction: { reply: "Looks fine", fault: "It is not JSON" } }));
    await model.complete(aRequest({ correction: { reply: "", fault: "It is not JSON" } }));

    const [first, second] = service.asked.slice(-2).map((asked) => asked.body.messages);
    expect(first?.map((turn) => turn.role)).toEqual(["user", "assistant", "user"]);
    expect(first?.[1]?.content).toBe("Looks fine");
    expect(first?.[2]?.content).toContain("It is not JSON");
    // The service refuses an empty turn.
    expect(second?.[1]?.content).toBe("(empty)");
  });
});

const CALLS = [
  { id: "toolu_1", name: "read_file", input: { path: "src/größe.ts", start_line: 1, end_line: 9 } },
  { id: "toolu_2", name: "find_references", input: { name: "close" } },
];
const ASKS: ModelAnswer = { kind: "tool_use", calls: CALLS };

describe("look-ups", () => {
  it("are described only where a run offers them, and forbidden where a question shares but may not use them", async () => {
    for (const tools of ["none", "open", "closed"] as const) await model.complete(aRequest({ tools }));

    const [none, open, closed] = service.asked.slice(-3).map(({ body }) => body);
    expect(none).not.toHaveProperty("tools");
    expect(open?.["tools"]).toMatchObject(
      LOOKUP_TOOLS.map(({ name }) => ({
        name,
        input_schema: { type: "object", additionalProperties: false },
      })),
    );
    expect(open).not.toHaveProperty("tool_choice");
    // The description stands first in the cached prefix: one more byte, and it is written anew.
    expect(JSON.stringify(closed?.["tools"])).toBe(JSON.stringify(open?.["tools"]));
    expect(closed?.["tool_choice"]).toEqual({ type: "none" });
  });

  it("that it asks for are its questions, with what it said kept word for word", async () => {
    const outcome = await ask(ASKS, { tools: "open" });

    expect(outcome).toEqual({
      kind: "asks",
      calls: CALLS.map(({ id, name, input }) => ({ id, tool: name, input })),
      reply: [
        expect.objectContaining({ type: "thinking", thinking: "What does it return?" }),
        ...CALLS.map((call) => expect.objectContaining({ type: "tool_use", ...call })),
      ],
      usage: expect.objectContaining({ calls: 1, inputTokens: 100 }),
    });
  });

  it("are given back with their answers, the last of which ends a cached prefix: the fourth mark", async () => {
    const outcome = await ask(ASKS, { tools: "open" });
    if (outcome.kind !== "asks") throw new Error("it asks nothing");
    const turn = {
      reply: outcome.reply,
      results: CALLS.map(({ id }) => ({ id, text: `what ${id} found` })),
    };

    await model.complete(aRequest({ tools: "open", turns: [turn] }));

    const body = service.asked.at(-1)?.body;
    expect(body?.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(body?.messages[1]?.content).toEqual(outcome.reply);
    const [first, last] = CALLS.map(({ id }) => ({
      type: "tool_result",
      tool_use_id: id,
      content: `what ${id} found`,
    }));
    expect(body?.messages[2]?.content).toEqual([first, { ...last, cache_control: { type: "ephemeral" } }]);
    expect(JSON.stringify(body).match(/"cache_control"/g)).toHaveLength(4);
  });

  it("of many rounds still make four marks, however many turns there are", async () => {
    const turnOf = (round: number) => ({
      reply: [{ type: "tool_use", id: `toolu_${round}`, name: "find_references", input: { name: "a" } }],
      results: [{ id: `toolu_${round}`, text: "nothing" }],
    });

    await model.complete(aRequest({ tools: "open", turns: [1, 2, 3, 4, 5, 6].map(turnOf) }));

    const body = service.asked.at(-1)?.body;
    expect(body?.messages).toHaveLength(13);
    expect(JSON.stringify(body).match(/"cache_control"/g)).toHaveLength(4);
    expect(JSON.stringify(body?.messages.at(-1))).toContain("cache_control");
  });

  it("come before a correction", async () => {
    const turn = {
      reply: [{ type: "tool_use", id: "toolu_1", name: "find_references", input: { name: "a" } }],
      results: [{ id: "toolu_1", text: "nothing" }],
    };

    await model.complete(
      aRequest({ tools: "closed", turns: [turn], correction: { reply: "no", fault: "It is not JSON" } }),
    );

    expect(service.asked.at(-1)?.body.messages.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
    ]);
  });
});

function objectsOf(schema: JsonSchema): readonly JsonSchema[] {
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items ? [schema.items] : []),
    ...(schema.anyOf ?? []),
  ];
  return [...(schema.type === "object" ? [schema] : []), ...inner.flatMap(objectsOf)];
}

describe("an answer", () => {
  it("is the whole text, with every kind of token counted and paid for", async () => {
    const usage = {
      input_tokens: 1_000_000,
      output_tokens: 100_000,
      cache_creation_input_tokens: 1_000_000,
      cache_read_input_tokens: 1_000_000,
    };

    const outcome = await ask({ kind: "json", value: { findings: [] }, usage });

    expect(outcome).toEqual({
      kind: "answered",
      text: '{"findings":[]}',
      usage: {
        calls: 1,
        inputTokens: 1_000_000,
        outputTokens: 100_000,
        cacheWriteTokens: 1_000_000,
        cacheReadTokens: 1_000_000,
        // Sonnet 5.5: $2 a million in, $10 out, writing the cache 1.25 times and reading it 0.1 times the input.
        costUsd: 2 + 1 + 2.5 + 0.2,
      },
    });
  });

  it("tells when it begins to arrive, once, and not at all when it never does", async () => {
    let started = 0;
    const onStarted = () => void (started += 1);

    await ask(OK, { onStarted });
    expect(started).toBe(1);

    await ask({ kind: "error", status: 529, type: "overloaded_error" }, { onStarted });
    expect(started).toBe(1);
  });

  it("costs nothing that can be told with a model of unknown price", async () => {
    const other = claude({ model: "gateway/model", apiKey: service.apiKey, baseUrl: service.url });

    expect(await other.complete(aRequest())).toMatchObject({
      usage: { calls: 1, inputTokens: 100, costUsd: 0 },
    });
  });
});

describe("a failure", () => {
  it.each<[number, string, string, string]>([
    [400, "invalid_request_error", "give-up", "refused the request as invalid"],
    [401, "authentication_error", "reconfigure", "refused the key"],
    [402, "billing_error", "stop", "billing problem"],
    [403, "permission_error", "reconfigure", "no permission"],
    [404, "not_found_error", "reconfigure", "does not know this model"],
    [413, "request_too_large", "give-up", "too large"],
    [429, "rate_limit_error", "retry", "rate limit"],
    [500, "api_error", "retry", "internal error"],
    [504, "timeout_error", "retry", "timed out"],
    [529, "overloaded_error", "retry", "overloaded"],
  ])("of HTTP %i %s means %s, and names the request", async (status, type, next, reason) => {
    const before = service.asked.length;

    const outcome = await ask({ kind: "error", status, type, message: "the key sk-ant-x of line 7" });

    expect(outcome).toMatchObject({ kind: "failed", failure: { next, retryAfterMs: null } });
    const text = outcome.kind === "failed" ? outcome.failure.reason : "";
    expect(text).toContain(reason);
    expect(text).toContain(`HTTP ${status}, req_${service.asked.length}`);
    // The service's message may quote the request.
    expect(text).not.toContain("sk-ant-x");
    // Repeating is decided by the caller.
    expect(service.asked.length - before).toBe(1);
  });

  it.each<[string, unknown]>([
    ["an enforced limit", { error_code: "enforced_spend_limit_reached" }],
    ["a contract's limit", { error_code: "contract_spend_limit_reached" }],
  ])("by %s ends with the month, so it stops everything", async (_what, details) => {
    const outcome = await ask({ kind: "error", status: 429, type: "rate_limit_error", details });

    expect(outcome).toMatchObject({
      failure: { next: "stop", reason: expect.stringContaining("spend limit") },
    });
  });

  it("by one's own usage limit stops everything, too, although it is a 400", async () => {
    const message = "You have reached your specified API usage limits. You will regain access on 2026-12-01.";

    const outcome = await ask({ kind: "error", status: 400, type: "invalid_request_error", message });

    expect(outcome).toMatchObject({ failure: { next: "stop" } });
  });

  it("by a ramp limit is a rate limit like any other", async () => {
    const details = { error_code: "ramp_limit_exceeded" };

    const outcome = await ask({
      kind: "error",
      status: 429,
      type: "rate_limit_error",
      details,
      headers: { "retry-after": "7" },
    });

    expect(outcome).toMatchObject({ failure: { next: "retry", retryAfterMs: 7_000 } });
  });

  it.each<[Record<string, string>, number | null]>([
    [{ "retry-after": "12" }, 12_000],
    [{ "retry-after-ms": "250", "retry-after": "1" }, 250],
    [{ "retry-after": "2073600" }, 2_073_600_000],
    [{ "retry-after": "soon" }, null],
  ])("with %j says how long to wait and does not wait itself", async (headers, expected) => {
    const outcome = await ask({ kind: "error", status: 429, type: "rate_limit_error", headers });

    expect(outcome).toMatchObject({ failure: { retryAfterMs: expected } });
  });

  it.each<[string, ModelAnswer]>([
    ["an error inside a good answer", { kind: "error-in-stream", type: "overloaded_error" }],
    ["a stream that breaks off", { kind: "cut" }],
    ["a connection that breaks at once", { kind: "reset" }],
    [
      "a page of a proxy",
      { kind: "raw", status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" },
    ],
    ["an empty good answer", { kind: "raw", status: 200, contentType: "text/event-stream", body: "" }],
    [
      "a good answer that is not JSON",
      {
        kind: "raw",
        status: 200,
        contentType: "text/event-stream",
        body: "event: message_start\ndata: {oops\n\n",
      },
    ],
  ])("that another attempt may not have: %s", async (_what, answer) => {
    const outcome = await ask(answer);

    expect(outcome).toMatchObject({ kind: "failed", failure: { next: "retry" } });
  });

  it("prints nothing: what the SDK cannot parse may be a piece of the code", async () => {
    await ask({
      kind: "raw",
      status: 200,
      contentType: "text/event-stream",
      body: "event: message_start\ndata: {const password\n\n",
    });

    expect(printed).not.toHaveBeenCalled();
  });

  it("keeps what was used before the stream broke", async () => {
    expect(await ask({ kind: "cut" })).toMatchObject({ usage: { calls: 1, inputTokens: 100 } });
  });

  it.each([
    ["max_tokens", "length limit"],
    ["refusal", "refused to answer"],
    ["model_context_window_exceeded", "did not fit"],
    ["pause_turn", "paused"],
    ["tool_use", "tool"],
    ["something_new", "stopped without an answer"],
  ])("is every other stop reason than end_turn, its text notwithstanding: %s", async (stopReason, reason) => {
    const outcome = await ask({ kind: "text", text: '{"findings":[]}', stopReason });

    expect(outcome).toMatchObject({
      kind: "failed",
      failure: { next: "give-up", reason: expect.stringContaining(reason) },
      usage: { calls: 1, outputTokens: 20 },
    });
  });

  it("is a service that is not there", async () => {
    const gone = await startModelDouble();
    await gone.close();
    const nobody = claude({ model: "claude-sonnet-5-5", apiKey: "k", baseUrl: gone.url });

    expect(await nobody.complete(aRequest())).toMatchObject({
      failure: { next: "retry", reason: "the model service could not be reached" },
      usage: { calls: 0 },
    });
  });
});

describe("an abort", () => {
  it("ends the call at once and is thrown, not told as a failure", async () => {
    const controller = new AbortController();
    const asked = service.asked.length;
    service.answerWith(() => ({ kind: "hang" }));
    const running = model.complete(
      aRequest({ signal: controller.signal, reply: z.object({ a: z.string() }) }),
    );
    const ended = expect(running).rejects.toThrow("superseded");
    await expect.poll(() => service.asked.length).toBe(asked + 1);

    controller.abort(new Error("superseded"));

    await ended;
  });

  it("before the call asks nobody", async () => {
    const asked = service.asked.length;

    await expect(model.complete(aRequest({ signal: AbortSignal.abort(new Error("gone")) }))).rejects.toThrow(
      "gone",
    );

    expect(service.asked).toHaveLength(asked);
  });
});
