/** What a webhook does to the queue, inside the transaction that records it. */
import { createHash, randomUUID } from "node:crypto";
import type { PgBoss } from "pg-boss";
import { type CommandJob, combineJobs, pullKey, type ReviewJob, reviewJobSchema } from "../domain/job.ts";
import type { Intake } from "../review/intake.ts";
import type { Sql } from "./database.ts";
import { COMMANDS, REVIEWS } from "./store.ts";

export type Arrival = Exclude<Intake, { kind: "ignored" }>;

export interface Accepted {
  readonly outcome: "queued" | "known" | "withdrawn" | "noted";
  /** Queue and id of the job that now stands for the arrival. */
  readonly job: string;
  /** Jobs that were running, perhaps here, and are not wanted any more. */
  readonly withdrawn: readonly string[];
  readonly dropped: number;
}

/** How long a pull request must be quiet before it is read again after a running review was stopped by a push. */
const SETTLE_SECONDS = 3;
const SETTLE_AT_MOST_SECONDS = 60;

export async function acceptDelivery(
  boss: PgBoss,
  sql: Sql,
  delivery: string,
  arrival: Arrival,
): Promise<Accepted> {
  const added = await sql.rows(
    "INSERT INTO plumbline.delivery (guid, job) VALUES ($1, '') ON CONFLICT (guid) DO NOTHING RETURNING guid",
    [delivery],
  );
  if (added.length === 0 && !(await hasFailed(sql, delivery)))
    return { outcome: "known", job: "", withdrawn: [], dropped: 0 };
  const accepted = await addArrival(boss, sql, arrival);
  if (accepted.job !== "")
    await sql.rows("UPDATE plumbline.delivery SET job = $2 WHERE guid = $1", [delivery, accepted.job]);
  return accepted;
}

async function hasFailed(sql: Sql, delivery: string): Promise<boolean> {
  const rows = await sql.rows(
    `SELECT FROM plumbline.delivery JOIN pgboss.job ON job.name || ' ' || job.id = delivery.job
     WHERE guid = $1 AND state = 'failed'`,
    [delivery],
  );
  return rows.length > 0;
}

export function addArrival(boss: PgBoss, sql: Sql, arrival: Arrival): Promise<Accepted> {
  switch (arrival.kind) {
    case "review":
      return addReview(boss, sql, arrival.job, arrival.head);
    case "command":
      return addCommand(boss, sql, arrival.job);
    case "withdrawal":
      return withdraw(sql, arrival);
    case "installation":
      return noteInstallation(sql, arrival);
  }
}

interface Waiting {
  readonly id: string;
  readonly data: unknown;
  readonly attempts: number;
  /** Seconds since it was added, and until it may start. */
  readonly age: number;
  readonly delay: number;
}

/** Attempts after the first. Being parked is no attempt. */
export const RETRY_LIMIT = 4;
/** A worker or another replica may take or add the job in the very moment in which it is looked for. */
const MOST_LOOKS = 3;

async function addReview(boss: PgBoss, sql: Sql, job: ReviewJob, head: string | null): Promise<Accepted> {
  const key = pullKey(job.locator);
  const withdrawn = head === null ? [] : await stopOtherHeads(sql, key, head);
  for (let look = 1; look <= MOST_LOOKS; look++) {
    const waiting = await findWaiting(sql, key);
    const startAfter = startDelay(head !== null, withdrawn.length > 0, waiting);
    const id =
      waiting === undefined
        ? await sendReview(boss, sql, job, startAfter)
        : await renewReview(boss, sql, job, waiting, startAfter);
    if (id !== null) return { outcome: "queued", job: `${REVIEWS} ${id}`, withdrawn, dropped: 0 };
  }
  throw new Error("the job of this pull request changed hands too often to be found");
}

async function findWaiting(sql: Sql, key: string): Promise<Waiting | undefined> {
  const [waiting] = await sql.rows<Waiting>(
    `SELECT id, data, retry_count AS attempts, extract(epoch FROM now() - created_on)::float AS age,
       extract(epoch FROM start_after - now())::float AS delay
     FROM pgboss.job WHERE name = $1 AND singleton_key = $2 AND state IN ('created', 'retry')
     ORDER BY state LIMIT 1`,
    [REVIEWS, key],
  );
  return waiting;
}

function sendReview(boss: PgBoss, { db }: Sql, job: ReviewJob, startAfter: number): Promise<string | null> {
  const group = { id: String(job.locator.installationId) };
  const singletonKey = pullKey(job.locator);
  return boss.send(REVIEWS, job, { id: randomUUID(), singletonKey, group, startAfter, db });
}

