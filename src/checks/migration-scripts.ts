/** One migration file → its SQL as placed facts, by the parser thread. */
import type { ChangedFile } from "../review/checks.ts";
import { changePlaces } from "./change-places.ts";
import type { SqlScript } from "./migration-facts.ts";
import type { Migration, MigrationPart } from "./migration-folders.ts";
import type { ParserSession } from "./parser-thread.ts";

export interface ScriptsOutcome {
  readonly scripts: readonly SqlScript[];
  /** Why some of it was not read; null when all was. */
  readonly skipped: string | null;
}

export async function readScripts(
  file: ChangedFile,
  migration: Migration,
  session: ParserSession,
): Promise<ScriptsOutcome> {
  const places = changePlaces(file.diff);
  const lineAt = lineIndex(file.head ?? "");
  const touches = (part: MigrationPart): boolean => {
    const [first, last] = [lineAt(part.offset), lineAt(part.offset + part.sql.length)];
    return places.added.some((line) => line >= first && line <= last);
  };
  const scripts: SqlScript[] = [];
  let skipped: string | null = null;
  for (const part of migration.parts.filter(touches)) {
    const outcome = await session.ask("sql", [part.sql]);
    if (outcome.kind === "none") return { scripts, skipped: outcome.reason };
    if (outcome.value.kind === "refused") {
      const line = lineAt(part.offset + outcome.value.at);
      skipped ??= `not PostgreSQL syntax: ${outcome.value.message} (line ${line})`;
      continue;
    }
    const facts = outcome.value.facts.map(({ action, at, statement }) => {
      const line = lineAt(part.offset + at);
      return { action, line, added: places.isAdded(line), statement };
    });
    const { path, tool, repeatable } = migration;
    const { direction, transaction } = part;
    scripts.push({
      path,
      tool,
      direction,
      transaction,
      repeatable,
      statements: outcome.value.statements,
      facts,
    });
  }
  return { scripts, skipped };
}

/** Offset → line from 1, by halving. */
function lineIndex(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
