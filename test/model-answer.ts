// What the Anthropic stand-in answers: streams, errors, and every way in which a stream breaks.
import type { ServerResponse } from "node:http";

export interface ModelUsage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_input_tokens?: number;
  readonly cache_creation_input_tokens?: number;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export type ModelAnswer =
  | { readonly kind: "json"; readonly value: unknown; readonly usage?: ModelUsage }
  | {
      readonly kind: "text";
      readonly text: string;
      readonly stopReason?: string;
      readonly usage?: ModelUsage;
    }
  /** It wants to look something up first; with some thinking before, as current models have it. */
  | { readonly kind: "tool_use"; readonly calls: readonly ToolCall[]; readonly usage?: ModelUsage }
  | {
      readonly kind: "error";
      readonly status: number;
      readonly type: string;
      readonly message?: string;
      readonly details?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** An answer that is no error object, as a proxy in between gives it. */
  | { readonly kind: "raw"; readonly status: number; readonly contentType: string; readonly body: string }
  /** A 200 that turns into an error after the first words. */
  | { readonly kind: "error-in-stream"; readonly type: string }
  /** The stream begins, and then the connection breaks; absent: after the first events. */
  | { readonly kind: "cut"; readonly at?: CutPoint }
  /** The stream begins, and then nothing more comes, not even a ping. */
  | { readonly kind: "silence" }
  /** The connection breaks before anything is said. */
  | { readonly kind: "reset" }
  /** No answer until the caller goes away or the stand-in closes. */
  | { readonly kind: "hang" };

/** Where a stream may break: between events, inside one, inside a character of UTF-8, before the very last event. */
export type CutPoint = "after-headers" | "between-events" | "in-event" | "in-character" | "before-stop";

const USAGE = {
  input_tokens: 100,
  output_tokens: 20,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
};

export function reply(response: ServerResponse, model: string, number: number, answer: ModelAnswer): void {
  switch (answer.kind) {
    case "hang":
      return;
    case "reset":
      response.destroy();
      return;
    case "error":
      return sendError(response, answer, number);
    case "raw":
      response.writeHead(answer.status, { "content-type": answer.contentType }).end(answer.body);
      return;
    case "json":
      return sendMessage(response, model, number, JSON.stringify(answer.value), "end_turn", answer.usage);
    case "text":
      return sendMessage(response, model, number, answer.text, answer.stopReason ?? "end_turn", answer.usage);
    case "tool_use":
      return sendToolUse(response, model, number, answer);
    case "error-in-stream":
      begin(response, model, number, USAGE);
      send(response, { type: "error", error: { type: answer.type, message: "Overloaded" } });
      response.end();
      return;
    case "silence":
      return begin(response, model, number, USAGE);
    case "cut":
      return sendCut(response, model, number, answer.at ?? "between-events");
  }
}

export function sendError(
  response: ServerResponse,
  answer: Extract<ModelAnswer, { kind: "error" }>,
  number: number,
): void {
  const error = { type: answer.type, message: answer.message ?? answer.type, details: answer.details };
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "request-id": `req_${number}`,
    ...answer.headers,
  });
  response.end(JSON.stringify({ type: "error", error, request_id: `req_${number}` }));
}

function sendMessage(
  response: ServerResponse,
  model: string,
  number: number,
  text: string,
  stopReason: string,
  given: ModelUsage = {},
): void {
  const usage = { ...USAGE, ...given };
  begin(response, model, number, usage);
  // In two pieces, so that nobody relies on one event holding the whole reply.
  const middle = Math.ceil(text.length / 2);
  for (const piece of [text.slice(0, middle), text.slice(middle)].filter((one) => one !== ""))
    send(response, { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: piece } });
  send(response, { type: "content_block_stop", index: 0 });
  send(response, { type: "message_delta", delta: { stop_reason: stopReason, stop_sequence: null }, usage });
  send(response, { type: "message_stop" });
  response.end();
}

function sendToolUse(
  response: ServerResponse,
  model: string,
  number: number,
  { calls, usage: given = {} }: Extract<ModelAnswer, { kind: "tool_use" }>,
): void {
  const usage = { ...USAGE, ...given };
  beginMessage(response, model, number, usage);
  sendBlock(response, 0, { type: "thinking", thinking: "", signature: "" }, [
    { type: "thinking_delta", thinking: "What does it return?" },
    { type: "signature_delta", signature: `signature-${number}` },
  ]);
  for (const [at, { id, name, input }] of calls.entries()) {
    const json = JSON.stringify(input);
    const middle = Math.ceil(json.length / 2);
    sendBlock(
      response,
      at + 1,
      { type: "tool_use", id, name, input: {} },
      [json.slice(0, middle), json.slice(middle)].map((piece) => ({
        type: "input_json_delta",
        partial_json: piece,
      })),
    );
  }
  send(response, { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage });
  send(response, { type: "message_stop" });
  response.end();
}

function sendBlock(
  response: ServerResponse,
  index: number,
  block: StreamEvent,
  deltas: readonly StreamEvent[],
): void {
  send(response, { type: "content_block_start", index, content_block: block });
  for (const delta of deltas) send(response, { type: "content_block_delta", index, delta });
  send(response, { type: "content_block_stop", index });
}

function sendCut(response: ServerResponse, model: string, number: number, at: CutPoint): void {
  if (at === "after-headers") openStream(response, number);
  else begin(response, model, number, USAGE);
  const delta = {
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: '{"findings":[]}' },
  };
  const last: Readonly<Record<CutPoint, Buffer>> = {
    "after-headers": Buffer.from(": \n\n"),
    "between-events": Buffer.from(": \n\n"),
    "in-event": Buffer.from(eventText(delta).slice(0, 60)),
    // The first of the three bytes of a euro sign.
    "in-character": Buffer.concat([Buffer.from(eventText(delta).slice(0, 60)), Buffer.from([0xe2])]),
    "before-stop": Buffer.from(eventText(delta) + eventText({ type: "content_block_stop", index: 0 })),
  };
  // Only once the last words are on their way, or the caller sees a connection that never answered.
  response.write(last[at], () => response.destroy());
}

function openStream(response: ServerResponse, number: number): void {
  response.writeHead(200, { "content-type": "text/event-stream", "request-id": `req_${number}` });
}

function begin(response: ServerResponse, model: string, number: number, usage: typeof USAGE): void {
  beginMessage(response, model, number, usage);
  send(response, { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } });
}

function beginMessage(response: ServerResponse, model: string, number: number, usage: typeof USAGE): void {
  openStream(response, number);
  const started = { ...usage, output_tokens: 1 };
  const message = { id: `msg_${number}`, type: "message", role: "assistant", model, content: [] };
  const open = { stop_reason: null, stop_sequence: null, usage: started };
  send(response, { type: "message_start", message: { ...message, ...open } });
}

interface StreamEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

function send(response: ServerResponse, event: StreamEvent): void {
  response.write(eventText(event));
}

function eventText(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
