// Case 4: bodies that are too large, or that never end.
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { inParts } from "./eventually.ts";
import { counter } from "./evidence.ts";
import { type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";

const MEGABYTE = 1024 * 1024;
const OFFERED_MEGABYTES = 200;
const GROWTH_BYTES = 50 * MEGABYTE;

export const largeBody: FaultCase = {
  number: 4,
  title: "Bodies too large or too slow",
  stores: PGLITE,
  company: "alone",
  run: async (context) => {
    const app = await context.startApp();
    const before = await memoryOf(app);
    let slowest = 0;
    const over = new AbortController();
    const watch = async () => {
      while (!over.signal.aborted) {
        const started = performance.now();
        assert.equal((await fetch(`${app.server.origin}/healthz`)).status, 200);
        slowest = Math.max(slowest, performance.now() - started);
        await pause(100);
      }
    };
    const watching = watch();
    const slow = trickle(app);
    await inParts({
      "200 MB announced": async () => assert.equal(await announced(app), 413),
      "200 MB in pieces": async () => assert.match(await inPieces(app), /^(413|reset)$/),
    });
    const growth = (await memoryOf(app)) - before;
    const slowAnswer = await slow;
    over.abort();
    await watching;
    assert.match(slowAnswer, /^HTTP\/1\.1 408 /, "a byte a second");
    assert.ok(growth < GROWTH_BYTES, `memory grew by ${Math.round(growth / MEGABYTE)} MB`);
    assert.ok(slowest < 1_000, `another request took ${Math.round(slowest)} ms`);
    const grown = Math.max(0, Math.round(growth / MEGABYTE));
    return `413, 413, 408; memory +${grown} MB; other requests within ${Math.round(slowest)} ms`;
  },
};

function memoryOf(app: FaultApp): Promise<number> {
  return counter(app, "process_resident_memory_bytes");
}

/** Its length says enough; not a byte of the body is sent. */
function announced(app: FaultApp): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const length = String(OFFERED_MEGABYTES * MEGABYTE);
    const headers = { "content-type": "application/json", "content-length": length };
    const request = httpRequest(app.server.webhookUrl, { method: "POST", headers });
    request.once("response", (response) => {
      resolve(response.statusCode);
      request.destroy();
    });
    request.once("error", reject);
    request.flushHeaders();
  });
}

/** Chunked, and on until the server has had enough; a sender in full flow may see the end before the answer. */
function inPieces(app: FaultApp): Promise<string> {
  return new Promise((resolve) => {
    const piece = Buffer.alloc(MEGABYTE, "x");
    const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
    const request = httpRequest(app.server.webhookUrl, { method: "POST", headers });
    request.once("response", (response) => {
      resolve(String(response.statusCode));
      request.destroy();
    });
    request.on("error", () => resolve("reset"));
    Readable.from(Array.from({ length: OFFERED_MEGABYTES }, () => piece)).pipe(request);
  });
}

/** A byte a second of a body that would last a day; what the server says in the end. */
function trickle(app: FaultApp): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(app.server.origin);
    const socket = connect(Number(port), "127.0.0.1").setEncoding("utf8");
    const head = ["POST /api/github/webhooks HTTP/1.1", "host: localhost", "content-length: 86400"];
    let answer = "";
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    const timer = setInterval(() => socket.writable && socket.write(" "), 1_000);
    socket.on("data", (text) => (answer += String(text)));
    socket.once("error", reject);
    socket.once("close", () => {
      clearInterval(timer);
      resolve(answer);
    });
  });
}
