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
         posting_at timestamptz,
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
  {
    version: 3,
    name: "arrivals as functions",
    // A webhook waits for them, and a function keeps its plans: planning is most of a statement's time when embedded.
    up: [
      `CREATE FUNCTION plumbline.arrive(delivery_guid text, queue_name text, pull_key text)
       RETURNS TABLE (
         is_new boolean, id uuid, state text, data jsonb, attempts int, head text, posting boolean,
         age float8, delay float8
       ) LANGUAGE plpgsql AS $$
       #variable_conflict use_column
       DECLARE added boolean := true;
       BEGIN
         IF delivery_guid IS NOT NULL THEN
           INSERT INTO plumbline.delivery (guid, job) VALUES (delivery_guid, '') ON CONFLICT (guid) DO NOTHING;
           added := FOUND;
         END IF;
         RETURN QUERY
           SELECT added, job.id, job.state::text, job.data, job.retry_count, run.head,
             COALESCE(run.posting_at > now() - interval '1 minute', false),
             extract(epoch FROM now() - job.created_on)::float8,
             extract(epoch FROM job.start_after - now())::float8
           FROM (SELECT 1) AS one
           LEFT JOIN pgboss.job ON job.name = queue_name AND COALESCE(job.singleton_key, '') = pull_key
             AND job.policy = 'stately' AND job.state IN ('created', 'retry', 'active') AND job.state <= 'active'
           LEFT JOIN plumbline.run ON run.id = job.id::text
           ORDER BY job.state;
       END $$`,
      `CREATE FUNCTION plumbline.renew(
         delivery_guid text, queue_name text, job_id uuid, new_data jsonb, new_limit int, seconds float8
       ) RETURNS boolean LANGUAGE plpgsql AS $$
       BEGIN
         UPDATE pgboss.job SET data = new_data, retry_limit = new_limit,
           start_after = now() + make_interval(secs => seconds)
         WHERE name = queue_name AND id = job_id AND state < 'active';
         IF NOT FOUND THEN RETURN false; END IF;
         IF delivery_guid IS NOT NULL THEN
           UPDATE plumbline.delivery SET job = queue_name || ' ' || job_id WHERE guid = delivery_guid;
         END IF;
         RETURN true;
       END $$`,
    ],
    down: ["DROP FUNCTION plumbline.renew", "DROP FUNCTION plumbline.arrive"],
  },
  {
    version: 4,
    name: "arrivals in groups",
    up: [
      // Else each call plans anew, because only then is it known which partition is meant (measured: 1.45 ms, then 0.54).
      "ALTER FUNCTION plumbline.arrive SET plan_cache_mode = force_generic_plan",
      "ALTER FUNCTION plumbline.renew SET plan_cache_mode = force_generic_plan",
      `CREATE FUNCTION plumbline.arrive_together(delivery_guids text[], queue_name text, pull_keys text[])
       RETURNS TABLE (
         place int, is_new boolean, id uuid, state text, data jsonb, attempts int, head text, posting boolean,
         age float8, delay float8
       ) LANGUAGE plpgsql AS $$
       BEGIN
         FOR at IN 1 .. cardinality(pull_keys) LOOP
           RETURN QUERY SELECT at, found.*
             FROM plumbline.arrive(delivery_guids[at], queue_name, pull_keys[at]) AS found;
         END LOOP;
       END $$`,
      // As pg-boss 12 adds a job (plans.js, insertJobs), without the options that are not used here.
      `CREATE FUNCTION plumbline.add(
         delivery_guid text, queue_name text, job_id uuid, pull_key text, group_name text, new_data jsonb, seconds float8
       ) RETURNS boolean LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
       DECLARE starts timestamptz := pgboss.job_now() + make_interval(secs => seconds);
       BEGIN
         INSERT INTO pgboss.job (
           id, name, data, start_after, created_on, singleton_key, group_id, expire_seconds, deletion_seconds,
           keep_until, retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds
         )
         SELECT job_id, queue.name, new_data, starts, pgboss.job_now(), pull_key, group_name, queue.expire_seconds,
           queue.deletion_seconds, starts + queue.retention_seconds * interval '1s', queue.retry_limit,
           queue.retry_delay, queue.retry_backoff, queue.retry_delay_max, queue.policy, queue.dead_letter,
           queue.heartbeat_seconds
         FROM pgboss.queue WHERE queue.name = queue_name
         ON CONFLICT DO NOTHING;
         IF NOT FOUND THEN RETURN false; END IF;
         IF delivery_guid IS NOT NULL THEN
           UPDATE plumbline.delivery SET job = queue_name || ' ' || job_id WHERE guid = delivery_guid;
         END IF;
         RETURN true;
       END $$`,
      `CREATE FUNCTION plumbline.settle_together(queue_name text, orders jsonb) RETURNS SETOF int
       LANGUAGE plpgsql AS $$
       DECLARE
         place int := 0;
         entry jsonb;
         done boolean;
       BEGIN
         FOR entry IN SELECT jsonb_array_elements(orders) LOOP
           place := place + 1;
           IF (entry->>'is_new')::boolean THEN
             done := plumbline.add(
               entry->>'delivery', queue_name, (entry->>'id')::uuid, entry->>'key', entry->>'group', entry->'data',
               (entry->>'start_after')::float8);
           ELSE
             done := plumbline.renew(
               entry->>'delivery', queue_name, (entry->>'id')::uuid, entry->'data', (entry->>'retry_limit')::int,
               (entry->>'start_after')::float8);
           END IF;
           IF done THEN RETURN NEXT place; END IF;
         END LOOP;
       END $$`,
    ],
    down: [
      "DROP FUNCTION plumbline.settle_together",
      "DROP FUNCTION plumbline.add",
      "DROP FUNCTION plumbline.arrive_together",
      "ALTER FUNCTION plumbline.renew RESET plan_cache_mode",
      "ALTER FUNCTION plumbline.arrive RESET plan_cache_mode",
    ],
  },
  {
    version: 5,
    name: "money spent",
    up: [
      // The key begins as the question does: what an installation spent since the first of the month.
      `CREATE TABLE plumbline.spend (
         installation_id bigint NOT NULL,
         repository_id bigint NOT NULL,
         number int NOT NULL,
         day date NOT NULL,
         usd float8 NOT NULL,
         PRIMARY KEY (installation_id, day, repository_id, number)
       )`,
      "CREATE INDEX spend_day ON plumbline.spend (day)",
    ],
    down: ["DROP TABLE plumbline.spend"],
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
