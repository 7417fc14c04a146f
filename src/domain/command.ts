/** The closed grammar of `/review`: what a comment asks for, or what is wrong with it. */
import { closest } from "fastest-levenshtein";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { isPass, PASSES, type Pass } from "./pass.ts";
import { type ReviewScope, reviewScope } from "./scope.ts";

export type Command =
  | { readonly kind: "review"; readonly scope: ReviewScope; readonly memory: "keep" | "forget" }
  | { readonly kind: "help" }
  | { readonly kind: "mistake"; readonly word: string; readonly nearest: string };

const WORDS: readonly string[] = [...PASSES, "full", "help"];
/** Comments are up to 65,536 characters; a command stands in the first ones and is short. */
const MAX_COMMENT_CHARACTERS = 20_000;
const MAX_WORDS = 40;
const COMMAND_LINE = /^\/review(?:[ \t]+(?<rest>.*))?$/;

/** The first command of a comment, or null. Commands in quotes, code and HTML comments are somebody else's words. */
export function parseCommand(comment: string): Command | null {
  if (!comment.includes("/review")) return null;
  for (const line of spokenLines(comment.slice(0, MAX_COMMENT_CHARACTERS))) {
    const match = COMMAND_LINE.exec(line.trimEnd());
    if (match !== null)
      return parseWords(
        (match.groups?.["rest"] ?? "")
          .split(/\s+/)
          .filter((word) => word !== "")
          .slice(0, MAX_WORDS),
      );
  }
  return null;
}

/** Source lines that begin inside a top-level paragraph: Markdown decides what is quoted or code, we only read what is left. */
function spokenLines(comment: string): readonly string[] {
  const tree = fromMarkdown(comment, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const lines = comment.split(/\r?\n/);
  return tree.children.flatMap((node) => {
    if (node.type !== "paragraph" || !node.position) return [];
    const hidden = codeLines(node);
    const { start, end } = node.position;
    return lines.slice(start.line - 1, end.line).filter((_, at) => !hidden.has(start.line + at));
  });
}

/** Lines that begin inside a code span or inline HTML that was opened on an earlier line. */
function codeLines(node: Nodes): ReadonlySet<number> {
  const inner = "children" in node ? node.children : [];
  const own =
    (node.type === "inlineCode" || node.type === "html") && node.position
      ? numbersBetween(node.position.start.line + 1, node.position.end.line)
      : [];
  return new Set([...own, ...inner.flatMap((child) => [...codeLines(child)])]);
}

function numbersBetween(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}

function parseWords(words: readonly string[]): Command {
  const passes: Pass[] = [];
  const paths: string[] = [];
  let memory: "keep" | "forget" = "keep";
  for (const word of words) {
    const lower = word.toLowerCase();
    if (lower === "help") return { kind: "help" };
    if (lower === "full") memory = "forget";
    else if (isPass(lower)) passes.push(lower);
    else if (looksLikePath(word)) paths.push(word);
    else return { kind: "mistake", word, nearest: closest(lower, [...WORDS]) };
  }
  return { kind: "review", scope: reviewScope(passes, paths), memory };
}

/** A glob, a folder or a file name with an ending: nothing that could be a misspelt word. */
function looksLikePath(word: string): boolean {
  return /^[\w@.*?{}[\],!+()/~-]+$/.test(word) && /[/*]|\.\w/.test(word);
}
