/** Model-written Markdown → Markdown that is safe to post: no mention, no back-reference, no remote content, no raw HTML. */

import type { BlockContent, DefinitionContent, Nodes, PhrasingContent, RootContent, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown, gfmToMarkdown } from "mdast-util-gfm";
import { toMarkdown } from "mdast-util-to-markdown";
import { gfm } from "micromark-extension-gfm";
import { showInvisible } from "./untrusted-text.ts";

/** Breaks a mention or a reference without changing how it looks. */
const ZERO_WIDTH_SPACE = "\u200B";

/** Writing nested emphasis costs the cube of its depth (measured: 28 s for 2,000 levels); nobody reads more than this. */
const MAX_EMPHASIS_DEPTH = 5;
/** The same for quotes and lists, whose depth also costs stack. */
const MAX_MARKERS_A_LINE = 40;
const MARKER = String.raw`(?:>|[-+*]|\d{1,9}[.)])[ \t]*`;
const DEEP_LINE = new RegExp(`^([ \\t]*(?:${MARKER}){${MAX_MARKERS_A_LINE}})(?:${MARKER})+`, "gm");

/** Cuts quotes in quotes in lists … to a depth that can be parsed; line numbers stay what they are. */
export function shallow(text: string): string {
  return text.replace(DEEP_LINE, "$1");
}

