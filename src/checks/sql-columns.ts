/** Column definitions and constraints of PostgreSQL's parse tree, as facts. */
import type { ColumnDef, Constraint, Node, RangeVar, TypeName } from "libpg-query";
import type { SqlColumn, SqlConstraint } from "./sql-facts.ts";

/** Evaluated anew for every row, so adding a column with such a default rewrites the table. */
const VOLATILE = new Set([
  "random",
  "random_normal",
  "gen_random_uuid",
  "gen_random_bytes",
  "uuid_generate_v1",
  "uuid_generate_v1mc",
  "uuid_generate_v4",
  "uuidv4",
  "uuidv7",
  "clock_timestamp",
  "timeofday",
  "nextval",
]);
const SERIAL = /^(small|big)?serial[248]?$/;

const CONSTRAINT_TYPES: Readonly<Record<string, SqlConstraint["type"]>> = {
  CONSTR_PRIMARY: "primary",
  CONSTR_UNIQUE: "unique",
  CONSTR_FOREIGN: "foreign",
  CONSTR_CHECK: "check",
  CONSTR_NOTNULL: "not null",
  CONSTR_EXCLUSION: "exclude",
};

export function readColumn(def: ColumnDef): SqlColumn {
  const constraints = (def.constraints ?? []).flatMap((node) =>
    "Constraint" in node ? [node.Constraint] : [],
  );
  const has = (type: string) => constraints.some((constraint) => constraint.contype === type);
  const type = typeText(def.typeName);
  const computedPerRow = computedBy(type, constraints);
  const primary = has("CONSTR_PRIMARY");
  return {
    name: def.colname ?? "",
    type,
    notNull: primary || has("CONSTR_NOTNULL"),
    filled: computedPerRow !== null || constraints.some(isRealDefault),
    computedPerRow,
    primary,
    unique: has("CONSTR_UNIQUE"),
    references: tableName(constraints.find((one) => one.contype === "CONSTR_FOREIGN")?.pktable),
  };
}

function isRealDefault(constraint: Constraint): boolean {
  if (constraint.contype !== "CONSTR_DEFAULT" || constraint.raw_expr === undefined) return false;
  return !("A_Const" in constraint.raw_expr && constraint.raw_expr.A_Const.isnull === true);
}

function computedBy(type: string, constraints: readonly Constraint[]): string | null {
  if (SERIAL.test(type)) return type;
  for (const constraint of constraints) {
    if (constraint.contype === "CONSTR_IDENTITY") return "an identity";
    // A stored one is written into every row; a virtual one ("v", PostgreSQL 18) is computed when it is read.
    if (constraint.contype === "CONSTR_GENERATED" && constraint.generated_kind !== "v")
      return "a generated value";
    if (constraint.contype !== "CONSTR_DEFAULT") continue;
    const name = volatileCall(constraint.raw_expr);
    if (name !== null) return `${name}()`;
  }
  return null;
}

function volatileCall(expression: Node | undefined): string | null {
  if (expression === undefined) return null;
  if ("FuncCall" in expression) {
    const name = lastName(expression.FuncCall.funcname);
    if (VOLATILE.has(name)) return name;
    return firstOf(expression.FuncCall.args);
  }
  if ("TypeCast" in expression) return volatileCall(expression.TypeCast.arg);
  if ("A_Expr" in expression)
    return volatileCall(expression.A_Expr.lexpr) ?? volatileCall(expression.A_Expr.rexpr);
  if ("CoalesceExpr" in expression) return firstOf(expression.CoalesceExpr.args);
  return null;
}

function firstOf(nodes: readonly Node[] | undefined): string | null {
  return (nodes ?? []).map(volatileCall).find((name) => name !== null) ?? null;
}

export function readConstraint(constraint: Constraint): SqlConstraint | null {
  const type = CONSTRAINT_TYPES[constraint.contype ?? ""];
  if (type === undefined) return null;
  return {
    type,
    name: constraint.conname ?? null,
    columns: constrainedColumns(constraint),
    references: tableName(constraint.pktable),
    notValid: constraint.skip_validation === true,
    usingIndex: constraint.indexname !== undefined,
  };
}

function constrainedColumns(constraint: Constraint): readonly string[] {
  if (constraint.contype === "CONSTR_FOREIGN") return names(constraint.fk_attrs);
  if (constraint.contype !== "CONSTR_CHECK") return names(constraint.keys);
  const expression = constraint.raw_expr;
  if (expression === undefined || !("NullTest" in expression)) return [];
  const { arg, nulltesttype } = expression.NullTest;
  if (nulltesttype !== "IS_NOT_NULL" || arg === undefined || !("ColumnRef" in arg)) return [];
  // A CHECK that a column is not null: what SET NOT NULL needs to skip its scan.
  return [lastName(arg.ColumnRef.fields)];
}

export function typeText(type: TypeName | undefined): string {
  const numbers = (type?.typmods ?? []).flatMap((node) =>
    "A_Const" in node && node.A_Const.ival !== undefined ? [String(node.A_Const.ival.ival ?? 0)] : [],
  );
  const size = numbers.length === 0 ? "" : `(${numbers.join(",")})`;
  const bounds = (type?.arrayBounds ?? []).length === 0 ? "" : "[]";
  return `${lastName(type?.names)}${size}${bounds}`;
}

/** Without the schema where it is the usual one, so that `public.users` and `users` are the same table. */
export function tableName(table: RangeVar | undefined): string | null {
  if (table?.relname === undefined) return null;
  const schema = table.schemaname ?? "public";
  return schema === "public" ? table.relname : `${schema}.${table.relname}`;
}

export function names(nodes: readonly Node[] | undefined): readonly string[] {
  return (nodes ?? []).flatMap((node) => ("String" in node ? [node.String.sval ?? ""] : []));
}

export function lastName(nodes: readonly Node[] | undefined): string {
  return names(nodes).at(-1) ?? "";
}
