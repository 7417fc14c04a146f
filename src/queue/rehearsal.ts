/** Arrivals that are taken back again before the first real ones: connections are made, statements planned, code compiled. */
import { randomInt, randomUUID } from "node:crypto";
import type { ReviewJob } from "../domain/job.ts";
import type { Database } from "./database.ts";
import { acceptReviews } from "./review-arrival.ts";
import type { Store } from "./store.ts";

/** Thrown so that the transaction is rolled back. */
class Over extends Error {}

/** On each connection that arrivals are stored through, at the same time. Stores nothing. */
export async function rehearseArrivals({ arrivals }: Store): Promise<void> {
  await Promise.all(Array.from({ length: arrivals.lanes }, () => rehearse(arrivals.database)));
}

async function rehearse(database: Database): Promise<void> {
  const job = nobodysJob();
  try {
    await database.transaction(async (sql) => {
      // Twice: to add a job is one statement, to renew the one that waits another.
      for (const delivery of [randomUUID(), randomUUID()])
        await acceptReviews(sql, [{ delivery, job, head: null }]);
      throw new Over();
    });
  } catch (error) {
    if (!(error instanceof Over)) throw error;
  }
}

/** GitHub counts from 1. Another number each time, or a replica that stalls would hold the next one up by its locks. */
function nobodysJob(): ReviewJob {
  return {
    locator: { installationId: 0, repositoryId: 0, owner: "", name: "", number: -randomInt(1, 2 ** 31) },
    trigger: "event",
    scope: { passes: [], paths: [] },
    memory: "keep",
  };
}
