/** What the rules for migrations ask of SQL: tables, columns, constraints and locks, without PostgreSQL's own tree. */

export interface SqlColumn {
  readonly name: string;
  /** As PostgreSQL names it, with its numbers: "varchar(20)", "int4[]". */
  readonly type: string;
  readonly notNull: boolean;
  /** A default, an identity, a serial type or a generation expression: rows that exist get a value. */
  readonly filled: boolean;
  /** What makes PostgreSQL compute a value for every row, such as "gen_random_uuid()"; null where it need not. */
  readonly computedPerRow: string | null;
  readonly primary: boolean;
  readonly unique: boolean;
  /** The table that it refers to. */
  readonly references: string | null;
}

export interface SqlConstraint {
  readonly type: "primary" | "unique" | "foreign" | "check" | "not null" | "exclude";
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly references: string | null;
  readonly notValid: boolean;
  /** Made from an index that exists: `USING INDEX`. */
  readonly usingIndex: boolean;
}

export type SqlAction =
  | {
      readonly kind: "create table";
      readonly table: string;
      readonly columns: readonly SqlColumn[];
      readonly constraints: readonly SqlConstraint[];
      readonly guarded: boolean;
    }
  | { readonly kind: "drop table"; readonly table: string }
  | { readonly kind: "rename table"; readonly table: string; readonly to: string }
  | {
      readonly kind: "add column";
      readonly table: string;
      readonly column: SqlColumn;
      readonly guarded: boolean;
    }
  | { readonly kind: "drop column"; readonly table: string; readonly column: string }
  | { readonly kind: "rename column"; readonly table: string; readonly column: string; readonly to: string }
  | {
      readonly kind: "change type";
      readonly table: string;
      readonly column: string;
      readonly type: string;
      /** A `USING` that is more than a plain cast of the column. */
      readonly converts: boolean;
    }
  | { readonly kind: "set not null"; readonly table: string; readonly column: string }
  | { readonly kind: "add constraint"; readonly table: string; readonly constraint: SqlConstraint }
  | { readonly kind: "validate constraint"; readonly table: string; readonly name: string }
  /** Any other `ALTER TABLE` command. */
  | { readonly kind: "alter table"; readonly table: string }
  | {
      readonly kind: "create index";
      readonly table: string;
      readonly columns: readonly string[];
      readonly unique: boolean;
      readonly concurrently: boolean;
      readonly guarded: boolean;
    }
  | { readonly kind: "drop index"; readonly concurrently: boolean }
  | { readonly kind: "reindex"; readonly concurrently: boolean }
  /** A view, function, type or the like; `guarded` where running it again does no harm. */
  | { readonly kind: "create other"; readonly what: string; readonly guarded: boolean }
  | {
      readonly kind: "update";
      readonly table: string;
      readonly filtered: boolean;
      readonly columns: readonly string[];
    }
  | { readonly kind: "delete"; readonly table: string; readonly filtered: boolean }
  | { readonly kind: "truncate"; readonly table: string }
  | {
      readonly kind: "insert";
      readonly table: string;
      readonly fromQuery: boolean;
      readonly guarded: boolean;
    }
  | { readonly kind: "set"; readonly name: string }
  | { readonly kind: "begin" }
  | { readonly kind: "end" }
  | { readonly kind: "other" };

/** One command; an `ALTER TABLE` with three commands is three of them. Places are offsets in characters. */
export interface SqlFact {
  readonly action: SqlAction;
  readonly at: number;
  /** Which statement of its text it belongs to, counted from 0. */
  readonly statement: number;
}

export type SqlReading =
  | { readonly kind: "read"; readonly facts: readonly SqlFact[]; readonly statements: number }
  | { readonly kind: "refused"; readonly message: string; readonly at: number };
