/** Patches that real git printed for random edits: one repository, one commit, many files. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aRandom } from "../builders.ts";

export interface GitPatch {
  readonly name: string;
  /** As the files API gives it: from the first `@@`. */
  readonly patch: string;
  readonly base: string;
  readonly head: string;
}

/** Lines that have confused diff readers, among ordinary ones. */
const LINES = [
  "",
  " ",
  "}",
  "\treturn null;",
  "-- a comment",
  "++ not an addition",
  "--- a/x",
  "+++ b/x",
  "@@ -1,2 +3,4 @@ not a header",
  "\\ No newline at end of file",
  "diff --git a/x b/x",
  "const a = 1;\r",
  "const a = 1;",
  "half\rreturn",
  "line\u2028separator",
  "日本語 🎉",
  "\uFEFFbom",
  "x".repeat(3_000),
];

export function randomGitPatches(count: number, seed: number): readonly GitPatch[] {
  const random = aRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), "plumbline-diffs-"));
  try {
    const git = (...args: string[]) =>
      execFileSync(
        "git",
        ["-c", "core.autocrlf=false", "-c", "user.name=t", "-c", "user.email=t@t", ...args],
        {
          cwd: folder,
          encoding: "utf8",
          maxBuffer: 1 << 28,
          env: { PATH: process.env["PATH"], GIT_CONFIG_NOSYSTEM: "1", HOME: folder },
        },
      );
    git("init", "--quiet");
    mkdirSync(join(folder, "d"));
    const files = Array.from({ length: count }, (_, at) => {
      const base = randomText(random);
      return { name: `d/${String(at).padStart(4, "0")}.txt`, base, head: edited(random, base) };
    });
    const write = (which: "base" | "head") => {
      for (const file of files) writeFileSync(join(folder, file.name), file[which]);
      git("add", "--all");
      git("commit", "--quiet", "--allow-empty", "--message", which);
    };
    write("base");
    write("head");
    const text = git("diff", "--no-color", "--no-ext-diff", "--text", "--unified=3", "HEAD~1", "HEAD");
    const patches = new Map(
      text.split(/^(?=diff --git )/m).flatMap((section) => {
        const name = /^diff --git a\/(\S+) /.exec(section)?.[1];
        const start = section.search(/^@@ /m);
        return name === undefined || start < 0 ? [] : [[name, section.slice(start)] as const];
      }),
    );
    return files.flatMap((file) => {
      const patch = patches.get(file.name);
      return patch === undefined ? [] : [{ ...file, patch }];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function randomText(random: (below: number) => number): string {
  const lines = Array.from({ length: random(60) }, (_, at) => randomLine(random, at));
  return ended(random, lines);
}

function randomLine(random: (below: number) => number, at: number): string {
  return random(3) === 0 ? (LINES[random(LINES.length)] ?? "") : `line ${at} is ${random(9)}`;
}

function ended(random: (below: number) => number, lines: readonly string[]): string {
  return lines.length === 0 ? "" : lines.join("\n") + (random(3) === 0 ? "" : "\n");
}

function edited(random: (below: number) => number, text: string): string {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (random(20) === 0) return "";
  for (let edits = 1 + random(5); edits > 0; edits--) {
    const at = random(lines.length + 1);
    const fresh = Array.from({ length: random(4) }, (_, n) => randomLine(random, n));
    lines.splice(at, random(4), ...fresh);
  }
  return ended(random, lines);
}
