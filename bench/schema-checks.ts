// node bench/schema-checks.ts: what the checks of schemas, contracts and dependencies cost, at full size and on hostile texts.
import { cpus } from "node:os";
import { createParserThread, PARSER_LIMITS } from "../src/checks/parser-thread.ts";
import { schemaChecks } from "../src/checks/schema-checks.ts";
import type { ChangedFile } from "../src/review/checks.ts";
import { anInput } from "../test/checks/schema-change.ts";
import { type Result, type Row, tableOf } from "./result.ts";

const RUNS = 5;

interface Setting {
  readonly name: string;
  readonly files: readonly ChangedFile[];
}

/** Every line replaced: the diff of the whole is the cheapest one to make, and the most that a check can be shown. */
function replaced(path: string, base: string | null, head: string): ChangedFile {
  const lines = (text: string, kind: "added" | "deleted") =>
    text.split("\n").map((line, at) => ({
      kind,
      text: line,
      baseLine: kind === "deleted" ? at + 1 : null,
      headLine: kind === "added" ? at + 1 : null,
    }));
  const [gone, come] = [base === null ? [] : lines(base, "deleted"), lines(head, "added")];
  const hunk = { baseStart: 1, baseCount: gone.length, headStart: 1, headCount: come.length, section: "" };
  return {
    diff: {
      path,
      previousPath: null,
      status: base === null ? "added" : "modified",
      additions: come.length,
      deletions: gone.length,
      patch: { kind: "hunks", hunks: [{ ...hunk, lines: [...gone, ...come] }] },
    },
    base,
    head,
  };
}

function list(count: number, line: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => line(at)).join("\n");
}

function migrations(): readonly ChangedFile[] {
  return Array.from({ length: 40 }, (_, at) =>
    replaced(
      `db/migration/V${at}__change.sql`,
      null,
      list(
        20,
        (n) =>
          `CREATE TABLE t${at}_${n} (id bigint PRIMARY KEY, u int REFERENCES users, n text NOT NULL);\nALTER TABLE users ADD COLUMN c${at}_${n} int NOT NULL;`,
      ),
    ),
  );
}

function openApi(type: string): string {
  const operation = (at: number) =>
    `  /things/${at}/{id}:\n    get:\n      parameters: [{name: q, in: query, schema: {type: string}}]\n      responses:\n        "200": {content: {application/json: {schema: {$ref: "#/components/schemas/T${at}"}}}}\n        "404": {description: no}\n    post:\n      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/T${at}"}}}}\n      responses: {default: {description: done}}`;
  const schema = (at: number) =>
    `    T${at}: {type: object, required: [id], properties: {id: {type: ${type}}, next: {$ref: "#/components/schemas/T${(at + 1) % 200}"}}}`;
  return `openapi: 3.0.3\npaths:\n${list(200, operation)}\ncomponents:\n  schemas:\n${list(200, schema)}\n`;
}

function graphQl(type: string): string {
  return `type Query { first: T0 }\n${list(500, (at) => `type T${at} {\n  id: ID!\n  next(of: Int): T${(at + 1) % 500}\n  value: ${type}\n}`)}\n`;
}

function proto(type: string): string {
  return `syntax = "proto3";\n${list(500, (at) => `message M${at} {\n  ${type} id = 1;\n  string name = 2;\n}`)}\n`;
}

function lock(count: number): string {
  const entry = (at: number) =>
    `    "node_modules/package-${at}": {\n      "version": "1.${at}.0",\n      "resolved": "https://packages.example/package-${at}.tgz",\n      "hasInstallScript": ${at % 100 === 0}\n    }`;
  return `{\n  "lockfileVersion": 3,\n  "packages": {\n${Array.from({ length: count }, (_, at) => entry(at)).join(",\n")}\n  }\n}\n`;
}

const EMPTY_API = "openapi: 3.0.0\npaths: {}\n";
const BOMB = `${EMPTY_API}x:\n${list(40, (at) =>
  at === 0
    ? "  a0: &a0 [1, 1]"
    : `  a${at}: &a${at} [${Array(10)
        .fill(`*a${at - 1}`)
        .join(", ")}]`,
)}\n`;

