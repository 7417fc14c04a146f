/** What a webhook does to the queue, inside the transaction that records it. */
import { randomUUID } from "node:crypto";
import type { PgBoss } from "pg-boss";
import { combineJobs, covers, pullKey, type ReviewJob, reviewJobSchema } from "../domain/job.ts";
import type { Intake } from "../review/intake.ts";
import { addCommand } from "./command-arrival.ts";
import type { Sql } from "./database.ts";
import { REVIEWS } from "./store.ts";
import { dropJobs, liftPause, stopJobs, withdrawReviews } from "./withdrawal.ts";

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
  if (arrival.kind === "review") return acceptReview(boss, sql, delivery, arrival);
  const added = await sql.rows(
    "INSERT INTO plumbline.delivery (guid, job) VALUES ($1, '') ON CONFLICT (guid) DO NOTHING RETURNING guid",
    [delivery],
  );
  if (added.length === 0 && !(await hasFailed(sql, delivery))) return KNOWN;
  const accepted = await addArrival(boss, sql, arrival);
  if (accepted.job !== "") await nameJob(sql, delivery, accepted.job);
  return accepted;
}

const KNOWN: Accepted = { outcome: "known", job: "", withdrawn: [], dropped: 0 };

async function nameJob(sql: Sql, delivery: string | null, job: string): Promise<void> {
  if (delivery !== null)
    await sql.rows("UPDATE plumbline.delivery SET job = $2 WHERE guid = $1", [delivery, job]);
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
      return acceptReview(boss, sql, null, arrival);
    case "command":
      return { outcome: "queued", job: await addCommand(boss, sql, arrival.job), withdrawn: [], dropped: 0 };
    case "withdrawal":
      return takenBack(await withdrawReviews(sql, arrival.locator, arrival.which, arrival.reason));
    case "installation":
      if (arrival.standing === "gone") return takenBack(await dropJobs(sql, arrival.installationId));
      await liftPause(sql, arrival.installationId);
      return { outcome: "noted", job: "", withdrawn: [], dropped: 0 };
  }
}

/** A job of the pull request that waits or runs. */
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
  /** Its review is on its way to GitHub. */
  readonly posting: boolean;
}

/** Attempts after the first. Being parked is no attempt. */
export const RETRY_LIMIT = 4;
/** A worker or another replica may take or add the job in the very moment in which it is looked for. */
const MOST_LOOKS = 3;

async function acceptReview(
  boss: PgBoss,
  sql: Sql,
  delivery: string | null,
  { job, head }: Extract<Arrival, { kind: "review" }>,
): Promise<Accepted> {
  const withdrawn: string[] = [];
  for (let look = 1; look <= MOST_LOOKS; look++) {
    const { isNew, present } = await arrive(sql, look === 1 ? delivery : null, pullKey(job.locator));
    if (!isNew && !(await hasFailed(sql, delivery ?? ""))) return KNOWN;
    if (head !== null) withdrawn.push(...(await stopJobs(sql, ofOtherHeads(present, head), OVERTAKEN)));
    const waiting = present.find(({ state }) => state !== "active");
    if (job.trigger === "command" && waiting === undefined && present.some((one) => answers(one, job)))
      return { ...KNOWN, withdrawn };
    const startAfter = startDelay(head !== null, withdrawn.length > 0, waiting);
    const id =
      waiting === undefined
        ? await sendReview(boss, sql, delivery, job, startAfter)
        : await renewReview(sql, delivery, job, waiting, startAfter);
    if (id !== null) return { outcome: "queued", job: `${REVIEWS} ${id}`, withdrawn, dropped: 0 };
  }
  throw new Error("the job of this pull request changed hands too often to be found");
}

/** The command came while a review was made that does all that it asks for. */
function answers({ data, posting }: Present, asked: ReviewJob): boolean {
  const running = reviewJobSchema.safeParse(data).data;
  return running !== undefined && !posting && covers(running, asked);
}

/** Records the delivery, if there is one, and looks what there is of its pull request: two functions of ours. */
async function arrive(
  sql: Sql,
  delivery: string | null,
  key: string,
): Promise<{ readonly isNew: boolean; readonly present: readonly Present[] }> {
  const rows = await sql.rows<Present & { readonly is_new: boolean }>(
    "SELECT * FROM plumbline.arrive($1, $2, $3)",
    [delivery, REVIEWS, key],
  );
  // Without a job there is one row that says so.
  const present = rows.filter(({ id }) => (id as string | null) !== null);
  return { isNew: rows[0]?.is_new ?? true, present };
}

async function sendReview(
  boss: PgBoss,
  sql: Sql,
  delivery: string | null,
  job: ReviewJob,
  startAfter: number,
): Promise<string | null> {
  const group = { id: String(job.locator.installationId) };
  const options = { id: randomUUID(), singletonKey: pullKey(job.locator), group, startAfter, db: sql.db };
  const id = await boss.send(REVIEWS, job, options);
  if (id !== null) await nameJob(sql, delivery, `${REVIEWS} ${id}`);
  return id;
}

/** The waiting job with what both ask for, and with all attempts before it. Null when it waits no longer. */
async function renewReview(
  sql: Sql,
  delivery: string | null,
  job: ReviewJob,
  { id, data, attempts }: Present,
  startAfter: number,
): Promise<string | null> {
  const before = reviewJobSchema.safeParse(data).data;
  const both = before === undefined ? job : combineJobs(before, job);
  const [row] = await sql.rows<{ renewed: boolean }>(
    "SELECT plumbline.renew($1, $2, $3::uuid, $4::jsonb, $5, $6) AS renewed",
    [delivery, REVIEWS, id, JSON.stringify(both), attempts + RETRY_LIMIT, startAfter],
  );
  return row?.renewed === true ? id : null;
}

/** A burst of pushes costs one started review, and one more when it is over. */
function startDelay(isPush: boolean, stopsRunning: boolean, waiting: Present | undefined): number {
  const settles = isPush && (stopsRunning || (waiting !== undefined && waiting.delay > 0));
  const left = SETTLE_AT_MOST_SECONDS - (waiting?.age ?? 0);
  return settles ? Math.max(0, Math.min(SETTLE_SECONDS, left)) : 0;
}

const OVERTAKEN = "superseded by a newer push";

/** One that has not looked yet will read what the push brought; one that is being posted has to come to its end. */
function ofOtherHeads(present: readonly Present[], head: string): readonly string[] {
  return present
    .filter((one) => one.state === "active" && !one.posting && one.head !== null && one.head !== head)
    .map(({ id }) => id);
}

function takenBack(withdrawn: readonly string[]): Accepted {
  return { outcome: "withdrawn", job: "", withdrawn, dropped: withdrawn.length };
}
