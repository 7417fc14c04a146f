/** A page on loopback for one person and one purpose: submit the manifest, take the code that comes back. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SetupServer {
  readonly url: string;
  /** The code of the first answer that carries the expected state. */
  readonly code: Promise<string>;
  readonly close: () => void;
}

const DONE = "The app is created. The rest is in the terminal; this page can be closed.";

/** `pageFor` is given the address that the server got, which the page has to name. */
export async function openSetupServer(
  state: string,
  port: number,
  pageFor: (url: string) => string,
): Promise<SetupServer> {
  const code = Promise.withResolvers<string>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const given = url.searchParams.get("code");
    if (url.pathname === "/") answer(response, 200, "text/html", page);
    else if (url.pathname !== "/created") answer(response, 404, "text/plain", "not found\n");
    else if (given === null || url.searchParams.get("state") !== state)
      answer(response, 400, "text/plain", "This answer does not belong to the form shown here.\n");
    else {
      answer(response, 200, "text/plain", `${DONE}\n`);
      code.resolve(given);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const page = pageFor(url);
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, code: code.promise, close };
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": `${type}; charset=utf-8` }).end(body);
}
