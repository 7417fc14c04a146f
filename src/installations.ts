/** What every job needs to ask GitHub for one installation, and how that installation is left alone while it has to pause. */
import type { Probot } from "probot";
import type { LimitError } from "./domain/errors.ts";
import { limitEnd, MAX_UNNAMED_LIMITS } from "./domain/patience.ts";
import type { Traffic } from "./github/traffic.ts";
import type { Pauses } from "./queue/pauses.ts";

export interface InstallationWiring {
  readonly probot: Probot;
  readonly traffic: Traffic;
  /** Of all replicas; `traffic` knows those of this server without asking. */
  readonly pauses: Pauses;
  /** From the other process of this server. */
  readonly hearPause: (installationId: number, until: Date) => void;
}

export function installationScope(installationId: number): string {
  return `installation/${installationId}`;
}

/** The pause of this installation, or null. Requests that are under way in this process learn of it, too. */
export async function standingPause(
  { pauses, traffic }: InstallationWiring,
  installationId: number,
): Promise<{ readonly until: Date; readonly reason: string } | null> {
  const standing = await pauses.find(installationScope(installationId));
  if (standing !== null) traffic.pause(installationId, standing.until);
  return standing;
}

/** Pauses everything that this installation asks of GitHub. `hopeless`: it has been in vain too often for this job. */
export async function pauseInstallation(
  wiring: InstallationWiring,
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
