import { describe, expect, test } from "vitest";
import { type Hunk, parsePatch } from "../../src/domain/diff.ts";
import { applySuggestion, proposeSuggestion, type SuggestionRequest } from "../../src/domain/suggestion.ts";

const HEAD = `function add(a, b) {
  const sum = a + b;
  if (sum > 1) {
    log(sum);
  }
  return sum;
}
`;

function hunksOf(patch: string): readonly Hunk[] {
  const parsed = parsePatch(patch);
  if (parsed.kind === "none") throw new Error(parsed.detail);
  return parsed.hunks;
}

/** All of a text as one hunk of a new file. */
function allAdded(text: string): readonly Hunk[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return hunksOf(`@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}`).join("\n")}`);
}

function propose(
  lines: readonly [number, number],
  suggestion: string,
  over: Partial<SuggestionRequest> = {},
) {
  const anchor = { side: "RIGHT", startLine: lines[0], line: lines[1] } as const;
  const head = over.head ?? HEAD;
  return proposeSuggestion({ anchor, suggestion, head, hunks: allAdded(head), ...over });
}

test.each([
  ["one line", [2, 2], "  const sum = a - b;", "  const sum = a - b;"],
  ["several lines", [3, 5], "  if (sum) log(sum);", "  if (sum) log(sum);"],
  ["newlines at the end say nothing", [2, 2], "  const sum = 0;\n\n", "  const sum = 0;"],
  ["lost indentation", [3, 5], "if (sum > 2) {\n  log(sum);\n}", "  if (sum > 2) {\n    log(sum);\n  }"],
  ["the line before is repeated", [2, 2], "function add(a, b) {\n  const sum = 0;", "  const sum = 0;"],
  ["the line after is repeated", [2, 2], "  const sum = 0;\n  if (sum > 1) {", "  const sum = 0;"],
  ["both are repeated", [4, 4], "  if (sum > 1) {\n    log(0);\n  }", "    log(0);"],
  [
    "a closing line that closes what is opened here",
    [6, 6],
    "  if (sum) {\n    return sum;\n}",
    "  if (sum) {\n    return sum;\n}",
  ],
  ["the last line is repeated as it was", [6, 7], "  return 0;\n}", "  return 0;\n}"],
  ["backticks", [4, 4], "    log(`${sum} ``` `);", "    log(`${sum} ``` `);"],
] as const)("a candidate: %s", (_, lines, suggestion, text) => {
  const proposal = propose(lines, suggestion);

  const applied = HEAD.split("\n").toSpliced(lines[0] - 1, lines[1] - lines[0] + 1, ...text.split("\n"));
  expect(proposal).toEqual({ kind: "candidate", text, applied: applied.join("\n") });
});

const TWO_HUNKS = hunksOf("@@ -1,1 +1,2 @@\n a\n+b\n@@ -5,1 +6,2 @@\n c\n+d");
const REPLACED_TWICE = hunksOf("@@ -1,5 +1,5 @@\n a\n-x\n+b\n c\n-y\n+d\n e");

test.each([
  ["what stands there", propose([2, 2], "  const sum = a + b;"), "it is what stands there already"],
  ["what stands there, shifted", propose([2, 2], "const sum = a + b;"), "it is what stands there already"],
  ["a deletion", propose([2, 2], ""), "it contains nothing"],
  ["blank lines", propose([2, 2], " \n\t\n"), "it contains nothing"],
  ["only its neighbours", propose([4, 4], "  if (sum > 1) {\n  }"), "it repeats the lines around it"],
  [
    "the lines before, twice",
    propose([2, 2], "function add(a, b) {\nfunction add(a, b) {\n  x();"),
    "it repeats the lines around it",
  ],
  ["61 lines", propose([2, 2], "  x();\n".repeat(61)), "it has more than 60 lines"],
  [
    "a line of 2,001 characters",
    propose([2, 2], `  ${"x".repeat(1_999)}`),
    "a line has more than 2,000 characters",
  ],
  ["a hidden direction", propose([2, 2], "  const sum = a\u202E;"), "it has invisible characters"],
  ["a lone surrogate", propose([2, 2], "  const sum = '\uD800';"), "it has invisible characters"],
  ["a lone return", propose([2, 2], "  const sum = 1;\r  b();"), "it has invisible characters"],
  [
    "deleted lines",
    propose([2, 2], "x", { anchor: { side: "LEFT", startLine: 2, line: 2 } }),
    "it is about deleted lines",
  ],
  ["a range that is none", propose([3, 2], "x"), "its lines are not a range"],
  ["line 0", propose([0, 1], "x"), "its lines are not a range"],
  [
    "outside of the diff",
    propose([4, 4], "x", { hunks: TWO_HUNKS }),
    "its lines are not in one hunk of the diff",
  ],
  ["over two hunks", propose([2, 6], "x", { hunks: TWO_HUNKS }), "its lines are not in one hunk of the diff"],
  [
    "lines deleted in between",
    propose([2, 4], "x", { hunks: REPLACED_TWICE }),
    "deleted lines stand between its lines",
  ],
  [
    "behind the end",
    propose([8, 8], "x", { hunks: allAdded("x\n".repeat(9)) }),
    "the lines are not in the file",
  ],
  ["mixed endings", propose([1, 1], "x", { head: "a\r\nb\n" }), "the file mixes line endings"],
  ["old endings", propose([1, 1], "x", { head: "a\rb\n" }), "the file mixes line endings"],
])("refused: %s", (_, proposal, reason) => {
  expect(proposal).toEqual({ kind: "refused", reason });
});

test("a deletion above the lines does not matter", () => {
  const hunks = hunksOf("@@ -1,3 +1,2 @@\n a\n-x\n-y\n+b");

  expect(propose([2, 2], "c", { head: "a\nb\n", hunks })).toMatchObject({
    kind: "candidate",
    applied: "a\nc\n",
  });
});

/** Another way to the same text: by characters, from the ends of lines. */
function independently(
  head: string,
  range: { start: number; end: number },
  lines: readonly string[],
): string {
  const starts = [0, ...[...head.matchAll(/\n/g)].map((match) => match.index + 1)];
  const from = starts[range.start - 1] ?? head.length;
  const lineEnd = starts[range.end];
  const to = lineEnd === undefined ? head.length : lineEnd - (head[lineEnd - 2] === "\r" ? 2 : 1);
  const ending = head.includes("\r\n") ? "\r\n" : "\n";
  return head.slice(0, from) + lines.join(ending) + head.slice(to);
}

describe("what the button gives", () => {
  const texts = [
    ["LF", "a\n\tb\nc\n"],
    ["CRLF", "a\r\n\tb\r\nc\r\n"],
    ["no final newline", "a\n\tb\nc"],
    ["CRLF without a final one", "a\r\n\tb\r\nc"],
    ["blank lines at the end", "a\n\tb\nc\n\n"],
    ["unicode", "ä😀\n\tб\n漢\n"],
  ] as const;
  const ranges = [
    { start: 1, end: 1 },
    { start: 2, end: 2 },
    { start: 3, end: 3 },
    { start: 1, end: 3 },
  ];
  test.each(texts.flatMap(([name, head]) => ranges.map((range) => [name, range, head] as const)))(
    "%s, %j",
    (_, range, head) => {
      for (const lines of [["x"], ["x", "", "\t😀y"]])
        expect(applySuggestion(head, range, lines)).toBe(independently(head, range, lines));
    },
  );

  test("lines of a CRLF file get its ending", () => {
    expect(applySuggestion("a\r\nb", { start: 1, end: 1 }, ["x", "y"])).toBe("x\r\ny\r\nb");
  });
});
