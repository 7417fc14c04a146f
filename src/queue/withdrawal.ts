/** Jobs that nobody wants any more. Each function returns the ids of those that it took back. */
import { pullKey } from "../domain/job.ts";
import type { PullRequestLocator } from "../domain/pull-request.ts";
import type { Sql } from "./database.ts";
import { COMMANDS, REVIEWS } from "./store.ts";

type Ids = readonly { readonly id: string }[];

export async function stopJobs(sql: Sql, ids: readonly string[], reason: string): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const stopped = await sql.rows<Ids[number]>(
    `UPDATE pgboss.job SET state = 'cancelled', completed_on = now()
     WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'active' RETURNING id`,
    [REVIEWS, ids],
  );
  return tellStopped(sql, stopped, reason);
}

/** `event`: only those that nobody asked for by name. One that is being posted comes to its end. */
export async function withdrawReviews(
  sql: Sql,
  locator: PullRequestLocator,
  which: "all" | "event",
  reason: string,
): Promise<readonly string[]> {
  const withdrawn = await sql.rows<Ids[number]>(
    `UPDATE pgboss.job AS job SET state = 'cancelled', completed_on = now()
     WHERE name = $1 AND singleton_key = $2 AND state < 'completed' AND ($3 OR data->>'trigger' = 'event')
       AND NOT EXISTS (
         SELECT FROM plumbline.run
         WHERE run.id = job.id::text AND posting_at > now() - interval '1 minute' AND job.state = 'active')
     RETURNING id`,
    [REVIEWS, pullKey(locator), which === "all"],
  );
  return tellStopped(sql, withdrawn, reason);
}

/** Nobody could work on the jobs of an installation that is gone. */
export async function dropJobs(sql: Sql, installationId: number): Promise<readonly string[]> {
  const dropped = await sql.rows<Ids[number]>(
    `UPDATE pgboss.job SET state = 'cancelled', completed_on = now()
     WHERE name IN ($1, $2) AND group_id = $3 AND state < 'completed' RETURNING id`,
    [REVIEWS, COMMANDS, String(installationId)],
  );
  return tellStopped(sql, dropped, "the app was uninstalled or suspended");
}

export async function liftPause(sql: Sql, installationId: number): Promise<void> {
  await sql.rows("DELETE FROM plumbline.pause WHERE scope = $1", [`installation/${installationId}`]);
}

async function tellStopped(sql: Sql, stopped: Ids, reason: string): Promise<readonly string[]> {
  const ids = stopped.map(({ id }) => id);
  if (ids.length > 0)
    await sql.rows("UPDATE plumbline.run SET stop_reason = $2 WHERE id = ANY($1::text[])", [ids, reason]);
  return ids;
}
