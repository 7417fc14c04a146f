import { describe, expect, test } from "vitest";
import { secretsCheck } from "../../src/checks/secrets.ts";
import type { ChangedFile, CheckReport } from "../../src/review/checks.ts";
import { aCheckInput, anAddedFile, anEditedFile } from "./changed-file.ts";

/** Cut by a bar, so that no scanner takes this file for a leak. */
const uncut = (text: string) => text.replaceAll("¦", "");
const MIXED = "aB3dE5gH7jK9mN2pQ4sT6vW8yZ1bD0fG3hJ5kL7nP9rS2tU4";
const GITHUB = uncut(`ghp¦_${MIXED.slice(0, 36)}`);
const AWS_ID = uncut("AKI¦AQ3EGRT5YWZKLMNXP");
const AWS_SECRET = MIXED.slice(0, 40);
const KEY = uncut(`-----BEGIN ¦PRIVATE KEY-----\n${MIXED}\n${MIXED}\n-----END ¦PRIVATE KEY-----`);

async function search(...files: readonly ChangedFile[]): Promise<CheckReport> {
  return secretsCheck().run(aCheckInput(files));
}

async function places(...files: readonly ChangedFile[]): Promise<readonly string[]> {
  const { findings } = await search(...files);
  return findings.map(({ path, startLine, severity, rule }) => `${path}:${startLine} ${severity} ${rule}`);
}

test("a secret on an added line is critical and names its line at head", async () => {
  const file = anEditedFile("src/a.ts", ["const a = 1;", `+const token = "${GITHUB}";`, "const b = 2;"]);

  expect(await places(file)).toEqual(["src/a.ts:2 critical secret-github-token"]);
});

test("a secret that was there before is left alone", async () => {
  const file = anEditedFile("src/a.ts", [`const token = "${GITHUB}";`, "+const b = 2;"]);

  expect(await places(file)).toEqual([]);
});

describe("the value is never shown", () => {
  test.each([
    ["in a line", `const token = "${GITHUB}";`, 'const token = "[secret]";'],
    ["beside another one", `keys("${GITHUB}", "${AWS_ID}");`, 'keys("[secret]", "[secret]");'],
    [
      "in a connection string",
      uncut("postgres://app:¦k9vQ2mX7kk@db.corp.net/a"),
      "postgres://app:[secret]@db.corp.net/a",
    ],
    ["over several lines", KEY, uncut("-----BEGIN ¦PRIVATE KEY-----")],
  ])("%s", async (_, text, evidence) => {
    const { findings } = await search(anAddedFile("src/a.ts", text));

    expect(findings[0]?.evidence).toBe(evidence);
    expect(JSON.stringify(findings)).not.toMatch(/aB3dE5|Q3EGRT5|k9vQ2m/);
  });

  test("not in a later line of a key either", async () => {
    const { findings } = await search(anAddedFile("src/a.ts", `${KEY}\nconst t = "${GITHUB}";`));

    expect(findings.map(({ startLine, evidence }) => [startLine, evidence])).toEqual([
      [1, uncut("-----BEGIN ¦PRIVATE KEY-----")],
      [5, 'const t = "[secret]";'],
    ]);
  });
});

test("the secret key beside an AWS key id is found, far from one it is not", async () => {
  const pair = anAddedFile("src/pair.ts", `id("${AWS_ID}");\nuse("${AWS_SECRET}");`);
  const alone = anAddedFile("src/alone.ts", `use("${AWS_SECRET}");`);

  expect(await places(pair, alone)).toEqual([
    "src/pair.ts:1 critical secret-aws-access-key-id",
    "src/pair.ts:2 critical secret-aws-secret-access-key",
  ]);
});

test("a format that only secretlint knows is found too", async () => {
  const file = anAddedFile("src/a.ts", uncut(`const t = "lin¦_api_${MIXED.slice(0, 40)}";`));

  expect(await places(file)).toEqual(["src/a.ts:1 critical secret-linear"]);
});

test("a comment in the change does not switch the search off", async () => {
  const file = anAddedFile(
    "src/a.ts",
    `// secretlint-disable\nconst t = "${uncut(`lin¦_api_${MIXED.slice(0, 40)}`)}";`,
  );

  expect(await places(file)).toHaveLength(1);
});

describe("in tests and documents", () => {
  const assigned = `const apiKey = "q7Zk2mPx9Lw4Rt8Vb3Nc6Ys1";`;

  test.each(["test/a.test.ts", "docs/setup.md", "src/fixtures/a.json", "examples/app/a.ts"])(
    "%s: a token is a suggestion, a name alone says nothing",
    async (path) => {
      expect(await places(anAddedFile(path, `const t = "${GITHUB}";`))).toEqual([
        `${path}:1 suggestion secret-github-token`,
      ]);
      expect(await places(anAddedFile(path, assigned))).toEqual([]);
      expect(await places(anAddedFile(path, uncut("redis://app:¦k9vQ2mX7kk@db.corp.net/1")))).toEqual([]);
    },
  );

  test("elsewhere the name is enough", async () => {
    expect(await places(anAddedFile("src/a.ts", assigned))).toEqual(["src/a.ts:1 critical secret-assigned"]);
  });
});

test("a very long line is said to be left out, the others are searched", async () => {
  const report = await search(anAddedFile("src/a.ts", `${"x".repeat(200_000)}\nconst t = "${GITHUB}";`));

  expect(report.skips).toEqual([
    { check: "secrets", path: "src/a.ts", reason: "it has lines of more than 20,000 characters" },
  ]);
  expect(report.findings).toHaveLength(1);
});

test("a dump of secrets is cut, and it is said", async () => {
  const lines = Array.from({ length: 12 }, () => `t("${GITHUB}");`);

  const report = await search(anAddedFile("src/a.ts", lines.join("\n")));

  expect(report.findings).toHaveLength(10);
  expect(report.skips.map((skip) => skip.reason)).toEqual(["it holds 12 secrets, of which 10 are listed"]);
});
