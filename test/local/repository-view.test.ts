// The view of a checkout, on real git: work trees, bare repositories, trees that are no commit, SHA-256.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/domain/errors.ts";
import { checkoutSource } from "../../src/local/checkout.ts";
import { gitIn } from "../../src/local/git.ts";
import { openLocalView } from "../../src/local/repository-view.ts";
import { findRevisions, type Selection } from "../../src/local/revisions.ts";
import type { RepositoryView } from "../../src/review/repository-view.ts";
import { type TempRepository, tempFolder, tempRepository } from "../builders-git.ts";
import { filesAtHead, itAnswersAsTheRepositoryDoes, NEVER, variedRepository } from "../view-cases.ts";

const ENV = { PATH: process.env["PATH"], HOME: "/nonexistent", GIT_CONFIG_GLOBAL: "/dev/null" };
const WORDS = { title: undefined, description: undefined };
const BRANCHES: Selection = { kind: "branches", base: "main", head: "topic" };

let repository: TempRepository;
let view: RepositoryView;
beforeAll(async () => {
  repository = variedRepository();
  view = await openIn(repository.directory);
});
afterAll(async () => {
  await view.close();
  repository.dispose();
});

async function openIn(directory: string, selection: Selection = BRANCHES): Promise<RepositoryView> {
  const revisions = await findRevisions(directory, selection, ENV);
  const source = checkoutSource(revisions, WORDS);
  const opened = await source.openView(await source.load(NEVER), NEVER);
  return { ...opened, close: () => opened.close().then(() => revisions.dispose()) };
}

describe("the view of a checkout", () => {
  itAnswersAsTheRepositoryDoes(() => view);

  it("lists every regular file at head, whatever attributes say", () => {
    expect(view.files).toEqual(filesAtHead(repository));
    expect(view.treeMissing).toBeNull();
  });

  it("reads a repository that has no work tree", async () => {
    const { path, remove } = tempFolder("bare");
    repository.git("clone", "--quiet", "--bare", repository.directory, path);
    const bare = await openIn(path);

    expect(bare.files).toEqual(view.files);
    expect(await bare.readBase(["src/a.ts"], NEVER)).toEqual(await view.readBase(["src/a.ts"], NEVER));

    await bare.close();
    remove();
  });

  it("reads from within a folder of the repository by paths from its root", async () => {
    const inner = await openIn(`${repository.directory}/src`);

    expect(inner.files).toEqual(view.files);

    await inner.close();
  });

  it.each(["staged", "worktree"] as const)("reads what is %s, which is no commit yet", async (kind) => {
    const own = tempRepository();
    own.write("a.ts", "one\n");
    own.commit("The base");
    own.write("a.ts", "two\n");
    own.git("add", "--all");
    const uncommitted = await openIn(own.directory, { kind });

    expect(await uncommitted.readHead(["a.ts"], NEVER)).toEqual(
      new Map([["a.ts", { kind: "text", text: "two\n" }]]),
    );
    expect(await uncommitted.readBase(["a.ts"], NEVER)).toEqual(
      new Map([["a.ts", { kind: "text", text: "one\n" }]]),
    );

    await uncommitted.close();
    own.dispose();
  });

  it("reads a repository whose ids are SHA-256", async () => {
    const own = tempFolder("sha256");
    const git = gitIn(own.path, {
      ...ENV,
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@b.test",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@b.test",
    });
    await git.run(["init", "--quiet", "--object-format=sha256", "."]);
    writeFileSync(join(own.path, "a.ts"), "one\n");
    await git.run(["add", "a.ts"]);
    await git.run(["commit", "--quiet", "--message", "The base"]);
    const head = (await git.text(["rev-parse", "HEAD"])).trim();
    expect(head).toHaveLength(64);
    const opened = await openLocalView(git, head, head, NEVER);

    expect(opened.files).toEqual([{ path: "a.ts", bytes: 4 }]);
    expect(await opened.readHead(["a.ts"], NEVER)).toEqual(
      new Map([["a.ts", { kind: "text", text: "one\n" }]]),
    );

    await opened.close();
    own.remove();
  });

  it("reads more files at once than are asked for together", async () => {
    const own = tempRepository();
    const names = Array.from({ length: 300 }, (_, at) => `src/file-${at}.ts`);
    for (const [at, name] of names.entries()) own.write(name, `${"x".repeat(at * 40)}\n`);
    own.commit("The base");
    const opened = await openLocalView(gitIn(own.directory, ENV), "HEAD", "HEAD", NEVER);

    const contents = await opened.readHead(names, NEVER);

    expect(names.map((name) => contents.get(name))).toEqual(
      names.map((_, at) => ({ kind: "text", text: `${"x".repeat(at * 40)}\n` })),
    );
    await opened.close();
    own.dispose();
  });
});

describe("a view that is closed", () => {
  it("reads no more, and may be closed again", async () => {
    const opened = await openIn(repository.directory);
    await opened.readHead(["src/a.ts"], NEVER);
    await opened.close();
    await opened.close();

    await expect(opened.readHead(["src/a.ts"], NEVER)).rejects.toThrow(UserError);
  });

  it("ends what is still being read", async () => {
    const opened = await openIn(repository.directory);
    const reading = opened.readHead(["src/a.ts", "src/same.ts"], NEVER);
    const refused = expect(reading).rejects.toThrow("closed");
    await opened.close();

    await refused;
  });
});

it("says what git says about a commit that is not there", async () => {
  const git = gitIn(repository.directory, ENV);

  await expect(openLocalView(git, "main", "0".repeat(40), NEVER)).rejects.toThrow(UserError);
});
