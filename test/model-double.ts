// An Anthropic stand-in on 127.0.0.1: streams as the real service does, refuses what it refuses, and fails as a test wants.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import type { Pass } from "../src/domain/pass.ts";
import { type MessageBody, questionOf, requestFault, textOf } from "./model-request.ts";

export interface ModelAsked {
  readonly body: MessageBody;
  readonly question: Pass | "summary";
  /** All text of the request: system, turns, in order. */
  readonly text: string;
  readonly headers: IncomingMessage["headers"];
  /** Counts from 1. */
  readonly number: number;
}

export interface ModelUsage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_input_tokens?: number;
  readonly cache_creation_input_tokens?: number;
}

export type ModelAnswer =
  | { readonly kind: "json"; readonly value: unknown; readonly usage?: ModelUsage }
  | {
      readonly kind: "text";
      readonly text: string;
      readonly stopReason?: string;
      readonly usage?: ModelUsage;
    }
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
  /** The stream begins, and then the connection breaks. */
  | { readonly kind: "cut" }
  /** The connection breaks before anything is said. */
  | { readonly kind: "reset" }
  /** No answer until the caller goes away or the stand-in closes. */
  | { readonly kind: "hang" };

export type Answering = (asked: ModelAsked) => ModelAnswer | Promise<ModelAnswer>;

export interface ModelDouble {
  readonly url: string;
  readonly apiKey: string;
  readonly asked: readonly ModelAsked[];
  /** What the real service would have refused with 400; empty in every good test. */
  readonly violations: readonly string[];
  answerWith(answering: Answering): void;
  close(): Promise<void>;
}

const USAGE = {
  input_tokens: 100,
  output_tokens: 20,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
};

interface Desk {
  readonly apiKey: string;
  readonly asked: ModelAsked[];
  readonly violations: string[];
  answering: Answering;
}

export async function startModelDouble(answering: Answering = nothingFound): Promise<ModelDouble> {
  const desk: Desk = { apiKey: "sk-ant-a-key-of-this-test", asked: [], violations: [], answering };
  const server = createServer((request, response) => {
    serve(desk, request, response).catch((error: unknown) => {
      desk.violations.push(`the stand-in itself failed: ${String(error)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey: desk.apiKey,
    asked: desk.asked,
    violations: desk.violations,
    answerWith: (next) => void (desk.answering = next),
    close: () => closeServer(server),
  };
}

/** The smallest true reply to each question. */
export function nothingFound({ question }: ModelAsked): ModelAnswer {
  const summary = { summary: "The change is small and sound.", praise: [] };
  return { kind: "json", value: question === "summary" ? summary : { findings: [] } };
}

async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const raw = await readText(request);
  const number = desk.asked.length + 1;
  const fail = (status: number, type: string, message: string) =>
    sendError(response, { kind: "error", status, type, message }, number);
  if (request.method !== "POST" || request.url?.split("?")[0] !== "/v1/messages")
    return fail(404, "not_found_error", `${request.method} ${request.url}`);
  if (request.headers.authorization !== `Bearer ${desk.apiKey}`)
    return fail(401, "authentication_error", "invalid x-api-key");
  const body = JSON.parse(raw) as MessageBody;
  const asked = { body, question: questionOf(body), text: textOf(body), headers: request.headers, number };
  desk.asked.push(asked);
  const fault = requestFault(body) ?? (body.stream === true ? null : "a long reply must be streamed");
  if (fault !== null) {
    desk.violations.push(fault);
    return fail(400, "invalid_request_error", fault);
  }
  reply(response, body.model, number, await desk.answering(asked));
}

function reply(response: ServerResponse, model: string, number: number, answer: ModelAnswer): void {
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
    case "error-in-stream":
      begin(response, model, number, USAGE);
      send(response, { type: "error", error: { type: answer.type, message: "Overloaded" } });
      response.end();
      return;
    case "cut":
      begin(response, model, number, USAGE);
      // Only once the first words are on their way, or the caller sees a connection that never answered.
      response.write(": \n\n", () => response.destroy());
      return;
  }
}

function sendError(
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

function begin(response: ServerResponse, model: string, number: number, usage: typeof USAGE): void {
  response.writeHead(200, { "content-type": "text/event-stream", "request-id": `req_${number}` });
  const started = { ...usage, output_tokens: 1 };
  const message = { id: `msg_${number}`, type: "message", role: "assistant", model, content: [] };
  const open = { stop_reason: null, stop_sequence: null, usage: started };
  send(response, { type: "message_start", message: { ...message, ...open } });
  send(response, { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } });
}

function send(
  response: ServerResponse,
  event: { readonly type: string; readonly [key: string]: unknown },
): void {
  response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
