/** What the rules for migrations look at: each fact of the SQL with its file, its line and the transaction around it. */
import type { MigrationTool, Transaction } from "./migration-forms.ts";
import type { MigrationRuleId } from "./migration-rules.ts";
import type { SqlAction } from "./sql-facts.ts";

/** One text of SQL in a migration: a file, a section of it, or one string. */
export interface SqlScript {
  readonly path: string;
  readonly tool: MigrationTool;
  readonly direction: "up" | "down";
  readonly transaction: Transaction;
  readonly repeatable: boolean;
  /** Number of statements. */
  readonly statements: number;
  readonly facts: readonly PlacedFact[];
}

export interface PlacedFact {
  readonly action: SqlAction;
  readonly line: number;
  /** Whether this change wrote that line. */
  readonly added: boolean;
  readonly statement: number;
}

export interface Hit {
  readonly rule: MigrationRuleId;
  readonly path: string;
  readonly line: number;
  /** Table or column, as the migration names it. */
  readonly subject: string;
  /** A sentence of its own that goes before the rule's reason; may be empty. */
  readonly detail: string;
}

/** What is known of the schema before the change, read from the other migrations as text. */
export interface SchemaHistory {
  /** Such as "varchar(20)"; null where nothing was found. */
  typeOf(table: string, column: string): string | null;
  isCheckedNotNull(table: string, column: string): boolean;
  hasIndexOn(table: string, column: string): boolean;
  /** Whether the others set `lock_timeout`: the habit of the repository. */
  readonly setsLockTimeout: boolean;
}
