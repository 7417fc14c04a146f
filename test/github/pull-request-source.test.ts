// What the files API says → FileDiff: whatever has no usable patch has a reason, and nothing is guessed.
import nock from "nock";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FinalError } from "../../src/domain/errors.ts";
import { pullRequestSource } from "../../src/github/pull-request-source.ts";
import { aClient, BASE, github, HEAD, LOCATOR, NEVER, REPOSITORY } from "./api.ts";

beforeAll(() => nock.disableNetConnect());
afterEach(() => {
  const pending = nock.pendingMocks();
  nock.cleanAll();
  expect(pending).toEqual([]);
});
afterAll(() => nock.restore());

const PULL = {
  number: 3,
  title: "A change",
  body: null,
  user: { login: "author" },
  state: "open",
  draft: false,
  locked: false,
  changed_files: 1,
  base: { ref: "main", sha: BASE },
  head: { ref: "topic", sha: HEAD, repo: { id: 7 } },
};

type Row = Readonly<Record<string, unknown>>;

async function load(rows: readonly Row[], pull: Row = {}) {
  const client = await aClient();
  github()
    .get(`${REPOSITORY}/pulls/3`)
    .reply(200, { ...PULL, changed_files: rows.length, ...pull });
  github().get(`${REPOSITORY}/pulls/3/files`).query({ per_page: "100" }).reply(200, rows);
  return pullRequestSource(client, LOCATOR, async () => undefined).load(NEVER);
}

function aRow(fields: Row): Row {
  return { filename: "a.ts", status: "modified", additions: 0, deletions: 0, changes: 0, ...fields };
}

describe("a file of the list", () => {
  it("keeps its name as it is and its hunks with absolute line numbers", async () => {
    const { files } = await load([
      aRow({
        filename: 'x b/ü "q" \t.ts',
        additions: 1,
        deletions: 1,
        changes: 2,
        patch:
          "@@ -5,2 +5,2 @@ import x from a/foo.js to b/bar.js\n one\n-two\n+2\n\\ No newline at end of file",
      }),
    ]);

    expect(files[0]).toMatchObject({
      path: 'x b/ü "q" \t.ts',
      previousPath: null,
      additions: 1,
      deletions: 1,
    });
    expect(files[0]?.patch).toMatchObject({
      kind: "hunks",
      hunks: [
        {
          section: "import x from a/foo.js to b/bar.js",
          lines: [
            { kind: "context", baseLine: 5, headLine: 5 },
            { kind: "deleted", baseLine: 6, headLine: null },
            { kind: "added", baseLine: null, headLine: 6 },
          ],
        },
      ],
    });
  });

  it.each<[string, Row, string, string]>([
    ["binary", { changes: 0 }, "binary", "no text to read"],
    ["too large for GitHub", { additions: 30_000, changes: 30_000 }, "too-large", "+30000 -0"],
    [
      "renamed without changes",
      { status: "renamed", previous_filename: "old.ts" },
      "rename",
      "renamed without changes",
    ],
    [
      "copied without changes",
      { status: "copied", previous_filename: "old.ts" },
      "rename",
      "copied without changes",
    ],
    [
      "a submodule",
      {
        additions: 1,
        deletions: 1,
        changes: 2,
        patch: `@@ -1 +1 @@\n-Subproject commit ${BASE}\n+Subproject commit ${HEAD}`,
      },
      "submodule",
      "submodule pointer",
    ],
    [
      "a new submodule",
      { additions: 1, changes: 1, patch: `@@ -0,0 +1 @@\n+Subproject commit ${HEAD}` },
      "submodule",
      "",
    ],
    [
      "cut within a hunk",
      { additions: 5, changes: 5, patch: "@@ -1,0 +1,5 @@\n+one\n+two" },
      "unusable",
      "cannot be read",
    ],
    [
      "cut between hunks",
      { additions: 2, changes: 2, patch: "@@ -1,0 +1,1 @@\n+one" },
      "unusable",
      "GitHub's patch is cut: it shows +1 -0 of +2 -0",
    ],
    [
      "no patch at all",
      { additions: 1, changes: 1, patch: "Binary files differ" },
      "unusable",
      "hunk header",
    ],
  ])("without a usable patch has a reason: %s", async (_what, fields, reason, detail) => {
    const { files } = await load([aRow(fields)]);

    expect(files[0]?.patch).toMatchObject({ kind: "none", reason, detail: expect.stringContaining(detail) });
  });

  it("that was renamed and changed knows both names", async () => {
    const { files } = await load([
      aRow({
        status: "renamed",
        previous_filename: "old.ts",
        additions: 1,
        changes: 1,
        patch: "@@ -0,0 +1 @@\n+x",
      }),
    ]);

    expect(files[0]).toMatchObject({ status: "renamed", previousPath: "old.ts", patch: { kind: "hunks" } });
  });

  it("of a status that is not known yet is taken for modified", async () => {
    const { files } = await load([aRow({ status: "stacked" })]);

    expect(files[0]?.status).toBe("modified");
  });
});

describe("a pull request", () => {
  it("from a fork that was deleted, by an account that was deleted, is read all the same", async () => {
    const pull = await load([], { user: null, head: { ref: "topic", sha: HEAD, repo: null, user: null } });

    expect(pull).toMatchObject({ author: "ghost", headSha: HEAD, description: "" });
  });

  it("with more files than GitHub lists says how many are not known", async () => {
    const pull = await load([aRow({})], { changed_files: 3_001 });

    expect(pull.filesMissing).toBe("3000 of 3001 changed files are not known: GitHub listed no more");
  });

  it("that is not there any more is a final fault", async () => {
    const client = await aClient();
    github().get(`${REPOSITORY}/pulls/3`).reply(404, { message: "Not Found" });

    await expect(pullRequestSource(client, LOCATOR, async () => undefined).load(NEVER)).rejects.toThrow(
      FinalError,
    );
  });
});

describe("a push between two looks", () => {
  const listedFor = (sha: string) => ({
    ...aListedFile,
    contents_url: `https://api.github.example/repos/acme/shop/contents/a.ts?ref=${sha}`,
  });
  const aListedFile = {
    filename: "a.ts",
    status: "modified",
    additions: 1,
    deletions: 0,
    changes: 1,
    patch: "@@ -0,0 +1 @@\n+1",
  };
  const load = async (sha: string) => {
    github()
      .get(`${REPOSITORY}/pulls/3`)
      .reply(200, {
        title: "t",
        head: { sha: HEAD, ref: "h" },
        base: { sha: BASE, ref: "b" },
        state: "open",
        changed_files: 1,
      });
    github()
      .get(`${REPOSITORY}/pulls/3/files`)
      .query(true)
      .reply(200, [listedFor(sha)]);
    const heads: string[] = [];
    const source = pullRequestSource(await aClient(), LOCATOR, async (head) => void heads.push(head));
    return { heads, loaded: await source.load(NEVER).catch((error: unknown) => error) };
  };

  it("is noticed by the commit that the files were listed for, and nothing of it is reviewed", async () => {
    expect(await load("c".repeat(40))).toMatchObject({ loaded: { name: "RetryableError" } });
    expect(await load(HEAD)).toMatchObject({ heads: [HEAD], loaded: { headSha: HEAD } });
  });
});
