/** The migration tools that are known by their files: one table of how each names, wraps and reverts a migration. */

export type MigrationTool =
  | "Alembic"
  | "dbmate"
  | "Diesel"
  | "Drizzle"
  | "Flyway"
  | "Go code"
  | "golang-migrate"
  | "goose"
  | "Knex"
  | "Liquibase"
  | "plain SQL"
  | "Prisma"
  | "Rails"
  | "sqlx"
  | "TypeORM";

/**
 * How the tool runs the statements of one migration: `wrapped` in its own transaction; `implicit`, all sent as one
 * query, which PostgreSQL runs as one transaction when it has more than one statement; `detected`, without one when a
 * statement forbids it, but never mixed with others; `none`, each on its own.
 */
export type Transaction = "wrapped" | "implicit" | "detected" | "none" | "unknown";

/** Where the way back stands: in a file of its own, in the same file, or nowhere, as the tool knows none. */
export type DownForm = "paired" | "inside" | "never";

export interface MigrationForm {
  readonly tool: MigrationTool;
  readonly path: RegExp;
  /** Null where the path says enough. */
  readonly text: RegExp | null;
  readonly language: "sql" | "javascript" | "python" | "ruby" | "go";
  readonly transaction: Transaction;
  /** In a text that says so itself, how it is run instead. */
  readonly unwrapped: { readonly marker: RegExp; readonly transaction: Transaction } | null;
  readonly down: DownForm;
}

const SQL_FOLDER =
  /(?:^|\/)(?:db\/)?(?:[\w-]*migrations?|migrate|changelogs?|flyway|drizzle)\/(?:.*\/)?[^/]*\.sql$/i;
const SCRIPT_FOLDER = /(?:^|\/)[\w-]*(?:migrations?|migrate)\/(?:.*\/)?[^/]+\.(?:[cm]?js|[cm]?ts)$/i;

/** In order: the first that fits decides. Transactions are as the tools' own manuals tell (versions of 2025). */
export const MIGRATION_FORMS: readonly MigrationForm[] = [
  {
    tool: "goose",
    path: /\.sql$/i,
    text: /^--\s*\+goose\s+Up\b/im,
    language: "sql",
    transaction: "wrapped",
    unwrapped: { marker: /^--\s*\+goose\s+NO\s+TRANSACTION/im, transaction: "none" },
    down: "inside",
  },
  {
    tool: "dbmate",
    path: /\.sql$/i,
    text: /^--\s*migrate:up\b/im,
    language: "sql",
    transaction: "wrapped",
    unwrapped: { marker: /^--\s*migrate:up\s.*transaction:false/im, transaction: "none" },
    down: "inside",
  },
  {
    tool: "Liquibase",
    path: /\.sql$/i,
    text: /^\s*--\s*liquibase\s+formatted\s+sql/i,
    language: "sql",
    transaction: "wrapped",
    unwrapped: null, // per changeset: see `migration-folders.ts`
    down: "inside",
  },
  {
    tool: "Prisma",
    path: /(?:^|\/)migrations\/\d{14}_[^/]*\/migration\.sql$/,
    text: null,
    language: "sql",
    transaction: "implicit",
    unwrapped: null,
    down: "never",
  },
  {
    tool: "Drizzle",
    path: /\.sql$/i,
    text: /^--> statement-breakpoint|;--> statement-breakpoint/m,
    language: "sql",
    transaction: "wrapped",
    unwrapped: null,
    down: "never",
  },
  {
    tool: "Drizzle",
    path: /(?:^|\/)drizzle\/(?:.*\/)?\d{4}_[^/]+\.sql$/,
    text: null,
    language: "sql",
    transaction: "wrapped",
    unwrapped: null,
    down: "never",
  },
  {
    tool: "Flyway",
    path: /(?:^|\/)(?:[VU]\d[\d._]*__|R__)[^/]*\.sql$/,
    text: null,
    language: "sql",
    transaction: "detected",
    unwrapped: null,
    down: "paired",
  },
  {
    tool: "Diesel",
    path: /(?:^|\/)migrations\/[^/]+\/(?:up|down)\.sql$/,
    text: null,
    language: "sql",
    transaction: "wrapped",
    unwrapped: null,
    down: "paired",
  },
  {
    tool: "golang-migrate",
    path: /(?:^|\/)\d+_[^/]*\.(?:up|down)\.sql$/,
    text: null,
    language: "sql",
    transaction: "implicit",
    unwrapped: null,
    down: "paired",
  },
  {
    tool: "plain SQL",
    path: SQL_FOLDER,
    text: null,
    language: "sql",
    transaction: "unknown",
    unwrapped: null,
    down: "never",
  },
  {
    tool: "Alembic",
    path: /\.py$/,
    text: /\bop\.execute\s*\(/,
    language: "python",
    transaction: "wrapped",
    unwrapped: { marker: /\bautocommit_block\s*\(/, transaction: "none" },
    down: "inside",
  },
  {
    tool: "Rails",
    path: /(?:^|\/)(?:db\/(?:[\w-]+\/)?(?:post_)?migrate|migrations?)\/\d+_[^/]+\.rb$/,
    text: /\bexecute\b/,
    language: "ruby",
    transaction: "wrapped",
    unwrapped: { marker: /^\s*disable_ddl_transaction!/m, transaction: "none" },
    down: "inside",
  },
  {
    tool: "TypeORM",
    path: /\.[cm]?[jt]s$/,
    text: /\bqueryRunner\s*\.\s*query\s*\(/,
    language: "javascript",
    transaction: "wrapped",
    unwrapped: { marker: /\btransaction\s*(?::\s*boolean\s*)?=\s*false/, transaction: "none" },
    down: "inside",
  },
  {
    tool: "Knex",
    path: SCRIPT_FOLDER,
    text: /\.(?:raw|query|execute|unsafe)\s*\(|\bsql`/,
    language: "javascript",
    transaction: "wrapped",
    unwrapped: { marker: /\btransaction\s*:\s*false/, transaction: "none" },
    down: "inside",
  },
  {
    tool: "Go code",
    path: /(?:^|\/)[^/]*migrat[^/]*(?:\/.*)?\.go$/i,
    text: /\.Exec(?:Context)?\(/,
    language: "go",
    transaction: "unknown",
    unwrapped: null,
    down: "inside",
  },
];
