/**
 * The connections that deliveries are stored through on PostgreSQL. They are nobody else's, so that no burst of reviews
 * keeps webhooks waiting for one, and they stay open: a new one plans each statement first (measured: 35 ms).
 */
import { Pool, type PoolClient } from "pg";
import { BOUNDS, type Database, sqlOn } from "./database.ts";
import { within } from "./deadline.ts";

export interface ArrivalPool extends Database {
  close(): Promise<void>;
}

const CONNECT_MS = 5_000;
/** Of a connection that a firewall has forgotten nothing is heard, not even that it is gone. */
const BEGIN_MS = 2_000;
/** Longer than the longest wait for a lock. */
const QUERY_MS = 15_000;
/** Firewalls forget after some minutes at the earliest. */
const IDLE_MS = 60_000;
const KEEP_ALIVE_MS = 30_000;

/** `onFault` hears of connections that break; the next transaction opens another one. */
export function arrivalPool(
  connectionString: string,
  connections: number,
  onFault: (error: unknown) => void,
): ArrivalPool {
  const pool = new Pool({
    connectionString,
    max: connections,
    application_name: "plumbline-arrivals",
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  });
  pool.on("error", onFault);
  return {
    ...sqlOn({ executeSql: (text, values) => pool.query(text, values) }),
    transaction: async (work) => {
      const client = await begun(pool, onFault);
      let isBroken = true;
      try {
        const result = await work(sqlOn({ executeSql: (text, values) => client.query(text, values) }));
        await client.query("COMMIT");
        isBroken = false;
        return result;
      } catch (error) {
        isBroken = !(await isRolledBack(client, onFault));
        throw error;
      } finally {
        giveBack(client, onFault, isBroken);
      }
    },
    close: () => pool.end(),
  };
}

/** A connection in a transaction. One that does not even begin was dead before, and another is tried, which is new. */
async function begun(pool: Pool, onFault: (error: unknown) => void): Promise<PoolClient> {
  for (let isLast = false; ; isLast = true) {
    const client = await pool.connect();
    // The pool does not listen while a connection is lent, and an error that nobody hears ends the process.
    client.on("error", onFault);
    try {
      // One message less than with pg-boss's own: what is begun is bounded at once.
      await within(BEGIN_MS, client.query(`BEGIN; ${BOUNDS}`));
      return client;
    } catch (error) {
      giveBack(client, onFault, true);
      if (isLast) throw error;
      onFault(error);
    }
  }
}

function giveBack(client: PoolClient, onFault: (error: unknown) => void, isBroken: boolean): void {
  client.off("error", onFault);
  client.release(isBroken);
}

/** One that cannot even roll back is closed, which comes to the same for the database. */
async function isRolledBack(client: PoolClient, onFault: (error: unknown) => void): Promise<boolean> {
  try {
    await within(BEGIN_MS, client.query("ROLLBACK"));
    return true;
  } catch (error) {
    onFault(error);
    return false;
  }
}