/** The waiting job with what both ask for, and with all attempts before it. Null when it waits no longer. */
async function renewReview(
  boss: PgBoss,
  { db }: Sql,
  job: ReviewJob,
  { id, data, attempts }: Waiting,
  startAfter: number,
): Promise<string | null> {
  const before = reviewJobSchema.safeParse(data).data;
  const both = before === undefined ? job : combineJobs(before, job);
  const retryLimit = attempts + RETRY_LIMIT;
  const { updated } = await boss.update(REVIEWS, both, { id, startAfter, retryLimit, db });
  return updated > 0 ? id : null;
}

/** A burst of pushes costs one started review, and one more when it is over. */
function startDelay(isPush: boolean, stopsRunning: boolean, waiting: Waiting | undefined): number {
  const settles = isPush && (stopsRunning || (waiting !== undefined && waiting.delay > 0));
  const left = SETTLE_AT_MOST_SECONDS - (waiting?.age ?? 0);
  return settles ? Math.max(0, Math.min(SETTLE_SECONDS, left)) : 0;
}

/** One that has not looked yet will read what the push brought. */
async function stopOtherHeads(sql: Sql, key: string, head: string): Promise<readonly string[]> {
  const rows = await sql.rows<{ id: string }>(
    `UPDATE pgboss.job AS job SET state = 'cancelled', completed_on = now()
     WHERE name = $1 AND singleton_key = $2
       AND state = 'active' AND EXISTS (
         SELECT FROM plumbline.run WHERE run.id = job.id::text AND run.head <> $3)
     RETURNING id`,
    [REVIEWS, key, head],
  );
  return tellStopped(
    sql,
    rows.map(({ id }) => id),
    "superseded by a newer push",
  );
}

async function tellStopped(sql: Sql, ids: readonly string[], reason: string): Promise<readonly string[]> {
  if (ids.length > 0)
    await sql.rows("UPDATE plumbline.run SET stop_reason = $2 WHERE id = ANY($1::text[])", [ids, reason]);
  return ids;
}

async function withdraw(sql: Sql, arrival: Extract<Arrival, { kind: "withdrawal" }>): Promise<Accepted> {
  const rows = await sql.rows<{ id: string }>(
    `UPDATE pgboss.job SET state = 'cancelled', completed_on = now()
     WHERE name = $1 AND singleton_key = $2 AND state < 'completed' AND ($3 OR data->>'trigger' = 'event')
     RETURNING id`,
    [REVIEWS, pullKey(arrival.locator), arrival.which === "all"],
  );
  const withdrawn = await tellStopped(
    sql,
    rows.map(({ id }) => id),
    arrival.reason,
  );
  return { outcome: "withdrawn", job: "", withdrawn, dropped: withdrawn.length };
}

async function noteInstallation(
  sql: Sql,
  { installationId, standing }: Extract<Arrival, { kind: "installation" }>,
): Promise<Accepted> {
  if (standing === "back") {
    await sql.rows("DELETE FROM plumbline.pause WHERE scope = $1", [`installation/${installationId}`]);
    return { outcome: "noted", job: "", withdrawn: [], dropped: 0 };
  }
  const rows = await sql.rows<{ id: string }>(
    `UPDATE pgboss.job SET state = 'cancelled', completed_on = now()
     WHERE name IN ($1, $2) AND group_id = $3 AND state < 'completed' RETURNING id`,
    [REVIEWS, COMMANDS, String(installationId)],
  );
  const withdrawn = rows.map(({ id }) => id);
  await tellStopped(sql, withdrawn, "the app was uninstalled or suspended");
  return { outcome: "withdrawn", job: "", withdrawn, dropped: withdrawn.length };
}

async function addCommand(boss: PgBoss, { db }: Sql, job: CommandJob): Promise<Accepted> {
  const id = commandJobId(job.commentId);
  const group = { id: String(job.locator.installationId) };
  const added = await boss.send(COMMANDS, job, { id, singletonKey: `comment-${job.commentId}`, group, db });
  if (added === null) await boss.retry(COMMANDS, id, { db });
  return { outcome: "queued", job: `${COMMANDS} ${id}`, withdrawn: [], dropped: 0 };
}

/** A UUID by form, because pg-boss wants one. */
function commandJobId(commentId: number): string {
  const hex = createHash("sha256").update(`comment-${commentId}`).digest("hex");
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
