/** An attempt at a review job while it runs, and the two ordinary ways in which it ends. */
import type { Logger } from "pino";
import type { ReviewJob } from "./domain/job.ts";
import type { CheckRun } from "./github/check-run.ts";
import type { Ending } from "./queue/claim.ts";
import type { RunRecord } from "./queue/run-ledger.ts";
import type { Attempt } from "./queue/worker.ts";
import type { Admission } from "./review/breaker.ts";
import type { ReplyMemory, ReviewPorts } from "./review/ports.ts";
import type { ReviewWiring } from "./review-wiring.ts";

export interface ReviewAttempt {
  readonly wiring: ReviewWiring;
  readonly attempt: Attempt<ReviewJob>;
  /** How earlier attempts left the run. */
  readonly record: RunRecord;
  readonly admission: Admission;
  readonly check: CheckRun;
  readonly ports: ReviewPorts;
  readonly memory: ReplyMemory;
  readonly log: Logger;
}

/** Back to the queue with a wake-up time: the worker is free, and no attempt is used up. */
export function park(log: Logger, until: Date, reason: string): Ending {
  log.info({ until: until.toISOString(), reason }, "review parked");
  return { kind: "again", at: until, reason, counts: false };
}

export async function endReview(
  { wiring, attempt, log }: ReviewAttempt,
  outcome: "published" | "declined" | "superseded" | "failed",
  reason: string | null,
): Promise<Ending> {
  wiring.metrics.review(outcome);
  await wiring.ledger.ended(attempt.id, outcome, reason);
  log.info({ outcome, ...(reason === null ? {} : { reason }) }, "review ended");
  return { kind: "done" };
}
