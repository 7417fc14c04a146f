// Real git repositories whose change holds everything that has confused readers of diffs.
import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type Files, type TempRepository, tempRepository, writeAll } from "../builders-git.ts";

/** Names that header lines of a diff quote, cut or run together (P3 to P6, P9, P14). */
const NAMES = [
  "ümläut/日本語.ts",
  "with space/a b.ts",
  "tab\there.ts",
  'quo"te.ts',
  "back\\slash.ts",
  "new\nline.ts",
  "--- a.ts",
  "+++ b.ts",
  "Chapter 1/img b/x.ts",
  "old b/foo.ts",
  "log 2020-01-01 10:00:00 +0000.ts",
  "dogs'",
  "trailing ",
  "c/x.ts",
  "@@ -1 +1 @@.ts",
  "`tick`.ts",
  "<b>.ts",
  "a/a/a/a/a/a/a/a/a/a/a/a.ts",
];

function twoCommits(base: (repository: TempRepository) => void, head: (repository: TempRepository) => void) {
  const repository = tempRepository("zoo");
  base(repository);
  repository.commit("The base");
  repository.git("checkout", "--quiet", "-b", "topic");
  head(repository);
  repository.commit("The change");
  return repository;
}

export function strangeNames(): TempRepository {
  const all = (content: (name: string, at: number) => string): Files =>
    Object.fromEntries(NAMES.map((name, at) => [name, content(name, at)]));
  return twoCommits(
    (repository) =>
      writeAll(
        repository,
        all((_name, at) => `export const before = ${at};\n`),
      ),
    (repository) =>
      writeAll(
        repository,
        all((_name, at) => `export const after = ${at};\n`),
      ),
  );
}

interface Edit {
  readonly name: string;
  readonly base: string;
  readonly head: string;
}

const CONTENTS: readonly Edit[] = [
  { name: "crlf.ts", base: "one();\r\ntwo();\r\n", head: "one();\r\nthree();\r\n" },
  { name: "no-newline.ts", base: "one();", head: "two();" },
  { name: "newline-lost.ts", base: "one();\ntwo();\n", head: "one();\nthree();" },
  { name: "newline-won.ts", base: "one();\ntwo();", head: "one();\nthree();\n" },
  { name: "headers.ts", base: "top\n-- a/old\nbottom\n", head: "top\n++ b/new\nbottom\n" },
  {
    name: "diff.ts",
    base: "top\n",
    head: "top\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
  },
  { name: "marker.ts", base: "top\n", head: "top\n\\ No newline at end of file\nend\n" },
  { name: "return.ts", base: "a\rb\n", head: "a\rc\n" },
  { name: "separators.ts", base: "a\u2028b\n", head: "a\u2028c\u2029d\n" },
  { name: "bom.ts", base: "\uFEFFone();\n", head: "\uFEFFtwo();\n" },
  { name: "blank.ts", base: "one();\n\n\n\ntwo();\n", head: "one();\n\n\n\nthree();\n" },
  { name: "emoji.ts", base: 'say("🎉");\n', head: 'say("🎉🎉");\n' },
  { name: "bidi.ts", base: "one();\n", head: "if (admin\u202E) two();\n" },
  { name: "invalid.ts", base: "one();\n", head: "two(\uFFFD);\n" },
  { name: "emptied.ts", base: "one();\n", head: "" },
  { name: "two-hunks.ts", base: lines(40, {}), head: lines(40, { 2: "changed();", 38: "changed();" }) },
];

function lines(count: number, changed: Readonly<Record<number, string>>): string {
  return Array.from({ length: count }, (_, at) => `${changed[at] ?? `line${at}();`}\n`).join("");
}

export function strangeContents(edits: readonly Edit[] = CONTENTS): TempRepository {
  const files = (end: "base" | "head"): Files =>
    Object.fromEntries(edits.map((edit) => [edit.name, edit[end]]));
  return twoCommits(
    (repository) => writeAll(repository, files("base")),
    (repository) => writeAll(repository, files("head")),
  );
}

const LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:";

/** What is not, or not only, a change of text. */
export function strangeKinds(): TempRepository {
  const binary = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]);
  const repository = twoCommits(
    (repository) => {
      writeAll(repository, {
        "moved/old.ts": lines(30, {}),
        "moved-only/old.ts": lines(20, {}),
        "mode.ts": "one();\n",
        "image.png": binary,
        "gone.ts": "one();\ntwo();\n",
        "becomes-link.ts": "one();\n",
        "data.bin": `${LFS}${"a".repeat(64)}\nsize 10\n`,
        "plain.ts": "one();\n",
      });
      symlinkSync("plain.ts", join(repository.directory, "link.ts"));
    },
    (repository) => {
      writeAll(repository, {
        "moved/old.ts": null,
        "moved/new b/name.ts": lines(30, { 15: "changed();" }),
        "moved-only/old.ts": null,
        "moved-only/new.ts": lines(20, {}),
        "image.png": Buffer.concat([binary, binary]),
        "gone.ts": null,
        "becomes-link.ts": null,
        "data.bin": `${LFS}${"b".repeat(64)}\nsize 11\n`,
        "plain.ts": "two();\n",
        "copied.ts": lines(30, {}),
        "link.ts": null,
      });
      chmodSync(join(repository.directory, "mode.ts"), 0o755);
      symlinkSync("plain.ts", join(repository.directory, "becomes-link.ts"));
      symlinkSync("mode.ts", join(repository.directory, "link.ts"));
    },
  );
  // A submodule is an entry of the index alone: there is no need for the module itself.
  const commit = repository.git("rev-parse", "HEAD").trim();
  repository.git("update-index", "--add", "--cacheinfo", `160000,${commit},vendor/module`);
  repository.git("commit", "--quiet", "--message", "A submodule");
  return repository;
}
