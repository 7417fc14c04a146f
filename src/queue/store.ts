/** The database under the queue: PostgreSQL where one is named, else PGlite in a folder that only one process may use. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { PgBoss } from "pg-boss";
import { messageOf, UserError } from "../domain/errors.ts";
import { arrivalPool } from "./arrival-pool.ts";
import { type Database, embeddedDatabase, postgresDatabase } from "./database.ts";
import { within } from "./deadline.ts";
import { migrate } from "./migrations.ts";

export const REVIEWS = "reviews";
export const COMMANDS = "commands";

export interface StoreOptions {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** Faults of pg-boss's own background work; the queue goes on. */
  readonly onFault: (error: unknown) => void;
}

export interface Store {
  readonly kind: "postgresql" | "embedded";
  readonly boss: PgBoss;
  /** The same database, for our own tables. */
  readonly database: Database;
  /** The same once more, for what arrives: where there are connections to keep for it. */
  readonly arrivals: { readonly database: Database; readonly lanes: number };
  /** Rejects when the database cannot be reached. */
  ping(): Promise<void>;
  /** Runs `work` unless another process of this store does the same at the moment; then returns null. */
  alone<T>(work: () => Promise<T>): Promise<T | null>;
  close(): Promise<void>;
}

/** Enough for one process with 64 workers; the default of 128 MB is most of the resident memory otherwise. */
export const EMBEDDED_SETTINGS = ["shared_buffers=16MB", "max_wal_size=64MB"];

/** One that waits for a lock must not hold up the rest. */
const ARRIVAL_CONNECTIONS = 3;

/** How soon the jobs of a dead worker are noticed, beyond the time that its heartbeat is waited for. No cron is used. */
const UPKEEP = { superviseIntervalSeconds: 15, monitorIntervalSeconds: 15, schedule: false } as const;

export async function openStore(options: StoreOptions): Promise<Store> {
  return options.databaseUrl === undefined
    ? openEmbedded(options)
    : openPostgres(options, options.databaseUrl);
}

async function openPostgres(options: StoreOptions, connectionString: string): Promise<Store> {
  const boss = new PgBoss({ connectionString, application_name: "plumbline", ...UPKEEP });
  await started(boss, options, "DATABASE_URL");
  const database = postgresDatabase(boss);
  await migrate(database);
  const pool = arrivalPool(connectionString, ARRIVAL_CONNECTIONS, options.onFault);
  return {
    kind: "postgresql",
    boss,
    database,
    arrivals: { database: pool, lanes: ARRIVAL_CONNECTIONS },
    ping: () => ping(boss),
    alone: (work) => alone(database, work),
    close: async () => {
      await pool.close();
      await boss.stop({ close: true });
    },
  };
}

async function openEmbedded(options: StoreOptions): Promise<Store> {
  const release = lockFolder(options.dataDir);
  try {
    const folder = { dataDir: join(options.dataDir, "pglite"), postgresqlconf: EMBEDDED_SETTINGS };
    if (!existsSync(join(folder.dataDir, "PG_VERSION"))) await makeDatabase(folder);
    // Loaded where it is used: beside PostgreSQL it would only take memory.
    const { PGlite } = await import("@electric-sql/pglite");
    const lite = await PGlite.create(folder);
    const database = embeddedDatabase(lite);
    const boss = new PgBoss({ db: database.db, backend: "pglite", ...UPKEEP });
    await started(boss, options, "PLUMBLINE_DATA_DIR");
    await migrate(database);
    const close = async () => {
      await boss.stop({ close: true });
      await lite.close();
      release();
    };
    // No other process can have the folder.
    const arrivals = { database, lanes: 1 };
    return {
      kind: "embedded",
      boss,
      database,
      arrivals,
      ping: () => ping(boss),
      alone: (work) => work(),
      close,
    };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * In a process of its own: to make a database takes a gigabyte for a moment and half of one until it is collected, which
 * a process that goes on would keep (measured: 610 MB instead of 210 after 15 idle seconds).
 */
async function makeDatabase(folder: { readonly dataDir: string }): Promise<void> {
  const program = `import { PGlite } from ${JSON.stringify(import.meta.resolve("@electric-sql/pglite"))};
    await (await PGlite.create(${JSON.stringify(folder)})).close();`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
}

/**
 * PGlite does not lock its folder, and two processes in one silently lose rows (measured). SQLite's exclusive lock is a
 * lock of the operating system: it falls with the process, however that ends, and it holds between containers.
 */
function lockFolder(dataDir: string): () => void {
  try {
    mkdirSync(dataDir, { recursive: true });
    const lock = new DatabaseSync(join(dataDir, "lock.sqlite"));
    try {
      lock.exec(
        "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS held (at TEXT)",
      );
    } catch (error) {
      lock.close();
      throw error;
    }
    return () => lock.close();
  } catch (error) {
    const busy = /database is locked/i.test(messageOf(error));
    const why = busy
      ? "another process is using it (one server for an embedded store; for replicas set DATABASE_URL)"
      : messageOf(error);
    throw new UserError(`PLUMBLINE_DATA_DIR ${dataDir} cannot be used: ${why}`, { cause: error });
  }
}

async function started(boss: PgBoss, options: StoreOptions, variable: string): Promise<void> {
  boss.on("error", options.onFault);
  try {
    await boss.start();
  } catch (error) {
    throw new UserError(`${variable}: the database could not be opened: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

const PING_MS = 2_000;

async function ping(boss: PgBoss): Promise<void> {
  await within(PING_MS, boss.getDb().executeSql("SELECT 1"));
}

/** Any number that nobody else uses as an advisory lock in this database. */
const LOCK = 7_305_488;

const SIGN_OF_LIFE_MS = 15_000;

/** The lock falls with the transaction, and so with the process, however that ends. */
function alone<T>(database: Database, work: () => Promise<T>): Promise<T | null> {
  return database.transaction(async (sql) => {
    const [row] = await sql.rows<{ mine: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS mine", [LOCK]);
    if (row?.mine !== true) return null;
    // A transaction that is idle for long is ended by the database, so that a vanished host does not keep the lock.
    const sign = setInterval(
      () => void sql.rows("SELECT 1").catch(() => clearInterval(sign)),
      SIGN_OF_LIFE_MS,
    );
    try {
      return await work();
    } finally {
      clearInterval(sign);
    }
  });
}
