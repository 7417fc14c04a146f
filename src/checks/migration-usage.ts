/** Who still uses a table or column that a migration drops or renames: at head, or until this very change. */
import type { ChangedFile, CheckInput } from "../review/checks.ts";
import { changePlaces } from "./change-places.ts";
import type { Hit, SqlScript } from "./migration-facts.ts";
import { readMigration } from "./migration-folders.ts";

export interface UsageReport {
  readonly hits: readonly Hit[];
  /** Why not everything was searched; null when it was. */
  readonly missing: string | null;
}

interface Target {
  readonly table: string;
  readonly column: string | null;
  readonly path: string;
  readonly line: number;
}

const CODE = /\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kts?|scala|cs|fs|php|exs?|sql|prisma)$/i;
/** Tests and generated code follow the schema; they are no reader that breaks. */
const NOT_A_READER =
  /(?:^|\/)(?:tests?|__tests__|spec|specs|fixtures?|node_modules|vendor|dist)\/|[._-](?:test|spec)\.\w+$|_test\.go$/i;
const MAX_SCANNED_BYTES = 64 * 1024 * 1024;
/** Well within the deadline of a check. */
const SCAN_DEADLINE_MS = 1_200;
const MAX_TARGETS = 20;
/** Lines between a column and the name of its table. */
const NEAR_LINES = 10;

export function isCode(path: string): boolean {
  return CODE.test(path) && !NOT_A_READER.test(path);
}

export async function findUsage(scripts: readonly SqlScript[], input: CheckInput): Promise<UsageReport> {
  const targets = removedThings(scripts).slice(0, MAX_TARGETS);
  if (targets.length === 0) return { hits: [], missing: null };
  const used = new Map<Target, string>();
  const missing = await scanHead(targets, input, used);
  const hits = targets.flatMap((target): readonly Hit[] => {
    const { path, line } = target;
    const subject = target.column === null ? target.table : `${target.table}.${target.column}`;
    const user = used.get(target);
    if (user !== undefined)
      return [{ rule: "migration-drop-in-use", path, line, subject, detail: `${user} uses it.` }];
    const former = input.files.map((file) => formerUse(target, file)).find((place) => place !== null);
    if (former === undefined || former === null) return [];
    return [
      { rule: "migration-drop-in-one-step", path, line, subject, detail: `${former} used it until now.` },
    ];
  });
  return { hits, missing };
}

function removedThings(scripts: readonly SqlScript[]): readonly Target[] {
  const ups = scripts.filter((script) => script.direction === "up");
  const facts = ups.flatMap((script) => script.facts.map((fact) => ({ ...fact, path: script.path })));
  const made = new Set(
    facts.flatMap(({ action }) => {
      if (action.kind === "create table") return [action.table];
      if (action.kind === "rename table") return [action.to];
      return action.kind === "add column" ? [`${action.table}.${action.column.name}`] : [];
    }),
  );
  return (
    facts
      .filter((fact) => fact.added)
      .flatMap(({ action, path, line }): readonly Target[] => {
        if (action.kind === "drop table" || action.kind === "rename table")
          return [{ table: action.table, column: null, path, line }];
        if (action.kind === "drop column" || action.kind === "rename column")
          return [{ table: action.table, column: action.column, path, line }];
        return [];
      })
      .filter(({ table, column }) => isSearchable(table, 3) && (column === null || isSearchable(column, 3)))
      // Dropped and made anew by the same change: the name stays.
      .filter(({ table, column }) => !made.has(column === null ? table : `${table}.${column}`))
  );
}

function isSearchable(name: string, atLeast: number): boolean {
  return name.length >= atLeast && /^[A-Za-z_]\w{0,62}$/.test(name);
}

async function scanHead(
  targets: readonly Target[],
  input: CheckInput,
  used: Map<Target, string>,
): Promise<string | null> {
  if (input.view.treeMissing !== null) return input.view.treeMissing;
  const paths = input.view.files.map((file) => file.path).filter(isCode);
  const late = AbortSignal.timeout(SCAN_DEADLINE_MS);
  let bytes = 0;
  try {
    for await (const { path, text } of input.view.scan(paths, AbortSignal.any([input.signal, late]))) {
      bytes += text.length;
      if (bytes > MAX_SCANNED_BYTES)
        return "users of dropped names were searched in the first 64 MiB of code only";
      const open = targets.filter((target) => !used.has(target) && text.includes(target.table));
      if (open.length === 0 || readMigration(path, text) !== null) continue;
      for (const target of open) {
        const line = lineOfUse(target, text);
        if (line !== null) used.set(target, `${path}:${line}`);
      }
      if (late.aborted) break;
    }
  } catch (error) {
    if (!late.aborted || input.signal.aborted) throw error;
  }
  return late.aborted ? "the search for users of dropped names took too long" : null;
}

/** The last use, where this change removes it. */
function formerUse(target: Target, file: ChangedFile): string | null {
  const { path } = file.diff;
  if (file.base === null || !isCode(path) || readMigration(path, file.base) !== null) return null;
  const line = lineOfUse(target, file.base);
  return line !== null && changePlaces(file.diff).isDeleted(line) ? `${path}:${line}` : null;
}

function lineOfUse(target: Target, text: string): number | null {
  if (!text.includes(target.table)) return null;
  const lines = text.split("\n").map(codeOf);
  const table = tablePattern(target.table);
  const tableLines = [...lines.keys()].filter((at) => table.test(lines[at] ?? ""));
  if (target.column === null) return tableLines[0] === undefined ? null : tableLines[0] + 1;
  const column = columnPattern(target.column);
  for (const at of tableLines) {
    const from = Math.max(0, at - NEAR_LINES);
    const found = lines.slice(from, at + NEAR_LINES + 1).findIndex((line) => column.test(line));
    if (found >= 0) return from + found + 1;
  }
  return null;
}

/** Comments use nothing. */
function codeOf(line: string): string {
  return /^\s*(?:\/\/|#|--|\*|\/\*)/.test(line) ? "" : line;
}

/**
 * A table is meant where its name follows the word of SQL that takes a table, or a mapping that names one
 * (`__tablename__ =`, `@Table(name =`, `pgTable(`, `@@map(`). A quoted word alone may be a template or a key.
 */
function tablePattern(table: string): RegExp {
  const quote = "[\"'`]";
  const sql = `\\b(?:from|join|into|update|table)\\s+${quote}?(?:\\w+${quote}?\\.)?${quote}?`;
  const mapping = `(?:\\w*table\\w*|entity|map|knex)\\s*[=:(]+\\s*(?:name\\s*[=:]\\s*)?${quote}`;
  return new RegExp(`(?:${sql}|${mapping})${table}(?![\\w$-]|\\.\\w)`, "i");
}

function columnPattern(column: string): RegExp {
  const camel = column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return new RegExp(`(?<![\\w$])(?:${column}|${camel})(?![\\w$])`);
}
