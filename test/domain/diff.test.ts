import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { countChanges, type DiffLine, lineNumber, parsePatch } from "../../src/domain/diff.ts";
import { readPatch } from "../github-double/commentable-lines.ts";
import { randomGitPatches } from "./random-git-diffs.ts";

type Numbered = readonly [kind: string, base: number | null, head: number | null, text: string];

/** Every line as the parser numbers it, or the reason why it refuses. */
function read(patch: string): readonly Numbered[] | string {
  const parsed = parsePatch(patch);
  if (parsed.kind === "none") return parsed.reason;
  return parsed.hunks.flatMap((hunk) => hunk.lines.map(flat));
}

function flat(line: DiffLine): Numbered {
  return [line.kind, line.baseLine, line.headLine, line.text];
}

/** The same, walked by the GitHub stand-in's reader, which shares no code with the parser. */
function walked(patch: string): readonly Numbered[] {
  return readPatch(patch.replace(/\n$/, "")).flatMap((row): Numbered[] =>
    row.kind === "hunk" || row.kind === "no-newline"
      ? []
      : [[row.kind, row.left, row.right, row.text.slice(1)]],
  );
}

describe("a patch that adds up", () => {
  it.each<[name: string, patch: string, lines: readonly Numbered[]]>([
    [
      "numbers a replaced line on both sides",
      "@@ -4,3 +4,3 @@\n a\n-b\n+c\n d",
      [
        ["context", 4, 4, "a"],
        ["deleted", 5, null, "b"],
        ["added", null, 5, "c"],
        ["context", 6, 6, "d"],
      ],
    ],
    [
      "takes a missing count for one",
      "@@ -1 +1 @@\n-a\n+b",
      [
        ["deleted", 1, null, "a"],
        ["added", null, 1, "b"],
      ],
    ],
    [
      "begins a new file at line 1",
      "@@ -0,0 +1,2 @@\n+a\n+b",
      [
        ["added", null, 1, "a"],
        ["added", null, 2, "b"],
      ],
    ],
    [
      "ends a removed file at line 0",
      "@@ -1,2 +0,0 @@\n-a\n-b",
      [
        ["deleted", 1, null, "a"],
        ["deleted", 2, null, "b"],
      ],
    ],
    [
      "reads an empty context line that lost its space",
      "@@ -1,3 +1,3 @@\n a\n\n-b\n+c",
      [
        ["context", 1, 1, "a"],
        ["context", 2, 2, ""],
        ["deleted", 3, null, "b"],
        ["added", null, 3, "c"],
      ],
    ],
    [
      "keeps the return of CRLF content",
      "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r",
      [
        ["context", 1, 1, "a\r"],
        ["deleted", 2, null, "b\r"],
        ["added", null, 2, "c\r"],
      ],
    ],
    [
      "ends lines at a newline only (lone CR, U+2028, form feed)",
      "@@ -1 +1,2 @@\n-a\rb\n+c\u2028d\n+e\fg",
      [
        ["deleted", 1, null, "a\rb"],
        ["added", null, 1, "c\u2028d"],
        ["added", null, 2, "e\fg"],
      ],
    ],
    [
      "takes `--- x` and `+++ y` inside a hunk for content",
      "@@ -1,2 +1,2 @@\n--- x\n-- y\n+++ x\n+@@ -1 +1 @@",
      [
        ["deleted", 1, null, "-- x"],
        ["deleted", 2, null, "- y"],
        ["added", null, 1, "++ x"],
        ["added", null, 2, "@@ -1 +1 @@"],
      ],
    ],
    [
      "takes the remark about a missing newline for no line (P2, P12)",
      "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file",
      [
        ["context", 1, 1, "a"],
        ["deleted", 2, null, "b"],
        ["added", null, 2, "c"],
      ],
    ],
    [
      "survives a hunk that begins with that remark (P2)",
      "@@ -1 +1 @@\n\\ No newline at end of file\n-a\n+b",
      [
        ["deleted", 1, null, "a"],
        ["added", null, 1, "b"],
      ],
    ],
    [
      "does not count the remark of a CRLF patch (P7)",
      "@@ -1,2 +1,2 @@\r\n-a\r\n\\ No newline at end of file\r\n+b\r\n c\r\n",
      [
        ["deleted", 1, null, "a\r"],
        ["added", null, 1, "b\r"],
        ["context", 2, 2, "c\r"],
      ],
    ],
    [
      "keeps an added line that looks like a remark",
      "@@ -0,0 +1 @@\n+\\ No newline at end of file",
      [["added", null, 1, "\\ No newline at end of file"]],
    ],
    [
      "counts on over several hunks",
      "@@ -1 +1,2 @@\n a\n+b\n@@ -9,2 +10 @@\n-c\n d",
      [
        ["context", 1, 1, "a"],
        ["added", null, 2, "b"],
        ["deleted", 9, null, "c"],
        ["context", 10, 10, "d"],
      ],
    ],
  ])("%s", (_, patch, lines) => {
    expect(read(patch)).toEqual(lines);
  });

  it("keeps the section and takes no path from it (P9)", () => {
    const patch = parsePatch("@@ -1 +1 @@ import x from a/foo.js to b/bar.js\n-a\n+b");

    expect(patch.kind === "hunks" && patch.hunks[0]?.section).toBe("import x from a/foo.js to b/bar.js");
  });

  it("keeps no more of a section than git prints, so that no request repeats 200,000 characters (P15)", () => {
    const patch = parsePatch(`@@ -1 +1 @@ ${"a/ ".repeat(70_000)}\n-a\n+b`);

    expect(patch.kind === "hunks" && patch.hunks[0]?.section.length).toBeLessThanOrEqual(80);
  });

  it("reads a single line of 5 MB", () => {
    const patch = parsePatch(`@@ -0,0 +1 @@\n+${"x".repeat(5_000_000)}`);

    expect(patch.kind === "hunks" && patch.hunks[0]?.lines[0]?.text.length).toBe(5_000_000);
  });

  it("reads 100,000 lines", () => {
    const patch = parsePatch(`@@ -0,0 +1,100000 @@${"\n+x".repeat(100_000)}`);

    expect(patch.kind === "hunks" && patch.hunks[0]?.lines.at(-1)?.headLine).toBe(100_000);
  });

  it("gives each line its number on the side that has it", () => {
    const deleted: DiffLine = { kind: "deleted", text: "a", baseLine: 7, headLine: null };

    expect([lineNumber(deleted, "LEFT"), lineNumber(deleted, "RIGHT")]).toEqual([7, null]);
  });

  it("counts additions and deletions without the remarks (P12)", () => {
    const patch = parsePatch(
      "@@ -1,2 +1,3 @@\n a\n-b\n\\ No newline at end of file\n+c\n+d\n\\ No newline at end of file",
    );

    expect(patch.kind === "hunks" && countChanges(patch.hunks)).toEqual({ additions: 2, deletions: 1 });
  });
});

