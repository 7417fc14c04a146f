// The thread of `delivery-load.ts`: sends each delivery when its time has come, and never waits for an answer.
import { Agent, request } from "node:http";
import { parentPort, workerData } from "node:worker_threads";
import type { Answers, Sending } from "./delivery-load.ts";

// Written by `sendLoad` alone.
const { url, perSecond, load } = workerData as Sending;
const agent = new Agent({ keepAlive: true });
const target = new URL(url);

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin, a window's has
parentPort?.postMessage(await sendAll());

async function sendAll(): Promise<Answers> {
  const count = load.deliveries.length;
  const [status, answerMs, lateMs] = [zeros(count), zeros(count), zeros(count)];
  const answered: Promise<void>[] = [];
  const begun = performance.now();
  const dueAt = (at: number) => begun + (at * 1000) / perSecond;
  const answerTo = async (at: number) => {
    status[at] = await send(at);
    answerMs[at] = performance.now() - dueAt(at);
  };
  await new Promise<void>((resolve) => {
    const sendDue = () => {
      for (let at = answered.length; at < count; at = answered.length) {
        const wait = dueAt(at) - performance.now();
        if (wait > 0) return void setTimeout(sendDue, wait);
        lateMs[at] = -wait;
        answered.push(answerTo(at));
      }
      resolve();
    };
    sendDue();
  });
  await Promise.all(answered);
  agent.destroy();
  return { status, answerMs, lateMs };
}

/** The status of the answer once all of it is there; 0 when the connection broke. */
function send(at: number): Promise<number> {
  const delivery = load.deliveries[at];
  const body = load.bodies[delivery?.body ?? -1];
  if (delivery === undefined || body === undefined) throw new Error(`no delivery ${at}`);
  return new Promise((resolve) => {
    const headers = {
      "content-type": "application/json",
      "content-length": body.bytes.byteLength,
      "user-agent": "GitHub-Hookshot/044aadd",
      "x-github-delivery": delivery.guid,
      "x-github-event": "pull_request",
      "x-hub-signature-256": body.signature,
    };
    const sent = request(target, { method: "POST", agent, headers }, (response) => {
      response.once("end", () => resolve(response.statusCode ?? 0));
      response.once("error", () => resolve(0));
      response.resume();
    });
    sent.once("error", () => resolve(0));
    sent.end(body.bytes);
  });
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}
