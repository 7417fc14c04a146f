/**
 * Takes jobs from one queue and keeps hold of them while they run. pg-boss's own workers count the jobs of a group
 * without a lock (measured: a limit of 1 let 4 through), so the fetch is made here, one at a time among all replicas.
 */
import type { JobWithMetadata } from "pg-boss";
import type { z } from "zod";
import { messageOf } from "../domain/errors.ts";
import { type Claim, type Ending, holdClaims, holdsClaim, settleClaim } from "./claim.ts";
import type { Store } from "./store.ts";

/** One attempt at a job. */
export interface Attempt<T> {
  readonly id: string;
  readonly job: T;
  /** 0 for the first attempt; being parked does not count. */
  readonly number: number;
  readonly isLast: boolean;
  /** Aborts when the job is withdrawn, was lost to another worker, or the worker has to stop; the reason is a `Halt`. */
  readonly signal: AbortSignal;
  /** Whether this attempt still owns the job: asked right before what cannot be taken back. */
  holds(): Promise<boolean>;
}

/** Why an attempt has to end early. */
export class Halt extends Error {
  override name = "Halt";
  /** `withdrawn`: nobody wants it any more. `lost`: no longer ours. `stopping`: back to the queue. `over`: it has ended. */
  readonly why: "withdrawn" | "lost" | "stopping" | "over";

  constructor(why: Halt["why"]) {
    super(`the job is ${why}`);
    this.why = why;
  }
}

export interface Work<T> {
  readonly concurrency: number;
  /** Jobs of one installation that run at the same time, over all replicas. */
  readonly perInstallation: number;
  readonly run: (attempt: Attempt<T>) => Promise<Ending>;
  /** A row that this release cannot read: it is given up, because nobody ever will. */
  readonly onUnreadable: (id: string, error: z.ZodError) => void;
  /** The store could not be asked; the worker goes on asking. */
  readonly onFault: (error: unknown) => void;
}

export interface Worker {
  /** Looks for jobs at once instead of at the next poll. */
  wake(): void;
  /** Ends the attempts at these jobs, as far as they run here. */
  withdraw(ids: readonly string[]): void;
  /** Takes no more jobs; waits for running ones, interrupts them after `finishMs`, and waits for that. */
  stop(finishMs: number): Promise<void>;
}

const POLL_MS = 1_000;
/** Any number that nobody else uses as an advisory lock in this database. */
const FETCH_LOCK = 7_305_487;

export function startWorker<T>(store: Store, queue: string, schema: z.ZodType<T>, work: Work<T>): Worker {
  const claims = new Set<Claim>();
  const runs = new Set<Promise<void>>();
  const state = { stopping: false };
  let bell = Promise.withResolvers<void>();
  const wake = () => bell.resolve();

  const take = (job: JobWithMetadata) => {
    const claim: Claim = { id: job.id, retryCount: job.retryCount, controller: new AbortController() };
    claims.add(claim);
    const run = runClaim(store, queue, schema, work, job, claim).finally(() => {
      claims.delete(claim);
      runs.delete(run);
      wake();
    });
    runs.add(run);
  };
  const loop = async () => {
    while (!state.stopping) {
      bell = Promise.withResolvers();
      const jobs = await fetchJobs(store, queue, work, claims.size);
      for (const job of jobs) take(job);
      if (jobs.length === 0 || claims.size >= work.concurrency)
        await Promise.race([bell.promise, poll(bell)]);
    }
  };
  const looping = loop();
  const halt = (claim: Claim, why: Halt["why"]) => claim.controller.abort(new Halt(why));
  const release = holdClaims(store, queue, claims, halt, work.onFault);
  return {
    wake,
    withdraw: (ids) => {
      for (const claim of claims) if (ids.includes(claim.id)) halt(claim, "withdrawn");
    },
    stop: async (finishMs) => {
      state.stopping = true;
      wake();
      const interrupt = setTimeout(() => {
        for (const claim of claims) halt(claim, "stopping");
      }, finishMs);
      await looping;
      await Promise.all(runs);
      clearTimeout(interrupt);
      release();
    },
  };
}

async function poll(bell: { readonly promise: Promise<void> }): Promise<void> {
  const timeout = Promise.withResolvers<void>();
  const timer = setTimeout(timeout.resolve, POLL_MS);
  await Promise.race([timeout.promise, bell.promise]);
  clearTimeout(timer);
}

/** One fetcher at a time: only under the lock is the count of an installation's running jobs a fact. */
async function fetchJobs<T>(
  { boss, database }: Store,
  queue: string,
  work: Work<T>,
  running: number,
): Promise<readonly JobWithMetadata[]> {
  const free = work.concurrency - running;
  if (free <= 0) return [];
  try {
    return await database.transaction(async (sql) => {
      await sql.rows("SELECT pg_advisory_xact_lock($1)", [FETCH_LOCK]);
      return boss.fetch(queue, {
        batchSize: free,
        includeMetadata: true,
        groupConcurrency: work.perInstallation,
        db: sql.db,
      });
    });
  } catch (error) {
    work.onFault(error);
    return [];
  }
}

/** Whatever the attempt left under way, such as questions to the model, ends with it. */
async function endingOf<T>(work: Work<T>, attempt: Attempt<T>, { controller }: Claim): Promise<Ending> {
  try {
    return await work.run(attempt);
  } finally {
    controller.abort(new Halt("over"));
  }
}

async function runClaim<T>(
  store: Store,
  queue: string,
  schema: z.ZodType<T>,
  work: Work<T>,
  job: JobWithMetadata,
  claim: Claim,
): Promise<void> {
  try {
    const read = schema.safeParse(job.data);
    if (read.success) {
      const attempt = {
        id: job.id,
        job: read.data,
        number: job.retryCount,
        isLast: job.retryCount >= job.retryLimit,
        signal: claim.controller.signal,
        holds: () => holdsClaim(store, queue, claim),
      };
      const ending = await endingOf(work, attempt, claim);
      await settleClaim(store, queue, claim, ending);
    } else {
      work.onUnreadable(job.id, read.error);
      await settleClaim(store, queue, claim, { kind: "given-up", reason: "written by another release" });
    }
  } catch (error) {
    // The row stays as it is; its heartbeat ends here, so it will be taken up again.
    work.onFault(new Error(`job ${job.id}: ${messageOf(error)}`, { cause: error }));
  }
}
