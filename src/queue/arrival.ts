/** What a webhook does to the queue, inside the transaction that records it. */
import { randomUUID } from "node:crypto";
import type { PgBoss } from "pg-boss";
import { combineJobs, pullKey, type ReviewJob, reviewJobSchema } from "../domain/job.ts";
import type { Intake } from "../review/intake.ts";
import { addCommand } from "./command-arrival.ts";
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

export async function addArrival(boss: PgBoss, sql: Sql, arrival: Arrival): Promise<Accepted> {
  switch (arrival.kind) {
    case "review":
      return addReview(boss, sql, arrival.job, arrival.head);
    case "command":
      return { outcome: "queued", job: await addCommand(boss, sql, arrival.job), withdrawn: [], dropped: 0 };
    case "withdrawal":
      return withdraw(sql, arrival);
    case "installation":
      return noteInstallation(sql, arrival);
  }
}

interface Present {
  readonly id: string;
  readonly state: "created" | "retry" | "active";
  readonly data: unknown;
  readonly attempts: number;
  /** Seconds since it was added, and until it may start. */
  readonly age: number;
  readonly delay: number;
  /** The commit that it reads, once it has looked. */
  readonly head: string | null;
}

/** Attempts after the first. Being parked is no attempt. */
export const RETRY_LIMIT = 4;
/** A worker or another replica may take or add the job in the very moment in which it is looked for. */
const MOST_LOOKS = 3;

async function addReview(boss: PgBoss, sql: Sql, job: ReviewJob, head: string | null): Promise<Accepted> {
  const withdrawn: string[] = [];
  for (let look = 1; look <= MOST_LOOKS; look++) {
    const present = await findPresent(sql, pullKey(job.locator));
    if (head !== null) withdrawn.push(...(await stopOtherHeads(sql, present, head)));
    const waiting = present.find(({ state }) => state !== "active");
    const startAfter = startDelay(head !== null, withdrawn.length > 0, waiting);
    const id =
      waiting === undefined
        ? await sendReview(boss, sql, job, startAfter)
        : await renewReview(sql, job, waiting, startAfter);
    if (id !== null) return { outcome: "queued", job: `${REVIEWS} ${id}`, withdrawn, dropped: 0 };
  }
  throw new Error("the job of this pull request changed hands too often to be found");
}

/** Written so that pg-boss's unique index on state and key answers it: a webhook waits for this. */
function findPresent(sql: Sql, key: string): Promise<readonly Present[]> {
  return sql.rows<Present>(
    `SELECT job.id, job.state, data, retry_count AS attempts, run.head,
       extract(epoch FROM now() - created_on)::float AS age,
       extract(epoch FROM start_after - now())::float AS delay
     FROM pgboss.job LEFT JOIN plumbline.run ON run.id = job.id::text
     WHERE job.name = $1 AND COALESCE(job.singleton_key, '') = $2 AND job.policy = 'stately'
       AND job.state IN ('created', 'retry', 'active') AND job.state <= 'active'
     ORDER BY job.state`,
    [REVIEWS, key],
  );
}

function sendReview(boss: PgBoss, { db }: Sql, job: ReviewJob, startAfter: number): Promise<string | null> {
  const group = { id: String(job.locator.installationId) };
  const singletonKey = pullKey(job.locator);
  return boss.send(REVIEWS, job, { id: randomUUID(), singletonKey, group, startAfter, db });
}

/** The waiting job with what both ask for, and with all attempts before it. Null when it waits no longer. */
async function renewReview(
  sql: Sql,
  job: ReviewJob,
  { id, data, attempts }: Present,
  startAfter: number,
): Promise<string | null> {
  const before = reviewJobSchema.safeParse(data).data;
  const both = before === undefined ? job : combineJobs(before, job);
  // pg-boss's own update costs five times as much on an embedded store (measured: 2.8 ms).
  const updated = await sql.rows(
    `UPDATE pgboss.job SET data = $3::jsonb, retry_limit = $4, start_after = now() + make_interval(secs => $5)
     WHERE name = $1 AND id = $2::uuid AND state < 'active' RETURNING id`,
    [REVIEWS, id, JSON.stringify(both), attempts + RETRY_LIMIT, startAfter],
  );
  return updated.length > 0 ? id : null;
}

/** A burst of pushes costs one started review, and one more when it is over. */
function startDelay(isPush: boolean, stopsRunning: boolean, waiting: Present | undefined): number {
  const settles = isPush && (stopsRunning || (waiting !== undefined && waiting.delay > 0));
  const left = SETTLE_AT_MOST_SECONDS - (waiting?.age ?? 0);
  return settles ? Math.max(0, Math.min(SETTLE_SECONDS, left)) : 0;
}

/** One that has not looked yet will read what the push brought. */
async function stopOtherHeads(
  sql: Sql,
  present: readonly Present[],
  head: string,
): Promise<readonly string[]> {
  const others = present.filter((one) => one.state === "active" && one.head !== null && one.head !== head);
  if (others.length === 0) return [];
  const rows = await sql.rows<{ id: string }>(
    `UPDATE pgboss.job SET state = 'cancelled', completed_on = now()
     WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'active' RETURNING id`,
    [REVIEWS, others.map(({ id }) => id)],
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
