/** Jobs that survive a restart: at most one waiting and one running review for a pull request, the newest request wins. */
import { type CommandJob, commandJobSchema, type ReviewJob, reviewJobSchema } from "../domain/job.ts";
import { type Accepted, type Arrival, addArrival } from "./arrival.ts";
import { openArrivals } from "./arrivals.ts";
import { HEARTBEAT_SECONDS, settleClaim } from "./claim.ts";
import { within } from "./deadline.ts";
import { rehearseArrivals } from "./rehearsal.ts";
import { deleteOldRows } from "./retention.ts";
import { RETRY_LIMIT } from "./review-arrival.ts";
import { COMMANDS, REVIEWS, type Store } from "./store.ts";
import { startWorker, type Work, type Worker } from "./worker.ts";

export interface JobQueue {
  /**
   * One transaction records the delivery and does what it asks for, so that neither exists without the other. `known`:
   * the same delivery came before, and its job is still there or done; one that failed for good is added again.
   */
  accept(delivery: string, arrival: Arrival): Promise<Accepted["outcome"]>;
  addReview(job: ReviewJob): Promise<void>;
  /** Jobs of an installation that is gone: nobody could work on them. Returns how many there were. */
  dropInstallation(installationId: number): Promise<number>;
  workReviews(work: Work<ReviewJob>): void;
  workCommands(work: Work<CommandJob>): void;
  /** How many reviews wait, are parked until a time to come, run, or were given up. */
  readonly count: () => Promise<readonly { readonly state: string; readonly count: number }[]>;
  /** Makes the first deliveries as quick as later ones. Changes nothing, and may run beside them. */
  rehearse(): Promise<void>;
  /** Takes no more jobs; running ones may finish for `finishMs`, then they go back. */
  stop(finishMs: number): Promise<void>;
}

/**
 * After that a delivery is answered with 503, and its repetition finds out whether it was stored after all. GitHub waits
 * ten seconds; on a machine that is busy with reviews the store may need most of them.
 */
const ANSWER_MS = 8_000;
const ORPHAN_MS = 3_000;
/** What a crash costs: pg-boss puts the job of a dead worker back after this. */
const RETRIES = { retryLimit: RETRY_LIMIT, retryDelay: 5, retryBackoff: false };
const REVIEW_TIMEOUT_SECONDS = 60 * 60;
const COMMAND_TIMEOUT_SECONDS = 5 * 60;

export async function openQueue(store: Store): Promise<JobQueue> {
  await prepareQueues(store);
  const workers = new Map<string, Worker>();
  const announce = ({ job, withdrawn }: Accepted) => {
    for (const worker of workers.values()) worker.withdraw(withdrawn);
    // Only the worker of its queue: to look for jobs costs as much as to take a delivery in.
    workers.get(job.split(" ")[0] ?? "")?.wake();
  };
  const added = async (accepted: Promise<Accepted>) => {
    const result = await accepted;
    announce(result);
    return result;
  };
  const { boss, database } = store;
  const arrivals = openArrivals(store);
  return {
    accept: async (delivery, arrival) => {
      const late = new AbortController();
      try {
        const work = added(arrivals.add({ delivery, arrival }, late.signal));
        return (await within(ANSWER_MS, work)).outcome;
      } finally {
        late.abort(new Error("the webhook has been answered"));
      }
    },
    addReview: async (job) => {
      await added(arrivals.add({ delivery: null, arrival: { kind: "review", job, head: null } }, null));
    },
    dropInstallation: async (installationId) => {
      const arrival = { kind: "installation", installationId, standing: "gone" } as const;
      return (await added(database.transaction((sql) => addArrival(boss, sql, arrival)))).dropped;
    },
    workReviews: (work) => void workers.set(REVIEWS, startWorker(store, REVIEWS, reviewJobSchema, work)),
    workCommands: (work) => void workers.set(COMMANDS, startWorker(store, COMMANDS, commandJobSchema, work)),
    rehearse: () => rehearseArrivals(store),
    count: () => within(ANSWER_MS, countReviews(store)),
    stop: async (finishMs) => {
      await Promise.all([...workers.values()].map((worker) => worker.stop(finishMs)));
    },
  };
}

async function countReviews({ database }: Store) {
  return database.rows<{ state: string; count: number }>(
    `SELECT CASE
         WHEN state = 'active' THEN 'running'
         WHEN state = 'failed' THEN 'failed'
         WHEN start_after > now() THEN 'parked'
         ELSE 'waiting'
       END AS state, count(*)::int AS count
     FROM pgboss.job WHERE name = $1 AND (state <= 'active' OR state = 'failed') GROUP BY 1`,
    [REVIEWS],
  );
}

async function prepareQueues(store: Store): Promise<void> {
  const { boss, database } = store;
  // One job a state and key: one waiting, one running.
  await boss.createQueue(REVIEWS, { policy: "stately" });
  await boss.createQueue(COMMANDS, { policy: "short" });
  const alive = { ...RETRIES, heartbeatSeconds: HEARTBEAT_SECONDS };
  await boss.updateQueue(REVIEWS, { ...alive, expireInSeconds: REVIEW_TIMEOUT_SECONDS });
  await boss.updateQueue(COMMANDS, { ...alive, expireInSeconds: COMMAND_TIMEOUT_SECONDS });
  if (store.kind === "embedded") await takeBackOrphans(store);
  await deleteOldRows(database);
}

/**
 * Only this process can have the folder of an embedded store, so a job that runs as it opens belongs to one that died.
 * It costs an attempt, or a job that kills the process would kill it for ever; and it waits a moment, because GitHub may
 * still be busy with what the process asked for last.
 */
async function takeBackOrphans(store: Store): Promise<void> {
  const orphans = await store.database.rows<{ name: string; id: string; attempt: number; last: boolean }>(
    `SELECT name, id, retry_count AS attempt, retry_count >= retry_limit AS last
     FROM pgboss.job WHERE state = 'active' AND name IN ($1, $2)`,
    [REVIEWS, COMMANDS],
  );
  const reason = "the server stopped in the middle";
  for (const { name, id, attempt, last } of orphans) {
    const claim = { id, retryCount: attempt, controller: new AbortController() };
    const at = new Date(Date.now() + ORPHAN_MS);
    const again = { kind: "again", at, reason, counts: true } as const;
    await settleClaim(store, name, claim, last ? { kind: "given-up", reason } : again);
  }
}
