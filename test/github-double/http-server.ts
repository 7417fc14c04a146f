// The HTTP side: reads requests, records them, applies faults, writes answers.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Answer, json } from "./answer.ts";
import { tarball } from "./commit-routes.ts";
import { type CompiledRoute, dispatch, type Incoming, pathByName } from "./dispatch.ts";
import type { FaultEffect, PendingFaults } from "./fault-rule.ts";
import type { ContractCheck } from "./openapi.ts";
import { append } from "./state.ts";
import { now, type World } from "./world.ts";

export interface RecordedRequest {
  readonly method: string;
  /** Without `/api/v3`, with the query; what is asked outside of it (`/api/graphql`) as it is. */
  readonly path: string;
  readonly body: unknown;
  /** What the caller was told; 0 while unanswered and for a broken connection. */
  readonly status: number;
  readonly at: number;
}

export interface Exchange {
  readonly world: World;
  readonly routes: readonly CompiledRoute[];
  readonly faults: PendingFaults;
  readonly requests: RecordedRequest[];
  readonly contract: ContractCheck | null;
}

const PREFIX = "/api/v3";
const GRAPHQL = "/api/graphql";
const KEEP_ALIVE_MS = 10 * 60 * 1000;
const BAD_JSON = Symbol("a body that is not JSON");

export function createHttpServer(exchange: Exchange): Server {
  const server = createServer((request, response) => {
    serve(exchange, request, response).catch((error: unknown) => {
      // A bug of the stand-in, told to the caller: a test then fails where the request was made. 400 is not retried.
      const message = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
      send(exchange, response, json(400, { message: `github-double: ${message}` }));
    });
  });
  // Node closes idle connections after 5 s, and a client that reuses one just then sees a fault nobody asked for.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

async function serve(exchange: Exchange, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.url ?? "/";
  const url = new URL(target, exchange.world.htmlUrl);
  const text = await readText(request);
  const file = await tarball(exchange.world, url.pathname);
  if (file) return send(exchange, response, file);
  const method = request.method ?? "GET";
  const body = parseJson(text);
  const isApi = target.startsWith(`${PREFIX}/`);
  const record = {
    method,
    path: isApi ? target.slice(PREFIX.length) : target,
    body: body === BAD_JSON ? text : body,
    status: 0,
    at: Date.now(),
  };
  append(exchange.requests, record);
  const incoming: Incoming = {
    method,
    path: isApi ? url.pathname.slice(PREFIX.length) : url.pathname,
    query: url.searchParams,
    body,
    accept: request.headers.accept ?? "",
    authorization: request.headers.authorization,
  };
  const answer = await answerWith(exchange, incoming, exchange.faults.take(method, record.path));
  if (answer === "hang") return;
  if (answer === "reset") {
    request.socket.destroy();
    return;
  }
  record.status = answer.status;
  send(exchange, response, answer);
}

async function answerWith(
  exchange: Exchange,
  incoming: Incoming,
  effect: FaultEffect | null,
): Promise<Answer | "hang" | "reset"> {
  switch (effect?.kind) {
    case undefined:
      return handle(exchange, incoming);
    case "status":
      return faultAnswer(effect.status, effect.headers ?? {}, effect.body);
    case "handle-then-status":
      await handle(exchange, incoming);
      return faultAnswer(effect.status, {}, undefined);
    case "handle-then-reset":
      await handle(exchange, incoming);
      return "reset";
    case "handle-then-hang":
      await handle(exchange, incoming);
      return "hang";
    case "delay": {
      const { ms } = effect;
      await new Promise((resolve) => setTimeout(resolve, ms).unref());
      return handle(exchange, incoming);
    }
    case "reset":
    case "hang":
      return effect.kind;
    default:
      throw new Error(`no such fault: ${JSON.stringify(effect satisfies never)}`);
  }
}

async function handle(exchange: Exchange, incoming: Incoming): Promise<Answer> {
  if (incoming.body === BAD_JSON) return json(400, { message: "Problems parsing JSON", status: "400" });
  const answer = await dispatch(exchange.world, exchange.routes, incoming);
  // GraphQL is held to its schema instead.
  if (incoming.path === GRAPHQL) return answer;
  const fault = exchange.contract?.check(
    { ...incoming, path: pathByName(exchange.world, incoming.path) },
    answer,
  );
  return fault ? json(400, { message: `github-double: ${fault}`, status: "400" }) : answer;
}

function faultAnswer(status: number, headers: Readonly<Record<string, string>>, body: unknown): Answer {
  const standard = {
    message: "Server Error",
    documentation_url: "https://docs.github.com/rest",
    status: String(status),
  };
  return json(status, body ?? standard, headers);
}

function send(exchange: Exchange, response: ServerResponse, answer: Answer): void {
  const id = randomUUID().toUpperCase().replaceAll("-", ":");
  response.statusCode = answer.status;
  response.setHeader("date", new Date(now(exchange.world)).toUTCString());
  response.setHeader("x-github-request-id", id);
  response.setHeader("x-github-media-type", "github.v3; format=json");
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  if (answer.content.kind === "none") {
    response.end();
    return;
  }
  const isJson = answer.content.kind === "json";
  response.setHeader("content-type", isJson ? "application/json; charset=utf-8" : answer.content.type);
  response.end(isJson ? JSON.stringify(answer.content.value) : answer.content.bytes);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding was set, so chunks are buffers
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return BAD_JSON;
    throw error;
  }
}
