/** What becomes of a review job whose attempt was interrupted or ran into a fault. The last word is always visible. */
import { FinalError, LimitError, messageOf } from "./domain/errors.ts";
import { backoffEnd, secondLook } from "./domain/patience.ts";
import { pauseInstallation } from "./installations.ts";
import type { Ending } from "./queue/claim.ts";
import { Halt } from "./queue/worker.ts";
import { endReview, park, type ReviewAttempt } from "./review-attempt.ts";

/** The attempt's own signal may have aborted; its last words get this long. */
const LAST_WORDS_MS = 20_000;

export async function afterReviewFault(current: ReviewAttempt, error: unknown): Promise<Ending> {
  const { attempt } = current;
  const halt: unknown = attempt.signal.reason;
  if (attempt.signal.aborted && halt instanceof Halt) return afterHalt(current, halt);
  if (error instanceof LimitError) return afterLimit(current, error);
  if (error instanceof FinalError) return afterFinal(current, error);
  if (attempt.isLast) return giveUp(current, messageOf(error));
  const at = backoffEnd(new Date(), attempt.number);
  const reason = messageOf(error);
  current.log.warn(
    { reason, attempt: attempt.number, until: at.toISOString() },
    "review will be tried again",
  );
  return { kind: "again", at, reason, counts: true };
}

async function afterHalt(current: ReviewAttempt, halt: Halt): Promise<Ending> {
  const { wiring, attempt, log } = current;
  switch (halt.why) {
    case "over":
    case "lost":
      log.warn("another worker has taken the job over");
      return { kind: "done" };
    case "stopping":
      log.info("review interrupted, back to the queue");
      return { kind: "again", at: new Date(), reason: "the server was stopped", counts: false };
    case "withdrawn": {
      const reason = (await wiring.ledger.stopReason(attempt.id)) ?? "the review is no longer wanted";
      await lastWords(current, { kind: "superseded", reason });
      return endReview(current, "superseded", reason);
    }
  }
}

async function afterLimit(current: ReviewAttempt, error: LimitError): Promise<Ending> {
  const { wiring, attempt, log } = current;
  const { until, hopeless } = await pauseInstallation(wiring, attempt.job.locator.installationId, error);
  return hopeless ? giveUp(current, error.message) : park(log, until, error.message);
}

async function afterFinal(current: ReviewAttempt, error: FinalError): Promise<Ending> {
  const { wiring, attempt, log } = current;
  const { installationId } = attempt.job.locator;
  if (error.kind === "gone") {
    const dropped = await wiring.dropInstallation(installationId);
    log.warn({ reason: error.message, installation: installationId, dropped }, "installation is gone");
    return endReview(current, "declined", error.message);
  }
  if (error.kind === "absent") {
    const scope = `absent/${attempt.id}`;
    if ((await wiring.pauses.strikes(scope)) === 0) {
      const until = secondLook(new Date());
      await wiring.pauses.pause(scope, until, error.message, 1);
      return park(log, until, error.message);
    }
    await wiring.pauses.lift(scope);
  }
  return giveUp(current, error.message);
}

async function giveUp(current: ReviewAttempt, reason: string): Promise<Ending> {
  current.log.error({ reason, attempt: current.attempt.number }, "review failed");
  await lastWords(current, { kind: "failed", reason });
  await endReview(current, "failed", reason);
  return { kind: "given-up", reason };
}

async function lastWords(
  { wiring, ports, log }: ReviewAttempt,
  closing: { readonly kind: "failed" | "superseded"; readonly reason: string },
): Promise<void> {
  try {
    await ports.sink.conclude(closing, AbortSignal.timeout(LAST_WORDS_MS));
  } catch (error) {
    // It is remembered as open. In a burst the installation's pace alone may have taken all the time there was.
    log.error({ reason: messageOf(error) }, "check run could not be concluded");
    wiring.checkLeft();
  }
}
