/** What a webhook does to the queue, inside the transaction that records it. */
import type { PgBoss } from "pg-boss";
import type { Intake } from "../review/intake.ts";
import { addCommand } from "./command-arrival.ts";
import type { Sql } from "./database.ts";
import { dropJobs, liftPause, withdrawReviews } from "./withdrawal.ts";

export type Arrival = Exclude<Intake, { kind: "ignored" }>;

export interface Accepted {
  readonly outcome: "queued" | "known" | "withdrawn" | "noted";
  /** Queue and id of the job that now stands for the arrival. */
  readonly job: string;
  /** Jobs that were running, perhaps here, and are not wanted any more. */
  readonly withdrawn: readonly string[];
  readonly dropped: number;
}

export const KNOWN: Accepted = { outcome: "known", job: "", withdrawn: [], dropped: 0 };

/** Reviews arrive in groups (`review-arrival.ts`). */
type OtherArrival = Exclude<Arrival, { kind: "review" }>;

export async function acceptDelivery(
  boss: PgBoss,
  sql: Sql,
  delivery: string,
  arrival: OtherArrival,
): Promise<Accepted> {
  const added = await sql.rows(
    "INSERT INTO plumbline.delivery (guid, job) VALUES ($1, '') ON CONFLICT (guid) DO NOTHING RETURNING guid",
    [delivery],
  );
  if (added.length === 0 && !(await hasFailed(sql, delivery))) return KNOWN;
  const accepted = await addArrival(boss, sql, arrival);
  if (accepted.job !== "")
    await sql.rows("UPDATE plumbline.delivery SET job = $2 WHERE guid = $1", [delivery, accepted.job]);
  return accepted;
}

export async function hasFailed(sql: Sql, delivery: string): Promise<boolean> {
  const rows = await sql.rows(
    `SELECT FROM plumbline.delivery JOIN pgboss.job ON job.name || ' ' || job.id = delivery.job
     WHERE guid = $1 AND state = 'failed'`,
    [delivery],
  );
  return rows.length > 0;
}

export async function addArrival(boss: PgBoss, sql: Sql, arrival: OtherArrival): Promise<Accepted> {
  switch (arrival.kind) {
    case "command":
      return { outcome: "queued", job: await addCommand(boss, sql, arrival.job), withdrawn: [], dropped: 0 };
    case "withdrawal":
      return takenBack(await withdrawReviews(sql, arrival.locator, arrival.which, arrival.reason));
    case "installation":
      if (arrival.standing === "gone") return takenBack(await dropJobs(sql, arrival.installationId));
      await liftPause(sql, arrival.installationId);
      return { outcome: "noted", job: "", withdrawn: [], dropped: 0 };
  }
}

function takenBack(withdrawn: readonly string[]): Accepted {
  return { outcome: "withdrawn", job: "", withdrawn, dropped: withdrawn.length };
}
