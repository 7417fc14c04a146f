/** Which open pull requests are owed a review that nobody asked for in time, and where to look first. */
import type { OpenPull } from "./sweep-ports.ts";

/** What is known of the open pull requests of one repository, by number. */
export interface KnownPulls {
  /** Had a run before, of whatever head. */
  readonly pulls: ReadonlySet<number>;
  /** Their head has had a run, or a job waits for them. */
  readonly heads: ReadonlySet<number>;
}

/** Why no review of this head is owed, or null when one is. */
export function whyNotOwed(pull: OpenPull, installedAt: Date | null, known: KnownPulls): string | null {
  if (pull.draft) return "a draft";
  if (pull.locked) return "the conversation is locked";
  if (known.heads.has(pull.number)) return "its head is known";
  if (known.pulls.has(pull.number)) return null;
  // Who installs the app has not asked for reviews of everything that was open before.
  const isOlder = installedAt !== null && pull.createdAt !== null && pull.createdAt < installedAt;
  return isOlder ? "older than the installation" : null;
}

/** At most so many, the ones that were looked at longest ago first; equals in an order that another process would not have. */
export function longestUnseen<T extends { readonly id: number }>(
  repositories: readonly T[],
  lookedAt: ReadonlyMap<number, number>,
  most: number,
  random: () => number,
): readonly T[] {
  return repositories
    .map((repository) => ({ repository, seen: lookedAt.get(repository.id) ?? 0, lot: random() }))
    .toSorted((a, b) => a.seen - b.seen || a.lot - b.lot)
    .slice(0, most)
    .map(({ repository }) => repository);
}
