// What GitHub would make of posted Markdown, by another parser than the product's own: what it fetches, links, notifies.
import { marked, type Token } from "marked";

/** Our own mark at the very end; what looks like one elsewhere is somebody else's. */
const OWN_MARK = /\n\n<!-- plumbline:(?:review|finding) [^<>]* mac=[0-9a-f]{32} -->$/;

/** What a reader's GitHub would act on; empty when the text only says something. */
export function dangersIn(markdown: string, ownUrl: string): readonly string[] {
  const posted = markdown.replace(OWN_MARK, "");
  const unmarked = posted === markdown ? ["no mark of our own at the end"] : [];
  return [...unmarked, ...tokensOf(marked.lexer(posted)).flatMap((token) => dangersOf(token, ownUrl))];
}

function tokensOf(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap((token) => [token, ...tokensOf(childrenOf(token))]);
}

/** `tokens` of most, `items` of a list, cells of a table. */
function childrenOf(token: Token): readonly Token[] {
  const {
    tokens = [],
    items = [],
    header = [],
    rows = [],
  } = token as {
    tokens?: Token[];
    items?: Token[];
    header?: { tokens: Token[] }[];
    rows?: { tokens: Token[] }[][];
  };
  return [...tokens, ...items, ...[...header, ...rows.flat()].flatMap((cell) => cell.tokens)];
}

/** The only tags of our own template. */
const OWN_TAGS = /^<\/?(?:details|summary|sub)>$/;

const ACTIVE_TEXT: Readonly<Record<string, RegExp>> = {
  mention: /@[A-Za-z0-9_-]/,
  reference: /#\d|\bGH-\d/i,
  address: /\b(?:https?|ftp|mailto):|\bwww\./i,
  commit: /\b(?=[a-f]*\d)[0-9a-f]{7,40}\b/i,
  "bidirectional mark": /[\u202A-\u202E\u2066-\u2069]/,
};

function dangersOf(token: Token, ownUrl: string): readonly string[] {
  if (token.type === "image" || token.type === "def") return [`${token.type}: ${token.raw}`];
  if (token.type === "link" && !String(token["href"]).startsWith(`${ownUrl}/`)) return [`link: ${token.raw}`];
  if (token.type === "html") {
    const tags = token.raw.match(/<[^>]*>?/g) ?? [];
    return tags.filter((tag) => !OWN_TAGS.test(tag)).map((tag) => `HTML: ${tag}`);
  }
  if (token.type === "code" && /^suggestion/i.test(String(token["lang"] ?? ""))) return ["suggestion"];
  const isText = token.type === "text" && !("tokens" in token && Array.isArray(token.tokens));
  if (!isText) return [];
  return Object.entries(ACTIVE_TEXT).flatMap(([name, pattern]) =>
    pattern.test(token.raw) ? [`${name}: ${token.raw}`] : [],
  );
}
