// The server processes of one app: one on an embedded store, one or more on a PostgreSQL that they share.
import {
  type Exit,
  type LogLine,
  type ServerProcess,
  startServer,
  type Variables,
} from "./server-process.ts";
import { until } from "./until.ts";

export interface ServerFleet {
  /** Those that run now, or ran last. */
  readonly servers: readonly ServerProcess[];
  /** As many as wanted, started at the same time. */
  start(): Promise<void>;
  stop(): Promise<readonly Exit[]>;
  /** SIGKILL for all of them. */
  kill(): Promise<void>;
  /** The same, and none is started any more: not even one that somebody is waiting for right now. */
  end(): Promise<void>;
  /** One more beside those that run. */
  add(): Promise<ServerProcess>;
  /** Of all that ever ran, process by process. */
  logs(): readonly LogLine[];
  output(): string;
}

function isSwept({ msg }: LogLine): boolean {
  return ["swept", "sweep broken off", "another replica sweeps, or has just swept"].includes(msg);
}

export function serverFleet(variables: Variables, size: number): ServerFleet {
  const former: ServerProcess[] = [];
  let servers: readonly ServerProcess[] = [];
  let isOver = false;
  const begin = async () => {
    if (isOver) throw new Error("the app has ended");
    const server = await startServer(variables);
    // Its first sweep may otherwise find what a test opens before the webhook tells of it.
    await until("the first sweep", () => isOver || server.logs().some(isSwept), server.output);
    if (isOver) await server.kill();
    return server;
  };
  const kill = async () => {
    await Promise.all(servers.map((server) => server.kill()));
  };
  const everybody = () => [...former, ...servers];
  return {
    get servers() {
      return servers;
    },
    start: async () => {
      former.push(...servers);
      servers = await Promise.all(Array.from({ length: size }, begin));
    },
    stop: () => Promise.all(servers.map((server) => server.stop())),
    kill,
    end: () => {
      isOver = true;
      return kill();
    },
    add: async () => {
      const server = await begin();
      servers = [...servers, server];
      return server;
    },
    logs: () => everybody().flatMap((server) => server.logs()),
    output: () =>
      everybody()
        .map((server) => server.output())
        .join(""),
  };
}
