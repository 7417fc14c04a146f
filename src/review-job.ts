/** One attempt at a review job: builds the doors of its pull request, runs the story, and decides what becomes of the job. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { waitingWords } from "./domain/check-words.ts";
import { messageOf } from "./domain/errors.ts";
import { pullKey, type ReviewJob } from "./domain/job.ts";
import { clockTime, isBreakHopeless, isPatienceOver, modelWaitEnd } from "./domain/patience.ts";
import { reviewScope } from "./domain/scope.ts";
import { checkRun } from "./github/check-run.ts";
import { installationClient } from "./github/client.ts";
import { pullRequestSource } from "./github/pull-request-source.ts";
import { githubSink } from "./github/review-sink.ts";
import type { ReviewMetrics } from "./http/metrics.ts";
import { installationScope, standingPause } from "./installations.ts";
import type { Ending } from "./queue/claim.ts";
import type { RunRecord } from "./queue/run-ledger.ts";
import type { Attempt } from "./queue/worker.ts";
import type { Admission } from "./review/breaker.ts";
import type { ReviewOutcome, ReviewPorts, ReviewRequest } from "./review/ports.ts";
import { budgetedModel, openPurse } from "./review/purse.ts";
import { rememberedModel } from "./review/remembered-model.ts";
import type { ReviewEvent } from "./review/review-events.ts";
import { reviewPullRequest } from "./review/review-run.ts";
import { endReview, park, type ReviewAttempt } from "./review-attempt.ts";
import { afterReviewFault } from "./review-faults.ts";
import type { ReviewWiring } from "./review-wiring.ts";

export async function runReviewJob(wiring: ReviewWiring, attempt: Attempt<ReviewJob>): Promise<Ending> {
  const { job } = attempt;
  const { installationId, owner, name, number } = job.locator;
  const log = wiring.log.child({ run: attempt.id, repository: `${owner}/${name}`, pull: number });
  const held = await standingPause(wiring, installationId);
  if (held !== null) return park(log, held.until, held.reason);
  const record = await wiring.ledger.begin(attempt.id, job);
  const admission = await wiring.breaker.admit();
  const broken = admission.until();
  // The first attempt goes on and says on the pull request why nothing happens; later ones have said it.
  if (broken !== null && record.breaks > 0) return park(log, spread(broken), "the model service refuses");

  log.info({ trigger: job.trigger, attempt: attempt.number }, "review started");
  const current = await openAttempt(wiring, attempt, record, admission, log);
  try {
    return await afterOutcome(current, await reviewPullRequest(current.ports, requestOf(current)));
  } catch (error) {
    return afterReviewFault(current, error);
  }
}

async function openAttempt(
  wiring: ReviewWiring,
  attempt: Attempt<ReviewJob>,
  record: RunRecord,
  admission: Admission,
  log: Logger,
): Promise<ReviewAttempt> {
  const { locator } = attempt.job;
  const runId = attempt.id;
  const client = await installationClient(wiring.probot, locator.installationId, wiring.traffic);
  const check = checkRun({
    client,
    locator,
    runId,
    before: record,
    remember: (open) => wiring.ledger.hasCheck(runId, open),
  });
  const { markerKey, webUrl, library } = wiring;
  // Told before anything else is read, so that a push can tell whether this run reads what it brought.
  const source = pullRequestSource(client, locator, (headSha) => wiring.ledger.reads(runId, headSha));
  const memory = wiring.memoryOf(pullKey(locator));
  const stage = stageTimer(wiring.metrics);
  const purse = openPurse(wiring.review.limits, wiring.spendBookOf(locator));
  const ports: ReviewPorts = {
    source,
    sink: githubSink({ client, locator, markerKey, runId, check, webUrl }),
    // Outermost the memory: what is known already is neither asked nor paid for.
    model: rememberedModel(budgetedModel(wiring.modelFor(admission), purse), memory),
    purse,
    checks: wiring.checks,
    syntax: wiring.syntax,
    library,
    redact: wiring.redact,
    clock: systemClock,
    observe: (event) => {
      stage(event.stage);
      wiring.metrics.observe(event);
      log.info(event, event.stage);
    },
  };
  return { wiring, attempt, record, admission, check, ports, memory, log };
}

/** Called at the end of each stage, it notes how long that stage took. */
function stageTimer(metrics: ReviewMetrics): (stage: ReviewEvent["stage"]) => void {
  let before = performance.now();
  return (stage) => {
    const now = performance.now();
    metrics.stage(stage, (now - before) / 1000);
    before = now;
  };
}