describe("a patch that does not add up is refused as a whole", () => {
  it.each([
    ["a hunk cut short", "@@ -1,5 +1,5 @@\n a\n-b\n+c"],
    [
      "a hunk cut short before another file (P1)",
      "@@ -1,5 +1,5 @@\n a\n-b\n+c\ndiff --git a/y b/y\n@@ -1 +1 @@\n-x\n+y",
    ],
    ["a hunk cut short before another hunk (P1)", "@@ -1,5 +1,5 @@\n a\n-b\n+c\n@@ -9 +9 @@\n-x\n+y"],
    [
      "a whole diff with its header (P3-P6, P14)",
      'diff --git "a/\\303\\274.txt" "b/\\303\\274.txt"\n@@ -1 +1 @@\n-a\n+b',
    ],
    [
      "a timestamped name before the hunk (P5)",
      "+++ b/log 2020-01-01 10:00:00 +0000.txt\n@@ -1 +1 @@\n-a\n+b",
    ],
    ["the header of a CRLF file (P7)", "new file mode 100644\r\n@@ -0,0 +1 @@\r\n+a\r\n"],
    ["a combined diff (P8)", "@@@ -1,2 -1,2 +1,3 @@@\n  a\n++plusplus line\n  b"],
    ["file names after a full hunk (P10)", "@@ -1 +1 @@\n-a\n+b\n--- x\n+++ y"],
    ["an added line after a full hunk", "@@ -1 +1 @@\n-a\n+b\n+c"],
    ["a stray line hidden behind a blank context line", "@@ -1,2 +1,2 @@\n a\n\n+x"],
    ["a mail (P11)", "From: somebody\ndiff this\n@@ -1 +1 @@\n-a\n+b"],
    ["a binary remark (P13)", "Binary files a/x and b/x differ"],
    ["one line too many on a side", "@@ -1,1 +1,2 @@\n-a\n-b\n+c"],
    ["a header that announces nothing", "@@ -0,0 +0,0 @@\n+a"],
    ["a broken header", "@@ -1,2 +1,2\n a\n-b\n+c"],
    ["a second broken header", "@@ -1 +1 @@\n-a\n+b\n@@ what @@\n-a\n+b"],
    ["hunks that overlap at head", "@@ -1,2 +1,2 @@\n a\n b\n@@ -9,2 +2,2 @@\n a\n b"],
    ["hunks that overlap at base", "@@ -1,2 +1,2 @@\n a\n b\n@@ -2,2 +9,2 @@\n a\n b"],
    ["hunks in the wrong order", "@@ -9 +9 @@\n-a\n+b\n@@ -1 +1 @@\n-a\n+b"],
    ["numbers beyond counting", "@@ -9007199254740993,2 +1,2 @@\n a\n b"],
    ["null characters only", "\0"],
    ["text", "null"],
    ["128 KB of a name (P15)", `${"a/".repeat(64_000)}\n@@ -1 +1 @@\n-a\n+b`],
    ["192 KB of names (P15)", `${"a/ ".repeat(64_000)}\n@@ -1 +1 @@\n-a\n+b`],
  ])("%s", (_, patch) => {
    expect(read(patch)).toBe("unusable");
  });

  it.each([[""], ["\n"], [" \n\t"]])("%j is an empty patch", (patch) => {
    expect(read(patch)).toBe("empty");
  });

  it("says what is wrong in words", () => {
    expect(parsePatch("@@ -1,5 +1,5 @@\n a")).toMatchObject({
      detail: "the patch cannot be read: hunk at 1 announces 5/5 lines and has 1/1",
    });
  });
});

