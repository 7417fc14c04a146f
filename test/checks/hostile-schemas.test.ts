/** Texts that are made to break a parser: each ends in a stated skip or in a result, and the next text is read as ever. */
import { describe, expect, it } from "vitest";
import { createParserThread } from "../../src/checks/parser-thread.ts";
import { schemaChecks } from "../../src/checks/schema-checks.ts";
import type { CheckReport } from "../../src/review/checks.ts";
import { aChange, patientThread, runCheck } from "./schema-change.ts";

async function runAll(path: string, base: string | null, head: string): Promise<readonly CheckReport[]> {
  const reports: CheckReport[] = [];
  for (const check of schemaChecks(patientThread, null)) {
    if (check.concerns(path)) reports.push(await runCheck(check, { files: [aChange(path, base, head)] }));
  }
  return reports;
}

function reasons(reports: readonly CheckReport[]): readonly string[] {
  return reports.flatMap((report) => report.skips.map((skip) => skip.reason));
}

const OPENAPI = "openapi: 3.0.0\npaths: {}\n";
const BOMB = `${OPENAPI}x:\n${Array.from({ length: 40 }, (_, at) =>
  at === 0
    ? "  a0: &a0 [1, 1]"
    : `  a${at}: &a${at} [${Array(10)
        .fill(`*a${at - 1}`)
        .join(", ")}]`,
).join("\n")}\n`;
const RECURSIVE = `openapi: 3.0.0
paths:
  /a:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/T"}}}}
      responses: {default: {$ref: "#/components/responses/R"}}
components:
  responses:
    R: {$ref: "#/components/responses/R"}
  schemas:
    T: {type: object, allOf: [{$ref: "#/components/schemas/T"}], properties: {t: {$ref: "#/components/schemas/T"}, u: {type: string}}}
`;

describe("hostile texts", () => {
  it.each([
    ["1 MB of SQL", "db/migration/V1__a.sql", null, "SELECT 1;\n".repeat(100_000), "larger than 256 KiB"],
    [
      "100,000 nested parentheses",
      "db/migration/V1__a.sql",
      null,
      `SELECT ${"(".repeat(100_000)}1${")".repeat(100_000)};\n`,
      "not PostgreSQL syntax",
    ],
    [
      "a sum of 100,000 numbers",
      "db/migration/V1__a.sql",
      null,
      `SELECT 1${"+1".repeat(100_000)};\n`,
      "the parser broke",
    ],
    ["a deep YAML", "openapi.yaml", OPENAPI, `${OPENAPI}x: ${"[".repeat(50_000)}\n`, "nested too deeply"],
    [
      "a deep JSON",
      "openapi.json",
      '{"openapi": "3.0.0"}\n',
      `{"openapi": "3.0.0", "x": ${"[".repeat(50_000)}\n`,
      "nested too deeply",
    ],
    [
      "3,000 aliases",
      "openapi.yaml",
      OPENAPI,
      `${OPENAPI}x: &x 1\ny: [${Array(3_000).fill("*x").join(", ")}]\n`,
      "aliases",
    ],
    [
      "a deep GraphQL type",
      "a.graphql",
      "type A { a: Int }\n",
      `type A { a: ${"[".repeat(50_000)}Int }\n`,
      "not readable as GraphQL",
    ],
    [
      "many GraphQL tokens",
      "a.graphql",
      "type A { a: Int }\n",
      `type A { ${"a ".repeat(250_000)} }\n`,
      "not readable as GraphQL",
    ],
    [
      "deep protobuf messages",
      "a.proto",
      'syntax = "proto3";\n',
      `syntax = "proto3";\n${"message A {".repeat(20_000)}\n`,
      "not readable as Protocol Buffers",
    ],
    [
      "a deep package.json",
      "package.json",
      "{}\n",
      `{"a":${"[".repeat(200_000)}\n`,
      "not readable as package.json",
    ],
  ])("%s is a stated skip", async (_, path, base, head, reason) => {
    expect(reasons(await runAll(path, base, head))).toEqual([expect.stringContaining(reason)]);
  });

  it.each([
    ["a YAML bomb that nobody expands", "openapi.yaml", OPENAPI, BOMB],
    [
      "schemas that refer to themselves",
      "openapi.yaml",
      RECURSIVE,
      RECURSIVE.replace("u: {type: string}", "v: {type: string}"),
    ],
    [
      "recursive GraphQL types",
      "a.graphql",
      "type A { a: A b: B }\ntype B { a: A }\n",
      "type A { a: A b: B }\ntype B { a: A c: B }\n",
    ],
    [
      "GraphQL fragments of itself",
      "a.graphql",
      "type A implements A { a: A }\n",
      "type A implements A { a: [A] b: A }\n",
    ],
  ])("%s is read", async (_, path, base, head) => {
    expect(reasons(await runAll(path, base, head))).toEqual([]);
  });

  it("100,000 fields of a message are read, or said to take too long", async () => {
    const proto = (type: string) =>
      `syntax = "proto3";\nmessage A {\n${Array.from({ length: 100_000 }, (_, at) => `${type} f${at}=${at + 20_000};`).join("\n")}\n}\n`;
    const [report] = await runAll(
      "a.proto",
      proto("int32")
        .slice(0, 1_000_000)
        .replace(/[^\n]*$/, "}\n"),
      "message A {}\n",
    );

    expect((report?.findings.length ?? 0) + (report?.skips.length ?? 0)).toBeGreaterThan(0);
  });

  it("does not spoil the texts after them", async () => {
    const report = await runCheck(
      schemaChecks(patientThread, null).find((check) => check.name === "migrations") ??
        expect.fail("no such check"),
      {
        files: [
          aChange("db/migration/V1__a.sql", null, `SELECT 1${"+1".repeat(100_000)};\n`),
          aChange("db/migration/V2__b.sql", null, "ALTER TABLE a ADD COLUMN b int NOT NULL;\n"),
        ],
      },
    );

    expect(report.skips).toHaveLength(1);
    expect(report.findings.map((finding) => finding.rule)).toContain("migration-not-null-without-default");
  });
});

describe("the parser thread", () => {
  const slow = `INSERT INTO a VALUES ${"(1),".repeat(50_000)}(1)`;

  it("gives up a text at its deadline and answers the next one", async () => {
    const hurried = createParserThread({ textMs: 1, sessionMs: 60_000 });
    const late = await hurried.session(new AbortController().signal).ask("sql", [slow]);
    await hurried.close();

    expect(late).toEqual({ kind: "none", reason: "it took too long to parse" });
  });

  it("answers nothing when the time of its session is used up", async () => {
    const session = createParserThread({ textMs: 60_000, sessionMs: 0 }).session(
      new AbortController().signal,
    );

    expect(await session.ask("sql", ["SELECT 1"])).toEqual({
      kind: "none",
      reason: "the time for this check was used up",
    });
  });

  it("answers questions that are asked at once, each with its own", async () => {
    const session = patientThread.session(new AbortController().signal);
    const answers = await Promise.all([
      session.ask("sql", ["SELECT 1; SELECT 2"]),
      session.ask("sql", ["SELECT 1"]),
    ]);

    expect(
      answers.map(
        (answer) => answer.kind === "answered" && answer.value.kind === "read" && answer.value.statements,
      ),
    ).toEqual([2, 1]);
  });

  it("rejects when the review is stopped", async () => {
    const controller = new AbortController();
    const session = patientThread.session(controller.signal);
    const answer = session.ask("sql", [slow]);
    controller.abort(new Error("stopped"));

    await expect(answer).rejects.toThrow("stopped");
  });
});
