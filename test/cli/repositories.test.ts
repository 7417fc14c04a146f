// `plumbline review --show plan` and `--show chunks` on every kind of repository, change and file name. No model, no key.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  branchedRepository,
  type Files,
  type TempRepository,
  tempFolder,
  tempRepository,
} from "../builders-git.ts";
import { nothingFound, startModelDouble } from "../model-double.ts";
import { type Ran, review } from "./command.ts";

const repositories: TempRepository[] = [];
const folder = tempFolder("cli-repos");
afterAll(() => {
  for (const repository of repositories) repository.dispose();
  folder.remove();
});

function branched(base: Files, head: Files): TempRepository {
  const repository = branchedRepository(base, head);
  repositories.push(repository);
  return repository;
}

function empty(): TempRepository {
  const repository = tempRepository();
  repositories.push(repository);
  return repository;
}

interface Chunks {
  readonly chunks: readonly { readonly files: readonly string[]; readonly text: string }[];
}
interface Plan {
  readonly chunks: readonly { readonly files: readonly string[] }[];
  readonly left_out: readonly { readonly path: string; readonly reason: string; readonly cause: string }[];
}

function good(ran: Ran): string {
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
  return ran.stdout;
}

async function plan(args: readonly string[], repository: TempRepository): Promise<Plan> {
  return JSON.parse(good(await review(["--show", "plan", ...args], { in: repository }))) as Plan;
}

async function chunkText(args: readonly string[], repository: TempRepository): Promise<string> {
  const { chunks } = JSON.parse(
    good(await review(["--show", "chunks", ...args], { in: repository })),
  ) as Chunks;
  return chunks.map((chunk) => chunk.text).join("\n");
}

function planned({ chunks }: Plan): readonly string[] {
  return chunks.flatMap((chunk) => chunk.files);
}

const BASE = { "a.ts": "export const one = 1;\n" };
const HEAD = { "a.ts": "export const one = 1;\nexport const two = 2;\n" };

describe.concurrent("a stage that needs no key", () => {
  it.each(["plan", "chunks", "prompts"])("--show %s prints JSON, or text for people", async (stage) => {
    const repository = branched(BASE, HEAD);

    const asJson = good(await review(["--show", stage], { in: repository }));
    const asText = good(await review(["--show", stage, "--format", "pretty"], { in: repository }));

    expect(() => JSON.parse(asJson) as unknown).not.toThrow();
    expect(() => JSON.parse(asText) as unknown).toThrow(SyntaxError);
    expect(asText).toMatch(/a\.ts/);
  });
});