/** What GitHub would set as a formula, which knows commands of its own; `$5 and $10` is none. */
const FORMULA = /\$\$|\$`|\$\S(?:[^$\n]*\S)?\$(?!\d)/;
const FULL_WIDTH_DOLLAR = "\uFF04";
/** What a diagram can do besides being looked at: react to clicks, link, load, bring HTML or its own settings. */
const ACTIVE_DIAGRAM =
  /^[ \t]*(?:click|callback|links?|properties|details)\b|\b(?:href|img|icon)\b|script:|data:|https?:|\/\/|www\.|%%\{|^---|@\{|<(?!br ?\/?>)[a-z!/]|&[#a-z]|#(?:\d|[a-z]+;)/im;
/** GitHub draws these as well: maps and solids, and formulas. */
const DRAWN = /^(?:geojson|topojson|stl|math)$/i;

/**
 * Parses, keeps what a review needs (paragraphs, emphasis, lists, quotes, code, tables) and turns the rest into plain text.
 * Working on the tree means that what is code stays code, and what only looks like code is treated as text.
 */
export function safeMarkdown(text: string): string {
  const tree = fromMarkdown(shallow(text), { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const blocks = tree.children.flatMap(safeBlock);
  const children = FORMULA.test(text) ? blocks.map(withoutDollars) : blocks;
  return toMarkdown(
    { type: "root", children },
    { extensions: [gfmToMarkdown()], bullet: "-", rule: "-", fences: true },
  ).trim();
}

/**
 * The same for one line: titles, reasons. It stands after other text in its line, so a beginning such as `---` or
 * `[x]:` is no block there: the word before it makes the parser see that too.
 */
export function safeLine(text: string): string {
  return safeMarkdown(`x ${text.replace(/\s+/g, " ").trim()}`)
    .slice(2)
    .replace(/\s*\n+\s*/g, " ");
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
  return `${fence}${safeLanguage(language, code) ?? ""}\n${showInvisible(code.replace(/\r\n?/g, "\n").replace(/\n$/, ""))}\n${fence}`;
}

function safeBlock(node: RootContent): readonly RootContent[] {
  switch (node.type) {
    case "paragraph":
      return [{ type: "paragraph", children: safePhrases(node.children, 0) }];
    case "heading":
      return [{ type: "paragraph", children: [{ type: "strong", children: safePhrases(node.children, 1) }] }];
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
      return [
        { type: "code", lang: safeLanguage(node.lang ?? "", node.value), value: showInvisible(node.value) },
      ];
    case "table":
      return [safeTable(node)];
    case "html":
      return [{ type: "paragraph", children: [{ type: "inlineCode", value: oneLine(node.value) }] }];
    case "thematicBreak":
    case "definition":
    case "footnoteDefinition":
    case "yaml":
      return [];
    default:
      return [{ type: "paragraph", children: safePhrases([node as PhrasingContent], 0) }];
  }
}

function safeTable(table: Table): Table {
  const rows = table.children.map((row) => ({
    ...row,
    children: row.children.map((cell) => ({ ...cell, children: safePhrases(cell.children, 0) })),
  }));
  return { ...table, children: rows };
}

function safeContent(nodes: readonly (BlockContent | DefinitionContent)[]): BlockContent[] {
  // Blocks come out of `safeBlock` as blocks; the type of the tree does not say so.
  return nodes.flatMap(safeBlock) as BlockContent[];
}

/**
 * A fenced "suggestion" would be a button that nobody proved; only our own code writes those. A diagram is drawn only
 * when it merely shows something; else its source is shown as code.
 */
function safeLanguage(language: string, code: string): string | null {
  const name = language.replace(/[^\w+#.-]/g, "");
  if (name === "" || /^suggestion/i.test(name) || DRAWN.test(name)) return null;
  return /^mermaid/i.test(name) && ACTIVE_DIAGRAM.test(code) ? null : name;
}

function withoutDollars<T extends Nodes>(node: T): T {
  if (node.type === "text") return { ...node, value: node.value.replaceAll("$", FULL_WIDTH_DOLLAR) };
  return "children" in node
    ? { ...node, children: node.children.map((child) => withoutDollars(child)) }
    : node;
}

/**
 * Neighbours are joined before they are searched: `@` and the words of a link would else become a mention side by side,
 * and two code spans one broken span.
 */
function safePhrases(nodes: readonly PhrasingContent[], depth: number): PhrasingContent[] {
  const joined: PhrasingContent[] = [];
  for (const node of nodes.flatMap((one) => safePhrase(one, depth))) {
    const last = joined.at(-1);
    const isLeaf = node.type === "text" || node.type === "inlineCode";
    if (isLeaf && last?.type === node.type)
      joined[joined.length - 1] = { ...node, value: last.value + node.value };
    else joined.push(node);
  }
  return joined.map((node) =>
    node.type === "text" ? { type: "text", value: unlinked(showInvisible(node.value)) } : node,
  );
}

/** Its text is not safe yet: see `safePhrases`. */
function safePhrase(node: PhrasingContent, depth: number): readonly PhrasingContent[] {
  switch (node.type) {
    case "text":
      return [{ type: "text", value: node.value }];
    case "inlineCode":
      return [{ type: "inlineCode", value: showInvisible(node.value) }];
    case "break":
      return [node];
    case "emphasis":
    case "strong":
    case "delete":
      return depth < MAX_EMPHASIS_DEPTH
        ? [{ ...node, children: safePhrases(node.children, depth + 1) }]
        : [{ type: "text", value: plainText(node) }];
    case "link":
      return linkAsText(plainText(node), node.url);
    case "image":
      return [{ type: "inlineCode", value: oneLine(node.alt || node.url) }];
    case "html":
      return node.value.startsWith("<!--") ? [] : [{ type: "inlineCode", value: oneLine(node.value) }];
    case "imageReference":
      return [{ type: "text", value: node.alt || (node.label ?? "") }];
    case "linkReference":
    case "footnoteReference":
      return [{ type: "text", value: plainText(node) || (node.label ?? "") }];
    default:
      return [{ type: "text", value: plainText(node) }];
  }
}

/** The words stay, the address is shown as code beside them unless it is the same. */
function linkAsText(text: string, url: string): readonly PhrasingContent[] {
  const address: PhrasingContent = { type: "inlineCode", value: oneLine(url) };
  return text === "" || url.includes(text)
    ? [address]
    : [{ type: "text", value: `${text} (` }, address, { type: "text", value: ")" }];
}

function plainText(node: Nodes): string {
  if ("value" in node) return node.value;
  if ("children" in node) return node.children.map((child) => plainText(child)).join("");
  return "";
}

function oneLine(text: string): string {
  return showInvisible(text).replace(/\s+/g, " ").trim() || " ";
}

/**
 * `@name`, `#1`, `GH-1`, `owner/repo#1`, `owner/repo@sha`, 40-digit commit ids and addresses are links and notifications
 * on GitHub wherever they stand in text (docs: autolinked references). Each gets a zero-width space after its sign, and
 * a commit id after every six digits, because seven of them are one already.
 */
function unlinked(text: string): string {
  return text
    .replace(/[@#](?=[\w-])/g, (sign) => sign + ZERO_WIDTH_SPACE)
    .replace(/\b(GH)-(?=\d)/gi, `$1-${ZERO_WIDTH_SPACE}`)
    .replace(/\b(?=[a-f]*\d)[0-9a-f]{7,40}\b/gi, (id) => id.replace(/.{6}(?=.)/g, `$&${ZERO_WIDTH_SPACE}`))
    .replace(/\b(https?|ftp|mailto|xmpp):/gi, `$1${ZERO_WIDTH_SPACE}:`)
    .replace(/\bwww\./gi, `www${ZERO_WIDTH_SPACE}.`);
}
