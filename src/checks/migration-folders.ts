/** Migration files → the SQL in them, part by part, with its place, its direction and the transaction around it. */
import { embeddedSql } from "./embedded-sql.ts";
import {
  type DownForm,
  MIGRATION_FORMS,
  type MigrationForm,
  type MigrationTool,
  type Transaction,
} from "./migration-forms.ts";

export interface MigrationPart {
  readonly direction: "up" | "down";
  /** As long as what stands in the file: an offset in it plus `offset` is an offset in the file. */
  readonly sql: string;
  readonly offset: number;
  readonly transaction: Transaction;
}

export interface Migration {
  readonly tool: MigrationTool;
  readonly path: string;
  readonly down: DownForm;
  /** Whether the file itself holds a way back, or a stated refusal of one; of no meaning for `paired` and `never`. */
  readonly hasDownInside: boolean;
  /** Run again whenever its text changes: Flyway's `R__`. */
  readonly repeatable: boolean;
  readonly parts: readonly MigrationPart[];
}

/** By the name alone: which files may hold migrations. */
export function mayBeMigration(path: string): boolean {
  return (
    MIGRATION_FORMS.some((form) => form.path.test(path)) &&
    !/(?:^|\/)(?:tests?|node_modules|vendor)\//.test(path)
  );
}

export function readMigration(path: string, text: string): Migration | null {
  if (!mayBeMigration(path)) return null;
  const form = MIGRATION_FORMS.find(
    (one) => one.path.test(path) && (one.text === null || one.text.test(text)),
  );
  if (form === undefined) return null;
  const transaction =
    form.unwrapped?.marker.test(text) === true ? form.unwrapped.transaction : form.transaction;
  const parts =
    form.language === "sql"
      ? sqlParts(form, path, text, transaction)
      : embeddedSql(form.language, text).map((found) => ({
          ...found,
          transaction: goTransaction(form, text, transaction),
        }));
  return {
    tool: form.tool,
    path,
    down: form.down,
    hasDownInside: hasDownInside(form, text, parts),
    repeatable: form.tool === "Flyway" && /(?:^|\/)R__/.test(path),
    parts,
  };
}

function goTransaction(form: MigrationForm, text: string, transaction: Transaction): Transaction {
  return form.language === "go" && /\btx\.Exec/.test(text) && !/NoTx/.test(text) ? "wrapped" : transaction;
}

function sqlParts(
  form: MigrationForm,
  path: string,
  text: string,
  transaction: Transaction,
): readonly MigrationPart[] {
  switch (form.tool) {
    case "goose":
      return sections(text, /^--\s*\+goose\s+(Up|Down)\b.*$/gim, transaction);
    case "dbmate":
      return sections(text, /^--\s*migrate:(up|down)\b.*$/gim, transaction);
    case "Liquibase":
      return changesets(text);
    default:
      return [
        { direction: isDownFile(path) ? "down" : "up", sql: maskPlaceholders(text), offset: 0, transaction },
      ];
  }
}

function isDownFile(path: string): boolean {
  return /(?:[./]down\.sql|(?:^|\/)U\d[^/]*\.sql)$/.test(path);
}

/** What stands between the markers `-- … up` and `-- … down`. */
function sections(text: string, marker: RegExp, transaction: Transaction): readonly MigrationPart[] {
  const marks = [...text.matchAll(marker)];
  return marks.map((mark, at) => {
    const offset = mark.index + mark[0].length;
    const sql = maskPlaceholders(text.slice(offset, marks[at + 1]?.index ?? text.length));
    return { direction: mark[1]?.toLowerCase() === "down" ? "down" : "up", sql, offset, transaction };
  });
}

/** Each changeset has a transaction of its own, and may be for one database only. */
function changesets(text: string): readonly MigrationPart[] {
  const marks = [...text.matchAll(/^\s*--\s*changeset\s+(.*)$/gim)];
  return marks.flatMap((mark, at): MigrationPart[] => {
    const attributes = mark[1] ?? "";
    const database = /\bdbms:\s*"?([\w,! ]+)/i.exec(attributes)?.[1];
    if (database !== undefined && !/postgresql/i.test(database)) return [];
    const offset = mark.index + mark[0].length;
    const sql = maskPlaceholders(text.slice(offset, marks[at + 1]?.index ?? text.length));
    const transaction = /runInTransaction:\s*"?false/i.test(attributes) ? "none" : "wrapped";
    return [{ direction: "up", sql, offset, transaction }];
  });
}

/** `${schema}` and `:name` of build tools become an identifier of the same length. */
function maskPlaceholders(sql: string): string {
  return sql.replace(/\$\{[^}\n]{0,200}\}/g, (place) => "_".repeat(place.length));
}

function hasDownInside(form: MigrationForm, text: string, parts: readonly MigrationPart[]): boolean {
  if (form.tool === "Liquibase") return parts.every((part) => /^\s*--\s*rollback\b/im.test(part.sql));
  if (form.language === "sql")
    return parts.some((part) => part.direction === "down" && /\S/.test(part.sql.replace(/--.*$/gm, "")));
  const [start, statement] = DOWN_BODY[form.language];
  const from = text.search(start);
  return from >= 0 && statement.test(text.slice(from).replace(start, ""));
}

/** Where the way back begins, and what a body holds that does something, if only to say that there is no way back. */
const DOWN_BODY: Readonly<Record<Exclude<MigrationForm["language"], "sql">, readonly [RegExp, RegExp]>> = {
  javascript: [/\bdown\s*(?:[:=(]|\s=)/, /\w\s*\(|\bthrow\b|`/],
  python: [/\bdef\s+downgrade\s*\(/, /\bop\.|\braise\b|\.execute\(/],
  ruby: [/\bdef\s+(?:down|change)\b|\bdir\.down\b/, /\w/],
  go: [/\bfunc\s+\w*[dD]own\w*\s*\(/, /Exec|return\s+errors/],
};
