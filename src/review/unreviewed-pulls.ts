/** Looks through the open pull requests of every installation, and adds the reviews that are owed. */
import pLimit from "p-limit";
import { wholeReview } from "./intake.ts";
import { longestUnseen, whyNotOwed } from "./owed-review.ts";
import type { Installation, InstalledRepository } from "./sweep-ports.ts";
import { attempt, attemptEach, type SweepRound } from "./sweep-round.ts";

export interface PullsLookedAt {
  readonly repositories: number;
  /** Reviews added for their pull requests. */
  readonly added: number;
}

/**
 * Each costs a request of the installation's own quota: 50 every 10 minutes are 300 of at least 5,000 an hour, however
 * many replicas there are. Where there are more repositories they take turns.
 */
const MOST_REPOSITORIES = 50;
const INSTALLATIONS_AT_ONCE = 4;

/** `only`: the ids of some installations; null for all of them. */
export async function addOwedReviews(
  round: SweepRound,
  only: ReadonlySet<number> | null,
): Promise<PullsLookedAt> {
  const nothing = { repositories: 0, added: 0 };
  if (only?.size === 0) return nothing;
  const all = await round.ports.code.installations(round.signal);
  // An app that is back, or has got its permissions, may succeed where it failed; by itself nothing changes.
  const failed = only === null ? "count" : "do not count";
  const chosen = only === null ? all : all.filter(({ id }) => only.has(id));
  const limit = pLimit(INSTALLATIONS_AT_ONCE);
  const looked = await Promise.all(
    chosen.map((installation) => {
      const place = { step: "pull requests", installationId: installation.id } as const;
      return limit(() => attempt(round, place, nothing, () => lookInto(round, installation, failed)));
    }),
  );
  return {
    repositories: looked.reduce((sum, { repositories }) => sum + repositories, 0),
    added: looked.reduce((sum, { added }) => sum + added, 0),
  };
}

type Failed = "count" | "do not count";

async function lookInto(
  round: SweepRound,
  installation: Installation,
  failed: Failed,
): Promise<PullsLookedAt> {
  const { ports, memory, signal } = round;
  const all = await ports.code.repositories(installation.id, signal);
  const chosen = longestUnseen(all, memory.lookedAt, MOST_REPOSITORIES, ports.random);
  const place = { step: "pull requests", installationId: installation.id } as const;
  let added = 0;
  const repositories = await attemptEach(round, place, chosen, async (repository) => {
    memory.lookedAt.set(repository.id, ports.now().getTime());
    added += await addReviews(round, installation, repository, failed);
  });
  return { repositories, added };
}

async function addReviews(
  { ports, signal }: SweepRound,
  installation: Installation,
  repository: InstalledRepository,
  failed: Failed,
): Promise<number> {
  const open = await ports.code.openPulls(repository, signal);
  if (open.length === 0) return 0;
  const numbers = open.map(({ number }) => number);
  const known = {
    pulls: await ports.records.knownPulls(repository.id, numbers),
    heads: await ports.records.knownHeads(repository.id, open, failed),
  };
  const owed = open.filter((pull) => whyNotOwed(pull, installation.createdAt, known) === null);
  const { id: repositoryId, installationId, owner, name } = repository;
  for (const { number } of owed)
    await ports.addReview(wholeReview({ installationId, repositoryId, owner, name, number }, "event"));
  return owed.length;
}
