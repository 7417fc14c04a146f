/** A YAML or JSON text as a tree that is walked lazily: aliases and `$ref` are followed one step at a time, never expanded. */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";

export interface TreeEntry {
  readonly key: string;
  readonly line: number;
  readonly value: Tree;
}

/** One place of the document; `absent` stands for whatever is not there, so that walks need no checks. */
export interface Tree {
  /** The same for the same place of the document, by whatever way it was reached. */
  readonly node: Node | null;
  readonly line: number;
  get(key: string): Tree;
  entries(): readonly TreeEntry[];
  items(): readonly Tree[];
  /** A string, number or boolean as text; null for anything else. */
  text(): string | null;
}

export type DocumentOutcome =
  | { readonly kind: "document"; readonly root: Tree }
  | { readonly kind: "refused"; readonly reason: string };

/** `a → b → c`: real documents need three. */
const MAX_STEPS = 16;
/** Real documents use some dozens; a bomb needs few as well, but this walk does not multiply them. */
const MAX_ALIASES = 2_000;
const MAX_DEPTH = 200;

export function openDocument(text: string): DocumentOutcome {
  if (nesting(text) > MAX_DEPTH) return { kind: "refused", reason: "nested too deeply" };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    merge: false,
    logLevel: "silent",
  });
  const fault = document.errors[0];
  if (fault !== undefined) return { kind: "refused", reason: `not readable as YAML or JSON: ${fault.code}` };
  const aliases = (text.match(/(?<![\w"'])\*[\w-]+/g) ?? []).length;
  if (aliases > MAX_ALIASES) return { kind: "refused", reason: `more than ${MAX_ALIASES} aliases` };
  const anchors = new Map<string, Node>();
  collectAnchors(document.contents, anchors);

  function lineOf(node: Node | null): number {
    const start = node?.range?.[0];
    return start === undefined ? 1 : lines.linePos(start).line;
  }

  function follow(node: unknown, steps: number): Node | null {
    if (!isNode(node) || steps > MAX_STEPS) return null;
    if (isAlias(node)) return follow(anchors.get(node.source), steps + 1);
    const reference = isMap(node) ? node.get("$ref") : undefined;
    if (typeof reference !== "string") return node;
    // What stands in another file is compared by its name alone.
    return reference.startsWith("#/") ? follow(walk(reference), steps + 1) : node;
  }

  function walk(reference: string): unknown {
    let at: unknown = document.contents;
    for (const step of reference.slice(2).split("/")) {
      const here = isAlias(at) ? anchors.get(at.source) : at;
      const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
      at = isMap(here) ? here.items.find((pair) => keyText(pair.key) === key)?.value : undefined;
    }
    return at;
  }

  function treeOf(raw: unknown): Tree {
    const node = follow(raw, 0);
    return {
      node,
      line: lineOf(node),
      get: (key) => treeOf(isMap(node) ? node.items.find((pair) => keyText(pair.key) === key)?.value : null),
      entries: () =>
        isMap(node)
          ? node.items.flatMap((pair) => {
              const key = keyText(pair.key);
              return key === null
                ? []
                : [{ key, line: lineOf(isNode(pair.key) ? pair.key : null), value: treeOf(pair.value) }];
            })
          : [],
      items: () => (isSeq(node) ? node.items.map(treeOf) : []),
      text: () => (isScalar(node) ? plainText(node.value) : null),
    };
  }

  return { kind: "document", root: treeOf(document.contents) };
}

function keyText(key: unknown): string | null {
  return isScalar(key) ? plainText(key.value) : null;
}

function plainText(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint"
    ? String(value)
    : null;
}

function collectAnchors(root: unknown, anchors: Map<string, Node>): void {
  const waiting: unknown[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (isNode(node) && !isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isMap(node)) for (const pair of node.items) waiting.push(pair.value ?? null);
    if (isSeq(node)) for (const item of node.items) waiting.push(item);
  }
}

/** The parser recurses for brackets and for indentation. */
function nesting(text: string): number {
  let [deepest, open] = [0, 0];
  for (const character of text) {
    if (character === "[" || character === "{") deepest = Math.max(deepest, ++open);
    if (character === "]" || character === "}") open = Math.max(0, open - 1);
  }
  const indents = [...text.matchAll(/^ *(?:- *)*/gm)].map((match) => match[0].length / 2);
  return indents.reduce((most, one) => Math.max(most, one), deepest);
}
