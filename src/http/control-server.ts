/** The jobs of a running server, for the command line: HTTP on a socket in the data folder, which only its owner may open. */
import { rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { messageOf } from "../domain/errors.ts";
import { JOB_STATES, type JobDesk, type RetryOutcome } from "../domain/listed-job.ts";

export interface ControlServer {
  close(): Promise<void>;
}

/** Its name in the data folder. */
export const CONTROL_SOCKET = "control.sock";
const RETRY = /^\/jobs\/(?<id>[\w-]+)\/retry$/;
const ONLY_THE_OWNER = 0o177;

/** `path`: its folder is exclusively ours, so a socket that is there was left behind. Rejects where none can be made. */
export async function openControlServer(path: string, desk: JobDesk): Promise<ControlServer> {
  rmSync(path, { force: true });
  const server = createServer((request, response) => {
    route(desk, request, response).catch((error) => answer(response, 500, { error: messageOf(error) }));
  });
  await listenPrivately(server, path);
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The socket is made within the call, so there is no moment in which others could open it. */
async function listenPrivately(server: Server, path: string): Promise<void> {
  const listening = new Promise<void>((resolve, reject) => {
    server.once("error", reject).once("listening", resolve);
  });
  const before = process.umask(ONLY_THE_OWNER);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
  await listening;
}

async function route(desk: JobDesk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const id = RETRY.exec(url.pathname)?.groups?.["id"];
  if (request.method === "GET" && url.pathname === "/jobs") {
    const asked = url.searchParams.get("state");
    const state = JOB_STATES.find((known) => known === asked) ?? null;
    if (asked !== null && state === null) return answer(response, 400, { error: `no state "${asked}"` });
    return answer(response, 200, { jobs: await desk.list(state) });
  }
  if (request.method === "POST" && id !== undefined) {
    const outcome = await desk.retry(id);
    return answer(response, statusOf(outcome), outcome);
  }
  answer(response, 404, { error: "not found" });
}

function statusOf({ kind }: RetryOutcome): number {
  if (kind === "unknown") return 404;
  return kind === "not-failed" ? 409 : 200;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", connection: "close" });
  response.end(`${JSON.stringify(body)}\n`);
}
