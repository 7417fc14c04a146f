/** The tables that a change touches, as a Mermaid `erDiagram`: drawn only where three or more change. */
import type { SqlScript } from "./migration-facts.ts";
import type { SqlAction, SqlColumn, SqlConstraint } from "./sql-facts.ts";

const MIN_TABLES = 3;
/** A picture with more cannot be read. */
const MAX_TABLES = 20;
const MAX_COLUMNS = 30;
const MAX_NAME = 40;

interface Column {
  readonly name: string;
  type: string;
  readonly keys: Set<"PK" | "FK" | "UK">;
}

interface Table {
  readonly columns: Map<string, Column>;
  /** Table referred to → the column that does. */
  readonly references: Map<string, string>;
}

export function drawSchema(scripts: readonly SqlScript[]): string | null {
  const tables = new Map<string, Table>();
  for (const script of scripts) {
    if (script.direction === "down") continue;
    for (const fact of script.facts) if (fact.added) apply(tables, fact.action);
  }
  if (tables.size < MIN_TABLES) return null;
  const shown = [...tables].slice(0, MAX_TABLES);
  const left = tables.size - shown.length;
  const relations = shown.flatMap(([name, table]) =>
    [...table.references].map(([to, column]) => `  ${safe(to)} ||--o{ ${safe(name)} : "${safe(column)}"`),
  );
  return [
    "erDiagram",
    ...shown.flatMap(([name, table]) => entity(name, table)),
    ...relations,
    ...(left > 0 ? [`  %% ${left} more tables are not drawn`] : []),
  ].join("\n");
}

function apply(tables: Map<string, Table>, action: SqlAction): void {
  if (!("table" in action) || action.table === "") return;
  switch (action.kind) {
    case "create table": {
      const table = tableOf(tables, action.table);
      for (const column of action.columns) addColumn(table, column);
      for (const constraint of action.constraints) addKeys(table, constraint);
      return;
    }
    case "add column":
      addColumn(tableOf(tables, action.table), action.column);
      return;
    case "change type":
      columnOf(tableOf(tables, action.table), action.column).type = action.type;
      return;
    case "add constraint":
      addKeys(tableOf(tables, action.table), action.constraint);
      return;
    case "drop table":
      tables.delete(action.table);
      return;
    case "drop column":
      tableOf(tables, action.table).columns.delete(action.column);
      return;
    case "rename table":
      tables.set(action.to, tableOf(tables, action.table));
      tables.delete(action.table);
      return;
    case "rename column": {
      const { columns } = tableOf(tables, action.table);
      const old = columns.get(action.column);
      columns.delete(action.column);
      columns.set(action.to, { name: action.to, type: old?.type ?? "", keys: old?.keys ?? new Set() });
      return;
    }
    default:
    // Indexes, data and checks change no box of the picture.
  }
}

function tableOf(tables: Map<string, Table>, name: string): Table {
  const table = tables.get(name) ?? { columns: new Map(), references: new Map() };
  tables.set(name, table);
  return table;
}

function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name) ?? { name, type: "", keys: new Set() };
  table.columns.set(name, column);
  return column;
}

function addColumn(table: Table, column: SqlColumn): void {
  const drawn = columnOf(table, column.name);
  drawn.type = column.type;
  if (column.primary) drawn.keys.add("PK");
  if (column.unique) drawn.keys.add("UK");
  if (column.references === null) return;
  drawn.keys.add("FK");
  table.references.set(column.references, column.name);
}

function addKeys(table: Table, constraint: SqlConstraint): void {
  const [first] = constraint.columns;
  const key = KEYS.get(constraint.type);
  if (key === undefined) return;
  // A key over several columns makes none of them unique by itself.
  if (key !== "UK" || constraint.columns.length === 1)
    for (const name of constraint.columns) columnOf(table, name).keys.add(key);
  if (constraint.references !== null) table.references.set(constraint.references, first ?? "");
}

const KEYS: ReadonlyMap<SqlConstraint["type"], "PK" | "FK" | "UK"> = new Map([
  ["primary", "PK"],
  ["foreign", "FK"],
  ["unique", "UK"],
]);

function entity(name: string, table: Table): readonly string[] {
  const columns = [...table.columns.values()];
  const lines = columns.slice(0, MAX_COLUMNS).map((column) => {
    const keys = [...column.keys].join(", ");
    return `    ${safe(column.type)} ${safe(column.name)}${keys === "" ? "" : ` ${keys}`}`;
  });
  // A box without columns is written without braces.
  return lines.length === 0 ? [`  ${safe(name)}`] : [`  ${safe(name)} {`, ...lines, "  }"];
}

/** Names come from the pull request and end up in a diagram: letters, digits and underscores only. */
function safe(name: string): string {
  const plain = name
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, MAX_NAME);
  if (plain === "") return "unknown";
  return /^[0-9]/.test(plain) ? `t_${plain}` : plain;
}
