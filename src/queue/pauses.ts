/** The pauses of all replicas, in one table: installations over their limit, a model service that says no. */
import type { PauseBook } from "../review/ports.ts";
import type { Rows } from "./database.ts";

export interface Pauses extends PauseBook {
  /** Forgets a pause that is over, strikes and all; one that holds stays. */
  lapse(scope: string): Promise<void>;
  /** Pauses that hold now. */
  readonly current: () => Promise<readonly { readonly scope: string; readonly until: Date }[]>;
}

interface PauseRow {
  readonly scope: string;
  readonly until: string | Date;
  readonly reason: string;
  readonly strikes: number;
}

export function pauses(database: Rows): Pauses {
  return {
    find: async (scope) => {
      const [row] = await database.rows<PauseRow>(
        "SELECT until, reason FROM plumbline.pause WHERE scope = $1 AND until > now()",
        [scope],
      );
      return row === undefined ? null : { until: new Date(row.until), reason: row.reason };
    },
    strikes: async (scope) => {
      const [row] = await database.rows<PauseRow>("SELECT strikes FROM plumbline.pause WHERE scope = $1", [
        scope,
      ]);
      return row?.strikes ?? 0;
    },
    pause: async (scope, until, reason, strikes) => {
      await database.rows(
        `INSERT INTO plumbline.pause (scope, until, reason, strikes) VALUES ($1, $2::timestamptz, $3, $4)
         ON CONFLICT (scope) DO UPDATE SET
           until = greatest(pause.until, excluded.until), reason = excluded.reason, strikes = excluded.strikes`,
        [scope, until.toISOString(), reason, strikes],
      );
    },
    probe: async (scope, until) => {
      const rows = await database.rows(
        "UPDATE plumbline.pause SET until = $2::timestamptz WHERE scope = $1 AND until <= now() RETURNING scope",
        [scope, until.toISOString()],
      );
      return rows.length > 0;
    },
    lapse: async (scope) => {
      await database.rows("DELETE FROM plumbline.pause WHERE scope = $1 AND until <= now()", [scope]);
    },
    lift: async (scope) => {
      await database.rows("DELETE FROM plumbline.pause WHERE scope = $1", [scope]);
    },
    current: async () => {
      const rows = await database.rows<PauseRow>(
        "SELECT scope, until FROM plumbline.pause WHERE until > now() ORDER BY scope LIMIT 1000",
      );
      return rows.map(({ scope, until }) => ({ scope, until: new Date(until) }));
    },
  };
}
