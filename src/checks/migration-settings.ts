/** What stands beside a migration and changes how it is run: the database it is for, a transaction that is switched off. */
import type { CheckInput } from "../review/checks.ts";
import type { Migration } from "./migration-folders.ts";
import { migrationRoot } from "./migration-history.ts";

export type MigrationSettings =
  | { readonly kind: "for PostgreSQL"; readonly migration: Migration }
  | { readonly kind: "not for us"; readonly reason: string };

const OTHER_DATABASE =
  /(?:^|[/_.-])(mysql|mariadb|sqlite3?|mssql|sqlserver|oracle|clickhouse|cockroach(?:db)?)(?:[/_.-]|$)/i;

export async function migrationSettings(migration: Migration, input: CheckInput): Promise<MigrationSettings> {
  const root = migrationRoot(migration.path);
  const folder = OTHER_DATABASE.exec(migration.path)?.[1];
  if (folder !== undefined) return { kind: "not for us", reason: `for ${folder.toLowerCase()} by its path` };
  switch (migration.tool) {
    case "Prisma":
      return databaseIn(migration, input, {
        path: `${root}/migration_lock.toml`,
        pattern: /provider\s*=\s*"(\w+)"/,
      });
    case "Drizzle":
      return databaseIn(migration, input, {
        path: `${root}/meta/_journal.json`,
        pattern: /"dialect"\s*:\s*"(\w+)"/,
      });
    case "Flyway":
      return withFlywayScript(migration, input);
    case "golang-migrate":
    case "plain SQL":
      return { kind: "for PostgreSQL", migration: asSqlx(migration, input) };
    default:
      return { kind: "for PostgreSQL", migration };
  }
}

interface Declaration {
  readonly path: string;
  readonly pattern: RegExp;
}

async function databaseIn(
  migration: Migration,
  input: CheckInput,
  where: Declaration,
): Promise<MigrationSettings> {
  const text = await readText(where.path, input);
  const database = where.pattern.exec(text)?.[1];
  if (database !== undefined && !/^(?:postgres(?:ql)?|pg)$/i.test(database))
    return { kind: "not for us", reason: `for ${database}, as ${where.path} says` };
  return { kind: "for PostgreSQL", migration };
}

/** `V2__x.sql.conf` with `executeInTransaction=false`. */
async function withFlywayScript(migration: Migration, input: CheckInput): Promise<MigrationSettings> {
  const text = await readText(`${migration.path}.conf`, input);
  if (!/^\s*executeInTransaction\s*=\s*false/im.test(text)) return { kind: "for PostgreSQL", migration };
  return { kind: "for PostgreSQL", migration: withTransaction(migration, "none") };
}

/** The same names as golang-migrate's, in a Rust project: every file runs in a transaction unless its first line says otherwise. */
function asSqlx(migration: Migration, input: CheckInput): Migration {
  const isRust = input.view.files.some((file) => /(?:^|\/)Cargo\.toml$/.test(file.path));
  if (!isRust || !/(?:^|\/)migrations\/\d+_[^/]*\.sql$/.test(migration.path)) return migration;
  const free = migration.parts.some((part) => /^\s*--\s*no-transaction\b/.test(part.sql));
  return { ...withTransaction(migration, free ? "implicit" : "wrapped"), tool: "sqlx" };
}

function withTransaction(migration: Migration, transaction: "none" | "implicit" | "wrapped"): Migration {
  return { ...migration, parts: migration.parts.map((part) => ({ ...part, transaction })) };
}

async function readText(path: string, input: CheckInput): Promise<string> {
  const content = (await input.view.readHead([path], input.signal)).get(path);
  return content?.kind === "text" ? content.text : "";
}
