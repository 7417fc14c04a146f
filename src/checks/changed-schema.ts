/** The part of the schema that a change itself builds: what is new in it, and what it does to what was there. */
import type { PlacedFact, SqlScript } from "./migration-facts.ts";
import type { SqlAction, SqlColumn, SqlConstraint } from "./sql-facts.ts";

export interface ChangedSchema {
  /** Whether the table was there before: not created on an added line of this change. */
  existed(table: string): boolean;
  isNewColumn(table: string, column: string): boolean;
  isDropped(table: string): boolean;
  /** Emptied by this change, so that nothing in it can be NULL or slow. */
  isEmptied(table: string): boolean;
  isCheckedNotNull(table: string, column: string): boolean;
  hasIndexOn(table: string, column: string): boolean;
  /** As the way back restores it; null where it tells nothing. */
  typeBefore(table: string, column: string): string | null;
}

export function readChangedSchema(scripts: readonly SqlScript[]): ChangedSchema {
  const up = actionsOf(scripts, "up");
  const down = actionsOf(scripts, "down");
  const created = createdTables(up);
  const indexed = new Set(up.flatMap(indexedColumns));
  const has = (test: (action: SqlAction) => boolean) => up.some(test);
  return {
    existed: (table) => !created.has(table),
    isNewColumn: (table, column) =>
      has(
        (action) => action.kind === "add column" && action.table === table && action.column.name === column,
      ),
    isDropped: (table) => has((action) => action.kind === "drop table" && action.table === table),
    isEmptied: (table) =>
      has(
        (action) =>
          (action.kind === "truncate" || (action.kind === "delete" && !action.filtered)) &&
          action.table === table,
      ),
    isCheckedNotNull: (table, column) =>
      has(
        (action) =>
          action.kind === "add constraint" &&
          action.table === table &&
          (action.constraint.type === "check" || action.constraint.type === "not null") &&
          action.constraint.columns.includes(column),
      ),
    hasIndexOn: (table, column) => indexed.has(`${table}\0${column}`),
    typeBefore: (table, column) => {
      const back = down.find(
        (action) => action.kind === "change type" && action.table === table && action.column === column,
      );
      return back?.kind === "change type" ? back.type : null;
    },
  };
}

function actionsOf(scripts: readonly SqlScript[], direction: SqlScript["direction"]): readonly SqlAction[] {
  const facts: readonly PlacedFact[] = scripts
    .filter((script) => script.direction === direction)
    .flatMap((script) => script.facts);
  // The way back need not be new to tell what a type was.
  return facts.filter((fact) => fact.added || direction === "down").map((fact) => fact.action);
}

function createdTables(actions: readonly SqlAction[]): ReadonlySet<string> {
  const created = new Set<string>();
  for (const action of actions) {
    if (action.kind === "create table") created.add(action.table);
    if (action.kind === "rename table" && created.has(action.table)) created.add(action.to);
  }
  return created;
}

function indexedColumns(action: SqlAction): readonly string[] {
  if (action.kind === "create index") return [`${action.table}\0${action.columns[0] ?? ""}`];
  if (action.kind === "add constraint") return keyOf(action.table, action.constraint);
  if (action.kind === "add column") return columnKey(action.table, action.column);
  if (action.kind !== "create table") return [];
  return [
    ...action.columns.flatMap((column) => columnKey(action.table, column)),
    ...action.constraints.flatMap((constraint) => keyOf(action.table, constraint)),
  ];
}

function keyOf(table: string, constraint: SqlConstraint): readonly string[] {
  const indexes = constraint.type === "primary" || constraint.type === "unique";
  return indexes ? [`${table}\0${constraint.columns[0] ?? ""}`] : [];
}

function columnKey(table: string, column: SqlColumn): readonly string[] {
  return column.primary || column.unique ? [`${table}\0${column.name}`] : [];
}

/** The foreign keys that an action adds. */
export function foreignKeys(
  action: SqlAction,
): readonly { readonly table: string; readonly columns: readonly string[] }[] {
  if (action.kind === "add constraint")
    return action.constraint.type === "foreign"
      ? [{ table: action.table, columns: action.constraint.columns }]
      : [];
  if (action.kind === "add column")
    return action.column.references === null ? [] : [{ table: action.table, columns: [action.column.name] }];
  if (action.kind !== "create table") return [];
  return [
    ...action.columns
      .filter((column) => column.references !== null)
      .map(({ name }) => ({ table: action.table, columns: [name] })),
    ...action.constraints
      .filter((constraint) => constraint.type === "foreign")
      .map(({ columns }) => ({ table: action.table, columns })),
  ];
}
