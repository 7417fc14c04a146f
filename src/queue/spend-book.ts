/** What reviews have cost, by pull request and day, for all replicas: the caps of money are held against it. */
import type { PullRequestLocator } from "../domain/pull-request.ts";
import type { SpendBook } from "../review/ports.ts";
import type { Rows } from "./database.ts";

export function spendBook(database: Rows, locator: PullRequestLocator): SpendBook {
  const { installationId, repositoryId, number } = locator;
  return {
    spent: async () => {
      const [row] = await database.rows<{ pull: number | string; month: number | string }>(
        `SELECT COALESCE(sum(usd) FILTER (WHERE repository_id = $2 AND number = $3 AND day = ${TODAY}), 0) AS pull,
           COALESCE(sum(usd), 0) AS month
         FROM plumbline.spend
         WHERE installation_id = $1 AND day >= date_trunc('month', ${TODAY})::date`,
        [installationId, repositoryId, number],
      );
      return { pullDayUsd: Number(row?.pull ?? 0), installationMonthUsd: Number(row?.month ?? 0) };
    },
    add: async (usd) => {
      await database.rows(
        `INSERT INTO plumbline.spend (installation_id, repository_id, number, day, usd) VALUES ($1, $2, $3, ${TODAY}, $4)
         ON CONFLICT (installation_id, day, repository_id, number) DO UPDATE SET usd = spend.usd + excluded.usd`,
        [installationId, repositoryId, number, usd],
      );
    },
  };
}

/** Days and months are UTC's, whatever the store's own time zone is. */
const TODAY = "(now() AT TIME ZONE 'utc')::date";
