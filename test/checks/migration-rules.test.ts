import { describe, expect, it } from "vitest";
import { MIGRATION_RULES } from "../../src/checks/migration-rules.ts";
import { migrationsCheck } from "../../src/checks/migrations.ts";
import { aChange, aView, patientThread, runCheck, told } from "./schema-change.ts";

/** What the rules say about one new Flyway migration. */
async function rulesFor(sql: string, name = "V2__change.sql", others: Readonly<Record<string, string>> = {}) {
  const path = `db/migration/${name}`;
  const report = await runCheck(migrationsCheck(patientThread), {
    files: [aChange(path, null, `${sql}\n`)],
    others,
  });
  expect(report.skips).toEqual([]);
  return told(report);
}

interface Case {
  readonly rule: keyof typeof MIGRATION_RULES;
  readonly bad: string;
  /** Near misses. */
  readonly good: readonly string[];
}

const CASES: readonly Case[] = [
  {
    rule: "migration-index-blocks-writes",
    bad: "CREATE INDEX i ON users (email);",
    good: [
      "CREATE INDEX CONCURRENTLY i ON users (email);",
      "CREATE TABLE users (id int PRIMARY KEY, email text); CREATE INDEX i ON users (email);",
      "CREATE TABLE new (id int PRIMARY KEY); ALTER TABLE new RENAME TO users; CREATE INDEX i ON users (id);",
    ],
  },
  {
    rule: "migration-not-null-without-default",
    bad: "ALTER TABLE users ADD COLUMN age int NOT NULL;",
    good: [
      "ALTER TABLE users ADD COLUMN age int NOT NULL DEFAULT 0;",
      "ALTER TABLE users ADD COLUMN age int;",
      "TRUNCATE users; ALTER TABLE users ADD COLUMN age int NOT NULL;",
      "CREATE TABLE users (id int PRIMARY KEY); ALTER TABLE users ADD COLUMN age int NOT NULL;",
    ],
  },
  {
    rule: "migration-type-change-rewrites",
    bad: "ALTER TABLE users ALTER COLUMN age TYPE bigint;",
    good: [
      "ALTER TABLE users ALTER COLUMN name TYPE text;",
      "ALTER TABLE users ALTER COLUMN name TYPE varchar(200);",
      "CREATE TABLE users (age int); ALTER TABLE users ALTER COLUMN age TYPE bigint;",
    ],
  },
  {
    rule: "migration-volatile-default",
    bad: "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();",
    good: [
      "ALTER TABLE users ADD COLUMN made timestamptz DEFAULT now();",
      "ALTER TABLE users ADD COLUMN token uuid; ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();",
      "CREATE TABLE users (token uuid DEFAULT gen_random_uuid());",
    ],
  },
  {
    rule: "migration-constraint-scans",
    bad: "ALTER TABLE users ADD CONSTRAINT adult CHECK (age >= 18);",
    good: [
      "ALTER TABLE users ADD CONSTRAINT adult CHECK (age >= 18) NOT VALID;",
      "ALTER TABLE users VALIDATE CONSTRAINT adult;",
      "CREATE TABLE users (age int); ALTER TABLE users ADD CHECK (age >= 18);",
      "ALTER TABLE users ADD COLUMN org int REFERENCES orgs; CREATE INDEX CONCURRENTLY i ON users (org);",
    ],
  },
  {
    rule: "migration-set-not-null-scans",
    bad: "ALTER TABLE users ALTER COLUMN email SET NOT NULL;",
    good: [
      "ALTER TABLE users ADD CHECK (email IS NOT NULL) NOT VALID; ALTER TABLE users ALTER COLUMN email SET NOT NULL;",
      "ALTER TABLE users ALTER COLUMN email DROP NOT NULL;",
    ],
  },
  {
    rule: "migration-unique-blocks",
    bad: "ALTER TABLE users ADD CONSTRAINT u UNIQUE (email);",
    good: [
      "ALTER TABLE users ADD CONSTRAINT u UNIQUE USING INDEX i;",
      "CREATE TABLE users (email text UNIQUE);",
    ],
  },
  {
    rule: "migration-foreign-key-without-index",
    bad: "CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users);",
    good: [
      "CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users); CREATE INDEX i ON posts (author, id);",
      "CREATE TABLE posts (author int PRIMARY KEY REFERENCES users);",
      "CREATE TABLE posts (author int REFERENCES users, n int, PRIMARY KEY (author, n));",
    ],
  },
  {
    rule: "migration-delete-all-rows",
    bad: "DELETE FROM users;",
    good: [
      "DELETE FROM users WHERE gone;",
      "DELETE FROM user_sessions;",
      "DELETE FROM a USING b WHERE a.id = b.id;",
    ],
  },
  {
    rule: "migration-update-all-rows",
    bad: "UPDATE users SET active = true;",
    good: [
      "UPDATE users SET active = true WHERE active IS NULL;",
      "CREATE TABLE users (active bool); UPDATE users SET active = true;",
    ],
  },
  {
    rule: "migration-mixes-ddl-and-data",
    bad: "ALTER TABLE users ADD COLUMN full_name text; UPDATE users SET full_name = name WHERE name <> '';",
    good: [
      "UPDATE users SET full_name = name WHERE name <> '';",
      "CREATE TABLE names (n text); INSERT INTO names SELECT name FROM users;",
      "ALTER TABLE users ADD COLUMN n text; INSERT INTO roles (id) VALUES (1);",
    ],
  },
  {
    rule: "migration-concurrently-in-transaction",
    bad: "CREATE INDEX CONCURRENTLY i ON users (email); ALTER TABLE users ADD COLUMN age int;",
    good: [
      "CREATE INDEX CONCURRENTLY i ON users (email);",
      "CREATE INDEX CONCURRENTLY i ON users (email); DROP INDEX CONCURRENTLY j;",
    ],
  },
];

