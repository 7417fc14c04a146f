// A model service on loopback that answers from the recording, or passes requests on and records the answers.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Anthropic from "@anthropic-ai/sdk";
import { type Recorded, type Recording, requestKey, requestLabel } from "./recording.ts";

export interface ReplayServer {
  readonly url: string;
  /** Requests that were not in the recording. */
  readonly missed: readonly string[];
  readonly recorded: readonly Recorded[];
  readonly close: () => void;
}

type Body = Anthropic.MessageCreateParams & { readonly system: Anthropic.TextBlockParam[] };
interface Answer {
  readonly text: string;
  readonly usage: Anthropic.Usage;
}

export async function startReplay(recording: Recording): Promise<ReplayServer> {
  const replies = new Map(recording.replies.map((one) => [one.key, JSON.stringify(one.reply)]));
  const cache = new Set<string>();
  return start(async (body) => {
    const text = replies.get(requestKey(textsOf(body)));
    return text === undefined ? null : { text, usage: usageOf(body, text, cache) };
  });
}

/** Asks the real service (or whatever ANTHROPIC_BASE_URL names) and keeps what it says. */
export async function startRecorder(env: {
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
}): Promise<ReplayServer> {
  const client = new Anthropic({ apiKey: env.apiKey, baseURL: env.baseUrl ?? null });
  return start(async (body) => {
    const message = await client.messages.stream({ ...body, stream: true }).finalMessage();
    return {
      text: message.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join(""),
      usage: message.usage,
    };
  });
}

async function start(answer: (body: Body) => Promise<Answer | null>): Promise<ReplayServer> {
  const missed: string[] = [];
  const recorded: Recorded[] = [];
  const server = createServer((request, response) => {
    void handle(request, response, answer, missed, recorded);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, missed, recorded, close };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (body: Body) => Promise<Answer | null>,
  missed: string[],
  recorded: Recorded[],
): Promise<void> {
  const body = JSON.parse(await textOf(request)) as Body;
  const texts = textsOf(body);
  const label = requestLabel(texts);
  try {
    const given = await answer(body);
    if (given === null) {
      missed.push(label);
      return refuse(
        response,
        `the recording holds no reply to "${label}": prompts or example have changed (npm run demo:record)`,
      );
    }
    recorded.push({ label, key: requestKey(texts), reply: JSON.parse(given.text) });
    stream(response, body.model, given);
  } catch (error) {
    refuse(response, error instanceof Error ? error.message : String(error));
  }
}

function refuse(response: ServerResponse, message: string): void {
  response.writeHead(400, { "content-type": "application/json" });
  response.end(JSON.stringify({ type: "error", error: { type: "invalid_request_error", message } }));
}

function textsOf(body: Body): string[] {
  const blocks = body.messages.flatMap(({ content }) =>
    typeof content === "string"
      ? [content]
      : content.map((block) => (block.type === "text" ? block.text : "")),
  );
  return [...body.system.map((block) => block.text), ...blocks];
}

/** Plausible numbers, so that the footer of the demo looks as in life: the shared prefix is read from a cache. */
function usageOf(body: Body, text: string, cache: Set<string>): Anthropic.Usage {
  const texts = textsOf(body);
  const size = (part: readonly string[]) => Math.ceil(part.join("").length / 2.8);
  const shared = texts.slice(0, -1);
  const key = requestKey(shared);
  const isKnown = cache.has(key);
  cache.add(key);
  return {
    input_tokens: size(texts.slice(-1)),
    output_tokens: size([text]),
    cache_read_input_tokens: isKnown ? size(shared) : 0,
    cache_creation_input_tokens: isKnown ? 0 : size(shared),
  } as Anthropic.Usage;
}

function stream(response: ServerResponse, model: string, { text, usage }: Answer): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const event = (data: { type: string }) =>
    response.write(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
  const message = {
    id: "msg_demo",
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
  event({ type: "message_start", message: { ...message, usage: { ...usage, output_tokens: 1 } } } as {
    type: string;
  });
  event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as {
    type: string;
  });
  event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } } as { type: string });
  event({ type: "content_block_stop", index: 0 } as { type: string });
  event({ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage } as {
    type: string;
  });
  event({ type: "message_stop" });
  response.end();
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}
