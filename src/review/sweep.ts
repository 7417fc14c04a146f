/** Finds what webhooks and workers have lost: deliveries, open pull requests without a review, check runs without an end. */
import { FinalError } from "../domain/errors.ts";
import { missedDeliveries } from "./missed-delivery.ts";
import type { AbandonedCheck, DeliveryAttempt, SweepMemory, SweepPorts } from "./sweep-ports.ts";
import { attempt, attemptEach, type SweepFault, type SweepRound } from "./sweep-round.ts";
import { addOwedReviews, type PullsLookedAt } from "./unreviewed-pulls.ts";

/** `some`: the open pull requests of these installations, and the check runs. */
export type SweepScope =
  | { readonly kind: "everything" }
  | { readonly kind: "some"; readonly installationIds: ReadonlySet<number> };

interface DeliveriesRepeated {
  readonly repeated: number;
  /** Left for the next sweep. */
  readonly postponed: number;
}

export interface SweepReport extends DeliveriesRepeated, PullsLookedAt {
  /** Check runs that nobody worked on. */
  readonly closed: number;
  readonly faults: readonly SweepFault[];
}

/** How long GitHub can be asked for a delivery. What is older is found by its open pull request. */
const REPEATABLE_MS = 3 * 24 * 60 * 60_000;
/** They are a second apart, as all writes are; the rest waits for the next sweep. */
const MOST_REPEATED = 200;
/** By then the list shows the new attempt. */
const REMEMBERED_MS = 60 * 60_000;

/** No step stops another one. Rejects only when `signal` aborts. */
export async function sweep(
  ports: SweepPorts,
  memory: SweepMemory,
  scope: SweepScope,
  signal: AbortSignal,
): Promise<SweepReport> {
  const faults: SweepFault[] = [];
  const round: SweepRound = { ports, memory, signal, faults };
  const isWhole = scope.kind === "everything";
  const none = { repeated: 0, postponed: 0 };
  const deliveries = isWhole
    ? await attempt(round, { step: "deliveries", installationId: null }, none, () => repeatMissed(round))
    : none;
  const closed = await attempt(round, { step: "checks", installationId: null }, 0, () => closeChecks(round));
  const nothing = { repositories: 0, added: 0 };
  const looked = await attempt(round, { step: "pull requests", installationId: null }, nothing, () =>
    addOwedReviews(round, scope.kind === "everything" ? null : scope.installationIds),
  );
  if (isWhole)
    await attempt(round, { step: "old rows", installationId: null }, undefined, () =>
      ports.records.deleteOldRows(),
    );
  return { ...deliveries, ...looked, closed, faults };
}

async function repeatMissed(round: SweepRound): Promise<DeliveriesRepeated> {
  const { ports, memory, signal } = round;
  const now = ports.now().getTime();
  for (const [guid, at] of memory.repeatedAt) if (at <= now - REMEMBERED_MS) memory.repeatedAt.delete(guid);
  const attempts = await attemptsSince(round, new Date(now - REPEATABLE_MS));
  const missed = missedDeliveries(attempts).filter(({ guid }) => !memory.repeatedAt.has(guid));
  if (missed.length === 0) return { repeated: 0, postponed: 0 };
  // Recorded ones were accepted, although the answer was lost on its way.
  const recorded = await ports.records.recordedDeliveries(missed.map(({ guid }) => guid));
  const due = missed.filter(({ guid }) => !recorded.has(guid));
  const chosen = due.slice(0, MOST_REPEATED);
  const place = { step: "deliveries", installationId: null } as const;
  const repeated = await attemptEach(round, place, chosen, async ({ guid, attemptId }) => {
    memory.repeatedAt.set(guid, now);
    await ports.deliveries.repeat(attemptId, signal);
  });
  return { repeated, postponed: due.length - chosen.length };
}

/** What was listed before a fault counts all the same: a delivery that comes once too often does no harm. */
async function attemptsSince(round: SweepRound, since: Date): Promise<readonly DeliveryAttempt[]> {
  const attempts: DeliveryAttempt[] = [];
  await attempt(round, { step: "deliveries", installationId: null }, undefined, async () => {
    const pages = round.ports.deliveries.attempts(since, round.signal);
    for await (const page of pages) attempts.push(...page);
  });
  return attempts;
}

async function closeChecks(round: SweepRound): Promise<number> {
  const checks = await round.ports.records.abandonedChecks();
  const groups = Map.groupBy(checks, ({ locator }) => locator.installationId);
  let closed = 0;
  for (const [installationId, group] of groups) {
    const place = { step: "checks", installationId } as const;
    closed += await attemptEach(round, place, group, (check) => closeCheck(round, check));
  }
  return closed;
}

async function closeCheck({ ports, signal }: SweepRound, check: AbandonedCheck): Promise<void> {
  try {
    await ports.checks.close(check, signal);
  } catch (error) {
    // Gone, or out of reach for good: asked again at every sweep, it would be refused again.
    if (error instanceof FinalError && error.kind === "refused") await ports.records.forgetCheck(check.runId);
    throw error;
  }
  await ports.records.forgetCheck(check.runId);
}