describe.each(CASES)("$rule", ({ rule, bad, good }) => {
  it("fires", async () => {
    expect(await rulesFor(bad)).toContain(`${rule} @1`);
  });

  it.each(good)("leaves alone: %s", async (sql) => {
    expect(await rulesFor(sql)).not.toContain(`${rule} @1`);
  });
});

describe("rules that look further than one file", () => {
  const drop = "ALTER TABLE users DROP COLUMN nick_name;";

  it("names who still uses a dropped column", async () => {
    const report = await runCheck(migrationsCheck(patientThread), {
      files: [aChange("db/migration/V2__x.sql", null, `${drop}\n`)],
      others: { "src/users.go": 'rows, err := db.Query("SELECT nick_name FROM users")\n' },
    });

    const [found] = report.findings.filter((finding) => finding.rule === "migration-drop-in-use");
    expect(found).toMatchObject({ severity: "critical", title: expect.stringContaining("users.nick_name") });
    expect(found?.why).toMatch(/^src\/users\.go:1 uses it\./);
  });

  it.each([
    ["nobody uses it", {}],
    ["another table's column is used", { "src/a.go": 'q := "SELECT nick_name FROM people"' }],
    ["only a comment names it", { "src/a.go": "// SELECT nick_name FROM users" }],
    ["its name is a word of another kind", { "src/a.go": 'render("users", nick_name)' }],
    ["only a test names it", { "src/a_test.go": 'q := "SELECT nick_name FROM users"' }],
    ["a longer name is used", { "src/a.go": 'q := "SELECT old_nick_name FROM users"' }],
  ])("is silent where %s", async (_, others) => {
    expect(await rulesFor(drop, "V2__x.sql", others)).toEqual([]);
  });

  it.each([
    'const users = pgTable("users", { nick: text("nick_name") });',
    "class User(Base):\n    __tablename__ = 'users'\n    nick_name = Column(Text)",
    '@Table(name = "users")\nclass User { String nickName; }',
    'UPDATE public."users" SET nick_name = 1',
  ])("knows a use in %j", async (text) => {
    expect(await rulesFor(drop, "V2__x.sql", { "src/a.py": text })).toEqual(["migration-drop-in-use @1"]);
  });

  it("tells a drop together with its last use", async () => {
    const report = await runCheck(migrationsCheck(patientThread), {
      files: [
        aChange("db/migration/V2__x.sql", null, "DROP TABLE old_orders;\n"),
        aChange("src/a.ts", "run('SELECT 1 FROM old_orders');\n", "run('SELECT 1');\n"),
      ],
    });

    expect(told(report)).toContain("migration-drop-in-one-step @1");
  });

  it("says that users were not searched where the tree is not known", async () => {
    const path = "db/migration/V2__x.sql";
    const report = await migrationsCheck(patientThread).run({
      files: [aChange(path, null, `${drop}\n`)],
      view: aView({}, "The tree of the repository is too large."),
      signal: new AbortController().signal,
    });

    expect(report.skips).toEqual([
      { check: "migrations", path: null, reason: "The tree of the repository is too large." },
    ]);
  });

  it("knows types, checks and indexes from the other migrations", async () => {
    const others = {
      "db/migration/V1__first.sql":
        "CREATE TABLE users (id int PRIMARY KEY, name varchar(50), org int);\nCREATE INDEX o ON users (org);\nALTER TABLE users ADD CHECK (name IS NOT NULL) NOT VALID;\n",
    };

    expect(
      await rulesFor("ALTER TABLE users ALTER COLUMN name TYPE varchar(20);", "V2__x.sql", others),
    ).toEqual(["migration-type-change-rewrites @1"]);
    expect(
      await rulesFor("ALTER TABLE users ALTER COLUMN name TYPE varchar(90);", "V2__x.sql", others),
    ).toEqual([]);
    expect(await rulesFor("ALTER TABLE users ALTER COLUMN name SET NOT NULL;", "V2__x.sql", others)).toEqual(
      [],
    );
    expect(
      await rulesFor(
        "ALTER TABLE users ADD FOREIGN KEY (org) REFERENCES orgs NOT VALID;",
        "V2__x.sql",
        others,
      ),
    ).toEqual([]);
  });

  it("speaks of lock_timeout once for a change, and only where others set it", async () => {
    const lock = "ALTER TABLE users ADD COLUMN age int;\n";
    const set = `SET lock_timeout = '5s';\n${lock}`;
    const others = { "db/migration/V1__a.sql": set };
    const files = (sql: string) =>
      ["V2__a", "V3__b"].map((name) => aChange(`db/migration/${name}.sql`, null, sql));
    const rules = async (sql: string, rest: Readonly<Record<string, string>>) =>
      told(await runCheck(migrationsCheck(patientThread), { files: files(sql), others: rest }));

    expect(await rules(lock, others)).toEqual(["migration-no-lock-timeout @1"]);
    expect(await rules(lock, {})).toEqual([]);
    expect(await rules(set, others)).toEqual([]);
  });

  it("wants repeatable migrations to be repeatable", async () => {
    expect(await rulesFor("CREATE VIEW v AS SELECT 1;", "R__view.sql")).toEqual([
      "migration-not-repeatable @1",
    ]);
    expect(await rulesFor("CREATE OR REPLACE VIEW v AS SELECT 1;", "R__view.sql")).toEqual([]);
    expect(await rulesFor("DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT 1;", "R__view.sql")).toEqual([]);
    expect(await rulesFor("CREATE VIEW v AS SELECT 1;", "V2__view.sql")).toEqual([]);
  });

  it("looks at added lines only", async () => {
    const base = "CREATE INDEX a ON users (email);\n";
    const report = await runCheck(migrationsCheck(patientThread), {
      files: [aChange("db/migration/V2__x.sql", base, `${base}CREATE INDEX b ON orgs (name);\n`)],
    });

    expect(told(report)).toEqual(["migration-index-blocks-writes @2"]);
  });

  it("finds each command of one ALTER TABLE on its own line", async () => {
    const sql =
      "ALTER TABLE users\n  ADD COLUMN é text DEFAULT 'ü',\n  ALTER COLUMN bio SET DEFAULT '', ALTER COLUMN mail SET DEFAULT '',\n  ALTER COLUMN bio SET NOT NULL,\n  ADD COLUMN age int NOT NULL;";

    expect(await rulesFor(sql)).toEqual([
      "migration-set-not-null-scans @4",
      "migration-not-null-without-default @5",
    ]);
  });
});