describe.concurrent("what is reviewed", () => {
  it("is the branch since its merge base, not what happened on the default branch meanwhile", async () => {
    const repository = branched(BASE, HEAD);
    repository.git("checkout", "--quiet", "main");
    repository.write("b.ts", "export const elsewhere = 1;\n");
    repository.commit("On main");
    repository.git("checkout", "--quiet", "topic");

    expect(planned(await plan([], repository))).toEqual(["a.ts"]);
  });

  it("is what --base and --head name: branches, tags, commits and expressions", async () => {
    const repository = branched(BASE, HEAD);
    repository.git("tag", "v1", "main");
    const head = repository.git("rev-parse", "topic").trim();
    repository.git("checkout", "--quiet", "main");

    for (const args of [
      ["--head", "topic"],
      ["--base", "v1", "--head", head.slice(0, 10)],
      ["--base", "topic~1", "--head", "topic"],
    ])
      expect(planned(await plan(args, repository))).toEqual(["a.ts"]);
  });

  it("is the remote's default branch as base when there is one", async () => {
    const origin = branched(BASE, HEAD);
    origin.git("branch", "--move", "main", "trunk");
    origin.git("checkout", "--quiet", "trunk");
    const clone = empty();
    clone.git("remote", "add", "origin", origin.directory);
    clone.git("fetch", "--quiet", "origin");
    clone.git("remote", "set-head", "origin", "--auto");
    clone.git("checkout", "--quiet", "-b", "work", "origin/topic");

    expect(planned(await plan([], clone))).toEqual(["a.ts"]);
  });

  it("is what is staged, with --staged, and nothing else", async () => {
    const repository = branched(BASE, {});
    repository.write("a.ts", "export const one = 'staged';\n");
    repository.git("add", "a.ts");
    repository.write("a.ts", "export const one = 'not staged';\n");
    repository.write("b.ts", "export const untracked = 1;\n");

    const text = await chunkText(["--staged"], repository);

    expect(text).toContain("'staged'");
    expect(text).not.toMatch(/not staged|untracked/);
  });

  it("is all that is uncommitted, with --worktree: also untracked files, but no ignored ones", async () => {
    const repository = branched({ ...BASE, ".gitignore": "secret.env\n" }, {});
    repository.write("a.ts", "export const one = 'staged';\n");
    repository.git("add", "a.ts");
    repository.write("a.ts", "export const one = 'changed again';\n");
    repository.write("folder/b.ts", "export const untracked = 1;\n");
    repository.write("secret.env", "KEY=hunter2\n");

    const text = await chunkText(["--worktree"], repository);

    expect(text).toContain("'changed again'");
    expect(text).toContain("const untracked");
    expect(text).not.toMatch(/'staged'|hunter2/);
  });

  it.each(["--staged", "--worktree"])("leaves the repository as it was: %s", async (kind) => {
    const repository = branched(BASE, {});
    repository.write("a.ts", "export const one = 'changed';\n");
    repository.write("b.ts", "export const untracked = 1;\n");
    const before = snapshotOf(repository);

    await plan([kind], repository);

    expect(snapshotOf(repository)).toEqual(before);
  });

  it("works from a folder inside, from outside with --repo, in a linked work tree and in a bare repository", async () => {
    const repository = branched({ "sub/a.ts": "1\n" }, { "sub/a.ts": "2\n" });
    const linked = join(folder.path, "linked");
    repository.git("worktree", "add", "--quiet", "--detach", linked, "topic");
    const bare = join(folder.path, "bare.git");
    repository.git("clone", "--quiet", "--bare", repository.directory, bare);

    for (const directory of [join(repository.directory, "sub"), repository.directory, linked, bare]) {
      const { stdout } = await review(["--show", "plan", "--head", "topic", "--repo", directory], {});
      expect([directory, planned(JSON.parse(stdout) as Plan)]).toEqual([directory, ["sub/a.ts"]]);
    }
  });

  it("is found from a sub folder with --worktree, too, wherever in the work tree it stands", async () => {
    const repository = branched({ "sub/a.ts": "1\n", "b.ts": "1\n" }, {});
    writeFileSync(join(repository.directory, "b.ts"), "2\n");

    const { stdout } = await review(
      ["--show", "plan", "--worktree", "--repo", join(repository.directory, "sub")],
      {},
    );

    expect(planned(JSON.parse(stdout) as Plan)).toEqual(["b.ts"]);
  });
});

describe.concurrent("the work tree", () => {
  it("shows an edit that git can only tell by the content, because it is as old as the index", async () => {
    const repository = branched({ "a.ts": "1\n" }, {});
    const file = join(repository.directory, "a.ts");
    const index = join(repository.directory, ".git", "index");
    // The same size and the same time as when it was committed, and the index of that very moment.
    repository.git("config", "core.trustctime", "false");
    const { atime, mtime } = statSync(file);
    writeFileSync(file, "2\n");
    utimesSync(file, atime, mtime);
    utimesSync(index, atime, new Date(mtime.getTime() - 1));
    expect(repository.git("diff", "--name-only").trim()).toBe("a.ts");
    utimesSync(index, atime, new Date(mtime.getTime() - 1));

    expect(planned(await plan(["--worktree"], repository))).toEqual(["a.ts"]);
  });

  it("of a repository without an index is all there is in it", async () => {
    const repository = branched({ "a.ts": "1\n" }, {});
    rmSync(join(repository.directory, ".git", "index"));
    writeFileSync(join(repository.directory, "a.ts"), "2\n");

    expect(planned(await plan(["--worktree"], repository))).toEqual(["a.ts"]);
  });
});

