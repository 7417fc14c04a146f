/** Statements and transactions on the database that pg-boss works on, the same for PGlite and PostgreSQL. */
import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as turn } from "node:timers/promises";
import type { PGlite } from "@electric-sql/pglite";
import { type Db, fromPglite, type PgBoss } from "pg-boss";

/** Single statements: all that a running review needs of the store, and the part of it that another process can be lent. */
export interface Rows {
  /** Rows as the driver gives them; whoever asks names their shape and is trusted, since we wrote the statement. */
  rows<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

export interface Sql extends Rows {
  /** What pg-boss takes as `db`, so that a job can be added in the same transaction. */
  readonly db: Db;
}

export interface Database extends Sql {
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

export function postgresDatabase(boss: PgBoss): Database {
  const db = boss.getDb();
  return { ...sqlOn(db), transaction: (work) => pooledTransaction(db, work) };
}

/** A transaction that statements of the same chain of calls belong to, until it ends. */
interface Open {
  db: Db | null;
}

/**
 * PGlite has one connection: while a transaction is open every statement outside it waits. pg-boss now and then asks its
 * own handle something in the middle of a call that was given a transaction, and would wait for itself for ever; so the
 * handle it gets sends whatever is asked from within a transaction into that transaction.
 */
export function embeddedDatabase(lite: PGlite): Database {
  const main = fromPglite(lite);
  const current = new AsyncLocalStorage<Open>();
  const db: Db = {
    ...main,
    executeSql: async (text, values) => {
      const open = current.getStore()?.db;
      if (open) return open.executeSql(text, values);
      // pg-boss's upkeep asks ten questions in a row (measured: 170 ms), and webhooks wait between them.
      await turn();
      return main.executeSql(text, values);
    },
  };
  const transaction = <T>(work: (sql: Sql) => Promise<T>): Promise<T> =>
    lite.transaction(async (raw) => {
      // PGlite works on this thread without a pause, and what waits for the lock goes on in the same breath: without this
      // turn for the others, connections are not even accepted while deliveries queue up (measured: answers after 10 s).
      await turn();
      const open: Open = { db: fromPglite(raw) };
      try {
        return await current.run(open, () => work(sqlOn(db)));
      } finally {
        open.db = null;
      }
    });
  return { ...sqlOn(db), transaction };
}

export function sqlOn(db: Db): Sql {
  return {
    db,
    rows: async (text, values) =>
      (await db.executeSql(text, values === undefined ? undefined : [...values])).rows,
  };
}

/**
 * A replica that vanishes in the middle of a transaction would hold its locks until TCP notices, which takes hours; and
 * one that waits for a lock that is never given must hear of it.
 */
export const BOUNDS =
  "SELECT set_config('idle_in_transaction_session_timeout', '60s', true), set_config('lock_timeout', '10s', true)";

async function pooledTransaction<T>(db: Db, work: (sql: Sql) => Promise<T>): Promise<T> {
  if (db.beginTransaction === undefined) throw new Error("this database driver has no transactions");
  const open = await db.beginTransaction();
  try {
    await open.db.executeSql(BOUNDS);
    const result = await work(sqlOn(open.db));
    await open.commit();
    return result;
  } catch (error) {
    await open.rollback();
    throw error;
  }
}
