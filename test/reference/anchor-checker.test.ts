import { describe, expect, it } from "vitest";
import { type AnchorClaim, checkAnchor, printedLines } from "./anchor-checker.ts";

const PATCH = [
  "@@ -1,4 +1,4 @@ function first()",
  " one",
  "-two",
  "+TWO",
  " three",
  " four",
  "@@ -20,2 +20,3 @@",
  " twenty",
  "+more",
  " twenty-one",
  "\\ No newline at end of file",
].join("\n");
const PATCHES = new Map([
  ["a.ts", PATCH],
  ["image.png", null],
]);

function answer(claim: Partial<AnchorClaim>): string {
  const given = checkAnchor(PATCHES, { path: "a.ts", side: "RIGHT", line: 2, ...claim });
  return given.kind === "accepted" ? "accepted" : given.reason;
}

describe("the checker knows GitHub's rules", () => {
  it.each<[claim: Partial<AnchorClaim>, said: string]>([
    [{}, "accepted"],
    [{ side: "LEFT" }, "accepted"],
    [{ line: 1, side: "LEFT" }, "accepted"],
    [{ line: 22 }, "accepted"],
    [{ line: 22, side: "LEFT" }, "line must be part of the diff"],
    [{ line: 5 }, "line must be part of the diff"],
    [{ line: 0 }, "line must be part of the diff"],
    [{ path: "b.ts" }, "path is invalid"],
    [{ path: "image.png" }, "diff hunk can't be blank"],
    [{ start_line: 1, start_side: "RIGHT" }, "accepted"],
    [{ start_line: 2, start_side: "RIGHT" }, "start line must precede the end line"],
    [{ start_line: 3 }, "start line must precede the end line"],
    [{ start_line: 2, start_side: "LEFT" }, "accepted"],
    [{ start_line: 3, start_side: "LEFT" }, "start line must precede the end line"],
    [{ line: 20, start_line: 3 }, "start line must be part of the same hunk as the line"],
    [{ line: 20, start_line: 10 }, "start line must be part of the diff"],
    [{ start_side: "RIGHT" }, "start side needs a start line"],
  ])("%j: %s", (claim, said) => {
    expect(answer(claim)).toBe(said);
  });

  it.each([
    ["", "no hunk header"],
    ["@@ -1,2 +1,2 @@\n one", "cut short"],
    ["@@ -1 +1 @@\n one\n two", "no hunk header"],
    ["@@ -1 +1 @@\n-one\n-two", "more lines"],
    ["@@ -1 +1 @@\nxone", "no line"],
  ])("reads no patch that does not add up: %j", (patch, why) => {
    expect(() => printedLines(patch)).toThrow(why);
  });
});
