/** A look at the PostgreSQL of running servers, without taking part: no worker, no upkeep, no migration. */
import { PgBoss } from "pg-boss";
import { messageOf, UserError } from "../domain/errors.ts";
import { type Database, postgresDatabase } from "./database.ts";

export interface Visit {
  readonly database: Database;
  close(): Promise<void>;
}

const OTHER_RELEASE = "the tables are those of another release: start the server of this one first";

/** @throws UserError when the database cannot be reached, or holds no tables of this release. */
export async function visitPostgres(connectionString: string): Promise<Visit> {
  const boss = new PgBoss({
    connectionString,
    application_name: "plumbline jobs",
    max: 2,
    migrate: false,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  // Told by the call that meets it.
  boss.on("error", () => undefined);
  const close = () => boss.stop({ close: true, graceful: false });
  try {
    await boss.start();
    const database = postgresDatabase(boss);
    const [found] = await database.rows<{ run: string | null }>("SELECT to_regclass('plumbline.run') AS run");
    if (typeof found?.run !== "string") throw new UserError(OTHER_RELEASE);
    return { database, close };
  } catch (error) {
    await close();
    throw new UserError(`DATABASE_URL: ${whyNot(error)}`, { cause: error });
  }
}

/** pg-boss (`Contractor.check`) would advise to migrate, which is left to the server. */
function whyNot(error: unknown): string {
  const message = messageOf(error);
  if (error instanceof UserError) return message;
  if (message === "pg-boss is not installed")
    return "there are no jobs yet: the server makes its tables when it starts";
  return message === "pg-boss database requires migrations"
    ? OTHER_RELEASE
    : `the database could not be opened: ${message}`;
}
