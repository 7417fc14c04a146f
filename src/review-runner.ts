/**
 * Runs reviews in a process of their own (docs/adr/0035). Parsing, planning and checking take seconds of processor time,
 * which webhooks and probes would have to wait for, and what breaks over a hostile change does not take the server along.
 * The process starts with the first review and goes when there has been none for a while.
 */
import { messageOf } from "./domain/errors.ts";
import type { ReviewJob } from "./domain/job.ts";
import { backoffEnd } from "./domain/patience.ts";
import type { Ending } from "./queue/claim.ts";
import type { Rows } from "./queue/database.ts";
import { type Attempt, Halt } from "./queue/worker.ts";
import { ProcessEnd, type ReviewChild, startChild } from "./review-child.ts";
import type { ServerWiring } from "./wiring.ts";

export interface ReviewRunner {
  /** Rejects when the store does. A process that ends is the reason of an ending. */
  run(attempt: Attempt<ReviewJob>): Promise<Ending>;
  lift(installationId: number): void;
  pause(installationId: number, until: Date): void;
  /** To be called when nothing runs any more; what runs all the same is put back. */
  close(): Promise<void>;
}

export interface ReviewRunnerOptions {
  /** Of this process; the other one reads its own settings from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly database: Rows;
  readonly wiring: ServerWiring;
  readonly checkLeft: () => void;
  /** Told when a process has gone in the middle of its work: what it had on the disk is still there. */
  readonly onBroken: () => void;
}

/** Parsers, rules and what reviews leave behind are most of what a server holds; the next review is a second later for it. */
const IDLE_MS = 5 * 60_000;
const MOST_DOUBLINGS = 5;

/** One process with what it is doing. */
interface Life {
  readonly child: ReviewChild;
  readonly attempts: Map<number, Attempt<ReviewJob>>;
  idle: NodeJS.Timeout | undefined;
}

export function reviewRunner(options: ReviewRunnerOptions): ReviewRunner {
  let life: Life | null = null;
  let tickets = 0;
  /** In a row. */
  let failedStarts = 0;
  const begin = (): Life => {
    const begun = startLife(options, (end) => {
      clearTimeout(begun.idle);
      if (life === begun) life = null;
      failedStarts = end.during === "start" ? failedStarts + 1 : 0;
    });
    return begun;
  };
  const end = async () => {
    const ending = life;
    life = null;
    clearTimeout(ending?.idle);
    await ending?.child.end();
  };
  const endIdle = () =>
    void end().catch((error: unknown) =>
      options.wiring.log.error({ reason: messageOf(error) }, "the reviewing process could not be ended"),
    );
  return {
    run: async (attempt) => {
      life ??= begin();
      const current = life;
      clearTimeout(current.idle);
      const ticket = ++tickets;
      try {
        return await runIn(current, ticket, attempt);
      } catch (error) {
        if (error instanceof ProcessEnd) return afterEnd(options, attempt, error, failedStarts);
        throw error;
      } finally {
        current.attempts.delete(ticket);
        if (life === current && current.attempts.size === 0)
          current.idle = setTimeout(endIdle, IDLE_MS).unref();
      }
    },
    lift: (installationId) => void life?.child.calls.lift(installationId),
    pause: (installationId, until) => void life?.child.calls.pause(installationId, until.getTime()),
    close: end,
  };
}

function startLife(options: ReviewRunnerOptions, onEnd: (end: ProcessEnd) => void): Life {
  const { environment, database, wiring, checkLeft, onBroken } = options;
  const attempts: Life["attempts"] = new Map();
  const child = startChild({
    environment,
    offered: {
      ...wiring.metrics,
      rows: (text, values) => database.rows(text, values),
      holds: async (ticket) => (await attempts.get(ticket)?.holds()) ?? false,
      dropInstallation: (installationId) => wiring.queue.dropInstallation(installationId),
      pause: (installationId, until) => wiring.hearPause(installationId, new Date(until)),
      checkLeft,
    },
    onMemory: wiring.metrics.reviewMemory,
    isBusy: () => attempts.size > 0,
    onEnd: (end) => {
      onEnd(end);
      if (end.during === "stop") return;
      wiring.log.error(
        { reason: end.message, during: end.during, attempts: attempts.size },
        "the reviewing process broke",
      );
      onBroken();
    },
  });
  return { child, attempts, idle: undefined };
}

async function runIn(
  { child, attempts }: Life,
  ticket: number,
  attempt: Attempt<ReviewJob>,
): Promise<Ending> {
  const { id, job, number, isLast, signal } = attempt;
  attempts.set(ticket, attempt);
  const halt = () => {
    const reason: unknown = signal.reason;
    if (reason instanceof Halt && !child.calls.$closed) void child.calls.halt(ticket, reason.why);
  };
  const ending = child.calls.run({ ticket, id, job, number, isLast });
  signal.addEventListener("abort", halt, { once: true });
  if (signal.aborted) halt();
  try {
    return await ending;
  } finally {
    signal.removeEventListener("abort", halt);
  }
}

/**
 * What broke in the middle of its work costs an attempt, as the death of a whole server does, so that a review that
 * breaks the process ends one day. What could not even start, or was stopped, is no fault of the review.
 */
async function afterEnd(
  { wiring, checkLeft }: ReviewRunnerOptions,
  attempt: Attempt<ReviewJob>,
  { during, message: reason }: ProcessEnd,
  failedStarts: number,
): Promise<Ending> {
  const now = new Date();
  if (during === "stop") return { kind: "again", at: now, reason, counts: false };
  if (during === "start") {
    const at = backoffEnd(now, Math.min(failedStarts, MOST_DOUBLINGS));
    return { kind: "again", at, reason, counts: false };
  }
  // Its check run is in progress, and nobody else concludes it if the job does not come again.
  checkLeft();
  if (!attempt.isLast) return { kind: "again", at: backoffEnd(now, attempt.number), reason, counts: true };
  wiring.metrics.review("failed");
  await wiring.ledger.ended(attempt.id, "failed", reason);
  return { kind: "given-up", reason };
}
