// Real git repositories as a stranger would hand them over: what they configure does not run, what they point at is not read.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkoutSource } from "../../src/local/checkout.ts";
import { gitIn } from "../../src/local/git.ts";
import { findRevisions, type Selection } from "../../src/local/revisions.ts";
import { branchedRepository, type TempRepository } from "../builders-git.ts";
import { type AttackCase, casesOf } from "./attack-case.ts";

const NEVER = new AbortController().signal;
const ENV = { PATH: process.env["PATH"], HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1" };
const BRANCHES: Selection = { kind: "branches", base: "main", head: "topic" };

interface TrapRow {
  readonly name: string;
  readonly attributes?: string;
  readonly selection?: Selection;
  /** `script` leaves a proof when it runs. */
  readonly set: (repository: TempRepository, script: string) => void;
}

const config =
  (...keys: readonly string[]) =>
  (repository: TempRepository, script: string) => {
    for (const key of keys) repository.git("config", key, script);
  };
const hooks =
  (...names: readonly string[]) =>
  (repository: TempRepository, script: string) => {
    for (const name of names)
      writeFileSync(join(repository.directory, ".git", "hooks", name), readFileSync(script), { mode: 0o755 });
  };

/** A1 and A4: programs that a repository names. */
const TRAPS: readonly TrapRow[] = [
  {
    name: "converter of a file kind",
    attributes: "* diff=evil",
    set: config("diff.evil.textconv"),
  },
  { name: "diff of a file kind", attributes: "* diff=evil", set: config("diff.evil.command") },
  { name: "diff of everything", set: config("diff.external") },
  { name: "watcher of the file system", selection: { kind: "worktree" }, set: config("core.fsmonitor") },
  {
    name: "hooks",
    selection: { kind: "worktree" },
    set: hooks("post-index-change", "pre-commit", "post-checkout", "reference-transaction"),
  },
  {
    name: "folder of hooks",
    selection: { kind: "worktree" },
    set: (repository, script) => {
      repository.git("config", "core.hooksPath", ".git/own");
      repository.write(".git/own/post-index-change", readFileSync(script));
      execFileSync("chmod", ["755", join(repository.directory, ".git/own/post-index-change")]);
    },
  },
  { name: "pager", set: config("core.pager", "pager.diff", "pager.log") },
  {
    name: "filter that cleans a file",
    attributes: "* filter=evil",
    selection: { kind: "worktree" },
    set: config("filter.evil.clean", "filter.evil.smudge"),
  },
  {
    name: "filter that is a process",
    attributes: "* filter=evil",
    selection: { kind: "worktree" },
    set: config("filter.evil.process"),
  },
  {
    name: "filter of an included file",
    attributes: "* filter=evil",
    selection: { kind: "worktree" },
    set: (repository, script) => {
      repository.write(".git/more", `[filter "evil"]\n\tclean = ${script}\n\trequired = true\n`);
      repository.git("config", "include.path", "more");
    },
  },
  {
    name: "program that checks signatures",
    set: (repository, script) => {
      repository.git("config", "gpg.program", script);
      repository.git("config", "log.showSignature", "true");
      signHead(repository);
    },
  },
];

/** A commit with a signature, which git hands to the program that the repository names. */
function signHead(repository: TempRepository): void {
  const commit = repository.git("cat-file", "commit", "topic");
  const signed = commit.replace(
    /\n\n/,
    "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n -----END PGP SIGNATURE-----\n\n",
  );
  const id = execFileSync("git", ["hash-object", "-t", "commit", "-w", "--stdin"], {
    cwd: repository.directory,
    input: signed,
    encoding: "utf8",
  }).trim();
  repository.git("update-ref", "refs/heads/topic", id);
}

async function runTrap({ attributes, selection = BRANCHES, set }: TrapRow): Promise<void> {
  const base = {
    "a.ts": "one\n",
    ...(attributes === undefined ? {} : { ".gitattributes": `${attributes}\n` }),
  };
  const repository = branchedRepository(base, { "a.ts": "two\n" }, "trap");
  try {
    const proof = join(repository.directory, ".git", "proof");
    const script = join(repository.directory, ".git", "evil.sh");
    writeFileSync(script, `#!/bin/sh\necho "$0 $@" >> '${proof}'\ncat\n`, { mode: 0o755 });
    set(repository, script);
    repository.write("a.ts", "three\n");
    const revisions = await findRevisions(repository.directory, selection, {
      ...ENV,
      GIT_EXTERNAL_DIFF: script,
      GIT_PAGER: script,
    });
    const pull = await checkoutSource(revisions, { title: undefined, description: undefined }).load(NEVER);
    await revisions.dispose();
    assert.ok(
      pull.files.some(({ path, patch }) => path === "a.ts" && patch.kind === "hunks"),
      "the change is read",
    );
    assert.equal(existsSync(proof), false, "nothing has run");
  } finally {
    repository.dispose();
  }
}

/** A1: settings of tools are text. The only program that is started beside the lock of the data folder is git. */
const TOOLS: readonly { readonly name: string; readonly path: string; readonly text: string }[] = [
  { name: "settings of RuboCop that require code", path: ".rubocop.yml", text: "require: ./ext.rb\n" },
  {
    name: "settings of ESLint that are code",
    path: "eslint.config.js",
    text: "require('child_process').execSync('touch proof');\n",
  },
  {
    name: "settings of Prettier with a plug-in",
    path: ".prettierrc.json",
    text: '{"plugins":["./evil.js"]}\n',
  },
  { name: "rules of Semgrep", path: ".semgrep.yml", text: "rules: [{id: x, pattern-regex: (a+)+$}]\n" },
  { name: "scripts of a package", path: "package.json", text: '{"scripts":{"prepare":"touch proof"}}\n' },
];

/** Git, initdb of an own store, our own processes for reviews and rules: nothing of these is named by a pull request. */
const STARTERS =
  /^local\/(?:git[\w-]*|object-reader)\.ts$|^queue\/store\.ts$|^review-child\.ts$|^checks\/rule-runner\.ts$/;

async function runTool({ path, text }: (typeof TOOLS)[number]): Promise<void> {
  const repository = branchedRepository({ "a.ts": "one\n" }, { [path]: text, "a.ts": "two\n" }, "tool");
  try {
    const revisions = await findRevisions(repository.directory, BRANCHES, ENV);
    const pull = await checkoutSource(revisions, { title: undefined, description: undefined }).load(NEVER);
    assert.ok(pull.files.some((file) => file.path === path));
    assert.equal(existsSync(join(repository.directory, "proof")), false);
  } finally {
    repository.dispose();
  }
  const starters = sourcesThat(/node:child_process|node:vm|(?<![.\w])eval\(|new Function\(/);
  assert.deepEqual(
    starters.filter((name) => !STARTERS.test(name)),
    [],
  );
}

function sourcesThat(pattern: RegExp): readonly string[] {
  const root = new URL("../../src/", import.meta.url);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && pattern.test(readFileSync(new URL(name, root), "utf8")))
    .toSorted();
}

interface RefRow {
  readonly name: string;
  readonly ref: string;
}

/** A4: names that would be options of git, or of its shell. */
const REFS: readonly RefRow[] = [
  { name: "name that is an option", ref: "--output=proof" },
  { name: "name that is a short option", ref: "-oproof" },
  { name: "name that runs a program", ref: "--upload-pack=touch proof" },
  { name: "name with a shell's text", ref: "$(touch proof)" },
  { name: "name with ticks", ref: "`touch proof`; touch proof" },
  { name: "name with a newline", ref: "topic\n--output=proof" },
];

async function runRef({ ref }: RefRow): Promise<void> {
  const repository = branchedRepository({ "a.ts": "one\n" }, { "a.ts": "two\n" }, "ref");
  try {
    for (const selection of [
      { ...BRANCHES, base: ref },
      { ...BRANCHES, head: ref },
    ])
      await assert.rejects(findRevisions(repository.directory, selection, ENV), {
        name: "UserError",
      });
    assert.equal(existsSync(join(repository.directory, "proof")), false);
  } finally {
    repository.dispose();
  }
}

/** A5: files are read out of commits, by git, and never from the disk. */
const PATHS: readonly { readonly name: string; readonly path: string }[] = [
  { name: "path above the repository", path: "../secret" },
  { name: "path above it from within", path: "src/../../secret" },
  { name: "absolute path", path: "/etc/passwd" },
  { name: "environment of the process", path: "/proc/self/environ" },
  { name: "file that no commit holds", path: "untracked" },
  { name: "git's own folder", path: ".git/config" },
  { name: "path with a null", path: "a.ts\0b" },
  { name: "link that leads out", path: "link" },
];

async function runPath({ path }: (typeof PATHS)[number]): Promise<void> {
  const repository = branchedRepository({ "a.ts": "one\n" }, { "a.ts": "two\n" }, "path");
  try {
    symlinkSync("/etc/passwd", join(repository.directory, "link"));
    repository.commit("A link");
    repository.write("untracked", "root: never read\n");
    repository.write("../secret", "root: never read\n");
    const revisions = await findRevisions(repository.directory, BRANCHES, ENV);
    const source = checkoutSource(revisions, { title: undefined, description: undefined });
    // A path with a null never becomes an argument.
    const view = await source.openView(await source.load(NEVER), NEVER);
    const content = (await view.readHead([path], NEVER)).get(path) ?? { kind: "absent" };
    await view.close();
    const text = content.kind === "text" ? content.text : "";
    assert.ok(!text.includes("root:"), "nothing from outside");
    if (path === "link") assert.notEqual(content.kind, "text", "a link is not followed, and no file");
    else assert.equal(content.kind, "absent");
  } finally {
    repository.dispose();
  }
}

interface EntryRow {
  readonly name: string;
  readonly add: (repository: TempRepository) => void;
  readonly path: string;
}

/** A20: entries that are no files. */
const ENTRIES: readonly EntryRow[] = [
  {
    name: "link to a file of the system",
    path: "link",
    add: (repository) => symlinkSync("/etc/passwd", join(repository.directory, "link")),
  },
  {
    name: "file that becomes a link",
    path: "a.ts",
    add: (repository) => {
      execFileSync("rm", [join(repository.directory, "a.ts")]);
      symlinkSync("/etc/passwd", join(repository.directory, "a.ts"));
    },
  },
  {
    name: "submodule",
    path: "sub",
    add: (repository) => {
      repository.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},sub`);
      repository.write(".gitmodules", '[submodule "sub"]\n\tpath = sub\n\turl = ext::sh -c touch% proof\n');
    },
  },
];

async function runEntry({ add, path }: EntryRow): Promise<void> {
  const repository = branchedRepository({ "a.ts": "one\n" }, { "b.ts": "two\n" }, "entry");
  try {
    add(repository);
    repository.git("add", "--all", "--", ":!sub");
    repository.git("commit", "--quiet", "--message", "An entry");
    const revisions = await findRevisions(repository.directory, BRANCHES, ENV);
    const pull = await checkoutSource(revisions, { title: undefined, description: undefined }).load(NEVER);
    const file = pull.files.find((one) => one.path === path);
    assert.ok(file, "it is in the coverage");
    assert.ok(!JSON.stringify(pull).includes("root:"), "what it points at is not read");
    assert.equal(existsSync(join(repository.directory, "proof")), false);
  } finally {
    repository.dispose();
  }
}

/** A4: what a repository's own settings say of git does not hold for the git that we run. */
async function runGit(): Promise<void> {
  const repository = branchedRepository({ "a.ts": "one\n" }, { "a.ts": "two\n" }, "git");
  try {
    for (const key of ["core.fsmonitor", "core.hooksPath", "core.pager"])
      repository.git("config", key, "evil");
    const git = gitIn(repository.directory, ENV);
    const read = async (key: string) => (await git.text(["config", "--get", key])).trim();
    assert.deepEqual(
      [await read("core.fsmonitor"), await read("core.hooksPath"), await read("core.pager")],
      ["false", "/dev/null", "cat"],
    );
  } finally {
    repository.dispose();
  }
}

export const REPOSITORIES: readonly AttackCase[] = [
  ...casesOf("A1", TOOLS, runTool),
  ...casesOf("A1", TRAPS, runTrap),
  ...casesOf("A4", REFS, runRef),
  ...casesOf("A4", [{ name: "settings of the repository for git" }], runGit),
  ...casesOf("A5", PATHS, runPath),
  ...casesOf("A20", ENTRIES, runEntry),
];
