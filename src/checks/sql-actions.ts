/** One statement that is no `ALTER TABLE` or `DROP` → what it does, as a fact. */
import type { Node } from "libpg-query";
import { lastName, readColumn, readConstraint, tableName } from "./sql-columns.ts";
import type { SqlAction, SqlColumn, SqlConstraint } from "./sql-facts.ts";

export function actionOf(stmt: Node): SqlAction {
  return definition(stmt) ?? dataChange(stmt) ?? sessionCommand(stmt) ?? { kind: "other" };
}

function definition(stmt: Node): SqlAction | null {
  if ("CreateStmt" in stmt) {
    const { relation, tableElts = [], if_not_exists = false } = stmt.CreateStmt;
    const columns = tableElts.flatMap((node): SqlColumn[] =>
      "ColumnDef" in node ? [readColumn(node.ColumnDef)] : [],
    );
    const constraints = tableElts.flatMap((node): SqlConstraint[] => {
      const constraint = "Constraint" in node ? readConstraint(node.Constraint) : null;
      return constraint === null ? [] : [constraint];
    });
    const table = tableName(relation) ?? "";
    return { kind: "create table", table, columns, constraints, guarded: if_not_exists };
  }
  if ("CreateTableAsStmt" in stmt) {
    const { into, if_not_exists = false } = stmt.CreateTableAsStmt;
    const table = tableName(into?.rel) ?? "";
    return { kind: "create table", table, columns: [], constraints: [], guarded: if_not_exists };
  }
  if ("IndexStmt" in stmt) {
    const { relation, indexParams = [], unique = false, concurrent = false, if_not_exists } = stmt.IndexStmt;
    const columns = indexParams.map((node) => ("IndexElem" in node ? (node.IndexElem.name ?? "") : ""));
    const table = tableName(relation) ?? "";
    return {
      kind: "create index",
      table,
      columns,
      unique,
      concurrently: concurrent,
      guarded: if_not_exists ?? false,
    };
  }
  if ("RenameStmt" in stmt) return renamed(stmt.RenameStmt);
  return otherDefinition(stmt);
}

function renamed(stmt: Extract<Node, { RenameStmt: unknown }>["RenameStmt"]): SqlAction {
  const { renameType, relationType, relation, subname = "", newname = "" } = stmt;
  const table = tableName(relation) ?? "";
  if (renameType === "OBJECT_TABLE") return { kind: "rename table", table, to: newname };
  if (renameType === "OBJECT_COLUMN" && relationType === "OBJECT_TABLE")
    return { kind: "rename column", table, column: subname, to: newname };
  return { kind: "other" };
}

function otherDefinition(stmt: Node): SqlAction | null {
  const other = (what: string, guarded: boolean): SqlAction => ({ kind: "create other", what, guarded });
  if ("ViewStmt" in stmt) return other("view", stmt.ViewStmt.replace === true);
  if ("CreateFunctionStmt" in stmt) return other("function", stmt.CreateFunctionStmt.replace === true);
  if ("CreateTrigStmt" in stmt) return other("trigger", stmt.CreateTrigStmt.replace === true);
  if ("CreateEnumStmt" in stmt) return other("type", false);
  if ("CompositeTypeStmt" in stmt) return other("type", false);
  if ("CreateSeqStmt" in stmt) return other("sequence", stmt.CreateSeqStmt.if_not_exists === true);
  if ("CreateSchemaStmt" in stmt) return other("schema", stmt.CreateSchemaStmt.if_not_exists === true);
  if ("CreateExtensionStmt" in stmt)
    return other("extension", stmt.CreateExtensionStmt.if_not_exists === true);
  return null;
}

function dataChange(stmt: Node): SqlAction | null {
  if ("UpdateStmt" in stmt) {
    const { relation, whereClause, fromClause, targetList = [] } = stmt.UpdateStmt;
    const columns = targetList.map((node) => ("ResTarget" in node ? (node.ResTarget.name ?? "") : ""));
    const filtered = whereClause !== undefined || fromClause !== undefined;
    return { kind: "update", table: tableName(relation) ?? "", filtered, columns };
  }
  if ("DeleteStmt" in stmt) {
    const { relation, whereClause, usingClause } = stmt.DeleteStmt;
    const filtered = whereClause !== undefined || usingClause !== undefined;
    return { kind: "delete", table: tableName(relation) ?? "", filtered };
  }
  if (!("InsertStmt" in stmt)) return null;
  const { relation, selectStmt, onConflictClause } = stmt.InsertStmt;
  const query = selectStmt !== undefined && "SelectStmt" in selectStmt ? selectStmt.SelectStmt : null;
  // Filtered by hand (`WHERE NOT EXISTS`) counts as guarded, too.
  const guarded = onConflictClause !== undefined || query?.whereClause !== undefined;
  const fromQuery = (query?.fromClause ?? []).length > 0;
  return { kind: "insert", table: tableName(relation) ?? "", fromQuery, guarded };
}

function sessionCommand(stmt: Node): SqlAction | null {
  if ("VariableSetStmt" in stmt) return { kind: "set", name: stmt.VariableSetStmt.name ?? "" };
  if ("ReindexStmt" in stmt) {
    const concurrently = (stmt.ReindexStmt.params ?? []).some(
      (node) => "DefElem" in node && node.DefElem.defname === "concurrently",
    );
    return { kind: "reindex", concurrently };
  }
  if (!("TransactionStmt" in stmt))
    return isSelectOfSetting(stmt) ? { kind: "set", name: "lock_timeout" } : null;
  const { kind } = stmt.TransactionStmt;
  if (kind === "TRANS_STMT_BEGIN" || kind === "TRANS_STMT_START") return { kind: "begin" };
  return kind === "TRANS_STMT_COMMIT" || kind === "TRANS_STMT_ROLLBACK" ? { kind: "end" } : null;
}

/** `SELECT set_config('lock_timeout', …)`. */
function isSelectOfSetting(stmt: Node): boolean {
  if (!("SelectStmt" in stmt)) return false;
  return (stmt.SelectStmt.targetList ?? []).some((node) => {
    const value = "ResTarget" in node ? node.ResTarget.val : undefined;
    if (value === undefined || !("FuncCall" in value)) return false;
    if (lastName(value.FuncCall.funcname) !== "set_config") return false;
    const first = value.FuncCall.args?.[0];
    return first !== undefined && "A_Const" in first && first.A_Const.sval?.sval === "lock_timeout";
  });
}
