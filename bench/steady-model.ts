// A model service on loopback that takes a given time for every answer, streams it as the real one, and finds nothing.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";

export interface SteadyModel {
  readonly url: string;
  readonly calls: () => number;
  /** What an answer takes from now on; those under way keep their time. */
  readonly answerAfter: (ms: number) => void;
  readonly close: () => void;
}

/** The stream begins when the model has read the prompt, which the server waits for before it asks about other chunks. */
const READING_SHARE = 0.25;

export async function startSteadyModel(answerMs: number): Promise<SteadyModel> {
  let calls = 0;
  let ms = answerMs;
  const server = createServer((request, response) => {
    calls += 1;
    // A caller that goes away ends its connection: nobody is left to tell.
    text(request).then(
      (raw) => answer(raw, response, ms),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    answerAfter: (later) => void (ms = later),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(raw: string, response: ServerResponse, ms: number): Promise<void> {
  const event = (type: string, data: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  const usage = {
    input_tokens: Math.ceil(raw.length / 2.8),
    output_tokens: 10,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  };
  await pause(ms * READING_SHARE);
  response.writeHead(200, { "content-type": "text/event-stream" });
  event("message_start", { message: { ...EMPTY_MESSAGE, usage } });
  event("ping", {});
  await pause(ms * (1 - READING_SHARE));
  const found = raw.includes('"praise"') ? '{"summary":"","praise":[]}' : '{"findings":[]}';
  event("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
  event("content_block_delta", { index: 0, delta: { type: "text_delta", text: found } });
  event("content_block_stop", { index: 0 });
  event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage });
  event("message_stop", {});
  response.end();
}

const EMPTY_MESSAGE = {
  id: "m",
  type: "message",
  role: "assistant",
  model: "bench",
  content: [],
  stop_reason: null,
  stop_sequence: null,
};