/** Texts without a newline, with everything that marks something in a diff. */
const aText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.replaceAll("\n", "")),
  fc.constantFrom(
    "",
    " ",
    "- x",
    "+ y",
    "-- a/x",
    "++ b/x",
    "@@ -1 +1 @@",
    "\\ No newline at end of file",
    "diff --git a b",
    "\r",
  ),
);
const aHunk = fc.record({
  gap: fc.nat(20),
  lines: fc.array(fc.tuple(fc.constantFrom(" ", "+", "-"), aText), { minLength: 1, maxLength: 12 }),
});

function printed(hunks: readonly { gap: number; lines: readonly [string, string][] }[]): string {
  let [base, head] = [1, 1];
  return hunks
    .map(({ gap, lines }) => {
      const counts = [
        lines.filter(([mark]) => mark !== "+").length,
        lines.filter(([mark]) => mark !== "-").length,
      ] as const;
      base += gap;
      head += gap;
      const header = `@@ -${base},${counts[0]} +${head},${counts[1]} @@`;
      base += counts[0];
      head += counts[1];
      return [header, ...lines.map((line) => line.join(""))].join("\n");
    })
    .join("\n");
}

test("property: every line of a well-formed patch is accounted for, with the numbers of an independent walk", () => {
  fc.assert(
    fc.property(fc.array(aHunk, { minLength: 1, maxLength: 4 }), (hunks) => {
      const patch = printed(hunks);

      expect(read(patch)).toEqual(walked(patch));
    }),
    { numRuns: 300 },
  );
});

test("property: of arbitrary text, it is either refused or every line with a mark is accounted for", () => {
  const line = fc.oneof(
    aText,
    fc.constantFrom(" a", "-b", "+c", "@@ -1 +1 @@", "@@ -1,2 +1,2 @@", "@@ -5,0 +5 @@ f"),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 10 }), (lines) => {
      const patch = parsePatch(lines.join("\n"));

      if (patch.kind === "none") return;
      const marked = lines.filter((one) => /^[ +-]/.test(one));
      expect(patch.hunks.flatMap((hunk) => hunk.lines).filter((one) => one.text !== "").length).toBe(
        marked.filter((one) => one.length > 1).length,
      );
    }),
    { numRuns: 500 },
  );
});

test("300 random diffs of real git: nothing is lost, nothing is misnumbered, and the numbers lead to the text", () => {
  const patches = randomGitPatches(320, 20_261_122);

  expect(patches.length).toBeGreaterThanOrEqual(300);
  for (const { patch, base, head } of patches) {
    const lines = read(patch);
    expect(lines).toEqual(walked(patch));
    if (typeof lines === "string") throw new Error(lines);
    for (const [, baseLine, headLine, text] of lines) {
      if (baseLine !== null) expect(base.split("\n")[baseLine - 1]).toBe(text);
      if (headLine !== null) expect(head.split("\n")[headLine - 1]).toBe(text);
    }
  }
});
