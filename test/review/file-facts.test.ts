import { describe, expect, it } from "vitest";
import type { FileDiff } from "../../src/domain/diff.ts";
import { readKnownFiles } from "../../src/review/file-facts.ts";
import type { RepositoryView } from "../../src/review/repository-view.ts";
import { aDiff, aFileWith, aPullRequest, aView, type ViewFiles } from "../builders.ts";

const SIGNAL = new AbortController().signal;

/** Hears what is read, request by request. */
function aHeardView(head: ViewFiles, base: ViewFiles = {}) {
  const view = aView({ head, base });
  const heads: (readonly string[])[] = [];
  const bases: (readonly string[])[] = [];
  const heard: RepositoryView = {
    ...view,
    readHead: (paths, signal) => {
      heads.push(paths);
      return view.readHead(paths, signal);
    },
    readBase: (paths, signal) => {
      bases.push(paths);
      return view.readBase(paths, signal);
    },
  };
  return { heard, heads, bases };
}

const MISSING = { kind: "none", reason: "too-large", detail: "GitHub gives no patch" } as const;

async function known(
  files: readonly FileDiff[],
  head: ViewFiles,
  base: ViewFiles = {},
  compared: readonly string[] = [],
) {
  const { heard, heads, bases } = aHeardView(head, base);
  const result = await readKnownFiles(
    heard,
    aPullRequest({ files }),
    (path) => compared.includes(path),
    SIGNAL,
  );
  return { ...result, heads, bases };
}

describe("what is read of changed files", () => {
  it("is each head, and at base the attributes of the folders above alone", async () => {
    const { heads, bases, changed } = await known([aDiff(undefined, { path: "src/api/a.ts" })], {
      "src/api/a.ts": "const b = 3;",
    });

    expect(heads).toEqual([["src/api/a.ts"]]);
    expect(bases).toEqual([[".gitattributes", "src/.gitattributes", "src/api/.gitattributes"]]);
    expect(changed).toMatchObject([{ base: null, head: "const b = 3;" }]);
  });

  it("is the base, too, of what a check compares, under the name that it had", async () => {
    const renamed = aDiff(undefined, { path: "db/new.sql", previousPath: "db/old.sql", status: "renamed" });

    const { changed, bases } = await known([renamed], { "db/new.sql": "new" }, { "db/old.sql": "old" }, [
      "db/new.sql",
    ]);

    expect(bases[0]).toContain("db/old.sql");
    expect(changed).toMatchObject([{ base: "old", head: "new" }]);
  });

  it("is no base of a new file, and no head of one that is removed", async () => {
    const files = [
      aDiff(undefined, { path: "new.sql", status: "added" }),
      aDiff(undefined, { path: "gone.sql", status: "removed" }),
    ];

    const { heads, bases } = await known(files, {}, { "gone.sql": "old" }, ["new.sql", "gone.sql"]);

    expect(heads).toEqual([["new.sql"]]);
    expect(bases).toEqual([[".gitattributes", "gone.sql"]]);
  });

  it("is nothing where nothing is changed", async () => {
    const { heads, bases } = await known([], {});

    expect([...heads, ...bases].flat()).toEqual([]);
  });

  it("is asked for 200 at a time, and no longer when 48 million characters are held", async () => {
    const files = Array.from({ length: 450 }, (_, at) => aDiff(undefined, { path: `src/${at}.ts` }));
    const small = Object.fromEntries(files.map(({ path }) => [path, "x"]));
    const large = Object.fromEntries(
      files.map(({ path }, at) => [path, at === 0 ? "x".repeat(48_000_000) : "x"]),
    );

    expect((await known(files, small)).heads.map((paths) => paths.length)).toEqual([200, 200, 50]);
    const limited = await known(files, large);
    expect(limited.heads.map((paths) => paths.length)).toEqual([200]);
    expect(limited.changed).toHaveLength(450);
    expect(limited.changed.at(-1)?.head).toBeNull();
  });
});

describe("a patch that was left out", () => {
  it("is made from both texts", async () => {
    const { pullRequest } = await known(
      [aFileWith(MISSING)],
      { "src/a.ts": "one\ntwo\n" },
      { "src/a.ts": "one\n2\n" },
    );

    expect(pullRequest.files[0]?.patch).toMatchObject({ kind: "hunks" });
    expect(JSON.stringify(pullRequest.files[0]?.patch)).toContain("two");
  });

  it.each<[what: string, status: FileDiff["status"], head: ViewFiles, base: ViewFiles]>([
    ["a new file from its head alone", "added", { "src/a.ts": "one\n" }, {}],
    ["a removed file from its base alone", "removed", {}, { "src/a.ts": "one\n" }],
  ])("is made of %s", async (_, status, head, base) => {
    const { pullRequest } = await known([aFileWith(MISSING, { status })], head, base);

    expect(pullRequest.files[0]?.patch.kind).toBe("hunks");
  });

  it.each<[what: string, head: ViewFiles, base: ViewFiles]>([
    ["its base is not known", { "src/a.ts": "one\n" }, {}],
    [
      "its head cannot be read",
      { "src/a.ts": { kind: "unreadable", reason: "binary" } },
      { "src/a.ts": "one\n" },
    ],
  ])("stays left out where %s", async (_, head, base) => {
    const { pullRequest } = await known([aFileWith(MISSING)], head, base);

    expect(pullRequest.files[0]?.patch).toEqual(MISSING);
  });
});

it("attributes count as they are at base: a change cannot take itself out of the review", async () => {
  const files = [aDiff(undefined, { path: "src/a.ts" }), aDiff(undefined, { path: ".gitattributes" })];
  const attributes = { ".gitattributes": "src/** linguist-generated" };

  const before = await known(files, { "src/a.ts": "x", ...attributes }, {});
  const after = await known(files, { "src/a.ts": "x" }, attributes);

  expect(before.facts.get("src/a.ts")?.marks).not.toEqual(after.facts.get("src/a.ts")?.marks);
});
