/** Migrations without a way back, where the ones beside them have it. */
import type { CheckInput } from "../review/checks.ts";
import { changePlaces } from "./change-places.ts";
import type { Hit } from "./migration-facts.ts";
import { type Migration, readMigration } from "./migration-folders.ts";
import { migrationRoot, type OtherMigration } from "./migration-history.ts";

/** One habit of a folder does not change over night: the newest few tell it. */
const NEIGHBOURS = 8;

export function findMissingDowns(
  migrations: readonly Migration[],
  input: CheckInput,
  others: readonly OtherMigration[],
): readonly Hit[] {
  if (input.view.treeMissing !== null) return [];
  const atHead = new Set(input.view.files.map((file) => file.path));
  for (const { diff, head } of input.files) if (head !== null) atHead.add(diff.path);
  return migrations
    .filter((migration) => {
      const file = input.files.find(({ diff }) => diff.path === migration.path);
      if (file?.diff.status !== "added" || migration.parts.length === 0 || migration.repeatable) return false;
      if (migration.down === "paired") return lacksItsPair(migration.path, atHead);
      return (
        migration.down === "inside" && !migration.hasDownInside && neighboursHaveDowns(migration, others)
      );
    })
    .map((migration): Hit => {
      const file = input.files.find(({ diff }) => diff.path === migration.path);
      const line = file === undefined ? 1 : firstCodeLine(file.head ?? "", changePlaces(file.diff).added);
      return { rule: "migration-missing-down", path: migration.path, line, subject: "", detail: "" };
    });
}

function lacksItsPair(path: string, atHead: ReadonlySet<string>): boolean {
  const pair = downPath(path);
  if (pair === null || atHead.has(pair)) return false;
  const neighbours = [...atHead].filter(
    (other) => other !== path && migrationRoot(other) === migrationRoot(path) && downPath(other) !== null,
  );
  const paired = neighbours.filter((other) => atHead.has(downPath(other) ?? ""));
  return paired.length > 0 && paired.length * 2 >= neighbours.length;
}

/** Where the way back of an up file stands; null for what is none. */
function downPath(path: string): string | null {
  if (/[./]up\.sql$/.test(path)) return path.replace(/up\.sql$/, "down.sql");
  return /(?:^|\/)V\d[^/]*\.sql$/.test(path) ? path.replace(/(^|\/)V(\d[^/]*\.sql)$/, "$1U$2") : null;
}

function neighboursHaveDowns(migration: Migration, others: readonly OtherMigration[]): boolean {
  const neighbours = others
    .filter((other) => migrationRoot(other.path) === migrationRoot(migration.path))
    .slice(-NEIGHBOURS)
    .flatMap((other) => readMigration(other.path, other.text) ?? [])
    .filter((other) => other.tool === migration.tool);
  const reversible = neighbours.filter((other) => other.hasDownInside);
  return reversible.length > 0 && reversible.length * 2 >= neighbours.length;
}

function firstCodeLine(text: string, added: readonly number[]): number {
  const lines = text.split("\n");
  return added.find((line) => /^\s*(?!--|#|\/\/)\S/.test(lines[line - 1] ?? "")) ?? added[0] ?? 1;
}
