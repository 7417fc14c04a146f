import { describe, expect, test } from "vitest";
import { parsePatch } from "../../src/domain/diff.ts";
import {
  changedRange,
  type ExcerptLimits,
  type ExcerptRequest,
  enclosingScopes,
  scopeExcerpt,
} from "../../src/domain/enclosing.ts";
import type { Scope, SourceOutline } from "../../src/domain/outline.ts";

const CLASS: Scope = { kind: "class", name: "Till", start: 5, end: 60, leadStart: 3, signatureEnd: 5 };
const SHORT: Scope = { kind: "function", name: "add", start: 10, end: 16, leadStart: 8, signatureEnd: 12 };
const LONG: Scope = { kind: "function", name: "close", start: 20, end: 58, leadStart: 19, signatureEnd: 20 };
const OUTLINE: SourceOutline = {
  language: "typescript",
  scopes: [CLASS, SHORT, LONG],
  imports: [{ start: 1, end: 1 }],
  syntaxErrors: 0,
};
const LINES = Array.from({ length: 60 }, (_, at) => `line ${at + 1}`);
const LIMITS: ExcerptLimits = { wholeFunctionLines: 20, windowLines: 3, characters: 10_000 };

describe("changed lines of a hunk", () => {
  test.each([
    ["a replaced line", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c", { start: 2, end: 2 }],
    ["two changes", "@@ -1,3 +1,4 @@\n+a\n b\n c\n-d\n+D", { start: 1, end: 4 }],
    ["a deletion stands where the next line moved up", "@@ -1,3 +1,2 @@\n a\n-b\n c", { start: 2, end: 2 }],
    ["a removed file", "@@ -1,1 +0,0 @@\n-a", { start: 1, end: 1 }],
  ])("%s", (_, text, range) => {
    const patch = parsePatch(text);

    expect(patch.kind === "hunks" && patch.hunks.map(changedRange)).toEqual([range]);
  });
});

describe("enclosing scopes", () => {
  test.each([
    ["a line of a method", { start: 13, end: 13 }, ["Till", "add"]],
    ["a line between methods", { start: 18, end: 18 }, ["Till"]],
    ["from one method into the next", { start: 15, end: 25 }, ["Till", "add", "close"]],
    ["a whole method", { start: 10, end: 16 }, ["Till"]],
    ["the whole class", { start: 5, end: 60 }, []],
    ["the imports", { start: 1, end: 1 }, []],
    ["its last line", { start: 60, end: 60 }, ["Till"]],
  ])("%s", (_, range, names) => {
    expect(enclosingScopes(OUTLINE, range).map((scope) => scope.name)).toEqual(names);
  });
});

describe("the excerpt", () => {
  const request = (over: Partial<ExcerptRequest>): ExcerptRequest => {
    const range = over.range ?? { start: 13, end: 13 };
    return {
      scopes: enclosingScopes(OUTLINE, range),
      lines: LINES,
      range,
      shown: [range],
      limits: LIMITS,
      ...over,
    };
  };

  test.each([
    [
      "a short function is whole, with its lead and its class",
      {},
      [
        { start: 3, end: 5 },
        { start: 8, end: 12 },
        { start: 14, end: 16 },
      ],
    ],
    [
      "a long function is its signature and a window",
      { range: { start: 40, end: 41 } },
      [
        { start: 3, end: 5 },
        { start: 19, end: 20 },
        { start: 37, end: 39 },
        { start: 42, end: 44 },
      ],
    ],
    [
      "a window ends with its function",
      { range: { start: 57, end: 57 } },
      [
        { start: 3, end: 5 },
        { start: 19, end: 20 },
        { start: 54, end: 56 },
        { start: 58, end: 58 },
      ],
    ],
    ["nothing that is shown already", { shown: [{ start: 1, end: 60 }] }, []],
    ["nothing for no scope", { scopes: [] }, []],
    ["nothing for no room", { limits: { ...LIMITS, characters: 5 } }, []],
    // "line 10" and its newline are 8 characters, "line 5" 7.
    ["the innermost signature first", { limits: { ...LIMITS, characters: 8 * 3 } }, [{ start: 10, end: 12 }]],
    [
      "the first line of a signature that does not fit",
      { limits: { ...LIMITS, characters: 8 } },
      [{ start: 10, end: 10 }],
    ],
  ] as const)("%s", (_, over, ranges) => {
    expect(scopeExcerpt(request(over))).toEqual(ranges);
  });

  test("leaves a line of five megabytes out", () => {
    const lines = LINES.with(11, "x".repeat(5_000_000));

    expect(scopeExcerpt(request({ lines }))).toEqual([
      { start: 3, end: 5 },
      { start: 10, end: 10 },
    ]);
  });
});
