/** The one way in: what arrives is stored in the order of its coming, reviews that wait together in one transaction. */
import { pullKey } from "../domain/job.ts";
import { type Accepted, type Arrival, acceptDelivery, addArrival } from "./arrival.ts";
import type { Sql } from "./database.ts";
import { type GroupCommit, groupCommit } from "./group-commit.ts";
import { type AskedReview, acceptReviews } from "./review-arrival.ts";
import type { Store } from "./store.ts";

export interface Arriving {
  /** Null when the server itself asks. */
  readonly delivery: string | null;
  readonly arrival: Arrival;
}

/** A transaction holds its locks until its last statement: a larger group would keep others waiting. */
const MOST_TOGETHER = 50;
/** Enough for a burst to share its transactions, whose beginning and end are most of their cost (measured: ADR 0023). */
const PACE_MS = 10;

export function openArrivals(store: Store): GroupCommit<Arriving, Accepted> {
  return groupCommit({ ...store.arrivals, paceMs: PACE_MS, joins, work: accept(store) });
}

/** Only reviews are many at a time. Two of one pull request or one delivery must see each other. */
function joins(group: readonly Arriving[], { delivery, arrival }: Arriving): boolean {
  if (arrival.kind !== "review" || group.length >= MOST_TOGETHER) return false;
  const key = pullKey(arrival.job.locator);
  return group.every(
    (one) =>
      one.arrival.kind === "review" &&
      pullKey(one.arrival.job.locator) !== key &&
      (delivery === null || one.delivery !== delivery),
  );
}

function accept({ boss }: Store) {
  return async (sql: Sql, group: readonly Arriving[]): Promise<readonly Accepted[]> => {
    const reviews = group.flatMap(reviewOf);
    if (reviews.length === group.length) return acceptReviews(sql, reviews);
    const others = group.map(async ({ delivery, arrival }) => {
      if (arrival.kind === "review") throw new Error("a review shares a transaction with reviews alone");
      return delivery === null
        ? addArrival(boss, sql, arrival)
        : acceptDelivery(boss, sql, delivery, arrival);
    });
    return Promise.all(others);
  };
}

function reviewOf({ delivery, arrival }: Arriving): readonly AskedReview[] {
  return arrival.kind === "review" ? [{ delivery, job: arrival.job, head: arrival.head }] : [];
}
