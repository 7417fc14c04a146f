/** Patches that real git printed for random edits: two folders, one call, many files. */
import { spawnSync } from "node:child_process";
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
    const files = Array.from({ length: count }, (_, at) => {
      const base = randomText(random);
      return { name: `${String(at).padStart(4, "0")}.txt`, base, head: edited(random, base) };
    });
    for (const side of ["base", "head"] as const) {
      mkdirSync(join(folder, side));
      for (const file of files) writeFileSync(join(folder, side, file.name), file[side]);
    }
    const text = gitDiff(folder);
    const patches = new Map(
      text.split(/^(?=diff --git )/m).flatMap((section) => {
        const name = /^diff --git a\/base\/(\S+) /.exec(section)?.[1];
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

/** Two folders are compared without a repository: nothing is hashed or packed, so thousands of files take seconds. */
function gitDiff(folder: string): string {
  const result = spawnSync(
    "git",
    [
      "-c",
      "core.autocrlf=false",
      "diff",
      "--no-index",
      "--no-color",
      "--text",
      "--unified=3",
      "base",
      "head",
    ],
    {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: { PATH: process.env["PATH"], GIT_CONFIG_NOSYSTEM: "1", HOME: folder },
    },
  );
  // 1 says that there are differences.
  if (result.status !== 1) throw new Error(`git diff ended with ${result.status}: ${result.stderr}`);
  return result.stdout;
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
