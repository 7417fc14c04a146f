/** The model port over the Anthropic Messages API: streamed, structured, every ending named. */
import Anthropic from "@anthropic-ai/sdk";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { Agent } from "undici";
import { z } from "zod";
import { LOOKUP_TOOLS, type LookupTurn } from "../domain/lookup.ts";
import type { PromptBlock } from "../domain/prompt.ts";
import { costOf, NO_USAGE, type Usage } from "../domain/usage.ts";
import type { Model, ModelOutcome, ModelRequest } from "../review/ports.ts";
import { failureOf, failureOfStop } from "./failures.ts";

export interface ClaudeOptions {
  readonly model: string;
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
}

/** Thinking and reply together; streaming, so that no client-side limit on long replies applies. */
const MAX_OUTPUT_TOKENS = 32_000;
/**
 * Before the first byte the service may queue a request for long; once a stream has begun it sends pings, so silence
 * means that it is broken. Node's own fetch gives up after five minutes in both cases.
 */
const FIRST_BYTE_TIMEOUT_MS = 15 * 60_000;
const SILENCE_TIMEOUT_MS = 2 * 60_000;
const CALL_TIMEOUT_MS = 30 * 60_000;

export function claude(options: ClaudeOptions): Model {
  // maxRetries 0: the SDK obeys any `retry-after` up to 24 days, so waiting is decided by the caller (review/asking.ts).
  const dispatcher = new Agent({ headersTimeout: FIRST_BYTE_TIMEOUT_MS, bodyTimeout: SILENCE_TIMEOUT_MS });
  const client = new Anthropic({
    fetchOptions: { dispatcher },
    apiKey: options.apiKey,
    baseURL: options.baseUrl ?? null,
    maxRetries: 0,
    timeout: CALL_TIMEOUT_MS,
    // The SDK prints what it cannot parse to standard error, and that may be a piece of the reply.
    logLevel: "off",
  });
  return { id: options.model, complete: (request) => complete(client, options.model, request) };
}

async function complete(client: Anthropic, model: string, request: ModelRequest): Promise<ModelOutcome> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]);
  let usage = NO_USAGE;
  try {
    const stream = client.messages.stream(bodyOf(model, request), { signal });
    stream.on("streamEvent", (event, snapshot) => {
      if (event.type === "message_start") request.onStarted();
      usage = usageOf(model, snapshot.usage);
    });
    const message = await stream.finalMessage();
    usage = usageOf(model, message.usage);
    const calls = lookupCalls(message);
    if (message.stop_reason === "tool_use" && calls.length > 0)
      return { kind: "asks", calls, reply: message.content, usage };
    if (message.stop_reason !== "end_turn") return { kind: "failed", failure: failureOfStop(message), usage };
    const text = message.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
    return { kind: "answered", text, usage };
  } catch (error) {
    request.signal.throwIfAborted();
    return { kind: "failed", failure: failureOf(error), usage };
  }
}

/** There are few kinds of reply, and a large review asks hundreds of times: each schema is written out once. */
const formats = new WeakMap<ModelRequest["reply"], ReturnType<typeof formatOf>>();

function formatOf(reply: ModelRequest["reply"]) {
  const { type, schema } = zodOutputFormat(reply);
  return { type, schema };
}

function bodyOf(model: string, request: ModelRequest): Anthropic.MessageStreamParams {
  const format = formats.get(request.reply) ?? formatOf(request.reply);
  formats.set(request.reply, format);
  const question: Anthropic.MessageParam = { role: "user", content: request.prompt.user.map(textBlock) };
  const turns = request.turns.flatMap((turn, at) => lookupTurns(turn, at === request.turns.length - 1));
  const correction = request.correction === null ? [] : correctionTurns(request.correction);
  return {
    model,
    max_tokens: MAX_OUTPUT_TOKENS,
    thinking: { type: "adaptive" },
    output_config: { effort: "medium", format },
    ...(request.tools === "none" ? {} : { tools: TOOLS }),
    ...(request.tools === "closed" ? { tool_choice: { type: "none" as const } } : {}),
    system: request.prompt.system.map(textBlock),
    messages: [question, ...turns, ...correction],
  };
}

/** Described once and the same in every request of a run: they stand before everything else in the cached prefix. */
const TOOLS: Anthropic.Tool[] = LOOKUP_TOOLS.map(({ name, description, input }) => ({
  name,
  description,
  input_schema: { ...z.toJSONSchema(input), type: "object" as const },
}));

function lookupCalls({ content }: Anthropic.Message) {
  return content.flatMap((block) =>
    block.type === "tool_use" ? [{ id: block.id, tool: block.name, input: block.input }] : [],
  );
}

/** The last answers end a prefix that the next round repeats. It is the fourth mark; the API takes no more. */
function lookupTurns(turn: LookupTurn, isLast: boolean): Anthropic.MessageParam[] {
  const results = turn.results.map(
    ({ id, text }, at): Anthropic.ToolResultBlockParam => ({
      type: "tool_result",
      tool_use_id: id,
      content: text,
      ...(isLast && at === turn.results.length - 1 ? { cache_control: { type: "ephemeral" as const } } : {}),
    }),
  );
  // Given back as it came: the API wants its own thinking and tool blocks word for word.
  return [
    { role: "assistant", content: turn.reply as Anthropic.ContentBlockParam[] },
    { role: "user", content: results },
  ];
}

function textBlock(block: PromptBlock): Anthropic.TextBlockParam {
  return block.cached
    ? { type: "text", text: block.text, cache_control: { type: "ephemeral" } }
    : { type: "text", text: block.text };
}

function correctionTurns(correction: {
  readonly reply: string;
  readonly fault: string;
}): Anthropic.MessageParam[] {
  return [
    { role: "assistant", content: correction.reply === "" ? "(empty)" : correction.reply },
    {
      role: "user",
      content: `That reply does not fit the schema. ${correction.fault}\nGive the whole reply again, as JSON that fits.`,
    },
  ];
}

function usageOf(model: string, raw: Anthropic.Usage): Usage {
  const tokens = {
    inputTokens: raw.input_tokens,
    outputTokens: raw.output_tokens,
    cacheReadTokens: raw.cache_read_input_tokens ?? 0,
    cacheWriteTokens: raw.cache_creation_input_tokens ?? 0,
  };
  return { calls: 1, ...tokens, costUsd: costOf(model, tokens) };
}
