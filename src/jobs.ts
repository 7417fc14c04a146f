/** What the server does with a job: builds the doors of one pull request, runs the story, decides about another attempt. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Probot } from "probot";
import { FinalError, messageOf } from "./domain/errors.ts";
import type { CommandJob, ReviewJob } from "./domain/job.ts";
import type { MarkerKey } from "./domain/marker.ts";
import type { PromptLibrary } from "./domain/prompt-library.ts";
import { reviewScope } from "./domain/scope.ts";
import { checkRun } from "./github/check-run.ts";
import { installationClient } from "./github/client.ts";
import { commandDesk } from "./github/commands.ts";
import { pullRequestSource } from "./github/pull-request-source.ts";
import { githubSink } from "./github/review-sink.ts";
import type { Metrics } from "./http/metrics.ts";
import type { Attempt, JobQueue } from "./queue/durable-queue.ts";
import { obeyCommand } from "./review/command-run.ts";
import type { Model, ReplyMemory, ReviewEvent, ReviewSink } from "./review/ports.ts";
import { rememberedModel } from "./review/remembered-model.ts";
import { reviewPullRequest } from "./review/review-run.ts";

export interface JobWiring {
  readonly probot: Probot;
  readonly queue: JobQueue;
  readonly model: Model;
  readonly memoryOf: (runId: string) => ReplyMemory;
  readonly library: PromptLibrary;
  readonly markerKey: MarkerKey;
  readonly webUrl: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Aborts when the server has to stop. */
  readonly stopping: AbortSignal;
}

export async function runReviewJob(wiring: JobWiring, attempt: Attempt<ReviewJob>): Promise<void> {
  const { job } = attempt;
  const { locator } = job;
  const log = wiring.log.child({
    run: attempt.id,
    repository: `${locator.owner}/${locator.name}`,
    pull: locator.number,
  });
  log.info({ trigger: job.trigger, attempt: attempt.number }, "review started");
  const signal = AbortSignal.any([attempt.signal, wiring.stopping]);
  const client = await installationClient(wiring.probot, locator.installationId);
  const memory = wiring.memoryOf(attempt.id);
  const check = checkRun(client, locator, attempt.id, attempt.number);
  const sink = githubSink({
    client,
    locator,
    markerKey: wiring.markerKey,
    runId: attempt.id,
    check,
    webUrl: wiring.webUrl,
  });
  const observe = (event: ReviewEvent) => {
    wiring.metrics.observe(event);
    log.info(event, event.stage);
  };
  const ports = {
    source: pullRequestSource(client, locator),
    sink,
    model: rememberedModel(wiring.model, memory),
    library: wiring.library,
    clock: systemClock,
    observe,
  };
  const request = {
    runId: attempt.id,
    trigger: job.trigger,
    scope: reviewScope(job.scope.passes, job.scope.paths),
    memory: job.memory,
    signal,
  };
  try {
    const outcome = await reviewPullRequest(ports, request);
    await forgetReplies(log, memory);
    wiring.metrics.review(outcome.kind);
    log.info(
      { outcome: outcome.kind, ...("reason" in outcome ? { reason: outcome.reason } : {}) },
      "review ended",
    );
  } catch (error) {
    await afterFault(wiring, log, sink, attempt, signal, error);
  }
}

/** The review stands by now: rows that stay behind are only untidy, and are deleted at a later start. */
async function forgetReplies(log: Logger, memory: ReplyMemory): Promise<void> {
  try {
    await memory.forget();
  } catch (error) {
    log.warn({ reason: messageOf(error) }, "stored replies could not be deleted");
  }
}

const systemClock = {
  now: () => new Date(),
  sleep: async (ms: number, signal: AbortSignal) => {
    await sleep(ms, undefined, { signal });
  },
};

/** A final fault ends the job; any other is thrown on for another attempt. Either way the last word is visible. */
async function afterFault(
  wiring: JobWiring,
  log: Logger,
  sink: ReviewSink,
  attempt: Attempt<ReviewJob>,
  signal: AbortSignal,
  error: unknown,
): Promise<void> {
  if (signal.aborted) {
    log.info("review interrupted, back to the queue");
    throw error;
  }
  const isOver = error instanceof FinalError || attempt.isLast;
  log[isOver ? "error" : "warn"](
    { reason: messageOf(error), attempt: attempt.number },
    isOver ? "review failed" : "review will be tried again",
  );
  if (isOver) {
    wiring.metrics.review("failed");
    await concludeFailed(log, sink, messageOf(error), signal);
  }
  if (!(error instanceof FinalError)) throw error;
}

async function concludeFailed(
  log: Logger,
  sink: ReviewSink,
  reason: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await sink.conclude({ kind: "failed", reason }, signal);
  } catch (error) {
    log.error({ reason: messageOf(error) }, "check run could not be concluded");
  }
}

export async function runCommandJob(wiring: JobWiring, attempt: Attempt<CommandJob>): Promise<void> {
  const { job } = attempt;
  const log = wiring.log.child({
    repository: `${job.locator.owner}/${job.locator.name}`,
    pull: job.locator.number,
    comment: job.commentId,
  });
  const signal = AbortSignal.any([attempt.signal, wiring.stopping]);
  try {
    const client = await installationClient(wiring.probot, job.locator.installationId);
    const outcome = await obeyCommand(commandDesk(client, job), job, signal);
    if (outcome.kind === "review") await wiring.queue.addReview(outcome.job);
    log.info({ outcome: outcome.kind, command: job.command.kind }, "command");
  } catch (error) {
    log.warn({ reason: messageOf(error) }, "command failed");
    if (!(error instanceof FinalError)) throw error;
  }
}
