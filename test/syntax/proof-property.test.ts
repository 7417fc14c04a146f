import { createRequire } from "node:module";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Language as Grammar, Parser } from "web-tree-sitter";
import { proposeSuggestion } from "../../src/domain/suggestion.ts";
import { proveSuggestions } from "../../src/review/proving.ts";
import { startSyntax } from "../../src/syntax/syntax-pool.ts";
import { aNewFile, aReviewFinding } from "../builders.ts";
import { SAMPLES } from "./samples.ts";

const RUNS = 800;
const syntax = startSyntax();
afterAll(() => syntax.close());

const parsers = new Map<string, Parser>();
beforeAll(async () => {
  await Parser.init();
  const main = createRequire(import.meta.url).resolve("@vscode/tree-sitter-wasm");
  for (const { language } of SAMPLES) {
    const grammar = await Grammar.load(main.replace(/tree-sitter\.js$/, `tree-sitter-${language}.wasm`));
    parsers.set(language, new Parser().setLanguage(grammar));
  }
});

/** Another count of errors than that of the program: by walking, node by node; what no node shows, the root knows. */
function errorsIn(language: string, text: string): number {
  const tree = parsers.get(language)?.parse(text);
  if (!tree) throw new Error("not parsed");
  const cursor = tree.walk();
  let errors = 0;
  for (;;) {
    if (cursor.nodeType === "ERROR" || cursor.nodeIsMissing) errors += 1;
    if (cursor.gotoFirstChild() || cursor.gotoNextSibling()) continue;
    let isDone = false;
    while (!isDone && !cursor.gotoNextSibling()) isDone = !cursor.gotoParent();
    if (isDone) break;
  }
  // A cursor that is left to the garbage collector frees memory that is not its own (web-tree-sitter 0.27.1).
  cursor.delete();
  const hidden = errors === 0 && tree.rootNode.hasError ? 1 : 0;
  tree.delete();
  return errors + hidden;
}

/** What models do to code, and what nobody does. */
const EDITS: ReadonlyArray<(text: string, at: number) => string> = [
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at) => `${text.slice(0, at)}}${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}(${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}"${text.slice(at)}`,
  (text) => text.replace(/^[ \t]+/gm, ""),
  (text) => text.replace(/^[ \t]+/, ""),
  (text) => text.replace(/^/gm, "  "),
  (text) => text.replace(/ {2}/g, "\t"),
  (text) => `${text}\n${text}`,
  (text) => text.split("\n").toReversed().join("\n"),
  (text) => text.replace(/\b[a-z]\w*/, "other"),
  (text) => text.replace(/\d+/g, "42"),
  (text) => text.replace(/[)}\]]/, ""),
  (text) => text.replace(/\w+/, ""),
  (text, at) => `${text.slice(0, at)}\n${text.slice(at)}`,
];

/** By characters, not by lines. */
function pressed(head: string, startLine: number, line: number, text: string): string {
  const ending = head.includes("\r\n") ? "\r\n" : "\n";
  let from = 0;
  for (let at = 1; at < startLine; at++) from = head.indexOf("\n", from) + 1;
  let to = from;
  for (let at = startLine; at < line; at++) to = head.indexOf("\n", to) + 1;
  const end = head.indexOf(ending, to);
  return head.slice(0, from) + text.replaceAll("\n", ending) + (end < 0 ? "" : head.slice(end));
}

const cases = fc.record({
  sample: fc.constantFrom(...SAMPLES),
  ending: fc.constantFrom("\n", "\r\n"),
  first: fc.nat(),
  length: fc.integer({ min: 1, max: 4 }),
  edits: fc.array(fc.record({ edit: fc.constantFrom(...EDITS), at: fc.nat({ max: 200 }) }), {
    minLength: 1,
    maxLength: 2,
  }),
});

test(`of ${RUNS} random suggestions none is proven that breaks the file`, async () => {
  const counts = { proven: 0, unproven: 0 };
  const reasons = new Set<string>();

  await fc.assert(
    fc.asyncProperty(cases, async ({ sample, ending, first, length, edits }) => {
      const head = sample.text.replaceAll("\n", ending);
      const lines = sample.text.trimEnd().split("\n");
      const startLine = 1 + (first % lines.length);
      const line = Math.min(lines.length, startLine + length - 1);
      const suggestion = edits.reduce(
        (text, { edit, at }) => edit(text, at % (text.length + 1)),
        lines.slice(startLine - 1, line).join("\n"),
      );

      const anchor = { side: "RIGHT", startLine, line } as const;
      const file = aNewFile(sample.path, head.trimEnd().split("\n"));
      const hunks = file.patch.kind === "hunks" ? file.patch.hunks : [];
      const proposal = proposeSuggestion({ anchor, suggestion, head, hunks });
      const proof = (
        await proveSuggestions({
          findings: [
            aReviewFinding({
              id: "f",
              path: sample.path,
              suggestion,
              placement: "inline",
              anchor,
            }),
          ],
          contents: new Map([[sample.path, { kind: "text", text: head }]]),
          files: [file],
          syntax,
          signal: new AbortController().signal,
        })
      ).get("f");

      if (proof?.kind !== "proven") {
        counts.unproven += 1;
        reasons.add(proof?.reason ?? "none");
        return;
      }
      counts.proven += 1;
      const after = pressed(head, startLine, line, proof.text);
      expect(proposal).toEqual({ kind: "candidate", text: proof.text, applied: after });
      expect(errorsIn(sample.language, after)).toBe(0);
      expect(after).not.toBe(head);
    }),
    { numRuns: RUNS, seed: 20_261_127 },
  );

  // A test that proves nothing, or refuses nothing, would say nothing.
  expect(counts.proven).toBeGreaterThan(RUNS / 10);
  expect(counts.unproven).toBeGreaterThan(RUNS / 10);
  expect([...reasons]).toEqual(
    expect.arrayContaining(["the file would no longer parse", "it is what stands there already"]),
  );
}, 180_000);
