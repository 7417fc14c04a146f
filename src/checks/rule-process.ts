/**
 * The process that parses code of strangers and matches rules on it: a parser in native code can neither be stopped
 * nor survive its own faults within the server's process. It has no environment, so no key, and does nothing else.
 */
import { createRequire } from "node:module";
import { parse, registerDynamicLanguage, type SgNode } from "@ast-grep/napi";
import type { LineRange } from "../domain/outline.ts";
import type { MatchAnswer, MatchRequest, RuleMatch } from "./rule-matching.ts";

// The language packages are CommonJS without named exports.
const require = createRequire(import.meta.url);
registerDynamicLanguage({
  python: require("@ast-grep/lang-python"),
  java: require("@ast-grep/lang-java"),
  go: require("@ast-grep/lang-go"),
  rust: require("@ast-grep/lang-rust"),
});

process.on("message", (request: MatchRequest) => {
  process.send?.(answer(request));
});
process.send?.("ready");

/** More from one rule in one file says nothing new, and each costs a crossing from native code. */
const MAX_NODES_PER_RULE = 2_000;

function answer(request: MatchRequest): MatchAnswer {
  try {
    return matchRules(request);
  } catch (error) {
    return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}

function matchRules({ grammar, text, rules, within }: MatchRequest): MatchAnswer {
  const root = parse(grammar, text).root();
  const touched = root.children().filter((node) => isTouched(linesOf(node), within));
  // Each search compiles its rule again, so the whole tree costs less than two parts of it.
  const parts = touched.length === 1 ? touched : [root];
  const tests = grammar === "rust" ? rustTests(root) : [];
  const matches = rules.flatMap(({ id, matcher }) =>
    parts
      // The server's rule library is the only source of matchers; the parser itself refuses a wrong one.
      .flatMap((part) => part.findAll(matcher as unknown as Parameters<SgNode["findAll"]>[0]))
      .slice(0, MAX_NODES_PER_RULE)
      .map(linesOf)
      .filter((lines) => isTouched(lines, within))
      .map((lines): RuleMatch => ({ rule: id, ...lines, inTest: isTouched(lines, tests) })),
  );
  const unread = parts
    .flatMap((part) => part.findAll({ rule: { kind: "ERROR" } }))
    .slice(0, MAX_NODES_PER_RULE)
    .filter((node) => isTouched(linesOf(node), within)).length;
  return { kind: "matched", matches, unread };
}

function linesOf(node: SgNode): LineRange {
  const { start, end } = node.range();
  return { start: start.line + 1, end: end.line + 1 };
}

function isTouched(lines: LineRange, ranges: readonly LineRange[]): boolean {
  return ranges.some((range) => range.start <= lines.end && range.end >= lines.start);
}

/** Modules and functions of tests stand in the same file as what they test. */
function rustTests(root: SgNode): readonly LineRange[] {
  const item = { any: [{ kind: "mod_item" }, { kind: "function_item" }] };
  const attribute = { kind: "attribute_item", regex: "cfg\\(.*\\btest\\b|^#\\[([a-z_]+::)*test\\b" };
  const nextTo = { any: [attribute, { kind: "attribute_item" }, { kind: "line_comment" }] };
  return root.findAll({ rule: { ...item, follows: { ...attribute, stopBy: { not: nextTo } } } }).map(linesOf);
}
