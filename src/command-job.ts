/** The job of a `/review` comment: may they, what is asked, and the review that answers it. */
import type { Logger } from "pino";
import { FinalError, LimitError, messageOf } from "./domain/errors.ts";
import type { CommandJob } from "./domain/job.ts";
import type { MarkerKey } from "./domain/marker.ts";
import { backoffEnd } from "./domain/patience.ts";
import { installationClient } from "./github/client.ts";
import { commandDesk } from "./github/commands.ts";
import { type InstallationWiring, pauseInstallation, standingPause } from "./installations.ts";
import type { Ending } from "./queue/claim.ts";
import type { JobQueue } from "./queue/durable-queue.ts";
import { type Attempt, Halt } from "./queue/worker.ts";
import { obeyCommand } from "./review/command-run.ts";

export interface CommandWiring extends InstallationWiring {
  readonly queue: JobQueue;
  readonly markerKey: MarkerKey;
  readonly log: Logger;
}

export async function runCommandJob(wiring: CommandWiring, attempt: Attempt<CommandJob>): Promise<Ending> {
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
  wiring: CommandWiring,
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
