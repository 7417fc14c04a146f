/** The HTTP server: webhooks with a size limit, and the three endpoints for whoever runs it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface WebhookServerOptions {
  readonly webhooks: (request: IncomingMessage, response: ServerResponse, next: () => void) => unknown;
  readonly isReady: () => Promise<boolean>;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly onRequest: (request: RequestRecord) => void;
}

/** What is known of one answered request; never its body or its signature. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  readonly event: string | undefined;
  readonly delivery: string | undefined;
}

export const WEBHOOK_PATH = "/api/github/webhooks";
/** GitHub delivers nothing larger than 25 MB. */
const MAX_BODY_BYTES = 25 * 1024 * 1024;
/** Anybody can send bodies, signed or not: all that are read at a time take no more memory than this. */
const MAX_HELD_BYTES = 128 * 1024 * 1024;
const FREE_BYTES = 256 * 1024;
const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Longer than the minute for which most load balancers keep a connection: one that closes as a request comes costs a delivery.
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
};

export function webhookServer(options: WebhookServerOptions): Server {
  const memory: Memory = { held: 0 };
  return createServer(TIMEOUTS, (request, response) => {
    const started = performance.now();
    response.once("close", () => options.onRequest(recordOf(request, response, started)));
    // The route is awaited nowhere; what it rejects with must still be answered.
    route(options, memory, request, response).catch(() => answer(response, 500, "internal error"));
  });
}

export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

interface Memory {
  held: number;
}

async function route(
  options: WebhookServerOptions,
  memory: Memory,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = pathOf(request);
  if (path === WEBHOOK_PATH && request.method === "POST") return receive(options, memory, request, response);
  if (request.method !== "GET" && request.method !== "HEAD")
    return answer(response, path === WEBHOOK_PATH ? 405 : 404, "not found");
  if (path === "/healthz") return answer(response, 200, "ok");
  if (path === "/readyz")
    return (await options.isReady()) ? answer(response, 200, "ready") : answer(response, 503, "not ready");
  if (path === "/metrics") {
    const { contentType, text } = await options.metrics();
    response.writeHead(200, { "content-type": contentType }).end(text);
    return;
  }
  answer(response, 404, "not found");
}

/** Octokit reads the `action` of whatever JSON it is given: `null` was answered with 500 (measured). */
const JSON_SCALAR = /^\s*(?:null|true|false|["\d-])/;

/** Probot's middleware buffers whatever comes; the body is read here instead, and handed on. */
async function receive(
  options: WebhookServerOptions,
  memory: Memory,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, memory);
  if (typeof body === "string") {
    response.setHeader("connection", "close");
    if (body === "busy") return answer(response, 503, "too many webhooks at a time");
    return answer(response, 413, `a webhook has at most ${MAX_BODY_BYTES} bytes`);
  }
  const text = body.toString("utf8");
  if (JSON_SCALAR.test(text)) return answer(response, 400, "a webhook is a JSON object");
  Object.assign(request, { body: text });
  await options.webhooks(request, response, () => answer(response, 404, "not found"));
}

async function readBody(request: IncomingMessage, memory: Memory): Promise<Buffer | "too large" | "busy"> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return "too large";
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      size += piece.length;
      memory.held += overFree(size) - overFree(size - piece.length);
      if (size > MAX_BODY_BYTES) return "too large";
      if (memory.held > MAX_HELD_BYTES) return "busy";
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } finally {
    memory.held -= overFree(size);
  }
}

/** Small bodies are always taken, or a few large ones that stand still would keep everybody out. */
function overFree(size: number): number {
  return Math.max(0, size - FREE_BYTES);
}

function answer(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?")[0] ?? "/";
}

function recordOf(request: IncomingMessage, response: ServerResponse, started: number): RequestRecord {
  const header = (name: string) => {
    const value = request.headers[name];
    return typeof value === "string" ? value.slice(0, 100) : undefined;
  };
  return {
    method: request.method ?? "",
    path: pathOf(request).slice(0, 200),
    status: response.statusCode,
    ms: Math.round(performance.now() - started),
    event: header("x-github-event"),
    delivery: header("x-github-delivery"),
  };
}
