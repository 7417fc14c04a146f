/** The closed grammar of `/review`: what a comment asks for, or what is wrong with it. */
import { closest } from "fastest-levenshtein";
import type { Nodes, Paragraph } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { shallow } from "./markdown.ts";
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
const MAX_PATH_CHARACTERS = 400;
/** Parsing costs the square of their number; no command's place depends on the emphasis around it. */
const MAX_INLINE_MARKS = 500;
const COMMAND_LINE = /^\/review(?:[ \t]+(?<rest>.*))?$/;

/** The first command of a comment, or null. Commands in quotes, code and HTML comments are somebody else's words. */
export function parseCommand(comment: string): Command | null {
  if (!comment.includes("/review")) return null;
  for (const line of spokenLines(comment.slice(0, MAX_COMMENT_CHARACTERS).toWellFormed())) {
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

/** Source lines of paragraphs outside quotes: Markdown decides what is quoted or code, we only read what is left. */
function spokenLines(comment: string): readonly string[] {
  const tree = fromMarkdown(tame(comment), {
    extensions: [gfm(), WITHOUT_BARE_ADDRESSES],
    mdastExtensions: [gfmFromMarkdown()],
  });
  // Markdown ends lines at a lone return too, and the numbers are Markdown's.
  const lines = comment.split(/\r\n?|\n/);
  return tree.children.flatMap(paragraphsOf).flatMap((node) => {
    if (!node.position) return [];
    const hidden = codeLines(node);
    const { start, end } = node.position;
    return lines.slice(start.line - 1, end.line).filter((_, at) => !hidden.has(start.line + at));
  });
}

/** They hide no command, and looking for them costs the square of the text (measured: 14 s for 20,000 characters). */
const WITHOUT_BARE_ADDRESSES = { disable: { null: ["emailAutolink", "protocolAutolink", "wwwAutolink"] } };

/** A copy with the same lines, whose parse costs little whatever a stranger wrote. */
function tame(comment: string): string {
  let marks = 0;
  return shallow(comment).replace(/[*_~[\]]/g, (mark) => {
    marks += 1;
    return marks > MAX_INLINE_MARKS ? "," : mark;
  });
}

/** A line right below a list belongs to its last item for Markdown, not for the person who wrote it. */
function paragraphsOf(node: Nodes): readonly Paragraph[] {
  if (node.type === "paragraph") return [node];
  return node.type === "list" || node.type === "listItem" ? node.children.flatMap(paragraphsOf) : [];
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
  if (word.length > MAX_PATH_CHARACTERS) return false;
  return /^[\p{L}\p{M}\p{N}_@.*?{}[\],!+()/~$-]+$/u.test(word) && /[/*]|\.[\p{L}\p{N}_]/u.test(word);
}
