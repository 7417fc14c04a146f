/** How long rows of our own tables are kept. pg-boss deletes its own. */
import type { Database } from "./database.ts";

/**
 * Deliveries: longer than GitHub lets anybody repeat a webhook (3 days, on Enterprise servers 7). Runs: the sweep asks
 * them which heads it has seen. Pauses: strikes of the day before are no strikes. Money: more than a
 * year, for whoever asks what the same month cost a year ago.
 */
const KEPT_DAYS = [
  ["delivery", "received_at", 8],
  ["model_reply", "stored_at", 8],
  ["run", "begun_at", 90],
  ["pause", "until", 1],
  ["spend", "day", 400],
] as const;

export async function deleteOldRows(database: Database): Promise<void> {
  for (const [table, column, days] of KEPT_DAYS)
    await database.rows(
      `DELETE FROM plumbline.${table} WHERE ${column} < now() - make_interval(days => $1)`,
      [days],
    );
}
