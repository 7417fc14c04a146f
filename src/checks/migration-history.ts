/** The other migrations of the repository, read as text: enough to know a type, a check or an index that was there. */
import type { CheckInput } from "../review/checks.ts";
import type { SchemaHistory } from "./migration-facts.ts";
import { mayBeMigration, readMigration } from "./migration-folders.ts";

export interface OtherMigration {
  readonly path: string;
  readonly text: string;
}

/** The newest ones tell most; more would be read for little. */
const MAX_FILES = 300;
const MAX_BYTES = 4 * 1024 * 1024;

/** Migrations at head that the change leaves alone, and what the changed ones held before; oldest first. */
export async function otherMigrations(
  input: CheckInput,
  roots: ReadonlySet<string>,
): Promise<readonly OtherMigration[]> {
  const changed = new Map(input.files.map((file) => [file.diff.path, file.base]));
  const paths = input.view.files
    .map((file) => file.path)
    .filter((path) => roots.has(migrationRoot(path)) && mayBeMigration(path) && !changed.has(path))
    .slice(-MAX_FILES);
  const before = input.files.flatMap(({ diff, base }) =>
    base !== null && readMigration(diff.path, base) !== null ? [{ path: diff.path, text: base }] : [],
  );
  const others: OtherMigration[] = [];
  let bytes = 0;
  for await (const file of input.view.scan(paths, input.signal)) {
    bytes += file.text.length;
    if (bytes > MAX_BYTES) break;
    others.push(file);
  }
  return [...others, ...before];
}

/** The folder that holds the migrations, also where each has a folder of its own. */
export function migrationRoot(path: string): string {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  return /\/(?:migration|up|down)\.sql$/.test(path)
    ? folder.slice(0, Math.max(0, folder.lastIndexOf("/")))
    : folder;
}

export function schemaHistory(others: readonly OtherMigration[]): SchemaHistory {
  const texts = others.map((other) => other.text);
  const about = (table: string): readonly string[] => texts.filter((text) => text.includes(table));
  return {
    setsLockTimeout: texts.some((text) => /\block_timeout\b/i.test(text)),
    typeOf: (table, column) => {
      if (!isPlain(table, column)) return null;
      const definition = new RegExp(
        `(?<![\\w.])["']?${column}["']?\\s+(?:set\\s+data\\s+)?(?:type\\s+)?${TYPE}`,
        "i",
      );
      const last = about(table).findLast((text) => definition.test(text));
      return last === undefined ? null : (definition.exec(last)?.[1] ?? null);
    },
    isCheckedNotNull: (table, column) => {
      if (!isPlain(table, column)) return true;
      const check = new RegExp(`(?<!\\w)${column}"?\\s+is\\s+not\\s+null`, "i");
      return about(table).some((text) => check.test(text));
    },
    hasIndexOn: (table, column) => {
      if (!isPlain(table, column)) return true;
      const index = new RegExp(
        `\\bon\\s+(?:only\\s+)?(?:\\w+\\.)?"?${table}"?\\s*(?:using\\s+\\w+\\s*)?\\(\\s*"?${column}"?\\s*[,)\\s]`,
        "i",
      );
      const key = new RegExp(`\\b(?:unique|primary\\s+key)\\s*\\(\\s*"?${column}"?\\s*[,)]`, "i");
      return about(table).some((text) => index.test(text) || key.test(text));
    },
  };
}

const TYPE =
  "((?:character varying|double precision|varchar|text|citext|char|bpchar|int[248]?|integer|bigint|smallint|numeric|decimal|uuid|bool|boolean|date|timestamptz?|jsonb?|cidr|inet)(?:\\s*\\([\\d,\\s]{1,20}\\))?(?:\\[\\])?)(?!\\w)";

/** What would need care in an expression is left unknown. */
function isPlain(...names: readonly string[]): boolean {
  return names.every((name) => /^[A-Za-z_]\w{0,62}$/.test(name));
}
