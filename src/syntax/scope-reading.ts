/** Query matches → an outline: lines, kinds, and what stands directly above a declaration and belongs to it. */
import type { Node, QueryMatch } from "web-tree-sitter";
import type { LineRange, Scope, ScopeKind, SourceOutline } from "../domain/outline.ts";

export interface Reading {
  readonly language: string;
  readonly source: string;
  readonly scopes: readonly QueryMatch[];
  readonly syntaxErrors: number;
}

/** A node may match as several kinds; the first of these is what it is. */
const KINDS = ["class", "function", "type", "module", "constant"] as const satisfies readonly ScopeKind[];
/** Longer names are no names; a test case may be called by a whole sentence. */
const MAX_NAME = 200;

export function outlineOf(reading: Reading): SourceOutline {
  const found = new Map<number, Found>();
  const imports = new Map<number, LineRange>();
  const leads = new Leads(reading.source);
  for (const { captures } of reading.scopes) {
    const nodes = new Map(captures.map(({ name, node }) => [name, node]));
    const lead = nodes.get("lead");
    const imported = nodes.get("import");
    if (lead !== undefined) leads.add(lead);
    if (imported !== undefined) imports.set(imported.id, linesOf(imported));
    const scope = foundIn(nodes, reading.source);
    if (scope !== null && !isKnownBetter(found.get(scope.id), scope)) found.set(scope.id, scope);
  }
  const scopes = [...found.values()].filter((one) => !imports.has(one.id)).map((one) => toScope(one, leads));
  return {
    language: reading.language,
    scopes: scopes.toSorted((a, b) => a.start - b.start || b.end - a.end),
    imports: [...imports.values()].toSorted((a, b) => a.start - b.start),
    syntaxErrors: reading.syntaxErrors,
  };
}

interface Found extends LineRange {
  readonly id: number;
  readonly kind: ScopeKind;
  readonly name: string;
  readonly nameLine: number;
  readonly signatureEnd: number;
}

function foundIn(nodes: ReadonlyMap<string, Node>, source: string): Found | null {
  const kind = KINDS.find((one) => nodes.has(one));
  const node = kind === undefined ? undefined : nodes.get(kind);
  const name = nodes.get("name");
  if (kind === undefined || node === undefined || name === undefined) return null;
  const lines = linesOf(node);
  const open = nodes.get("open");
  const body = nodes.get("body");
  const signatureEnd = open ? linesOf(open).end : body ? body.startPosition.row + 1 : null;
  return {
    id: node.id,
    kind,
    name: source.slice(name.startIndex, name.endIndex).slice(0, MAX_NAME).toWellFormed(),
    nameLine: name.startPosition.row + 1,
    ...lines,
    signatureEnd: signatureEnd ?? signatureWithoutBody(kind, lines, name.startPosition.row + 1),
  };
}

/** Grammars without a node for the body: a block opens on the line of the name, a constant is all signature. */
function signatureWithoutBody(kind: ScopeKind, lines: LineRange, nameLine: number): number {
  return kind === "function" || kind === "class" || kind === "module" ? nameLine : lines.end;
}

function isKnownBetter(known: Found | undefined, next: Found): boolean {
  return known !== undefined && KINDS.indexOf(known.kind) <= KINDS.indexOf(next.kind);
}

function toScope(found: Found, leads: Leads): Scope {
  const start = leads.below(found.start, found.nameLine);
  return {
    kind: found.kind,
    name: found.name,
    start,
    end: found.end,
    leadStart: leads.above(start),
    signatureEnd: Math.max(start, Math.min(found.signatureEnd, found.end)),
  };
}

/** Some nodes hold the newline after them (comments of Rust, macros of C): their last line is the one before. */
function linesOf(node: Node): LineRange {
  const { row, column } = node.endPosition;
  const start = node.startPosition.row + 1;
  return { start, end: Math.max(start, column === 0 ? row : row + 1) };
}

/** Comments, decorators, annotations and attributes that have their lines for themselves. */
class Leads {
  readonly #source: string;
  readonly #byStart = new Map<number, number>();
  readonly #byEnd = new Map<number, number>();

  constructor(source: string) {
    this.#source = source;
  }

  add(node: Node): void {
    if (!this.#startsItsLine(node)) return;
    const { start, end } = linesOf(node);
    this.#byStart.set(start, Math.max(end, this.#byStart.get(start) ?? 0));
    this.#byEnd.set(end, Math.min(start, this.#byEnd.get(end) ?? start));
  }

  /** The first line of a declaration whose node begins with its annotations. */
  below(start: number, nameLine: number): number {
    let line = start;
    for (let end = this.#byStart.get(line); end !== undefined && end < nameLine; ) {
      line = end + 1;
      end = this.#byStart.get(line);
    }
    return Math.min(line, nameLine);
  }

  /** The first line of what stands above without a blank line between. */
  above(start: number): number {
    let line = start;
    for (let lead = this.#byEnd.get(line - 1); lead !== undefined; lead = this.#byEnd.get(line - 1))
      line = lead;
    return line;
  }

  /** A comment after code belongs to that code. */
  #startsItsLine(node: Node): boolean {
    for (let at = node.startIndex - 1; at >= 0; at--) {
      const character = this.#source[at];
      if (character === "\n") return true;
      if (character !== " " && character !== "\t") return false;
    }
    return true;
  }
}