function snapshotOf(repository: TempRepository): unknown {
  const git = join(repository.directory, ".git");
  return {
    index: readFileSync(join(git, "index")).toString("base64"),
    objects: readdirSync(join(git, "objects"), { recursive: true, encoding: "utf8" }).toSorted(),
    others: readdirSync(git).toSorted(),
    status: repository.git("status", "--porcelain"),
    file: statSync(join(repository.directory, "a.ts")).mtimeMs,
  };
}

describe.concurrent("a change of every kind", () => {
  it("is read under its own name, whatever characters that holds", async () => {
    const names = [
      "-rf.ts",
      ":(glob)*.ts",
      "@@ -1 +1 @@.ts",
      "a => b.ts",
      "a folder/a file.ts",
      "back\\slash.ts",
      `it's "quoted".ts`,
      "line\u2028separator.ts",
      "tab\tbed.ts",
      "two\nlines.ts",
      "x b/y.ts",
      "größe/文件.ts",
      "🧱.ts",
    ];
    const files = (value: number) =>
      Object.fromEntries(names.map((name, at) => [name, `export const number${at} = ${value};\n`]));
    const repository = branched(files(1), files(2));

    const { chunks } = JSON.parse(good(await review(["--show", "chunks"], { in: repository }))) as Chunks;
    const text = chunks.map((chunk) => chunk.text).join("\n");

    expect(chunks.flatMap((chunk) => chunk.files).toSorted()).toEqual(names.toSorted());
    expect(names.filter((_, at) => !text.includes(`+ export const number${at} = 2;`))).toEqual([]);
  });

  it("keeps each file's own lines when one of them holds what looks like the next file", async () => {
    const fake = "diff --git a/b.ts b/b.ts\n@@ -1 +1 @@\n-x\n+y\n";
    const repository = branched(
      { "a.ts": "one\n", "b.ts": "one\n", "c.ts": "one\n" },
      {
        "a.ts": `one\rdiff --git a/b.ts b/b.ts\n\u2028diff --git a/z b/z\n${fake}`,
        "b.ts": "one\nsecond of b\n",
        "c.ts": "one\nsecond of c\n",
      },
    );

    const text = await chunkText([], repository);

    expect(planned(await plan([], repository))).toEqual(["a.ts", "b.ts", "c.ts"]);
    expect(text).toMatch(/path="b\.ts"[^<]*second of b/);
    expect(text).toMatch(/path="c\.ts"[^<]*second of c/);
  });

  it("shows lines that end in CRLF without a mark for each, and numbers them right", async () => {
    const repository = branched({ "a.ts": "one\r\ntwo\r\n" }, { "a.ts": "one\r\n2\r\nthree\r\n" });

    expect(await chunkText([], repository)).toMatch(/ 1 \|  one\nL +2 \|- two\n +2 \|\+ 2\n +3 \|\+ three\n/);
  });

  it.each<[string, (repository: TempRepository) => void, string, string]>([
    [
      "a binary file",
      (repository) => repository.write("a.ts", new Uint8Array([0, 1, 2, 0, 255])),
      "a.ts",
      "binary file",
    ],
    [
      "only its mode",
      (repository) => repository.git("update-index", "--chmod=+x", "a.ts"),
      "a.ts",
      "only its mode changed",
    ],
    [
      "only its name",
      (repository) => repository.git("mv", "a.ts", "z.ts"),
      "z.ts",
      "renamed without changes",
    ],
    ["an empty file", (repository) => repository.write("e.ts", ""), "e.ts", "empty file"],
    [
      "a file that became a symlink",
      (repository) => {
        rmSync(join(repository.directory, "a.ts"));
        symlinkSync("/etc/passwd", join(repository.directory, "a.ts"));
      },
      "a.ts",
      "the kind of file changed (file, symlink)",
    ],
    ["a submodule", addSubmodule, "sub", "submodule pointer"],
  ])("is left out with the reason, beside a file that is read: %s", async (_what, change, path, reason) => {
    const repository = branched({ ...BASE, "other.ts": "1\n" }, {});
    change(repository);
    // Staged before, so that a mode that the file system does not have stays in the index.
    repository.write("other.ts", "2\n");
    if (reason.includes("mode")) repository.git("add", "other.ts");
    else repository.git("add", "--all");
    repository.git("commit", "--quiet", "--message", "The change");

    const described = await plan([], repository);

    expect(planned(described)).toEqual(["other.ts"]);
    expect(described.left_out).toMatchObject([{ path, reason }]);
  });

  it("reads a new symlink as the one line it is, and never what it points to", async () => {
    const repository = branched(BASE, {});
    symlinkSync("/etc/hostname", join(repository.directory, "link"));
    repository.commit("A link");

    const text = await chunkText([], repository);

    expect(text).toContain("+ /etc/hostname");
    expect(text).not.toContain(readFileSync("/etc/hostname", "utf8").trim() || "no host name");
  });

  it("reads a file that was renamed and changed under its new name", async () => {
    const lines = Array.from({ length: 30 }, (_, at) => `const line${at} = ${at};`);
    const repository = branched({ "old.ts": `${lines.join("\n")}\n` }, {});
    repository.git("mv", "old.ts", "new.ts");
    repository.write("new.ts", `${lines.join("\n")}\nconst added = 1;\n`);
    repository.commit("Moved");

    const text = await chunkText([], repository);

    expect(text).toContain('path="new.ts" status="renamed" previous_path="old.ts"');
    expect(text).toContain("+ const added = 1;");
    expect(text).not.toContain("+ const line0 = 0;");
  });

  it("is the same whatever the repository configures about diffs", async () => {
    const repository = branched({ "sub/a.ts": "one\n\ntwo\n" }, { "sub/a.ts": "one\n\ntwo\nthree\n" });
    const before = await chunkText([], repository);
    for (const [key, value] of [
      ["diff.noprefix", "true"],
      ["diff.mnemonicPrefix", "true"],
      ["diff.suppressBlankEmpty", "true"],
      ["diff.context", "0"],
      ["diff.renames", "false"],
      ["diff.relative", "true"],
      ["diff.wordRegex", "."],
      ["diff.colorMoved", "zebra"],
      ["diff.algorithm", "patience"],
      ["color.ui", "always"],
      ["core.quotePath", "true"],
      ["log.showSignature", "true"],
      ["log.date", "raw"],
    ] as const)
      repository.git("config", key, value);

    expect(await chunkText(["--repo", join(repository.directory, "sub")], repository)).toBe(before);
  });
});

