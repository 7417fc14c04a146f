/** Which statements lock a table against everybody, and the rules about what else happens while they do. */
import type { ChangedSchema } from "./changed-schema.ts";
import type { Hit, SchemaHistory, SqlScript } from "./migration-facts.ts";
import type { SqlAction } from "./sql-facts.ts";

export function mixedHit(script: SqlScript, schema: ChangedSchema): readonly Hit[] {
  if (script.transaction === "none") return [];
  const locks = script.facts.filter((fact) => takesExclusiveLock(fact.action, schema));
  const data = script.facts.find(
    ({ action, added }) =>
      added &&
      (action.kind === "update" || (action.kind === "insert" && action.fromQuery)) &&
      schema.existed(action.table),
  );
  if (data === undefined || locks.length === 0 || !("table" in data.action)) return [];
  // A second finding on the same UPDATE would only repeat that it is large.
  if (data.action.kind === "update" && !data.action.filtered) return [];
  if (!locks.some((fact) => fact.statement < data.statement)) return [];
  const { table } = data.action;
  return [
    { rule: "migration-mixes-ddl-and-data", path: script.path, line: data.line, subject: table, detail: "" },
  ];
}

/**
 * Only where the repository has the habit: elsewhere the time may be limited by the role or the runner, and nearly every
 * migration would be told the same. One for the whole change: the advice is the same for all of its statements.
 */
export function lockTimeoutHit(
  ups: readonly SqlScript[],
  { schema, history }: { readonly schema: ChangedSchema; readonly history: SchemaHistory },
): readonly Hit[] {
  if (!history.setsLockTimeout && !ups.some(setsLockTimeout)) return [];
  for (const script of ups) {
    if (setsLockTimeout(script)) continue;
    const lock = script.facts.find((fact) => fact.added && takesExclusiveLock(fact.action, schema));
    if (lock === undefined || !("table" in lock.action)) continue;
    const { path } = script;
    return [
      { rule: "migration-no-lock-timeout", path, line: lock.line, subject: lock.action.table, detail: "" },
    ];
  }
  return [];
}

function setsLockTimeout(script: SqlScript): boolean {
  return script.facts.some(({ action }) => action.kind === "set" && action.name === "lock_timeout");
}

const EXCLUSIVE: ReadonlySet<SqlAction["kind"]> = new Set([
  "add column",
  "drop column",
  "rename column",
  "rename table",
  "change type",
  "set not null",
  "add constraint",
  "alter table",
  "drop table",
  "truncate",
]);

function takesExclusiveLock(action: SqlAction, schema: ChangedSchema): boolean {
  // A foreign key takes SHARE ROW EXCLUSIVE, which lets readers pass.
  if (action.kind === "add constraint" && action.constraint.type === "foreign") return false;
  return EXCLUSIVE.has(action.kind) && "table" in action && schema.existed(action.table);
}
