/** Arrivals that are taken back again before the first real ones: connections are made, statements planned, code compiled. */
import { randomUUID } from "node:crypto";
import type { ReviewJob } from "../domain/job.ts";
import type { Database } from "./database.ts";
import { acceptReviews } from "./review-arrival.ts";
import type { Store } from "./store.ts";

/** Thrown so that the transaction is rolled back. */
class Over extends Error {}

/** On each connection that arrivals are stored through, at the same time. Stores nothing. */
export async function rehearseArrivals({ arrivals }: Store): Promise<void> {
  await Promise.all(Array.from({ length: arrivals.lanes }, (_, lane) => rehearse(arrivals.database, lane)));
}

async function rehearse(database: Database, lane: number): Promise<void> {
  try {
    await database.transaction(async (sql) => {
      // Twice: to add a job is one statement, to renew the one that waits another.
      for (const delivery of [randomUUID(), randomUUID()])
        await acceptReviews(sql, [{ delivery, job: nobodysJob(lane), head: null }]);
      throw new Over();
    });
  } catch (error) {
    if (!(error instanceof Over)) throw error;
  }
}

/** GitHub counts from 1, and replicas that start at the same time wait for each other in turn. */
function nobodysJob(lane: number): ReviewJob {
  return {
    locator: { installationId: 0, repositoryId: 0, owner: "", name: "", number: -lane },
    trigger: "event",
    scope: { passes: [], paths: [] },
    memory: "keep",
  };
}
