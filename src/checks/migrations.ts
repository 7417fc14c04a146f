/** The check for database migrations: finds them, has their SQL parsed, and asks the rules. */
import type { Finding } from "../domain/finding.ts";
import type { ChangedFile, CheckInput, CheckReport, CheckSkip } from "../review/checks.ts";
import { changePlaces } from "./change-places.ts";
import { type Check, quoteLines } from "./check.ts";
import { findMissingDowns } from "./migration-downs.ts";
import type { Hit, SqlScript } from "./migration-facts.ts";
import { type Migration, mayBeMigration, readMigration } from "./migration-folders.ts";
import { findHazards } from "./migration-hazards.ts";
import { migrationRoot, otherMigrations, schemaHistory } from "./migration-history.ts";
import { MIGRATION_RULES } from "./migration-rules.ts";
import { readScripts } from "./migration-scripts.ts";
import { migrationSettings } from "./migration-settings.ts";
import { findUsage, isCode } from "./migration-usage.ts";
import type { ParserSession, ParserThread } from "./parser-thread.ts";
import { ruleFinding } from "./rule-finding.ts";
import { drawSchema } from "./schema-diagram.ts";

const NAME = "migrations";
/** A migration that people wrote is far smaller; PostgreSQL's parser takes a second for more. */
const MAX_SQL_BYTES = 256 * 1024;
/** A dump of a schema breaks every rule; the first ones tell it. */
const MAX_HITS_PER_FILE = 25;

/** Code is taken along, too: a change that drops a column and its last use in one is told by the code. */
export function migrationsCheck(thread: ParserThread): Check {
  return {
    name: NAME,
    concerns: (path) => mayBeMigration(path) || isCode(path),
    run: async (input) => {
      const skips: CheckSkip[] = [];
      const found = input.files.flatMap((file) => migrationOf(file, skips));
      if (found.length === 0) return { findings: [], skips, erDiagram: null };
      return runRules(found, input, thread.session(input.signal), skips);
    },
  };
}

interface FoundMigration {
  readonly file: ChangedFile;
  readonly migration: Migration;
}

function migrationOf(file: ChangedFile, skips: CheckSkip[]): readonly FoundMigration[] {
  const { path } = file.diff;
  if (file.head === null || changePlaces(file.diff).added.length === 0 || !mayBeMigration(path)) return [];
  if (Buffer.byteLength(file.head) > MAX_SQL_BYTES) {
    skips.push({ check: NAME, path, reason: `larger than ${MAX_SQL_BYTES / 1024} KiB` });
    return [];
  }
  const migration = readMigration(path, file.head);
  return migration === null ? [] : [{ file, migration }];
}

async function runRules(
  found: readonly FoundMigration[],
  input: CheckInput,
  session: ParserSession,
  skips: CheckSkip[],
): Promise<CheckReport> {
  const scripts: SqlScript[] = [];
  const read: Migration[] = [];
  for (const { file, migration } of found.toSorted(byPath)) {
    const settings = await migrationSettings(migration, input);
    if (settings.kind === "not for us") {
      skips.push({ check: NAME, path: migration.path, reason: settings.reason });
      continue;
    }
    const outcome = await readScripts(file, settings.migration, session);
    scripts.push(...outcome.scripts);
    if (outcome.skipped === null) read.push(settings.migration);
    else skips.push({ check: NAME, path: migration.path, reason: outcome.skipped });
  }
  const others = await otherMigrations(
    input,
    new Set(read.map((migration) => migrationRoot(migration.path))),
  );
  const usage = await findUsage(scripts, input);
  if (usage.missing !== null) skips.push({ check: NAME, path: null, reason: usage.missing });
  const hits = [
    ...findHazards(scripts, schemaHistory(others)),
    ...usage.hits,
    ...findMissingDowns(read, input, others),
  ];
  return { findings: toFindings(hits, input, skips), skips, erDiagram: drawSchema(scripts) };
}

/** Their order is the order in which they run. */
function byPath(a: FoundMigration, b: FoundMigration): number {
  return a.migration.path < b.migration.path ? -1 : 1;
}

/** The first ones of each file; what is more is said as a skip. */
function toFindings(hits: readonly Hit[], input: CheckInput, skips: CheckSkip[]): readonly Finding[] {
  return [...Map.groupBy(hits, (hit) => hit.path)].flatMap(([path, found]) => {
    const lines = (input.files.find((file) => file.diff.path === path)?.head ?? "").split("\n");
    if (found.length > MAX_HITS_PER_FILE)
      skips.push({ check: NAME, path, reason: `only the first ${MAX_HITS_PER_FILE} findings are shown` });
    return found.slice(0, MAX_HITS_PER_FILE).map((hit) =>
      ruleFinding(hit.rule, MIGRATION_RULES[hit.rule], {
        path,
        side: "RIGHT",
        line: hit.line,
        subject: hit.subject,
        evidence: quoteLines(lines, hit.line, hit.line),
        detail: hit.detail,
      }),
    );
  });
}
