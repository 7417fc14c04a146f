// An Anthropic stand-in on 127.0.0.1: streams as the real service does, refuses what it refuses, and fails as a test wants.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { type ModelAnswer, reply, sendError } from "./model-answer.ts";
import { type MessageBody, type Question, questionOf, requestFault, textOf } from "./model-request.ts";

// Tests name it beside ModelDouble, so it can be had from here, too.
export type { ModelAnswer } from "./model-answer.ts";

export interface ModelAsked {
  readonly body: MessageBody;
  readonly question: Question;
  /** All text of the request: system, turns, in order. */
  readonly text: string;
  readonly headers: IncomingMessage["headers"];
  /** Counts from 1. */
  readonly number: number;
}

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

/** The smallest true reply to each question: no findings, every claim upheld, no twins, a plain summary. */
export function nothingFound({ question, text }: ModelAsked): ModelAnswer {
  return { kind: "json", value: plainReply(question, text) };
}

function plainReply(question: Question, text: string): unknown {
  switch (question) {
    case "summary":
      return { summary: "The change is small and sound.", praise: [] };
    case "verify":
      return { verdicts: verdictsOn(text) };
    case "duplicates":
      return { groups: [] };
    default:
      return { findings: [] };
  }
}

interface GivenVerdict {
  readonly number: number;
  readonly reason: string;
  readonly verdict: "upheld" | "weaker" | "refuted";
  readonly severity: string;
  readonly pre_existing: boolean;
}

/** What a sceptic says of each claim of a request; `over` is where it does not simply agree. */
export function verdictsOn(text: string, over: Partial<GivenVerdict> = {}): readonly GivenVerdict[] {
  const claims = text.slice(text.search(/^# The sceptic$/m));
  return [...claims.matchAll(/^Claim (\d+): .*\nPlace: .*; severity: (\w+);/gm)].map(
    ([, number, severity = ""]) => ({
      number: Number(number),
      reason: "It happens as claimed.",
      verdict: "upheld",
      severity,
      pre_existing: false,
      ...over,
    }),
  );
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

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
