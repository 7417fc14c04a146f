// The server processes of one app: one on an embedded store, one or more on a PostgreSQL that they share.
import {
  type Exit,
  type LogLine,
  type ServerProcess,
  startServer,
  type Variables,
} from "./server-process.ts";

export interface ServerFleet {
  /** Those that run now, or ran last. */
  readonly servers: readonly ServerProcess[];
  /** As many as wanted, started at the same time. */
  start(): Promise<void>;
  stop(): Promise<readonly Exit[]>;
  /** SIGKILL for all of them. */
  kill(): Promise<void>;
  /** One more beside those that run. */
  add(): Promise<ServerProcess>;
  /** Of all that ever ran, process by process. */
  logs(): readonly LogLine[];
  output(): string;
}

export function serverFleet(variables: Variables, size: number): ServerFleet {
  const former: ServerProcess[] = [];
  let servers: readonly ServerProcess[] = [];
  const everybody = () => [...former, ...servers];
  return {
    get servers() {
      return servers;
    },
    start: async () => {
      former.push(...servers);
      servers = await Promise.all(Array.from({ length: size }, () => startServer(variables)));
    },
    stop: () => Promise.all(servers.map((server) => server.stop())),
    kill: async () => {
      await Promise.all(servers.map((server) => server.kill()));
    },
    add: async () => {
      const server = await startServer(variables);
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
