/**
 * The connections that deliveries are stored through on PostgreSQL. They are nobody else's, so that no burst of reviews
 * keeps webhooks waiting for one, and they stay open: a new one plans each statement first (measured: 35 ms).
 */
import { Pool, type PoolClient } from "pg";
import { BOUNDS, type Database, type Sql, sqlOn } from "./database.ts";

export interface ArrivalPool extends Database {
  close(): Promise<void>;
}

const CONNECT_MS = 5_000;
/** Longer than the longest wait for a lock; a database that has vanished says nothing at all. */
const QUERY_MS = 15_000;

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
    idleTimeoutMillis: 0,
    keepAlive: true,
  });
  pool.on("error", onFault);
  return {
    ...sqlOn({ executeSql: (text, values) => pool.query(text, values) }),
    transaction: async (work) => {
      const client = await pool.connect();
      // The pool does not listen while a connection is lent, and an error that nobody hears ends the process.
      client.on("error", onFault);
      let isBroken = true;
      try {
        const result = await inTransaction(client, work);
        isBroken = false;
        return result;
      } catch (error) {
        isBroken = !(await isRolledBack(client, onFault));
        throw error;
      } finally {
        client.off("error", onFault);
        client.release(isBroken);
      }
    },
    close: () => pool.end(),
  };
}

/** One message less than with pg-boss's own: what is begun is bounded at once. */
async function inTransaction<T>(client: PoolClient, work: (sql: Sql) => Promise<T>): Promise<T> {
  await client.query(`BEGIN; ${BOUNDS}`);
  const result = await work(sqlOn({ executeSql: (text, values) => client.query(text, values) }));
  await client.query("COMMIT");
  return result;
}

/** One that cannot even roll back is closed, which comes to the same for the database. */
async function isRolledBack(client: PoolClient, onFault: (error: unknown) => void): Promise<boolean> {
  try {
    await client.query("ROLLBACK");
    return true;
  } catch (error) {
    onFault(error);
    return false;
  }
}
