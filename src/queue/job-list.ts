/** The jobs that wait, run or were given up, for people; and another chance for one that was given up. */
import { z } from "zod";
import type { JobDesk, JobState, ListedJob, RetryOutcome } from "../domain/listed-job.ts";
import type { Database, Sql } from "./database.ts";
import { COMMANDS, REVIEWS } from "./store.ts";

const MOST_LISTED = 200;

export function jobDesk(database: Database): JobDesk {
  return {
    list: (state) => listJobs(database, state),
    retry: (id) => retryJob(database, id),
  };
}

interface JobRow {
  readonly id: string;
  readonly queue: string;
  readonly state: JobState;
  readonly data: unknown;
  readonly attempts: number;
  readonly created_on: string | Date;
  readonly start_after: string | Date;
  readonly started_on: string | Date | null;
  readonly completed_on: string | Date | null;
  readonly reason: string | null;
}

/** What went wrong stands in three places: our own words, those of the run, and those of pg-boss for a dead worker. */
const REASON =
  "coalesce(job.output->>'reason', run.reason, job.output->'value'->>'message', job.output->>'message')";
/** In our words. The two that are over are not listed, only told. */
const STATE = `CASE
  WHEN job.state = 'active' THEN 'running'
  WHEN job.state = 'failed' THEN 'failed'
  WHEN job.state = 'completed' THEN 'done'
  WHEN job.state = 'cancelled' THEN 'withdrawn'
  WHEN job.start_after > now() THEN 'parked'
  ELSE 'waiting'
END`;

async function listJobs(database: Database, state: JobState | null): Promise<readonly ListedJob[]> {
  const rows = await database.rows<JobRow>(
    `SELECT * FROM (
       SELECT job.id::text AS id, job.name AS queue, ${STATE} AS state, job.data,
         job.retry_count + CASE WHEN job.started_on IS NULL THEN 0 ELSE 1 END AS attempts,
         job.created_on, job.start_after, job.started_on, job.completed_on, ${REASON} AS reason
       FROM pgboss.job LEFT JOIN plumbline.run ON run.id = job.id::text
       WHERE job.name IN ($1, $2) AND (job.state <= 'active' OR job.state = 'failed')
     ) AS listed
     WHERE $3::text IS NULL OR state = $3
     ORDER BY created_on DESC, id LIMIT ${MOST_LISTED}`,
    [REVIEWS, COMMANDS, state],
  );
  return rows.map(toListed);
}

/** Of both kinds of job, and of any release. */
const rowData = z.object({
  locator: z.object({ installationId: z.number(), owner: z.string(), name: z.string(), number: z.number() }),
  trigger: z.string().nullish(),
});

function toListed(row: JobRow): ListedJob {
  const data = rowData.safeParse(row.data).data;
  const place = data?.locator;
  return {
    id: row.id,
    kind: row.queue === COMMANDS ? "command" : "review",
    state: row.state,
    pull_request: place === undefined ? null : `${place.owner}/${place.name}#${place.number}`,
    installation: place?.installationId ?? null,
    trigger: data?.trigger ?? null,
    attempts: row.attempts,
    created_at: new Date(row.created_on).toISOString(),
    parked_until: row.state === "parked" ? new Date(row.start_after).toISOString() : null,
    running_since: row.state === "running" ? isoOrNull(row.started_on) : null,
    failed_at: row.state === "failed" ? isoOrNull(row.completed_on) : null,
    // Of an earlier attempt, while another one runs.
    reason: row.state === "running" ? null : row.reason,
  };
}

function isoOrNull(time: string | Date | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

interface GivenUp {
  readonly state: string;
  /** Another job of the same pull request that waits. */
  readonly waiting: string | null;
}

async function retryJob(database: Database, id: string): Promise<RetryOutcome> {
  if (!z.guid().safeParse(id).success) return { kind: "unknown" };
  return database.transaction(async (sql) => {
    const [job] = await sql.rows<GivenUp>(
      `SELECT ${STATE} AS state, (
         SELECT other.id::text FROM pgboss.job AS other
         WHERE other.name = job.name AND other.singleton_key = job.singleton_key AND other.state < 'active' LIMIT 1
       ) AS waiting
       FROM pgboss.job WHERE name IN ($1, $2) AND job.id = $3::uuid FOR UPDATE`,
      [REVIEWS, COMMANDS, id],
    );
    if (job === undefined) return { kind: "unknown" };
    if (job.state !== "failed") return { kind: "not-failed", state: job.state };
    if (job.waiting !== null) return { kind: "covered", by: job.waiting };
    return (await putBack(sql, id)) ? { kind: "retried" } : { kind: "not-failed", state: "waiting" };
  });
}

/**
 * Attempts are counted up and never down, because by their number a worker knows that a job is still its own; so the
 * limit moves. `started_on` stays, by which pg-boss counts the next one. What waits is kept as long as a new job is.
 */
async function putBack(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql.rows(
    `UPDATE pgboss.job SET state = 'created', start_after = now(), completed_on = NULL, heartbeat_on = NULL,
       retry_limit = job.retry_count + 1 + queue.retry_limit,
       keep_until = now() + queue.retention_seconds * interval '1 second'
     FROM pgboss.queue
     WHERE job.name IN ($1, $2) AND job.id = $3::uuid AND job.state = 'failed' AND queue.name = job.name
     RETURNING job.id`,
    [REVIEWS, COMMANDS, id],
  );
  // Its patience begins anew, too.
  await sql.rows("UPDATE plumbline.run SET parks = 0, parked_since = NULL WHERE id = lower($1)", [id]);
  return rows.length > 0;
}
