// What stood there before a change, told from what stands there now and the diff.
import { describe, expect, it } from "vitest";
import { baseText, fitsHead } from "../../src/domain/base-text.ts";
import { type Hunk, parsePatch } from "../../src/domain/diff.ts";
import { randomGitPatches } from "./random-git-diffs.ts";

function hunksOf(patch: string): readonly Hunk[] {
  const parsed = parsePatch(patch);
  if (parsed.kind !== "hunks") throw new Error(parsed.detail);
  return parsed.hunks;
}

describe("the text at base", () => {
  it.each<[name: string, patch: string, head: string, base: string | null]>([
    ["a line replaced", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c", "a\nB\nc\nd\n", "a\nb\nc\nd\n"],
    ["two hunks", "@@ -1,2 +1,1 @@\n-a\n b\n@@ -4,1 +3,2 @@\n d\n+e", "b\nc\nd\ne\n", "a\nb\nc\nd\n"],
    ["lines without context", "@@ -2,0 +3,2 @@\n+x\n+y", "a\nb\nx\ny\nc\n", "a\nb\nc\n"],
    ["lines taken out without context", "@@ -2,2 +1,0 @@\n-b\n-c", "a\nd\n", "a\nb\nc\nd\n"],
    ["a carriage return", "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+B\r", "a\r\nB\r\nc\r\n", "a\r\nb\r\nc\r\n"],
    ["no final newline far below", "@@ -1,1 +1,1 @@\n-a\n+A", "A\nb\nc", "a\nb\nc"],
    ["lines added at the end of a file", "@@ -1,1 +1,2 @@\n a\n+b", "a\nb", "a\n"],
    ["a whole file that is gone", "@@ -1,2 +0,0 @@\n-a\n-b", "", "a\nb\n"],
    ["a file that is new", "@@ -0,0 +1,2 @@\n+a\n+b", "a\nb\n", ""],
    ["another context line", "@@ -1,2 +1,2 @@\n a\n-b\n+B", "other\nB\n", null],
    ["another added line", "@@ -1,1 +1,1 @@\n-a\n+A", "B\n", null],
    ["a file that is too short", "@@ -7,1 +7,1 @@\n-a\n+A", "A\n", null],
    ["line ends that an archive turned", "@@ -1,1 +1,1 @@\n-a\n+A", "A\r\n", null],
  ])("for %s", (_name, patch, head, base) => {
    expect(baseText(head, hunksOf(patch))).toBe(base);
    expect(fitsHead(head, hunksOf(patch))).toBe(base !== null);
  });

  it("is what git had, but for the final newline of a last line that changed", () => {
    const patches = randomGitPatches(150, 7);
    const wrong = patches.filter(({ patch, head, base }) => {
      const told = baseText(head, hunksOf(patch));
      return told?.replace(/\n$/, "") !== base.replace(/\n$/, "");
    });
    const sameEnd = patches.filter(
      ({ base, head }) => head !== "" && base.endsWith("\n") === head.endsWith("\n"),
    );
    const wrongEnd = sameEnd.filter(
      ({ patch, head, base }) => base !== "" && baseText(head, hunksOf(patch)) !== base,
    );

    expect(patches.length).toBeGreaterThan(100);
    expect(wrong.map(({ name }) => name)).toEqual([]);
    expect(wrongEnd.map(({ name }) => name)).toEqual([]);
  });
});