function addSubmodule(repository: TempRepository): void {
  const inner = empty();
  inner.write("x.ts", "1\n");
  inner.commit("Inner");
  repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.directory, "sub");
  repository.git("rm", "--quiet", "--cached", ".gitmodules");
  rmSync(join(repository.directory, ".gitmodules"));
}

describe.concurrent("a repository that cannot be reviewed ends with 2 and says what to do", () => {
  it.each<[string, () => readonly string[], string]>([
    ["an unknown base", () => ["--base", "nowhere"], 'unknown ref "nowhere"'],
    ["an unknown head", () => ["--head", "nowhere"], "--head takes a branch, tag or commit"],
    ["an option as a ref", () => ["--head=--output=/tmp/x"], 'unknown ref "--output=/tmp/x"'],
    ["a file as a ref", () => ["--head", "main:a.ts"], 'unknown ref "main:a.ts"'],
    ["a folder that is no repository", () => ["--repo", folder.path], "it is not a git repository"],
    ["a folder that is not there", () => ["--repo", "/nonexistent"], "there is no such folder"],
    ["a file as folder", () => ["--repo", "/etc/hostname"], "there is no such folder"],
  ])("%s", async (_what, args, message) => {
    const repository = branched(BASE, HEAD);

    await expectRefusal(review(["--show", "plan", ...args()], { in: repository }), message);
  });

  it("branches without a common commit", async () => {
    const repository = branched(BASE, HEAD);
    repository.git("checkout", "--quiet", "--orphan", "alone");
    repository.commit("Alone");

    await expectRefusal(
      review(["--show", "plan"], { in: repository }),
      "main and HEAD have no commit in common",
    );
  });

  it.each([["--staged"], ["--worktree"]])("unmerged files with %s", async (kind) => {
    const repository = branched(BASE, HEAD);
    repository.git("checkout", "--quiet", "main");
    repository.write("a.ts", "export const one = 'other';\n");
    repository.commit("Other");
    expect(() => repository.git("merge", "topic")).toThrow("Command failed");

    await expectRefusal(review(["--show", "plan", kind], { in: repository }), "there are unmerged files");
  });

  it.each([["--staged"], ["--worktree"], ["--base=HEAD"]])(
    "a repository without a commit with %s",
    async (kind) => {
      await expectRefusal(
        review(["--show", "plan", kind], { in: empty() }),
        "the repository has no commit yet",
      );
    },
  );

  it("a repository without a commit and without options", async () => {
    await expectRefusal(review(["--show", "plan"], { in: empty() }), "--base REF");
  });

  it.each([["--staged"], ["--worktree"]])("a bare repository with %s", async (kind) => {
    const bare = join(folder.path, `bare${kind}.git`);
    branched(BASE, HEAD).git("clone", "--quiet", "--bare", ".", bare);

    await expectRefusal(review(["--show", "plan", kind, "--repo", bare], {}), "this is a bare repository");
  });

  it("a folder inside that is a repository without a commit, which git cannot add", async () => {
    const repository = branched(BASE, HEAD);
    mkdirSync(join(repository.directory, "inner"));
    repository.git("-C", "inner", "init", "--quiet");

    await expectRefusal(review(["--show", "plan", "--worktree"], { in: repository }), "inner");
  });

  async function expectRefusal(running: Promise<Ran>, message: string): Promise<void> {
    const { code, stdout, stderr } = await running;
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^plumbline: /);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  }
});

