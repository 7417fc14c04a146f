/**
 * A job that this process runs, and how it is given back. Every statement is fenced by the attempt that was fetched
 * (`retry_count`), so that a worker that was taken for dead cannot settle what another one runs by now. pg-boss has no
 * way to put a job back at a given time, so these few statements are ours; the columns are those of pg-boss 12.
 */
import { combineJobs, reviewJobSchema } from "../domain/job.ts";
import type { Database, Sql } from "./database.ts";
import type { Store } from "./store.ts";

export interface Claim {
  readonly id: string;
  readonly retryCount: number;
  readonly controller: AbortController;
}

/** What becomes of a job after an attempt. */
export type Ending =
  /** `forget`: the pull request whose stored replies go with the job; an attempt that came after would pay for them again. */
  | { readonly kind: "done"; readonly forget?: string }
  /** Back to the queue until `at`. `counts`: it uses up one of the job's attempts. */
  | { readonly kind: "again"; readonly at: Date; readonly reason: string; readonly counts: boolean }
  /** A dead letter: kept, shown, and driven again only by hand. */
  | { readonly kind: "given-up"; readonly reason: string };

/** A worker that has not been heard of for this long is taken for dead. */
export const HEARTBEAT_SECONDS = 30;
const BEAT_MS = 5_000;

const FENCE = "name = $1 AND id = $2::uuid AND retry_count = $3 AND state = 'active'";

/** Tells the store at short intervals that the jobs run, and the attempts whether they still own them. Returns the end of it. */
export function holdClaims(
  { database }: Store,
  queue: string,
  claims: ReadonlySet<Claim>,
  lose: (claim: Claim, why: "withdrawn" | "lost") => void,
  onFault: (error: unknown) => void,
): () => void {
  const beat = async () => {
    const held = [...claims].filter(({ controller }) => !controller.signal.aborted);
    if (held.length === 0) return;
    const alive = await touch(database, queue, held);
    const missing = held.filter((claim) => !alive.has(claim.id) && claims.has(claim));
    if (missing.length === 0) return;
    const withdrawn = await withdrawnAmong(database, queue, missing);
    for (const claim of missing) lose(claim, withdrawn.has(claim.id) ? "withdrawn" : "lost");
  };
  const timer = setInterval(() => void beat().catch(onFault), BEAT_MS).unref();
  return () => clearInterval(timer);
}

/** Asked right before a step that cannot be taken back. */
export async function holdsClaim({ database }: Store, queue: string, claim: Claim): Promise<boolean> {
  return !claim.controller.signal.aborted && (await touch(database, queue, [claim])).has(claim.id);
}

async function touch(
  database: Database,
  queue: string,
  claims: readonly Claim[],
): Promise<ReadonlySet<string>> {
  const rows = await database.rows<{ id: string }>(
    `UPDATE pgboss.job SET heartbeat_on = now()
     WHERE name = $1 AND state = 'active' AND id = ANY($2::uuid[])
       AND (id::text || ':' || retry_count) = ANY($3::text[])
     RETURNING id`,
    [queue, claims.map(({ id }) => id), claims.map(({ id, retryCount }) => `${id}:${retryCount}`)],
  );
  return new Set(rows.map(({ id }) => id));
}

async function withdrawnAmong(
  database: Database,
  queue: string,
  claims: readonly Claim[],
): Promise<ReadonlySet<string>> {
  const rows = await database.rows<{ id: string }>(
    "SELECT id FROM pgboss.job WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'cancelled'",
    [queue, claims.map(({ id }) => id)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Does nothing when the claim is no longer ours. */
export async function settleClaim(
  { database }: Store,
  queue: string,
  claim: Claim,
  ending: Ending,
): Promise<void> {
  const fence = [queue, claim.id, claim.retryCount];
  switch (ending.kind) {
    case "done":
      await database.rows(
        `WITH settled AS (
           UPDATE pgboss.job SET state = 'completed', completed_on = now(), output = NULL WHERE ${FENCE} RETURNING id)
         DELETE FROM plumbline.model_reply WHERE pull = $4 AND EXISTS (SELECT FROM settled)`,
        [...fence, ending.forget ?? null],
      );
      return;
    case "given-up":
      await database.rows(
        `UPDATE pgboss.job SET state = 'failed', completed_on = now(), heartbeat_on = NULL, output = $4::jsonb WHERE ${FENCE}`,
        [...fence, outputOf(ending.reason)],
      );
      return;
    case "again":
      await putBack(database, fence, ending);
  }
}

const UNIQUE_VIOLATION = "23505";

/** Where another job of the same pull request waits already, the two become one, and this one is at its end. */
async function putBack(
  database: Database,
  fence: readonly unknown[],
  ending: Extract<Ending, { kind: "again" }>,
): Promise<void> {
  const once = () =>
    database.transaction(async (sql) => {
      if (await joinWaiting(sql, fence)) return;
      // The next claim counts as an attempt only if `started_on` stays (pg-boss's rule).
      await sql.rows(
        `UPDATE pgboss.job SET state = 'created', started_on = CASE WHEN $4 THEN started_on END,
           heartbeat_on = NULL, start_after = $5::timestamptz, output = $6::jsonb
         WHERE ${FENCE}`,
        [...fence, ending.counts, ending.at.toISOString(), outputOf(ending.reason)],
      );
    });
  try {
    await once();
  } catch (error) {
    // One was added in the same moment.
    if (!(error instanceof Error && "code" in error && error.code === UNIQUE_VIOLATION)) throw error;
    await once();
  }
}

/** True when another job of the same pull request waits: it takes over what this one was still to do. */
async function joinWaiting(sql: Sql, fence: readonly unknown[]): Promise<boolean> {
  const [pair] = await sql.rows<{ id: string; waiting: unknown; own: unknown }>(
    `SELECT other.id, other.data AS waiting, own.data AS own
     FROM pgboss.job AS own JOIN pgboss.job AS other USING (name, singleton_key)
     WHERE own.name = $1 AND own.id = $2::uuid AND own.retry_count = $3 AND own.state = 'active'
       AND other.state IN ('created', 'retry') FOR UPDATE OF other`,
    fence,
  );
  if (pair === undefined) return false;
  const [own, waiting] = [reviewJobSchema.safeParse(pair.own), reviewJobSchema.safeParse(pair.waiting)];
  if (own.success && waiting.success)
    await sql.rows("UPDATE pgboss.job SET data = $3::jsonb WHERE name = $1 AND id = $2::uuid", [
      fence[0],
      pair.id,
      JSON.stringify(combineJobs(own.data, waiting.data)),
    ]);
  await sql.rows(
    `UPDATE pgboss.job SET state = 'cancelled', completed_on = now(), heartbeat_on = NULL WHERE ${FENCE}`,
    fence,
  );
  return true;
}

function outputOf(reason: string): string {
  return JSON.stringify({ reason: reason.slice(0, 500).toWellFormed().replaceAll("\0", "") });
}
