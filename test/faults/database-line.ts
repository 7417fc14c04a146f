// The line between a server and its PostgreSQL, for a case to be slow, silent or cut.

import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";

export interface DatabaseLine {
  /** The database's address through this line. */
  readonly url: string;
  /** Whatever is sent in either direction arrives this much later; 0 is the line as it was. */
  delay(ms: number): void;
  /** Nothing arrives any more, and nobody is told. */
  silence(): void;
  /** Connections break, and new ones are refused. */
  cut(): void;
  /** Ends silence and cut. What was held up is lost with its connections. */
  restore(): void;
  close(): Promise<void>;
}

type State = "open" | "silent" | "cut";

interface Line {
  state: State;
  delayMs: number;
  readonly sockets: Set<Socket>;
}

export async function openDatabaseLine(url: string): Promise<DatabaseLine> {
  const target = new URL(url);
  const line: Line = { state: "open", delayMs: 0, sockets: new Set() };
  const server = createServer((near) => join(line, near, target));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const through = new URL(url);
  through.port = String((server.address() as AddressInfo).port); // an object once a TCP server listens
  const breakAll = () => {
    for (const socket of line.sockets) socket.destroy();
  };
  return {
    url: through.href,
    delay: (ms) => void (line.delayMs = ms),
    silence: () => void (line.state = "silent"),
    cut: () => {
      line.state = "cut";
      breakAll();
    },
    restore: () => {
      if (line.state === "silent") breakAll();
      line.state = "open";
    },
    close: () => {
      breakAll();
      return closed(server);
    },
  };
}

function join(line: Line, near: Socket, target: URL): void {
  if (line.state === "cut") {
    near.destroy();
    return;
  }
  const far = connect(Number(target.port), target.hostname);
  for (const [socket, other] of [
    [near, far],
    [far, near],
  ] as const) {
    line.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("data", (bytes) => pass(line, bytes, other));
    // A broken end ends the other; that is all a broken connection means here.
    socket.on("error", () => other.destroy());
    socket.once("close", () => {
      line.sockets.delete(socket);
      other.destroy();
    });
  }
}

function pass(line: Line, bytes: Buffer, to: Socket): void {
  if (line.state !== "open") return;
  if (line.delayMs === 0) to.write(bytes);
  // Equal delays keep the order.
  else setTimeout(() => to.writable && to.write(bytes), line.delayMs);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