describe.concurrent("a change with nothing to read", () => {
  it("is a complete review with exit code 0 when nothing changed, and no model is asked", async () => {
    const repository = branched(BASE, {});
    const model = await startModelDouble(nothingFound);

    const { code, stdout } = await review([], { in: repository, model });

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ complete: true, findings: [], coverage: { files: [] } });
    expect(model.asked).toEqual([]);
    await model.close();
  });

  it("says that there is nothing to review when all that changed is binary", async () => {
    const repository = branched(BASE, { "image.png": new Uint8Array([137, 80, 78, 71, 0, 0]) });
    const model = await startModelDouble(nothingFound);

    const { code, stdout } = await review([], { in: repository, model });

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      complete: true,
      summary: expect.stringContaining("nothing to review") as string,
      coverage: { files: [{ path: "image.png", state: "skipped", reason: "binary file" }] },
    });
    await model.close();
  });
});

describe.concurrent("what a hostile repository configures", () => {
  it.each<[string, readonly string[]]>([
    ["branches", []],
    ["the index", ["--staged"]],
    ["the work tree", ["--worktree"]],
  ])("is not run when reading %s", async (_what, args) => {
    const repository = branched(
      { "a.ts": "one\n", ".gitattributes": "*.ts diff=evil\n" },
      { "a.ts": "two\n" },
    );
    repository.write("a.ts", "three\n");
    const proof = join(repository.directory, "..", `proof-${repository.directory.split("/").at(-1) ?? ""}`);
    const script = join(repository.directory, ".git", "evil.sh");
    writeFileSync(script, `#!/bin/sh\necho "$0 $@" >> '${proof}'\n`, { mode: 0o755 });
    for (const hook of ["post-index-change", "pre-commit", "reference-transaction", "post-checkout"])
      writeFileSync(join(repository.directory, ".git", "hooks", hook), readFileSync(script), { mode: 0o755 });
    for (const key of [
      "diff.external",
      "diff.evil.command",
      "diff.evil.textconv",
      "core.fsmonitor",
      "core.pager",
      "pager.diff",
      "core.editor",
      "core.sshCommand",
      "gpg.program",
      "credential.helper",
      "alias.diff",
      "core.askPass",
      "trailer.evil.command",
    ])
      repository.git("config", key, script);
    repository.git("config", "log.showSignature", "true");

    const { code, stderr } = await review(["--show", "chunks", ...args], {
      in: repository,
      env: { GIT_EXTERNAL_DIFF: script, GIT_PAGER: script },
    });

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(existsSync(proof)).toBe(false);
  });
});