const SETTINGS: readonly Setting[] = [
  { name: "40 migrations", files: migrations() },
  { name: "200 paths", files: [replaced("openapi.yaml", openApi("integer"), openApi("string"))] },
  { name: "500 types", files: [replaced("schema.graphql", graphQl("Int"), graphQl("String"))] },
  { name: "500 messages", files: [replaced("a.proto", proto("int32"), proto("string"))] },
  { name: "2,000 locked", files: [replaced("package-lock.json", lock(1_900), lock(2_000))] },
  {
    name: "all of them",
    files: [
      ...migrations(),
      replaced("openapi.yaml", openApi("integer"), openApi("string")),
      replaced("schema.graphql", graphQl("Int"), graphQl("String")),
      replaced("a.proto", proto("int32"), proto("string")),
      replaced("package-lock.json", lock(1_900), lock(2_000)),
    ],
  },
  { name: "1 MB of SQL", files: [replaced("db/migration/V1__a.sql", null, "SELECT 1;\n".repeat(100_000))] },
  { name: "256 KiB of SQL", files: [replaced("db/migration/V1__a.sql", null, "SELECT 1;\n".repeat(25_000))] },
  {
    name: "100,000 parens",
    files: [replaced("db/migration/V1__a.sql", null, `SELECT ${"(".repeat(100_000)}`)],
  },
  {
    name: "sum of 100,000",
    files: [replaced("db/migration/V1__a.sql", null, `SELECT 1${"+1".repeat(100_000)}`)],
  },
  { name: "YAML bomb", files: [replaced("openapi.yaml", EMPTY_API, BOMB)] },
  {
    name: "deep GraphQL",
    files: [replaced("a.graphql", "type A { a: Int }", `type A { a: ${"[".repeat(50_000)}`)],
  },
  {
    name: "100,000 fields",
    files: [
      replaced(
        "a.proto",
        'syntax = "proto3";',
        `message A {\n${list(45_000, (at) => `int32 f${at}=${at + 20_000};`)}\n}`,
      ),
    ],
  },
];

async function measure(setting: Setting): Promise<Row> {
  const times: number[] = [];
  let [findings, skips] = [0, 0];
  let longest = 0;
  for (let run = 0; run < RUNS; run++) {
    const thread = createParserThread(PARSER_LIMITS);
    const { eventLoopUtilization } = performance;
    const before = eventLoopUtilization();
    const start = performance.now();
    const checks = schemaChecks(thread, null);
    const reports = await Promise.all(
      checks.map((check) => {
        const files = setting.files.filter((file) => check.concerns(file.diff.path));
        return check.run(anInput({ files }));
      }),
    );
    times.push(performance.now() - start);
    longest = Math.max(longest, eventLoopUtilization(before).active);
    findings = reports.flatMap((report) => report.findings).length;
    skips = reports.flatMap((report) => report.skips).length;
    await thread.close();
  }
  const sorted = times.toSorted((a, b) => a - b);
  return {
    setting: setting.name,
    "median, ms": Math.round(sorted[Math.floor(RUNS / 2)] ?? 0),
    "slowest, ms": Math.round(sorted.at(-1) ?? 0),
    "main thread, ms": Math.round(longest),
    findings,
    skips,
  };
}

const rows: Row[] = [];
for (const setting of SETTINGS) rows.push(await measure(setting));
const result: Result = {
  title: `Checks of schemas, contracts and dependencies; Node ${process.versions.node}, ${cpus().length} cores`,
  rows,
  notes: [
    `${RUNS} runs, each with a new parser thread: starting it is part of the time.`,
    `"main thread" is how long it was busy in the slowest run; ${Math.round(process.memoryUsage.rss() / 1024 / 1024)} MB resident at the end.`,
  ],
};
console.log(tableOf({ ...result, rows: rows.slice(0, 6) }));
console.log(tableOf({ ...result, title: "Hostile texts", rows: rows.slice(6) }));
