import { describe, expect, test } from "vitest";
import { addedLines, addedRanges, hiddenPatch, touchedLines } from "../../src/checks/changed-lines.ts";
import { aDiff, aFileWith } from "../builders.ts";

/** Head: 10 context, 11 and 12 added, 13 context; then 40 context, 41 added. */
const DIFF = aDiff("@@ -10,2 +10,4 @@\n a\n+b\n+c\n d\n@@ -38,2 +40,2 @@\n e\n-f\n+g");
const HIDDEN = aFileWith({ kind: "none", reason: "too-large", detail: "the diff is too large" });

test("added lines are named by their number at head", () => {
  expect(addedLines(DIFF)).toEqual([
    { line: 11, text: "b" },
    { line: 12, text: "c" },
    { line: 41, text: "g" },
  ]);
  expect(addedRanges(DIFF)).toEqual([
    { start: 11, end: 12 },
    { start: 41, end: 41 },
  ]);
});

describe("a place in the code is touched where", () => {
  test.each([
    ["it is an added line", { start: 11, end: 11 }, { start: 11, end: 11 }],
    ["one of its lines is added", { start: 10, end: 13 }, { start: 10, end: 13 }],
    ["it begins before the hunk: cut to it", { start: 7, end: 11 }, { start: 10, end: 11 }],
    ["it ends after the hunk: cut to it", { start: 12, end: 16 }, { start: 12, end: 13 }],
    ["it is a block that begins on an added line", { start: 11, end: 90 }, { start: 11, end: 11 }],
    ["a block that only holds added lines: not", { start: 5, end: 90 }, null],
    ["only context lines are in it: not", { start: 13, end: 13 }, null],
    ["it is between hunks: not", { start: 20, end: 22 }, null],
  ])("%s", (_, place, expected) => {
    expect(touchedLines(DIFF, place)).toEqual(expected);
  });
});

test("a patch that hides its changes says why", () => {
  expect(hiddenPatch(HIDDEN)).toBe("the diff is too large");
  expect(hiddenPatch(DIFF)).toBeNull();
  expect(hiddenPatch(aFileWith({ kind: "none", reason: "rename", detail: "renamed" }))).toBeNull();
});
