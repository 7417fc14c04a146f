/** Jobs that survive a restart: at most one waiting and one running review for a pull request, the newest request wins. */
import type { JobWithMetadata } from "pg-boss";
import type { z } from "zod";
import {
  type CommandJob,
  commandJobSchema,
  type ReviewJob,
  reviewJobKey,
  reviewJobSchema,
} from "../domain/job.ts";
import type { Store } from "./store.ts";

export interface JobQueue {
  addReview(job: ReviewJob): Promise<void>;
  /** `delivery` makes a repeated webhook of the same comment one job. */
  addCommand(job: CommandJob): Promise<void>;
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

export async function openQueue({ boss }: Store): Promise<JobQueue> {
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
  return {
    addReview: async (job) => {
      await boss.upsert(REVIEWS, job, { singletonKey: reviewJobKey(job) });
    },
    addCommand: async (job) => {
      await boss.send(COMMANDS, job, { singletonKey: `comment-${job.commentId}` });
    },
  };
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
        await work.run({
          id: job.id,
          job: read.data,
          number: job.retryCount,
          isLast: job.retryCount >= job.retryLimit,
          signal: job.signal,
        });
      } else work.onUnreadable(job.id, read.error);
    }
  });
}
