import { describe, expect, it } from "vitest";
import { readMigration } from "../../src/checks/migration-folders.ts";
import { migrationsCheck } from "../../src/checks/migrations.ts";
import { aChange, patientThread, runCheck, told } from "./schema-change.ts";

const INDEX = "CREATE INDEX CONCURRENTLY i ON users (email)";
const IN_TRANSACTION = "migration-concurrently-in-transaction";

interface ToolCase {
  readonly tool: string;
  readonly path: string;
  readonly text: readonly string[];
  /** Line of the index; null where it runs outside of a transaction. */
  readonly line: number | null;
  readonly others?: Readonly<Record<string, string>>;
}

const TOOLS: readonly ToolCase[] = [
  {
    tool: "Prisma",
    path: "prisma/migrations/20240102030405_add_index/migration.sql",
    text: ["-- CreateIndex", `${INDEX};`],
    line: null,
  },
  {
    tool: "Prisma",
    path: "prisma/migrations/20240102030405_two/migration.sql",
    text: ["-- AlterTable", 'ALTER TABLE "users" ADD COLUMN "age" INTEGER;', `${INDEX};`],
    line: 3,
  },
  {
    tool: "Drizzle",
    path: "drizzle/0001_fast_hulk.sql",
    text: ['ALTER TABLE "users" ADD COLUMN "age" integer;--> statement-breakpoint', `${INDEX};`],
    line: 2,
  },
  {
    tool: "Knex",
    path: "db/migrations/20240102_index.js",
    text: [
      "exports.up = async (knex) => {",
      "  await knex.schema.raw(`",
      `    ${INDEX}`,
      "  `);",
      "};",
      "exports.down = async (knex) => { await knex.raw('DROP INDEX i'); };",
    ],
    line: 3,
  },
  {
    tool: "Knex",
    path: "db/migrations/20240102_index.js",
    text: [
      `exports.up = (knex) => knex.raw("${INDEX}");`,
      "exports.down = () => {};",
      "exports.config = { transaction: false };",
    ],
    line: null,
  },
  {
    tool: "TypeORM",
    path: "src/migrations/1700000000000-Index.ts",
    text: [
      "export class Index1700000000000 implements MigrationInterface {",
      "  public async up(queryRunner: QueryRunner): Promise<void> {",
      `    await queryRunner.query(\`${INDEX}\`);`,
      "  }",
      "  public async down(queryRunner: QueryRunner): Promise<void> {",
      "    await queryRunner.query(`DROP INDEX i`);",
      "  }",
      "}",
    ],
    line: 3,
  },
  {
    tool: "Flyway",
    path: "src/main/resources/db/migration/V3__index.sql",
    text: [`${INDEX};`, "ALTER TABLE users ADD COLUMN age int;"],
    line: 1,
  },
  {
    tool: "Flyway",
    path: "src/main/resources/db/migration/V3__index.sql",
    text: [`${INDEX};`, "ALTER TABLE users ADD COLUMN age int;"],
    line: null,
    others: { "src/main/resources/db/migration/V3__index.sql.conf": "executeInTransaction=false\n" },
  },
  {
    tool: "Liquibase",
    path: "db/changelog/003.sql",
    text: ["--liquibase formatted sql", "", "--changeset me:3", `${INDEX};`, "--rollback DROP INDEX i;"],
    line: 4,
  },
  {
    tool: "Liquibase",
    path: "db/changelog/003.sql",
    text: [
      "--liquibase formatted sql",
      "--changeset me:2 dbms:mysql",
      "ALTER TABLE `users` ENGINE=InnoDB;",
      "--changeset me:3 runInTransaction:false",
      `${INDEX};`,
    ],
    line: null,
  },
  {
    tool: "Rails",
    path: "db/migrate/20240102030405_add_index.rb",
    text: [
      "class AddIndex < ActiveRecord::Migration[7.1]",
      "  def up",
      "    execute <<~SQL",
      `      ${INDEX}`,
      "    SQL",
      "  end",
      "end",
    ],
    line: 4,
  },
  {
    tool: "Rails",
    path: "db/migrate/20240102030405_add_index.rb",
    text: [
      "class AddIndex < ActiveRecord::Migration[7.1]",
      "  disable_ddl_transaction!",
      `  def up; execute "${INDEX}"; end`,
      "end",
    ],
    line: null,
  },
  {
    tool: "Alembic",
    path: "alembic/versions/ab12_index.py",
    text: [
      "def upgrade():",
      '    op.execute("""',
      `        ${INDEX}`,
      '    """)',
      "def downgrade():",
      "    op.execute('DROP INDEX i')",
    ],
    line: 3,
  },
  {
    tool: "Alembic",
    path: "alembic/versions/ab12_index.py",
    text: [
      "def upgrade():",
      "    with op.get_context().autocommit_block():",
      `        op.execute(sa.text("${INDEX}"))`,
    ],
    line: null,
  },
  {
    tool: "goose",
    path: "sql/003_index.sql",
    text: [
      "-- +goose Up",
      "-- +goose StatementBegin",
      `${INDEX};`,
      "-- +goose StatementEnd",
      "-- +goose Down",
      "DROP INDEX i;",
    ],
    line: 3,
  },
  {
    tool: "goose",
    path: "sql/003_index.sql",
    text: ["-- +goose NO TRANSACTION", "-- +goose Up", `${INDEX};`],
    line: null,
  },
  {
    tool: "dbmate",
    path: "db/migrations/003_index.sql",
    text: ["-- migrate:up transaction:false", `${INDEX};`, "-- migrate:down", "DROP INDEX i;"],
    line: null,
  },
  {
    tool: "golang-migrate",
    path: "migrations/3_index.up.sql",
    text: [`${INDEX};`],
    line: null,
  },
  {
    tool: "golang-migrate",
    path: "migrations/3_index.up.sql",
    text: [`${INDEX};`, "SELECT 1;"],
    line: 1,
  },
  {
    tool: "plain SQL",
    path: "migrations/20240102030405_index.sql",
    text: [`${INDEX};`],
    line: 1,
    others: { "Cargo.toml": "[package]\n" },
  },
  {
    tool: "plain SQL",
    path: "migrations/20240102030405_index.sql",
    text: ["-- no-transaction", `${INDEX};`],
    line: null,
    others: { "Cargo.toml": "[package]\n" },
  },
  {
    tool: "Diesel",
    path: "migrations/2024-01-02-030405_index/up.sql",
    text: [`${INDEX};`],
    line: 1,
  },
  {
    tool: "Go code",
    path: "internal/database/migrations.go",
    text: [
      "package database",
      "func up(tx *sql.Tx) error {",
      "  sql := `",
      `    ${INDEX};`,
      "  `",
      "  _, err := tx.Exec(sql)",
      "  return err",
      "}",
    ],
    line: 4,
  },
];

