/** Reviews that are asked for at the same time: looked up together, decided one by one, stored together. */
import { randomUUID } from "node:crypto";
import { combineJobs, covers, pullKey, type ReviewJob, reviewJobSchema } from "../domain/job.ts";
import { type Accepted, hasFailed, KNOWN } from "./arrival.ts";
import type { Sql } from "./database.ts";
import { REVIEWS } from "./store.ts";
import { stopJobs } from "./withdrawal.ts";

export interface AskedReview {
  /** The webhook that asks for it; null when the server itself does. */
  readonly delivery: string | null;
  readonly job: ReviewJob;
  /** The commit that a push brought. Null stops nothing. */
  readonly head: string | null;
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

/** What is to be written for one of them: into a new job, or into the one that waits. */
interface Order {
  readonly asked: AskedReview;
  readonly id: string;
  readonly isNew: boolean;
  readonly data: ReviewJob;
  /** Of a job that waits already. */
  readonly retryLimit: number;
  readonly startAfter: number;
}

/** How long a pull request must be quiet before it is read again after a running review was stopped by a push. */
const SETTLE_SECONDS = 3;
const SETTLE_AT_MOST_SECONDS = 60;
/** Attempts after the first. Being parked is no attempt. */
export const RETRY_LIMIT = 4;
/** A worker or another replica may take or add the job in the very moment in which it is looked for. */
const MOST_LOOKS = 3;

/** No two of one pull request or of one delivery. The answers are in the order of what was asked. */
export async function acceptReviews(sql: Sql, reviews: readonly AskedReview[]): Promise<readonly Accepted[]> {
  const accepted = new Map<AskedReview, Accepted>();
  const withdrawn = new Map<AskedReview, readonly string[]>();
  for (let look = 1; look <= MOST_LOOKS && accepted.size < reviews.length; look++) {
    const open = reviews.filter((asked) => !accepted.has(asked));
    const found = await arrive(sql, open, look === 1 ? "record" : "look again");
    const orders: Order[] = [];
    for (const { asked, isNew, present } of found) {
      if (!isNew && !(await hasFailed(sql, asked.delivery ?? ""))) {
        accepted.set(asked, KNOWN);
        continue;
      }
      const stopped = await stopOtherHeads(sql, present, asked.head);
      withdrawn.set(asked, [...(withdrawn.get(asked) ?? []), ...stopped]);
      const order = decide(asked, present, (withdrawn.get(asked) ?? []).length > 0);
      if (order === null) accepted.set(asked, { ...KNOWN, withdrawn: withdrawn.get(asked) ?? [] });
      else orders.push(order);
    }
    for (const { asked, id } of await carryOut(sql, orders)) {
      const job = `${REVIEWS} ${id}`;
      accepted.set(asked, { outcome: "queued", job, withdrawn: withdrawn.get(asked) ?? [], dropped: 0 });
    }
  }
  return reviews.map((asked) => {
    const one = accepted.get(asked);
    if (one === undefined)
      throw new Error("the job of this pull request changed hands too often to be found");
    return one;
  });
}

/** Null when a running review does all that is asked for. */
function decide(asked: AskedReview, present: readonly Present[], stopsRunning: boolean): Order | null {
  const { job, head } = asked;
  const waiting = present.find(({ state }) => state !== "active");
  if (job.trigger === "command" && waiting === undefined && present.some((one) => answers(one, job)))
    return null;
  const startAfter = startDelay(head !== null, stopsRunning, waiting);
  if (waiting === undefined)
    return { asked, id: randomUUID(), isNew: true, data: job, retryLimit: RETRY_LIMIT, startAfter };
  const before = reviewJobSchema.safeParse(waiting.data).data;
  const data = before === undefined ? job : combineJobs(before, job);
  // All attempts are before it again.
  const retryLimit = waiting.attempts + RETRY_LIMIT;
  return { asked, id: waiting.id, isNew: false, data, retryLimit, startAfter };
}

/** The command came while a review was made that does all that it asks for. */
function answers({ data, posting }: Present, asked: ReviewJob): boolean {
  const running = reviewJobSchema.safeParse(data).data;
  return running !== undefined && !posting && covers(running, asked);
}

/** A burst of pushes costs one started review, and one more when it is over. */
function startDelay(isPush: boolean, stopsRunning: boolean, waiting: Present | undefined): number {
  const settles = isPush && (stopsRunning || (waiting !== undefined && waiting.delay > 0));
  const left = SETTLE_AT_MOST_SECONDS - (waiting?.age ?? 0);
  return settles ? Math.max(0, Math.min(SETTLE_SECONDS, left)) : 0;
}

const OVERTAKEN = "superseded by a newer push";

/** One that has not looked yet will read what the push brought; one that is being posted has to come to its end. */
function stopOtherHeads(
  sql: Sql,
  present: readonly Present[],
  head: string | null,
): Promise<readonly string[]> | readonly string[] {
  if (head === null) return [];
  const others = present.filter(
    (one) => one.state === "active" && !one.posting && one.head !== null && one.head !== head,
  );
  const ids = others.map(({ id }) => id);
  return stopJobs(sql, ids, OVERTAKEN);
}

/**
 * Records the deliveries, and looks what there is of their pull requests. All processes lock deliveries in the order of
 * their GUIDs first and then jobs in the order of their keys, so that no two groups wait for each other.
 */
async function arrive(sql: Sql, reviews: readonly AskedReview[], mode: "record" | "look again") {
  const sorted = reviews.toSorted((a, b) => compare(a.delivery ?? "", b.delivery ?? ""));
  // The first element is place 1. Without a job there is one row that says so.
  const rows = await sql.rows<Omit<Present, "id"> & { place: number; is_new: boolean; id: string | null }>(
    "SELECT * FROM plumbline.arrive_together($1::text[], $2, $3::text[])",
    [
      sorted.map(({ delivery }) => (mode === "record" ? delivery : null)),
      REVIEWS,
      sorted.map(({ job }) => pullKey(job.locator)),
    ],
  );
  return sorted.map((asked, at) => {
    const own = rows.filter(({ place }) => place === at + 1);
    const present = own.flatMap(({ id, ...row }) => (id === null ? [] : [{ ...row, id }]));
    return { asked, isNew: own[0]?.is_new ?? true, present };
  });
}

/** Those that were carried out; the others have met a job that is another one by now. */
async function carryOut(sql: Sql, orders: readonly Order[]): Promise<readonly Order[]> {
  if (orders.length === 0) return [];
  const sorted = orders.toSorted((a, b) => compare(pullKey(a.data.locator), pullKey(b.data.locator)));
  const rows = await sql.rows<{ place: number }>(
    "SELECT place FROM plumbline.settle_together($1, $2::jsonb) AS place",
    [REVIEWS, JSON.stringify(sorted.map(written))],
  );
  const done = new Set(rows.map(({ place }) => place));
  return sorted.filter((_, at) => done.has(at + 1));
}

function written({ asked, id, isNew, data, retryLimit, startAfter }: Order) {
  return {
    delivery: asked.delivery,
    id,
    is_new: isNew,
    key: pullKey(data.locator),
    group: String(data.locator.installationId),
    data,
    retry_limit: retryLimit,
    start_after: startAfter,
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
