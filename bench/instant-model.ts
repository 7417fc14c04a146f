// A model service on loopback that finds nothing, at once: what is left of a review's time is ours.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface InstantModel {
  readonly url: string;
  readonly calls: () => number;
  readonly close: () => void;
}

export async function startInstantModel(): Promise<InstantModel> {
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    void text(request).then((raw) => reply(raw, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    close,
  };
}

function reply(raw: string, response: ServerResponse): void {
  const isSummary = raw.includes('"praise"');
  const answer = isSummary ? '{"summary":"","praise":[]}' : '{"findings":[]}';
  const usage = {
    input_tokens: Math.ceil(raw.length / 2.8),
    output_tokens: 10,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  };
  response.writeHead(200, { "content-type": "text/event-stream" });
  const event = (type: string, data: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  event("message_start", {
    message: {
      id: "m",
      type: "message",
      role: "assistant",
      model: "bench",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    },
  });
  event("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
  event("content_block_delta", { index: 0, delta: { type: "text_delta", text: answer } });
  event("content_block_stop", { index: 0 });
  event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage });
  event("message_stop", {});
  response.end();
}
