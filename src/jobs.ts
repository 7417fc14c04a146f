/** What every job of the server is given, and the job of a `/review` comment. */
import type { Logger } from "pino";
import type { Probot } from "probot";
import { FinalError, LimitError, messageOf } from "./domain/errors.ts";
import type { CommandJob } from "./domain/job.ts";
import type { MarkerKey } from "./domain/marker.ts";
import { backoffEnd, limitEnd } from "./domain/patience.ts";
import type { PromptLibrary } from "./domain/prompt-library.ts";
import { installationClient } from "./github/client.ts";
import { commandDesk } from "./github/commands.ts";
import type { Traffic } from "./github/traffic.ts";
import type { Metrics } from "./http/metrics.ts";
import type { Ending } from "./queue/claim.ts";
import type { JobQueue } from "./queue/durable-queue.ts";
import type { Pauses } from "./queue/pauses.ts";
import type { RunLedger } from "./queue/run-ledger.ts";
import { type Attempt, Halt } from "./queue/worker.ts";
import type { Breaker } from "./review/breaker.ts";
import { obeyCommand } from "./review/command-run.ts";
import type { Model, ReplyMemory } from "./review/ports.ts";

export interface JobWiring {
  readonly probot: Probot;
  readonly traffic: Traffic;
  readonly queue: JobQueue;
  readonly ledger: RunLedger;
  readonly pauses: Pauses;
  readonly breaker: Breaker;
  /** Already behind the breaker. */
  readonly model: Model;
  readonly memoryOf: (pull: string) => ReplyMemory;
  readonly library: PromptLibrary;
  readonly markerKey: MarkerKey;
  readonly webUrl: string;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export function installationScope(installationId: number): string {
  return `installation/${installationId}`;
}

/** Pauses everything that this installation asks of GitHub. Null: it has been in vain too often. */
export async function pauseInstallation(
  wiring: JobWiring,
  installationId: number,
  fault: LimitError,
): Promise<Date | null> {
  const scope = installationScope(installationId);
  const standing = await wiring.pauses.find(scope);
  if (standing !== null) return standing.until;
  const strikes = await wiring.pauses.strikes(scope);
  const until = limitEnd(new Date(), fault.retryAfterMs, strikes, Math.random);
  if (until === null) return null;
  wiring.traffic.pause(installationId, until);
  await wiring.pauses.pause(scope, until, fault.message, strikes + 1);
  return until;
}

export async function runCommandJob(wiring: JobWiring, attempt: Attempt<CommandJob>): Promise<Ending> {
  const { job } = attempt;
  const { installationId, owner, name, number } = job.locator;
  const log = wiring.log.child({
    repository: `${owner}/${name}`,
    pull: number,
    comment: job.commentId,
  });
  const held = await wiring.pauses.find(installationScope(installationId));
  if (held !== null) return { kind: "again", at: held.until, reason: held.reason, counts: false };
  try {
    const client = await installationClient(wiring.probot, installationId, wiring.traffic);
    const isRepeated = attempt.number > 0;
    const desk = commandDesk({ client, job, markerKey: wiring.markerKey, isRepeated });
    const outcome = await obeyCommand(desk, job, attempt.signal);
    if (outcome.kind === "review") await wiring.queue.addReview(outcome.job);
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
    const until = await pauseInstallation(wiring, attempt.job.locator.installationId, error);
    return until === null
      ? { kind: "given-up", reason }
      : { kind: "again", at: until, reason, counts: false };
  }
  if (error instanceof FinalError || attempt.isLast) return { kind: "given-up", reason };
  return { kind: "again", at: backoffEnd(new Date(), attempt.number), reason, counts: true };
}
