/** Model-written Markdown → Markdown that is safe to post: no mention, no back-reference, no remote content, no raw HTML. */

import type { BlockContent, DefinitionContent, Nodes, PhrasingContent, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown, gfmToMarkdown } from "mdast-util-gfm";
import { toMarkdown } from "mdast-util-to-markdown";
import { gfm } from "micromark-extension-gfm";
import { showInvisible } from "./untrusted-text.ts";

/** Breaks a mention or a reference without changing how it looks. */
const ZERO_WIDTH_SPACE = "\u200B";

/**
 * Parses, keeps what a review needs (paragraphs, emphasis, lists, quotes, code, tables) and turns the rest into plain text.
 * Working on the tree means that what is code stays code, and what only looks like code is treated as text.
 */
export function safeMarkdown(text: string): string {
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const children = tree.children.flatMap(safeBlock);
  return toMarkdown(
    { type: "root", children },
    { extensions: [gfmToMarkdown()], bullet: "-", rule: "-", fences: true },
  ).trim();
}

/** The same for one line: titles, file names. Backticks stay code, everything else is text. */
export function safeLine(text: string): string {
  return safeMarkdown(text.replace(/\s+/g, " ").trim()).replace(/\s*\n+\s*/g, " ");
}

/** A code span whatever the text holds, so that GitHub links and notifies nothing in it. */
export function codeSpan(text: string): string {
  const shown = showInvisible(text.replace(/\s+/g, " ").trim());
  return toMarkdown({ type: "inlineCode", value: shown === "" ? " " : shown }).trim();
}

/** A fenced block whose fence is longer than any run of backticks inside. */
export function codeBlock(language: string, code: string): string {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language.replace(/[^\w+-]/g, "")}\n${code.replace(/\r\n?/g, "\n").replace(/\n$/, "")}\n${fence}`;
}

function safeBlock(node: RootContent): readonly RootContent[] {
  switch (node.type) {
    case "paragraph":
      return [{ type: "paragraph", children: node.children.flatMap(safePhrasing) }];
    case "heading":
      return [
        { type: "paragraph", children: [{ type: "strong", children: node.children.flatMap(safePhrasing) }] },
      ];
    case "blockquote":
      return [{ type: "blockquote", children: safeContent(node.children) }];
    case "list":
      return [
        {
          ...node,
          children: node.children.map((item) => ({
            ...item,
            checked: null,
            children: safeContent(item.children),
          })),
        },
      ];
    case "code":
      // A fenced "suggestion" would be a button that nobody proved; only our own code writes those.
      return [
        { type: "code", lang: node.lang === "suggestion" ? null : (node.lang ?? null), value: node.value },
      ];
    case "table":
      return [
        {
          ...node,
          children: node.children.map((row) => ({
            ...row,
            children: row.children.map((cell) => ({
              ...cell,
              children: cell.children.flatMap(safePhrasing),
            })),
          })),
        },
      ];
    case "html":
      return [{ type: "paragraph", children: [{ type: "inlineCode", value: oneLine(node.value) }] }];
    case "thematicBreak":
    case "definition":
    case "footnoteDefinition":
    case "yaml":
      return [];
    default:
      return [{ type: "paragraph", children: safePhrasing(node as PhrasingContent).slice() }];
  }
}

function safeContent(nodes: readonly (BlockContent | DefinitionContent)[]): BlockContent[] {
  // Blocks come out of `safeBlock` as blocks; the type of the tree does not say so.
  return nodes.flatMap(safeBlock) as BlockContent[];
}

function safePhrasing(node: PhrasingContent): readonly PhrasingContent[] {
  switch (node.type) {
    case "text":
      return [{ type: "text", value: unlinked(node.value) }];
    case "inlineCode":
      return [{ type: "inlineCode", value: node.value }];
    case "break":
      return [node];
    case "emphasis":
    case "strong":
    case "delete":
      return [{ ...node, children: node.children.flatMap(safePhrasing) }];
    case "link":
      return linkAsText(plainText(node), node.url);
    case "image":
      return [{ type: "inlineCode", value: oneLine(node.alt || node.url) }];
    case "html":
      return node.value.startsWith("<!--") ? [] : [{ type: "inlineCode", value: oneLine(node.value) }];
    case "linkReference":
    case "imageReference":
    case "footnoteReference":
      return [{ type: "text", value: unlinked(plainText(node) || (node.label ?? "")) }];
    default:
      return [{ type: "text", value: unlinked(plainText(node)) }];
  }
}

/** The words stay, the address is shown as code beside them unless it is the same. */
function linkAsText(text: string, url: string): readonly PhrasingContent[] {
  const address: PhrasingContent = { type: "inlineCode", value: oneLine(url) };
  return text === "" || url.includes(text)
    ? [address]
    : [{ type: "text", value: `${unlinked(text)} (` }, address, { type: "text", value: ")" }];
}

function plainText(node: Nodes): string {
  if ("value" in node) return node.value;
  if ("children" in node) return node.children.map((child) => plainText(child)).join("");
  return "";
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim() || " ";
}

/**
 * `@name`, `#1`, `GH-1`, `owner/repo#1`, `owner/repo@sha`, 40-digit commit ids and addresses are links and notifications
 * on GitHub wherever they stand in text (docs: autolinked references). Each gets a zero-width space after its sign.
 */
function unlinked(text: string): string {
  return text
    .replace(/[@#](?=[\w-])/g, (sign) => sign + ZERO_WIDTH_SPACE)
    .replace(/\b(GH)-(?=\d)/gi, `$1-${ZERO_WIDTH_SPACE}`)
    .replace(/\b(?=[a-f]*\d)([0-9a-f]{6})(?=[0-9a-f]{1,34}\b)/gi, `$1${ZERO_WIDTH_SPACE}`)
    .replace(/\b(https?|ftp|mailto):/gi, `$1${ZERO_WIDTH_SPACE}:`)
    .replace(/\bwww\./gi, `www${ZERO_WIDTH_SPACE}.`);
}
