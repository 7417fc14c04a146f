// The HTTP server by itself, around a webhook receiver that the test provides.
import type { Server } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  listen,
  type RequestRecord,
  type WebhookServerOptions,
  webhookServer,
} from "../../src/http/webhook-server.ts";

let server: Server | null = null;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

async function serve(options: Partial<WebhookServerOptions> = {}) {
  const records: RequestRecord[] = [];
  server = webhookServer({
    webhooks: (_, response) => response.writeHead(200).end("taken"),
    isReady: async () => true,
    metrics: async () => ({ contentType: "text/plain", text: "metric 1\n" }),
    onRequest: (record) => records.push(record),
    ...options,
  });
  const port = await listen(server, "127.0.0.1", 0);
  return { origin: `http://127.0.0.1:${port}`, port, records };
}

const WEBHOOKS = "/api/github/webhooks";

describe("the webhook server", () => {
  it("hands the body on as text, with whatever characters it holds", async () => {
    let body: unknown;
    const { origin } = await serve({
      webhooks: (request, response) => {
        body = (request as unknown as { body: string }).body;
        response.end();
      },
    });

    await fetch(origin + WEBHOOKS, { method: "POST", body: '{"a":"größe 🧱"}' });

    expect(body).toBe('{"a":"größe 🧱"}');
  });

  it("answers 500 when the receiver fails, and goes on", async () => {
    const { origin } = await serve({ webhooks: () => Promise.reject(new Error("a bug with details")) });

    const answer = await fetch(origin + WEBHOOKS, { method: "POST", body: "{}" });

    expect([answer.status, await answer.text()]).toEqual([500, "internal error\n"]);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  });

  it("is alive but not ready while the store cannot be reached", async () => {
    const { origin } = await serve({ isReady: async () => false });

    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    expect((await fetch(`${origin}/readyz`)).status).toBe(503);
  });

  it("answers 500 when even the question fails", async () => {
    const { origin } = await serve({ metrics: () => Promise.reject(new Error("broken")) });

    expect((await fetch(`${origin}/metrics`)).status).toBe(500);
  });

  it("records each request without its body, its signature or its query", async () => {
    const { origin, records } = await serve();
    const headers = {
      "x-github-event": "x".repeat(500),
      "x-github-delivery": "guid",
      "x-hub-signature-256": "sha256=abc",
    };

    await fetch(`${origin}${WEBHOOKS}?token=hunter2`, { method: "POST", body: '{"secret":1}', headers });
    await expect.poll(() => records.length).toBe(1);

    expect(records[0]).toMatchObject({ method: "POST", path: WEBHOOKS, status: 200, delivery: "guid" });
    expect(records[0]?.event).toHaveLength(100);
    expect(JSON.stringify(records)).not.toMatch(/hunter2|secret|sha256/);
  });

  it("survives a client that goes away in the middle of a body", async () => {
    const { origin, port, records } = await serve();
    const socket = connect(port, "127.0.0.1");
    socket.write(`POST ${WEBHOOKS} HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{"a":`, () =>
      socket.destroy(),
    );
    await expect.poll(() => records.length).toBe(1);

    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  });

  it("answers nonsense in place of HTTP with 400 and goes on", async () => {
    const { origin, port } = await serve();
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.on("data", (piece: Buffer) => (answer += piece.toString()));
    socket.write("\u0000\u0001 not HTTP\r\n\r\n");
    await expect.poll(() => answer).toContain("400 Bad Request");

    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  });

  it("holds no more bodies in memory at a time than it can afford, whoever sends them", async () => {
    const { port, origin } = await serve();
    const answers: string[] = [];
    const size = 24 * 1024 * 1024;
    const sockets = Array.from({ length: 6 }, () => {
      const socket = connect(port, "127.0.0.1");
      // What is refused is cut off in the middle of sending.
      socket.on("error", () => undefined).on("data", (data) => answers.push(data.toString().slice(0, 12)));
      socket.write(`POST ${WEBHOOKS} HTTP/1.1\r\nhost: x\r\ncontent-length: ${size}\r\n\r\n`);
      socket.write(Buffer.alloc(size - 1, " "));
      return socket;
    });

    await expect.poll(() => answers, { timeout: 20_000 }).toContain("HTTP/1.1 503");
    for (const socket of sockets) socket.destroy();

    await expect
      .poll(async () => (await fetch(origin + WEBHOOKS, { method: "POST", body: "{}" })).status)
      .toBe(200);
  });
});
