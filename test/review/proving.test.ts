import { expect, test } from "vitest";
import type { FileDiff } from "../../src/domain/diff.ts";
import type { PlacedFinding } from "../../src/domain/merge.ts";
import type { OutlineOutcome } from "../../src/domain/outline.ts";
import type { FileContent } from "../../src/domain/pull-request.ts";
import { proveSuggestions } from "../../src/review/proving.ts";
import type { Syntax } from "../../src/review/repository-view.ts";
import { aNewFile, aReviewFinding } from "../builders.ts";

/** A parser to which each `!` is an error; it knows .ts files only. */
function aSyntax(asked: string[] = []): Syntax {
  return {
    async outline(path, text): Promise<OutlineOutcome> {
      asked.push(text);
      if (path.endsWith(".big.ts")) return { kind: "none", reason: "took too long" };
      if (!path.endsWith(".ts")) return { kind: "none", reason: "no grammar" };
      const syntaxErrors = text.split("!").length - 1;
      return {
        kind: "outlined",
        outline: { language: "typescript", scopes: [], imports: [], syntaxErrors },
      };
    },
    async close() {},
  };
}

function suggesting(
  id: string,
  path: string,
  line: number,
  suggestion: string | null,
  over = {},
): PlacedFinding {
  return aReviewFinding({
    id,
    path,
    suggestion,
    placement: "inline",
    anchor: { side: "RIGHT", startLine: line, line },
    ...over,
  });
}

async function proofs(
  findings: readonly PlacedFinding[],
  texts: Readonly<Record<string, string>>,
  syntax: Syntax = aSyntax(),
) {
  const contents = new Map<string, FileContent>(
    Object.entries(texts).map(([path, text]) => [path, { kind: "text", text }]),
  );
  const files: readonly FileDiff[] = Object.entries(texts).map(([path, text]) =>
    aNewFile(path, text.trimEnd().split("\n")),
  );
  const signal = new AbortController().signal;
  return Object.fromEntries(await proveSuggestions({ findings, contents, files, syntax, signal }));
}

test.each([
  ["what parses as before", "a.ts", "one\ntwo\n", "three", { kind: "proven", text: "three" }],
  ["what repairs an error", "a.ts", "one\ntwo!\n", "two", { kind: "proven", text: "two" }],
  ["what leaves another error", "a.ts", "one!\ntwo\n", "three", { kind: "proven", text: "three" }],
  [
    "a new error",
    "a.ts",
    "one\ntwo\n",
    "three!",
    { kind: "unproven", reason: "the file would no longer parse" },
  ],
  [
    "no grammar",
    "a.sql",
    "one\ntwo\n",
    "three",
    { kind: "unproven", reason: "the file cannot be parsed here" },
  ],
  [
    "a parser that gives up",
    "a.big.ts",
    "one\ntwo\n",
    "three",
    { kind: "unproven", reason: "the file cannot be parsed here" },
  ],
  ["right JSON", "a.json", '{\n"a": 1\n}\n', '"a": 2', { kind: "proven", text: '"a": 2' }],
  [
    "wrong JSON",
    "a.json",
    '{\n"a": 1\n}\n',
    '"a": 2,',
    { kind: "unproven", reason: "the file would no longer parse" },
  ],
  [
    "JSON that was wrong before",
    "a.json",
    '{\n"a": 1,\n}\n',
    '"a": 2',
    { kind: "unproven", reason: "the file cannot be parsed here" },
  ],
  ["right YAML", "a.yml", "a: 1\nb: 2\n", "b: 3", { kind: "proven", text: "b: 3" }],
  [
    "wrong YAML",
    "a.yml",
    "a: 1\nb: 2\n",
    "b: [",
    { kind: "unproven", reason: "the file would no longer parse" },
  ],
  [
    "what is there already",
    "a.ts",
    "one\ntwo\n",
    "two",
    { kind: "unproven", reason: "it is what stands there already" },
  ],
] as const)("%s", async (_, path, text, suggestion, proof) => {
  expect(await proofs([suggesting("f", path, 2, suggestion)], { [path]: text })).toEqual({ f: proof });
});

test("a finding without a suggestion has no proof", async () => {
  expect(await proofs([suggesting("f", "a.ts", 1, null)], { "a.ts": "one\n" })).toEqual({});
});

test("a file that was not read, and a finding outside of the diff, prove nothing", async () => {
  const findings = [
    suggesting("unread", "b.ts", 1, "x"),
    suggesting("outside", "a.ts", 1, "x", { placement: "outside" }),
  ];

  expect(await proofs(findings, { "a.ts": "one\n" })).toEqual({
    unread: { kind: "unproven", reason: "it is not about lines of the diff" },
    outside: { kind: "unproven", reason: "it is not about lines of the diff" },
  });
});

test("of two about the same lines the more severe one keeps its button, whatever the order", async () => {
  const findings = [
    suggesting("nit", "a.ts", 2, "x", { severity: "nit" }),
    suggesting("critical", "a.ts", 2, "y", { severity: "critical" }),
    suggesting("beside", "a.ts", 1, "z", { severity: "nit" }),
    suggesting("broken", "a.ts", 3, "!", { severity: "critical" }),
    suggesting("behind", "a.ts", 3, "w", { severity: "nit" }),
  ];

  expect(await proofs(findings, { "a.ts": "one\ntwo\nthree\n" })).toEqual({
    nit: { kind: "unproven", reason: "another suggestion is about the same lines" },
    critical: { kind: "proven", text: "y" },
    beside: { kind: "proven", text: "z" },
    broken: { kind: "unproven", reason: "the file would no longer parse" },
    behind: { kind: "proven", text: "w" },
  });
});

test("each is applied alone, and the file before is parsed once", async () => {
  const asked: string[] = [];
  const findings = [suggesting("a", "a.ts", 1, "x"), suggesting("b", "a.ts", 2, "y")];

  await proofs(findings, { "a.ts": "one\ntwo\n" }, aSyntax(asked));

  expect(asked.toSorted()).toEqual(["one\ntwo\n", "one\ny\n", "x\ntwo\n"]);
});

test("an abort of the parser is an abort of the proof", async () => {
  const stopped = new Error("stopped");
  const syntax: Syntax = { outline: () => Promise.reject(stopped), close: async () => {} };

  await expect(proofs([suggesting("f", "a.ts", 1, "x")], { "a.ts": "one\n" }, syntax)).rejects.toBe(stopped);
});
