/** When the rules for migrations fire: facts of the added SQL against what exists already. */

import { type ChangedSchema, foreignKeys, readChangedSchema } from "./changed-schema.ts";
import type { Hit, SchemaHistory, SqlScript } from "./migration-facts.ts";
import { lockTimeoutHit, mixedHit } from "./migration-locks.ts";
import type { MigrationRuleId } from "./migration-rules.ts";
import type { SqlAction } from "./sql-facts.ts";
import { isRewrite } from "./type-change.ts";

export function findHazards(scripts: readonly SqlScript[], history: SchemaHistory): readonly Hit[] {
  const ups = scripts.filter((script) => script.direction === "up");
  const schema = readChangedSchema(scripts);
  const world: World = { schema, history };
  return [
    ...ups.flatMap((script) => scriptHits(script, world)),
    ...ups.flatMap((script) => mixedHit(script, schema)),
    ...lockTimeoutHit(ups, world),
  ];
}

interface World {
  readonly schema: ChangedSchema;
  readonly history: SchemaHistory;
}

/** A rule that fires, and what it is about. */
interface Verdict {
  readonly rule: MigrationRuleId;
  readonly subject: string;
}

function scriptHits(script: SqlScript, world: World): readonly Hit[] {
  let inTransaction = startsInTransaction(script);
  const hits: Hit[] = [];
  for (const { action, added, line } of script.facts) {
    if (action.kind === "begin") inTransaction = true;
    if (action.kind === "end") inTransaction = false;
    if (!added) continue;
    const verdicts = [
      ...tableVerdicts(action, world),
      ...keyVerdicts(action, world),
      ...dataVerdicts(action, world.schema),
      ...(inTransaction ? concurrentVerdict(action) : []),
      ...(script.repeatable ? repeatVerdict(action, script) : []),
    ];
    hits.push(...verdicts.map((verdict) => ({ ...verdict, path: script.path, line, detail: "" })));
  }
  return hits;
}

function startsInTransaction(script: SqlScript): boolean {
  switch (script.transaction) {
    case "wrapped":
      return true;
    case "implicit":
      return script.statements > 1;
    case "detected":
      // Flyway runs such a statement without a transaction by itself, and refuses to mix it with others.
      return script.facts.some(({ action }) => !isConcurrent(action) && action.kind !== "set");
    case "none":
    case "unknown":
      return false;
  }
}

function isConcurrent(action: SqlAction): boolean {
  return (
    (action.kind === "create index" || action.kind === "drop index" || action.kind === "reindex") &&
    action.concurrently
  );
}

function concurrentVerdict(action: SqlAction): readonly Verdict[] {
  if (!isConcurrent(action)) return [];
  const subject = action.kind === "create index" ? action.table : "";
  return [{ rule: "migration-concurrently-in-transaction", subject }];
}

function tableVerdicts(action: SqlAction, { schema, history }: World): readonly Verdict[] {
  if (!("table" in action) || !schema.existed(action.table)) return [];
  const { table } = action;
  switch (action.kind) {
    case "create index":
      return action.concurrently ? [] : [{ rule: "migration-index-blocks-writes", subject: table }];
    case "add column":
      return addedColumn(table, action.column, schema);
    case "change type": {
      const from = schema.typeBefore(table, action.column) ?? history.typeOf(table, action.column);
      if (!isRewrite(from, action.type, action.converts)) return [];
      return [
        { rule: "migration-type-change-rewrites", subject: `${table}.${action.column} to ${action.type}` },
      ];
    }
    case "set not null": {
      const { column } = action;
      // What another migration checked was another column, if this change adds this one.
      const checkedBefore = !schema.isNewColumn(table, column) && history.isCheckedNotNull(table, column);
      const checked = checkedBefore || schema.isCheckedNotNull(table, column);
      return checked ? [] : [{ rule: "migration-set-not-null-scans", subject: `${table}.${column}` }];
    }
    case "add constraint":
      return addedConstraint(table, action.constraint);
    default:
      return [];
  }
}

type Column = Extract<SqlAction, { kind: "add column" }>["column"];
type Constraint = Extract<SqlAction, { kind: "add constraint" }>["constraint"];

function addedColumn(table: string, column: Column, schema: ChangedSchema): readonly Verdict[] {
  const subject = `${table}.${column.name}`;
  const verdicts: Verdict[] = [];
  if (column.notNull && !column.filled && !schema.isEmptied(table))
    verdicts.push({ rule: "migration-not-null-without-default", subject });
  if (column.computedPerRow !== null)
    verdicts.push({ rule: "migration-volatile-default", subject: `${subject}, ${column.computedPerRow}` });
  // Without a default all values are NULL, and PostgreSQL skips the check of a new column's foreign key.
  if (column.references !== null && column.filled)
    verdicts.push({ rule: "migration-constraint-scans", subject });
  if (column.unique || column.primary) verdicts.push({ rule: "migration-unique-blocks", subject });
  return verdicts;
}

function addedConstraint(table: string, constraint: Constraint): readonly Verdict[] {
  const subject = constraint.name === null ? table : `${table}.${constraint.name}`;
  switch (constraint.type) {
    case "foreign":
    case "check":
    case "not null":
      return constraint.notValid ? [] : [{ rule: "migration-constraint-scans", subject }];
    case "unique":
    case "primary":
      return constraint.usingIndex ? [] : [{ rule: "migration-unique-blocks", subject }];
    case "exclude":
      return [];
  }
}

function keyVerdicts(action: SqlAction, { schema, history }: World): readonly Verdict[] {
  return foreignKeys(action)
    .filter((key) => !key.columns.some((column) => column === ""))
    .filter(({ table, columns: [first = ""] }) => {
      return first !== "" && !schema.hasIndexOn(table, first) && !history.hasIndexOn(table, first);
    })
    .map(({ table, columns }) => ({
      rule: "migration-foreign-key-without-index",
      subject: `${table} (${columns.join(", ")})`,
    }));
}

/** Rows of such tables are made to be thrown away. */
const PASSING = /session|cache|token|lock|queue|job|tmp|temp|log/i;

function dataVerdicts(action: SqlAction, schema: ChangedSchema): readonly Verdict[] {
  if (action.kind === "delete" && !action.filtered && schema.existed(action.table)) {
    if (PASSING.test(action.table) || schema.isDropped(action.table)) return [];
    return [{ rule: "migration-delete-all-rows", subject: action.table }];
  }
  if (action.kind === "update" && !action.filtered && schema.existed(action.table))
    return [{ rule: "migration-update-all-rows", subject: action.table }];
  return [];
}

function repeatVerdict(action: SqlAction, script: SqlScript): readonly Verdict[] {
  if (!("guarded" in action) || action.guarded) return [];
  // A drop (or DELETE) before it is the other way to run twice.
  const before = script.facts.some((fact) =>
    /^(?:drop table|drop index|delete|truncate|other)$/.test(fact.action.kind),
  );
  if (before) return [];
  const subject = action.kind === "create other" ? action.what : action.table;
  return [{ rule: "migration-not-repeatable", subject }];
}