const systemClock = {
  now: () => new Date(),
  sleep: async (ms: number, signal: AbortSignal) => {
    await sleep(ms, undefined, { signal });
  },
};

function requestOf({ wiring, attempt, record }: ReviewAttempt): ReviewRequest {
  const { job } = attempt;
  return {
    runId: attempt.id,
    trigger: job.trigger,
    scope: reviewScope(job.scope.passes, job.scope.paths),
    depth: wiring.review.depth,
    reading: wiring.review.apiKey === undefined ? { kind: "checks", because: "no key" } : { kind: "model" },
    memory: job.memory,
    patience: isPatienceOver(new Date(), record.parkedSince) ? "settle" : "wait",
    history: record.isRepeated ? "repeated" : "none",
    // Told first and asked then: whoever stops the job now is either seen here or leaves it alone.
    holds: async () => {
      await wiring.ledger.posts(attempt.id);
      return attempt.holds();
    },
    signal: attempt.signal,
  };
}

async function afterOutcome(current: ReviewAttempt, outcome: ReviewOutcome): Promise<Ending> {
  const { wiring, attempt, log } = current;
  switch (outcome.kind) {
    case "waiting":
      return waitForModel(current, outcome.reason, outcome.retryAfterMs);
    case "failed":
      return afterFailedReview(current, outcome);
    case "lost":
      log.warn("another worker has taken the job over");
      return { kind: "done" };
    case "published":
      await wiring.pauses.lapse(installationScope(attempt.job.locator.installationId));
      await endReview(current, outcome.kind, null);
      return { kind: "done", forget: pullKey(attempt.job.locator) };
    case "declined":
    case "superseded":
      return endReview(current, outcome.kind, outcome.reason);
    case "overtaken":
      await endReview(current, "superseded", outcome.reason);
      // Its webhook may have become this very job, so the newer head has no other one, or one that takes this one's place.
      return { kind: "again", at: new Date(), reason: outcome.reason, counts: false };
  }
}

/** The model service could not serve some call for the moment: nothing is posted, and what it answered is kept. */
async function waitForModel(
  current: ReviewAttempt,
  reason: string,
  retryAfterMs: number | null,
): Promise<Ending> {
  const { wiring, attempt, record, check, log } = current;
  const now = new Date();
  const until = modelWaitEnd(now, retryAfterMs, record.parks);
  await check.wait(waitingWords(clockTime(until, now), reason), attempt.signal);
  await wiring.ledger.parked(attempt.id, reason);
  return park(log, until, reason);
}

/** Nothing came through, and the check run says so. Where somebody has to act first, the job waits for that. */
async function afterFailedReview(
  current: ReviewAttempt,
  { reason }: Extract<ReviewOutcome, { kind: "failed" }>,
): Promise<Ending> {
  const { wiring, attempt, record, log } = current;
  const now = new Date();
  const until = current.admission.until();
  if (until !== null && !isBreakHopeless(now, record.begunAt)) {
    wiring.metrics.review("parked");
    await wiring.ledger.broken(attempt.id, reason);
    return park(log, spread(until), reason);
  }
  // Whoever asks for the review again wants new answers, not the ones that were of no use.
  await forgetReplies(current);
  await endReview(current, "failed", reason);
  return { kind: "given-up", reason };
}

/** Jobs that wait for the same moment do not all ask in the same second. */
function spread(until: Date): Date {
  return new Date(until.getTime() + Math.random() * 10_000);
}

/** Rows that stay behind are only untidy: they are deleted at a later start. */
async function forgetReplies({ memory, log }: ReviewAttempt): Promise<void> {
  try {
    await memory.forget();
  } catch (error) {
    log.warn({ reason: messageOf(error) }, "stored replies could not be deleted");
  }
}