describe.each(TOOLS)("$tool, $path, line $line", ({ tool, path, text, line, others = {} }) => {
  const content = `${text.join("\n")}\n`;

  it("is recognised, with the SQL of its way forward", () => {
    const migration = readMigration(path, content);

    expect(migration?.tool).toBe(tool);
    const up = migration?.parts.filter((part) => part.direction === "up") ?? [];
    expect(up.some((part) => part.sql.includes(INDEX))).toBe(true);
    for (const part of migration?.parts ?? [])
      expect(part.sql).toHaveLength(content.slice(part.offset, part.offset + part.sql.length).length);
  });

  it("knows whether a transaction is around it", async () => {
    const report = await runCheck(migrationsCheck(patientThread), {
      files: [aChange(path, null, content)],
      others,
    });

    expect(report.skips).toEqual([]);
    expect(told(report).filter((rule) => rule.startsWith(IN_TRANSACTION))).toEqual(
      line === null ? [] : [`${IN_TRANSACTION} @${line}`],
    );
  });
});

describe("the way back", () => {
  it.each([
    ["migrations/1_a.down.sql", "DROP TABLE a;"],
    ["migrations/2024-01-02-030405_a/down.sql", "DROP TABLE a;"],
    ["db/migration/U1__a.sql", "DROP TABLE a;"],
    ["a.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\nDROP TABLE a;"],
    [
      "db/migrations/1.ts",
      "export const up = (k) => k.raw('SELECT 1');\nexport const down = (k) => k.raw('DROP TABLE a');",
    ],
    ["alembic/versions/a.py", "def downgrade():\n    op.execute('DROP TABLE a')"],
  ])("is told apart in %s", (path, text) => {
    const down = readMigration(path, text)?.parts.filter((part) => part.direction === "down") ?? [];

    expect(down.map((part) => part.sql.trim().replace(/;$/, ""))).toEqual(["DROP TABLE a"]);
  });

  it("is not searched for hazards", async () => {
    const report = await runCheck(migrationsCheck(patientThread), {
      files: [aChange("migrations/1_a.down.sql", null, "ALTER TABLE a ADD COLUMN b int NOT NULL;\n")],
    });

    expect(report.findings).toEqual([]);
  });
});

describe("what is no migration of PostgreSQL", () => {
  it.each([
    [
      "MySQL syntax",
      "migrations/1_a.up.sql",
      "ALTER TABLE `users` ADD `x` INT NOT NULL;",
      {},
      /^not PostgreSQL syntax: .* \(line 1\)$/,
    ],
    [
      "a folder of another database",
      "migrations/mysql/1_a.up.sql",
      "ALTER TABLE a ADD b INT NOT NULL;",
      {},
      /^for mysql by its path$/,
    ],
    [
      "a Prisma project on SQLite",
      "prisma/migrations/20240102030405_x/migration.sql",
      'ALTER TABLE "a" ADD COLUMN "b" INTEGER NOT NULL;',
      { "prisma/migrations/migration_lock.toml": 'provider = "sqlite"\n' },
      /^for sqlite, as prisma\/migrations\/migration_lock\.toml says$/,
    ],
  ] as const)("%s is a stated skip", async (_, path, sql, others, reason) => {
    const report = await runCheck(migrationsCheck(patientThread), {
      files: [aChange(path, null, `${sql}\n`)],
      others,
    });

    expect(report.findings).toEqual([]);
    expect(report.skips).toEqual([{ check: "migrations", path, reason: expect.stringMatching(reason) }]);
  });

  it.each([
    ["src/query.ts", "db.query('DELETE FROM users')"],
    ["schema.sql", "CREATE INDEX i ON users (email);"],
    ["src/a.py", "cursor.execute('DELETE FROM users')"],
    ["db/migrations/1.js", "exports.up = (knex) => knex.raw('DELETE FROM ' + table)"],
  ])("%s has nothing to say", async (path, text) => {
    const report = await runCheck(migrationsCheck(patientThread), {
      files: [aChange(path, null, `${text}\n`)],
    });

    expect(report).toEqual({ findings: [], skips: [], erDiagram: null });
  });
});
