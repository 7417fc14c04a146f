/** PostgreSQL's parse tree of a text → the facts in it, each with its place. Runs in the parser thread. */
import { hasSqlDetails, type Node, type ParseResult } from "libpg-query";
import { actionOf } from "./sql-actions.ts";
import { names, readColumn, readConstraint, tableName, typeText } from "./sql-columns.ts";
import type { SqlAction, SqlFact, SqlReading } from "./sql-facts.ts";

/** An action, and where the tree says it stands (in bytes), or a name to look for where it says nothing. */
interface Located {
  readonly action: SqlAction;
  readonly location: number | null;
  readonly word: string | null;
}

export function readSql(sql: string, parse: (sql: string) => ParseResult): SqlReading {
  if (sql.trim() === "") return { kind: "read", facts: [], statements: 0 };
  let tree: ParseResult;
  try {
    tree = parse(sql);
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    return { kind: "refused", message: error.message, at: error.sqlDetails?.cursorPosition ?? 0 };
  }
  const characterAt = byteIndex(sql);
  const statements = tree.stmts ?? [];
  const facts = statements.flatMap(({ stmt, stmt_location = 0, stmt_len = 0 }, statement): SqlFact[] => {
    const start = firstCode(sql, characterAt(stmt_location));
    const end = stmt_len === 0 ? sql.length : characterAt(stmt_location + stmt_len);
    let from = start;
    return located(stmt).map(({ action, location, word }) => {
      const at = location === null || location < 0 ? placeOf(sql, word, from, end) : characterAt(location);
      from = Math.max(from, at + (word?.length ?? 0));
      return { action, at: word === null && location === null ? start : at, statement };
    });
  });
  return { kind: "read", facts, statements: statements.length };
}

/** PostgreSQL counts bytes of UTF-8. */
function byteIndex(sql: string): (byte: number) => number {
  // A text of ASCII alone, which is nearly every one, needs no table.
  if (Buffer.byteLength(sql) === sql.length) return (byte) => byte;
  const starts: number[] = [];
  let at = 0;
  for (const character of sql) {
    for (let byte = Buffer.byteLength(character); byte > 0; byte--) starts.push(at);
    at += character.length;
  }
  return (byte) => starts[byte] ?? sql.length;
}

function firstCode(sql: string, from: number): number {
  const gap = /^(?:\s+|--[^\n]*(?:\n|$))+/.exec(sql.slice(from, from + 4_000));
  return from + (gap?.[0].length ?? 0);
}

function placeOf(sql: string, word: string | null, from: number, end: number): number {
  if (word === null) return from;
  const at = sql.toLowerCase().indexOf(word.toLowerCase(), from);
  return at < 0 || at >= end ? from : at;
}

function located(stmt: Node | undefined): readonly Located[] {
  if (stmt === undefined) return [];
  if ("AlterTableStmt" in stmt) {
    const { relation, cmds = [], objtype } = stmt.AlterTableStmt;
    const table = tableName(relation) ?? "";
    if (objtype !== "OBJECT_TABLE") return [whole({ kind: "other" })];
    return cmds.map((cmd) => alterCommand(table, cmd));
  }
  if ("DropStmt" in stmt) return dropped(stmt.DropStmt);
  if ("TruncateStmt" in stmt)
    return (stmt.TruncateStmt.relations ?? []).map((node) =>
      whole({ kind: "truncate", table: ("RangeVar" in node ? tableName(node.RangeVar) : null) ?? "" }),
    );
  return [whole(actionOf(stmt))];
}

function whole(action: SqlAction): Located {
  return { action, location: null, word: null };
}

function alterCommand(table: string, node: Node): Located {
  if (!("AlterTableCmd" in node)) return whole({ kind: "alter table", table });
  const { subtype, name = "", def, missing_ok = false } = node.AlterTableCmd;
  const column = def !== undefined && "ColumnDef" in def ? def.ColumnDef : null;
  if (subtype === "AT_AddColumn" && column !== null)
    return {
      action: { kind: "add column", table, column: readColumn(column), guarded: missing_ok },
      location: column.location ?? null,
      word: null,
    };
  if (subtype === "AT_AlterColumnType" && column !== null) {
    const type = typeText(column.typeName);
    return named(
      { kind: "change type", table, column: name, type, converts: converts(column.raw_default) },
      name,
    );
  }
  if (subtype === "AT_AddConstraint" && def !== undefined && "Constraint" in def) {
    const constraint = readConstraint(def.Constraint);
    const action: SqlAction =
      constraint === null ? { kind: "alter table", table } : { kind: "add constraint", table, constraint };
    return { action, location: def.Constraint.location ?? null, word: null };
  }
  if (subtype === "AT_DropColumn") return named({ kind: "drop column", table, column: name }, name);
  if (subtype === "AT_SetNotNull") return named({ kind: "set not null", table, column: name }, name);
  if (subtype === "AT_ValidateConstraint") return named({ kind: "validate constraint", table, name }, name);
  return named({ kind: "alter table", table }, name);
}

function named(action: SqlAction, word: string): Located {
  return { action, location: null, word: word === "" ? null : word };
}

function converts(using: Node | undefined): boolean {
  if (using === undefined) return false;
  const inner = "TypeCast" in using ? using.TypeCast.arg : using;
  return inner === undefined || !("ColumnRef" in inner);
}

function dropped(stmt: Extract<Node, { DropStmt: unknown }>["DropStmt"]): readonly Located[] {
  const { removeType, objects = [], concurrent = false } = stmt;
  if (removeType === "OBJECT_INDEX") return [whole({ kind: "drop index", concurrently: concurrent })];
  if (removeType !== "OBJECT_TABLE") return [whole({ kind: "other" })];
  return objects.map((node) => {
    const parts = "List" in node ? names(node.List.items) : [];
    const table = tableName({ relname: parts.at(-1) ?? "", schemaname: parts.at(-2) ?? "public" }) ?? "";
    return named({ kind: "drop table", table }, parts.at(-1) ?? "");
  });
}