describe("missing down migrations", () => {
  const up = "CREATE TABLE a (id int PRIMARY KEY);\n";
  const neighbours = { "migrations/1_a.up.sql": up, "migrations/1_a.down.sql": "DROP TABLE a;\n" };

  it.each([
    ["without its pair", [["migrations/2_b.up.sql", up]], neighbours, ["migration-missing-down @1"]],
    [
      "with its pair",
      [
        ["migrations/2_b.up.sql", up],
        ["migrations/2_b.down.sql", "DROP TABLE a;\n"],
      ],
      neighbours,
      [],
    ],
    ["where nobody has one", [["migrations/2_b.up.sql", up]], { "migrations/1_a.up.sql": up }, []],
    [
      "with an empty section",
      [["db/2.sql", `-- +goose Up\n${up}-- +goose Down\n`]],
      { "db/1.sql": `-- +goose Up\n${up}-- +goose Down\nDROP TABLE a;\n` },
      ["migration-missing-down @2"],
    ],
    [
      "with an empty section as everywhere",
      [["db/2.sql", `-- +goose Up\n${up}`]],
      { "db/1.sql": `-- +goose Up\n${up}` },
      [],
    ],
  ] as const)("%s", async (_, files, others, expected) => {
    const report = await runCheck(migrationsCheck(patientThread), {
      files: files.map(([path, sql]) => aChange(path, null, sql)),
      others,
    });

    expect(told(report)).toEqual(expected);
  });
});

