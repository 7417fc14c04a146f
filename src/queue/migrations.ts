/** Our own tables, version by version. A step that has landed is never edited; what was wrong with it is a new step. */
import type { Database, Sql } from "./database.ts";

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: readonly string[];
  readonly down: readonly string[];
}

const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "deliveries and model replies",
    up: [
      `CREATE TABLE plumbline.delivery (
         guid text PRIMARY KEY,
         received_at timestamptz NOT NULL DEFAULT now(),
         job text NOT NULL
       )`,
      "CREATE INDEX delivery_received_at ON plumbline.delivery (received_at)",
      `CREATE TABLE plumbline.model_reply (
         run_id text NOT NULL,
         request text NOT NULL,
         reply jsonb NOT NULL,
         stored_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (run_id, request)
       )`,
      "CREATE INDEX model_reply_stored_at ON plumbline.model_reply (stored_at)",
    ],
    down: ["DROP TABLE plumbline.model_reply", "DROP TABLE plumbline.delivery"],
  },
  {
    version: 2,
    name: "runs and pauses",
    up: [
      // Replies belong to a pull request from here on: what they answer is in their key, so any run of it may use them.
      "DELETE FROM plumbline.model_reply",
      "ALTER TABLE plumbline.model_reply RENAME COLUMN run_id TO pull",
      `CREATE TABLE plumbline.run (
         id text PRIMARY KEY,
         installation_id bigint NOT NULL,
         repository_id bigint NOT NULL,
         owner text NOT NULL,
         name text NOT NULL,
         number int NOT NULL,
         trigger text NOT NULL,
         head text,
         check_run_id bigint,
         check_head text,
         breaks int NOT NULL DEFAULT 0,
         parks int NOT NULL DEFAULT 0,
         parked_since timestamptz,
         stop_reason text,
         outcome text,
         reason text,
         begun_at timestamptz NOT NULL DEFAULT now(),
         ended_at timestamptz
       )`,
      "CREATE INDEX run_pull ON plumbline.run (repository_id, number, head)",
      "CREATE INDEX run_open_check ON plumbline.run (begun_at) WHERE check_run_id IS NOT NULL",
      "CREATE INDEX run_begun_at ON plumbline.run (begun_at)",
      `CREATE TABLE plumbline.pause (
         scope text PRIMARY KEY,
         until timestamptz NOT NULL,
         reason text NOT NULL,
         strikes int NOT NULL
       )`,
    ],
    down: [
      "DROP TABLE plumbline.pause",
      "DROP TABLE plumbline.run",
      "DELETE FROM plumbline.model_reply",
      "ALTER TABLE plumbline.model_reply RENAME COLUMN pull TO run_id",
    ],
  },
];

/** Any number that nobody else uses as an advisory lock in this database. */
const LOCK = 7_305_486;

/** Brings the tables to `target`, one replica at a time; each step and its record are one transaction. */
export async function migrate(database: Database, target = latest()): Promise<void> {
  await database.transaction(async (sql) => {
    // Another replica may be at it, and its steps may take their time.
    await sql.rows("SELECT set_config('lock_timeout', '5min', true)");
    await sql.rows("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    await sql.rows("CREATE SCHEMA IF NOT EXISTS plumbline");
    await sql.rows(
      "CREATE TABLE IF NOT EXISTS plumbline.migration (version int PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
    );
    const applied = new Set(
      (await sql.rows<{ version: number }>("SELECT version FROM plumbline.migration")).map(
        (row) => row.version,
      ),
    );
    for (const step of MIGRATIONS)
      if (step.version <= target && !applied.has(step.version)) await stepUp(sql, step);
    for (const step of MIGRATIONS.toReversed())
      if (step.version > target && applied.has(step.version)) await stepDown(sql, step);
  });
}

function latest(): number {
  return MIGRATIONS.at(-1)?.version ?? 0;
}

async function stepUp(sql: Sql, step: Migration): Promise<void> {
  for (const statement of step.up) await sql.rows(statement);
  await sql.rows("INSERT INTO plumbline.migration (version, name) VALUES ($1, $2)", [
    step.version,
    step.name,
  ]);
}

async function stepDown(sql: Sql, step: Migration): Promise<void> {
  for (const statement of step.down) await sql.rows(statement);
  await sql.rows("DELETE FROM plumbline.migration WHERE version = $1", [step.version]);
}
