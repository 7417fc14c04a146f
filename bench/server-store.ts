// The two stores under the server, fresh for each measurement, and a look into them from outside.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { PgBoss } from "pg-boss";
import { startPostgres } from "../test/postgres.ts";

export const STORE_KINDS = ["embedded", "postgresql"] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

/** Runs one statement; whoever asks names the rows and is trusted, since the statement is theirs. */
export type Query = <Row>(sql: string) => Promise<readonly Row[]>;

export interface MeasuredStore {
  readonly kind: StoreKind;
  /** What makes the server use it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Only while no server is running: the embedded store belongs to one process. */
  readonly look: <T>(work: (query: Query) => Promise<T>) => Promise<T>;
  readonly remove: () => void;
}

export interface Stores {
  readonly fresh: (kind: StoreKind) => Promise<MeasuredStore>;
  readonly close: () => Promise<void>;
}

/** PostgreSQL is started when it is first asked for. */
export function openStores(): Stores {
  let cluster: ReturnType<typeof startPostgres> | null = null;
  return {
    fresh: async (kind) => {
      if (kind === "embedded") return embeddedStore();
      cluster ??= startPostgres("durable");
      return postgresStore(await (await cluster).createDatabase());
    },
    close: async () => {
      await (await cluster)?.close();
    },
  };
}

function embeddedStore(): MeasuredStore {
  const directory = mkdtempSync(join(tmpdir(), "plumbline-bench-data-"));
  return {
    kind: "embedded",
    variables: { PLUMBLINE_DATA_DIR: directory },
    look: async (work) => {
      const lite = await PGlite.create({ dataDir: join(directory, "pglite") });
      try {
        return await work(async <Row>(sql: string) => (await lite.query<Row>(sql)).rows);
      } finally {
        await lite.close();
      }
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function postgresStore(url: string): MeasuredStore {
  return {
    kind: "postgresql",
    variables: { DATABASE_URL: url },
    look: async (work) => {
      // The driver that pg-boss brings along, without any of its background work.
      const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, migrate: false });
      await boss.start();
      try {
        return await work(async <Row>(sql: string) => (await boss.getDb().executeSql(sql)).rows as Row[]);
      } finally {
        await boss.stop({ graceful: false });
      }
    },
    // The cluster's folder goes as a whole when it is closed.
    remove: () => undefined,
  };
}

export interface TableSize {
  readonly table: string;
  readonly rows: number;
  /** With indexes and long values. */
  readonly bytes: number;
}

/** Every table that holds rows; the partitions of pg-boss's job table one by one. */
export async function tableSizes(query: Query): Promise<readonly TableSize[]> {
  const tables = await query<{ table: string; bytes: number }>(
    `SELECT c.oid::regclass::text AS table, pg_total_relation_size(c.oid)::int AS bytes
     FROM pg_class c WHERE c.relnamespace::regnamespace::text IN ('plumbline', 'pgboss') AND c.relkind = 'r'`,
  );
  const counted = await query<{ table: string; rows: number }>(
    tables
      .map(({ table }) => `SELECT '${table}' AS table, count(*)::int AS rows FROM ${table}`)
      .join(" UNION ALL "),
  );
  const rowsOf = new Map(counted.map(({ table, rows }) => [table, rows]));
  return tables
    .map(({ table, bytes }) => ({ table, rows: rowsOf.get(table) ?? 0, bytes }))
    .filter(({ rows }) => rows > 0);
}