describe("the diagram", () => {
  const three =
    'CREATE TABLE "a; x" (id int PRIMARY KEY, n varchar(9) UNIQUE);\nCREATE TABLE b (a_id int REFERENCES "a; x");\nALTER TABLE c ADD COLUMN d jsonb;\n';

  it("draws three changed tables with clean names", async () => {
    const report = await runCheck(migrationsCheck(patientThread), {
      files: [aChange("db/migration/V2__x.sql", null, three)],
    });

    expect(report.erDiagram).toBe(
      [
        "erDiagram",
        "  a_x {",
        "    int4 id PK",
        "    varchar_9 n UK",
        "  }",
        "  b {",
        "    int4 a_id FK",
        "  }",
        "  c {",
        "    jsonb d",
        "  }",
        '  a_x ||--o{ b : "a_id"',
      ].join("\n"),
    );
  });

  it("is not drawn for two, and bounded for many", async () => {
    const many = Array.from({ length: 40 }, (_, at) => `CREATE TABLE t${at} (id int PRIMARY KEY);`).join(
      "\n",
    );
    const two = await runCheck(migrationsCheck(patientThread), {
      files: [aChange("db/migration/V2__x.sql", null, "CREATE TABLE a (b int);\nCREATE TABLE c (d int);\n")],
    });
    const bounded = await runCheck(migrationsCheck(patientThread), {
      files: [aChange("db/migration/V2__x.sql", null, many)],
    });

    expect(two.erDiagram).toBeNull();
    expect(bounded.erDiagram?.match(/^ {2}t\d+ \{/gm)).toHaveLength(20);
    expect(bounded.erDiagram).toContain("20 more tables");
  });
});

it("has a test for each rule that one statement decides", () => {
  const elsewhere = ["drop-in-use", "drop-in-one-step", "missing-down", "no-lock-timeout", "not-repeatable"];
  const tested = [...CASES.map((one) => one.rule), ...elsewhere.map((name) => `migration-${name}`)];
  expect(tested.toSorted()).toEqual(Object.keys(MIGRATION_RULES).toSorted());
});
