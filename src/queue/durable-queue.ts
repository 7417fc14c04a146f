/** Jobs that survive a restart: at most one waiting and one running review for a pull request, the newest request wins. */
import { createHash } from "node:crypto";
import type { JobWithMetadata, PgBoss } from "pg-boss";
import type { z } from "zod";
import { messageOf } from "../domain/errors.ts";
import {
  type CommandJob,
  commandJobSchema,
  type ReviewJob,
  reviewJobKey,
  reviewJobSchema,
} from "../domain/job.ts";
import type { Sql } from "./database.ts";
import type { Store } from "./store.ts";

/** What a webhook asks for, as a job. */
export type Arrival =
  | { readonly kind: "review"; readonly job: ReviewJob }
  | { readonly kind: "command"; readonly job: CommandJob };

export interface JobQueue {
  /**
   * One transaction records the delivery and adds its job, so that neither exists without the other. `known`: the same
   * delivery came before, and its job is still there or done; one that failed for good is added again.
   */
  accept(delivery: string, arrival: Arrival): Promise<"queued" | "known">;
  addReview(job: ReviewJob): Promise<void>;
}

const REVIEWS = "reviews";
const COMMANDS = "commands";
const DEAD = { reviews: "dead-reviews", commands: "dead-commands" } as const;

/** Attempts after the first; the pauses double from `retryDelay` on. */
const RETRY_LIMIT = 4;
const RETRIES = { retryLimit: RETRY_LIMIT, retryDelay: 10, retryBackoff: true, retryDelayMax: 600 };
/** A worker that has not been heard of for this long is taken for dead. pg-boss allows no less than 10. */
const HEARTBEAT_SECONDS = 30;
const REVIEW_TIMEOUT_SECONDS = 60 * 60;

export async function openQueue({ boss, database }: Store): Promise<JobQueue> {
  await boss.createQueue(DEAD.reviews, {});
  await boss.createQueue(DEAD.commands, {});
  await boss.createQueue(REVIEWS, {
    // One job a state and key: one waiting, one running.
    policy: "stately",
    ...RETRIES,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: REVIEW_TIMEOUT_SECONDS,
    deadLetter: DEAD.reviews,
    notify: true,
  });
  await boss.createQueue(COMMANDS, { policy: "short", ...RETRIES, deadLetter: DEAD.commands, notify: true });
  await database.rows(
    "DELETE FROM plumbline.delivery WHERE received_at < now() - make_interval(days => $1)",
    [KEPT_DAYS],
  );
  await database.rows(
    "DELETE FROM plumbline.model_reply WHERE stored_at < now() - make_interval(days => $1)",
    [KEPT_DAYS],
  );
  return {
    accept: (delivery, arrival) => database.transaction((sql) => accept(boss, sql, delivery, arrival)),
    addReview: async (job) => {
      await add(boss, database, { kind: "review", job });
    },
  };
}

/** Longer than GitHub lets anybody deliver a webhook again (3 days, on Enterprise servers 7). */
const KEPT_DAYS = 8;

async function accept(
  boss: PgBoss,
  sql: Sql,
  delivery: string,
  arrival: Arrival,
): Promise<"queued" | "known"> {
  const added = await sql.rows(
    "INSERT INTO plumbline.delivery (guid, job) VALUES ($1, '') ON CONFLICT (guid) DO NOTHING RETURNING guid",
    [delivery],
  );
  if (added.length === 0 && !(await hasFailed(boss, sql, delivery))) return "known";
  const job = await add(boss, sql, arrival);
  await sql.rows("UPDATE plumbline.delivery SET job = $2 WHERE guid = $1", [delivery, job]);
  return "queued";
}

async function hasFailed(boss: PgBoss, sql: Sql, delivery: string): Promise<boolean> {
  const [row] = await sql.rows<{ job: string }>("SELECT job FROM plumbline.delivery WHERE guid = $1", [
    delivery,
  ]);
  const [queue = "", id = ""] = (row?.job ?? "").split(" ");
  const [job] = await boss.findJobs(queue, { id, db: sql.db });
  return job?.state === "failed" || job?.state === "cancelled";
}

/** Returns queue and id of the job that now stands for the arrival. */
async function add(boss: PgBoss, { db }: Sql, arrival: Arrival): Promise<string> {
  if (arrival.kind === "review") {
    const { jobs } = await boss.upsert(REVIEWS, arrival.job, { singletonKey: reviewJobKey(arrival.job), db });
    return `${REVIEWS} ${jobs[0] ?? ""}`;
  }
  const id = commandJobId(arrival.job.commentId);
  const added = await boss.send(COMMANDS, arrival.job, {
    id,
    singletonKey: `comment-${arrival.job.commentId}`,
    db,
  });
  if (added === null) await boss.retry(COMMANDS, id, { db });
  return `${COMMANDS} ${id}`;
}

/** A UUID by form, because pg-boss wants one. */
function commandJobId(commentId: number): string {
  const hex = createHash("sha256").update(`comment-${commentId}`).digest("hex");
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** One attempt at a job. */
export interface Attempt<T> {
  readonly id: string;
  readonly job: T;
  /** 0 for the first attempt. */
  readonly number: number;
  readonly isLast: boolean;
  readonly signal: AbortSignal;
}

export interface Work<T> {
  readonly concurrency: number;
  /** Returns when the job is done for good; rejects to have it tried again, or buried after the last attempt. */
  readonly run: (attempt: Attempt<T>) => Promise<void>;
  /** A row that this release cannot read: it is completed, because nobody ever will. */
  readonly onUnreadable: (id: string, error: z.ZodError) => void;
}

export async function workReviews(store: Store, work: Work<ReviewJob>): Promise<void> {
  await workOn(store, REVIEWS, reviewJobSchema, work);
}

export async function workCommands(store: Store, work: Work<CommandJob>): Promise<void> {
  await workOn(store, COMMANDS, commandJobSchema, work);
}

async function workOn<T>({ boss }: Store, queue: string, schema: z.ZodType<T>, work: Work<T>): Promise<void> {
  const options = {
    includeMetadata: true,
    localConcurrency: work.concurrency,
    pollingIntervalSeconds: 0.5,
    // A retried job is not announced: without this it waits for the default of 30 seconds (measured).
    notifyPollingIntervalSeconds: 1,
  } as const;
  await boss.work(queue, options, async (jobs: JobWithMetadata[]) => {
    for (const job of jobs) {
      const read = schema.safeParse(job.data);
      if (read.success) {
        const { id, retryCount: number, retryLimit, signal } = job;
        await storable(work.run({ id, job: read.data, number, isLast: number >= retryLimit, signal }));
      } else work.onUnreadable(job.id, read.error);
    }
  });
}

/** pg-boss writes an error into the job's row with all its causes, and a failed request's cause holds what was sent. */
async function storable(run: Promise<void>): Promise<void> {
  try {
    await run;
  } catch (error) {
    // oxlint-disable-next-line preserve-caught-error -- leaving the cause out is what this is for
    throw new Error(messageOf(error));
  }
}
