// node bench/checks.ts: the secrets and structure checks on a change of 300 files and 20,000 lines, and on hostile files.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { builtInChecks } from "../src/checks/built-in-checks.ts";
import type { Check } from "../src/checks/check.ts";
import { loadRules } from "../src/checks/rule-library.ts";
import { secretsCheck } from "../src/checks/secrets.ts";
import { REVIEW_LIMITS, structureCheck } from "../src/checks/structure.ts";
import type { ChangedFile, CheckReport } from "../src/review/checks.ts";
import { aCheckInput, anAddedFile, anEditedFile } from "../test/checks/changed-file.ts";
import { processTree } from "../test/process-tree.ts";

const FILES = 300;
const ADDED_LINES = 20_000;
/** Lines of a file that were there before, for each added one. */
const CONTEXT = 2;
const RUNS = 3;

/** A function of ten lines in each language, with words that make many rules look closer, and nothing that they find. */
const CODE: Readonly<Record<string, (n: number) => readonly string[]>> = {
  ts: (n) => [
    `export async function load${n}(db: Db, id: string): Promise<Row> {`,
    `  const rows = await db.query("SELECT * FROM orders WHERE id = $1", [id]);`,
    "  try {",
    "    const list = rows.map((row) => ({ ...row, token: hash(row.id) }));",
    "    await Promise.all(list.map((row) => limit(() => save(row))));",
    "    return list[0];",
    "  } catch (error) {",
    `    logger.warn({ id, error }, "not loaded");`,
    "    throw error;",
    "  }",
    "}",
  ],
  py: (n) => [
    `async def load_${n}(session, order_id):`,
    "    try:",
    `        row = await session.execute(text("SELECT * FROM orders WHERE id = :id"), {"id": order_id})`,
    "    except KeyError as error:",
    `        logger.warning("not loaded: %s", error)`,
    "        raise",
    "    for item in row.items:",
    "        item.total = item.price * item.count",
    "    token = secrets.token_urlsafe(32)",
    "    return requests_for(row, token)",
  ],
  java: (n) => [
    `class Orders${n} {`,
    "  Order load(String id) {",
    "    try {",
    `      return jdbcTemplate.queryForObject("SELECT * FROM orders WHERE id = ?", mapper, id);`,
    "    } catch (DataAccessException e) {",
    `      log.warn("not loaded {}", id, e);`,
    "      throw e;",
    "    }",
    "  }",
    "}",
  ],
  go: (n) => [
    `func load${n}(ctx context.Context, db *sql.DB, id string) (*Order, error) {`,
    `\trow := db.QueryRowContext(ctx, "SELECT * FROM orders WHERE id = $1", id)`,
    "\tvar order Order",
    "\tif err := row.Scan(&order.ID, &order.Total); err != nil {",
    `\t\tlog.Printf("not loaded %s: %v", id, err)`,
    "\t\treturn nil, err",
    "\t}",
    "\tdefer metrics.Observe(ctx)",
    "\treturn &order, nil",
    "}",
  ],
  rs: (n) => [
    `pub async fn load_${n}(pool: &Pool, id: &str) -> Result<Order, Error> {`,
    `    let row = sqlx::query("SELECT * FROM orders WHERE id = $1").bind(id).fetch_one(pool).await?;`,
    "    let names = cache.lock().await;",
    "    let total: i64 = row.get(1);",
    "    if names.contains(id) {",
    `        tracing::info!(id, "known");`,
    "    }",
    "    let order = Order { id: id.into(), total };",
    "    Ok(order)",
    "}",
  ],
};

const files = Array.from({ length: FILES }, (_, at) => generatedFile(at));
const checks = {
  secrets: secretsCheck(),
  structure: structureCheck(
    loadRules().filter((rule) => rule.enabled),
    REVIEW_LIMITS,
  ),
};
const added = files.reduce((sum, file) => sum + file.diff.additions, 0);
const total = files.reduce((sum, file) => sum + (file.head ?? "").split("\n").length, 0);
console.log(`Node ${process.versions.node}, ${cpus().length} cores, load ${loadAverage()}`);
console.log(`${FILES} files, ${added} added lines of ${total}\n`);
for (let run = 1; run <= RUNS; run++) {
  for (const [name, check] of Object.entries(checks)) await measure(`run ${run} ${name}`, [check], files);
  await measure(`run ${run} both`, Object.values(checks), files);
}
for (const [name, text] of Object.entries(hostile()))
  await measure(`hostile: ${name}`, Object.values(checks), [anAddedFile("src/hostile.ts", text)]);

async function measure(name: string, which: readonly Check[], input: readonly ChangedFile[]): Promise<void> {
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMb());
  }, 20);
  const start = performance.now();
  const report = await builtInChecks(which).run(aCheckInput(input));
  const ms = Math.round(performance.now() - start);
  clearInterval(watch);
  console.log(
    `${name.padEnd(36)} ${String(ms).padStart(5)} ms  ${String(peak).padStart(4)} MB  ${summary(report)}`,
  );
}

function summary({ findings, skips }: CheckReport): string {
  const reasons = Map.groupBy(skips, (skip) => `${skip.check}: ${skip.reason}`);
  return [
    `${findings.length} findings`,
    ...[...reasons].map(([reason, all]) => `${all.length} × ${reason}`),
  ].join(", ");
}

function generatedFile(at: number): ChangedFile {
  const endings = Object.keys(CODE);
  const ending = endings[at % endings.length] ?? "ts";
  const perFile = Math.round(ADDED_LINES / FILES);
  const lines: string[] = ending === "go" ? ["package orders"] : [];
  for (let n = 0; lines.length < perFile * (CONTEXT + 1); n++) lines.push(...(CODE[ending]?.(n) ?? []), "");
  const from = lines.length / 3;
  const marked = lines.map((line, index) => (index >= from && index < from + perFile ? `+${line}` : line));
  return anEditedFile(`src/part${at % 20}/orders${at}.${ending}`, marked);
}

function hostile(): Readonly<Record<string, string>> {
  return {
    "6 MB": `const a = [${"1,".repeat(3_000_000)}];`,
    "1 MB of one array": `const a = [${"eval(x),".repeat(125_000)}];`,
    "200,000 nested parentheses": `const a = ${"(".repeat(200_000)}eval(x)${")".repeat(200_000)};`,
    "100,000 nested blocks": `${"{".repeat(100_000)}eval(x)${"}".repeat(100_000)}`,
    "broken syntax": `const = ) ( eval(x} function {{{ class <<< ${"}".repeat(1000)}`,
    "a line of 200,000 characters": `const a = "${"x".repeat(200_000)}" + eval(y);`,
    "a chain of 200,000": `eval(${"a+".repeat(200_000)}a);`,
  };
}

/** This process and those it started. */
function residentMb(): number {
  const bytes = processTree(process.pid).reduce((sum, { residentBytes }) => sum + residentBytes, 0);
  return Math.round((bytes || process.memoryUsage.rss()) / 1024 / 1024);
}

function loadAverage(): string {
  try {
    return readFileSync("/proc/loadavg", "utf8").split(" ")[0] ?? "unknown";
  } catch {
    // Only Linux has it.
    return "unknown";
  }
}
