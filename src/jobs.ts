/** What every job of the server is given, and the job of a `/review` comment. */
import type { Logger } from "pino";
import type { Probot } from "probot";
import { FinalError, LimitError, messageOf } from "./domain/errors.ts";
import type { CommandJob } from "./domain/job.ts";
import type { MarkerKey } from "./domain/marker.ts";
import { backoffEnd, limitEnd, MAX_UNNAMED_LIMITS } from "./domain/patience.ts";
import type { PromptLibrary } from "./domain/prompt-library.ts";
import type { PullRequestLocator } from "./domain/pull-request.ts";
import type { Redactor } from "./domain/secret-redaction.ts";
import type { ReviewEnv } from "./env.ts";
import { installationClient } from "./github/client.ts";
import { commandDesk } from "./github/commands.ts";
import type { Traffic } from "./github/traffic.ts";
import type { Metrics } from "./http/metrics.ts";
import type { Ending } from "./queue/claim.ts";
import type { JobQueue } from "./queue/durable-queue.ts";
import type { Pauses } from "./queue/pauses.ts";
import type { RunLedger } from "./queue/run-ledger.ts";
import { type Attempt, Halt } from "./queue/worker.ts";
import type { Admission, Breaker } from "./review/breaker.ts";
import type { Checks } from "./review/checks.ts";
import { obeyCommand } from "./review/command-run.ts";
import type { Model, ReplyMemory, SpendBook } from "./review/ports.ts";
import type { Syntax } from "./review/repository-view.ts";

export interface JobWiring {
  readonly probot: Probot;
  readonly traffic: Traffic;
  readonly queue: JobQueue;
  readonly ledger: RunLedger;
  readonly pauses: Pauses;
  readonly breaker: Breaker;
  readonly modelFor: (admission: Admission) => Model;
  readonly memoryOf: (pull: string) => ReplyMemory;
  readonly spendBookOf: (locator: PullRequestLocator) => SpendBook;
  readonly review: ReviewEnv;
  readonly checks: () => Promise<Checks>;
  readonly syntax: Syntax;
  readonly library: PromptLibrary;
  readonly redact: Redactor;
  readonly markerKey: MarkerKey;
  readonly webUrl: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** A check run may have been left in progress: the sweeper looks soon, and not only at its next round. */
  readonly checkLeft: () => void;
}

export function installationScope(installationId: number): string {
  return `installation/${installationId}`;
}

/** The pause of this installation, or null. Requests that are under way in this process learn of it, too. */
export async function standingPause(
  { pauses, traffic }: JobWiring,
  installationId: number,
): Promise<{ readonly until: Date; readonly reason: string } | null> {
  const standing = await pauses.find(installationScope(installationId));
  if (standing !== null) traffic.pause(installationId, standing.until);
  return standing;
}

/** Pauses everything that this installation asks of GitHub. `hopeless`: it has been in vain too often for this job. */
export async function pauseInstallation(
  wiring: JobWiring,
  installationId: number,
  fault: LimitError,
): Promise<{ readonly until: Date; readonly hopeless: boolean }> {
  const standing = await standingPause(wiring, installationId);
  if (standing !== null) return { until: standing.until, hopeless: false };
  const scope = installationScope(installationId);
  const strikes = fault.retryAfterMs === null ? await wiring.pauses.strikes(scope) : 0;
  const until = limitEnd(new Date(), fault.retryAfterMs, strikes, Math.random);
  wiring.traffic.pause(installationId, until);
  // Only limits without a time count as in vain: with one, GitHub has said when to come back.
  await wiring.pauses.pause(scope, until, fault.message, fault.retryAfterMs === null ? strikes + 1 : 0);
  return { until, hopeless: strikes >= MAX_UNNAMED_LIMITS };
}

export async function runCommandJob(wiring: JobWiring, attempt: Attempt<CommandJob>): Promise<Ending> {
  const { job } = attempt;
  const { installationId, owner, name, number } = job.locator;
  const log = wiring.log.child({
    repository: `${owner}/${name}`,
    pull: number,
    comment: job.commentId,
  });
  const held = await standingPause(wiring, installationId);
  if (held !== null) return { kind: "again", at: held.until, reason: held.reason, counts: false };
  try {
    const client = await installationClient(wiring.probot, installationId, wiring.traffic);
    const desk = commandDesk({ client, job, markerKey: wiring.markerKey, holds: () => attempt.holds() });
    const outcome = await obeyCommand(desk, job, attempt.signal);
    // Recorded like a delivery: an attempt that is repeated adds no second review.
    if (outcome.kind === "review")
      await wiring.queue.accept(`command-${job.commentId}`, { kind: "review", job: outcome.job, head: null });
    log.info({ outcome: outcome.kind, command: job.command.kind }, "command");
    return { kind: "done" };
  } catch (error) {
    log.warn({ reason: messageOf(error), attempt: attempt.number }, "command failed");
    return afterCommandFault(wiring, attempt, error);
  }
}

async function afterCommandFault(
  wiring: JobWiring,
  attempt: Attempt<CommandJob>,
  error: unknown,
): Promise<Ending> {
  const reason = messageOf(error);
  if (attempt.signal.reason instanceof Halt)
    return { kind: "again", at: new Date(), reason: "interrupted", counts: false };
  if (error instanceof LimitError) {
    const { until, hopeless } = await pauseInstallation(wiring, attempt.job.locator.installationId, error);
    return hopeless ? { kind: "given-up", reason } : { kind: "again", at: until, reason, counts: false };
  }
  if (error instanceof FinalError || attempt.isLast) return { kind: "given-up", reason };
  return { kind: "again", at: backoffEnd(new Date(), attempt.number), reason, counts: true };
}
