/** Two schemas of an OpenAPI document, base against head: what breaks who reads or who writes such values. */
import type { Node } from "yaml";
import type { ContractBreak } from "./contract-facts.ts";
import type { Tree } from "./openapi-document.ts";

/** Who holds the old description: a client that sends requests, or one that reads responses. */
export type Direction = "request" | "response";

export interface SchemaPair {
  readonly base: Tree;
  readonly head: Tree;
  readonly direction: Direction;
  /** Where the value stands, such as "GET /users, response 200". */
  readonly where: string;
  /** The property within it, such as "address.city"; empty at the top. */
  readonly trail: string;
}

export interface Comparison {
  readonly breaks: ContractBreak[];
  /** Pairs that were compared already: schemas are shared and may refer to themselves. */
  readonly seen: Record<Direction, Map<Node, Set<Node>>>;
  left: number;
}

/** Enough for thousands of schemas. */
const MAX_PAIRS = 50_000;
const MAX_DEPTH = 40;

export function newComparison(): Comparison {
  return { breaks: [], seen: { request: new Map(), response: new Map() }, left: MAX_PAIRS };
}

export function compareSchemas(comparison: Comparison, pair: SchemaPair, depth: number): void {
  const { base, head, direction } = pair;
  if (base.node === null || head.node === null || depth > MAX_DEPTH || comparison.left-- <= 0) return;
  const heads = comparison.seen[direction].get(base.node) ?? new Set();
  if (heads.has(head.node)) return;
  comparison.seen[direction].set(base.node, heads.add(head.node));
  if (typesBreak(comparison, pair)) return;
  enumsBreak(comparison, pair);
  propertiesBreak(comparison, pair, depth);
  const next = { ...pair, base: base.get("items"), head: head.get("items"), trail: `${pair.trail}[]` };
  compareSchemas(comparison, next, depth + 1);
}

function add(comparison: Comparison, pair: SchemaPair, found: Omit<ContractBreak, "subject">): void {
  const subject = pair.trail === "" ? pair.where : `${pair.trail.replace(/^\./, "")} in ${pair.where}`;
  comparison.breaks.push({ ...found, subject });
}

function typesBreak(comparison: Comparison, pair: SchemaPair): boolean {
  const [old, now] = [typesOf(pair.base), typesOf(pair.head)];
  // Nothing said means anything goes, and combinations (oneOf, anyOf) are left to people.
  if (old.length === 0 || now.length === 0) return false;
  const [given, taken] = pair.direction === "request" ? [old, now] : [now, old];
  const fits = given.every(
    (type) => taken.includes(type) || (type === "integer" && taken.includes("number")),
  );
  if (fits) return false;
  const { line } = pair.head.get("type").node === null ? pair.head : pair.head.get("type");
  add(comparison, pair, { rule: "openapi-type-changed", side: "RIGHT", line });
  return true;
}

function typesOf(schema: Tree): readonly string[] {
  const type = schema.get("type");
  const one = type.text();
  const types = one === null ? type.items().flatMap((item) => item.text() ?? []) : [one];
  return schema.get("nullable").text() === "true" ? [...types, "null"] : types;
}

function enumsBreak(comparison: Comparison, pair: SchemaPair): void {
  const [old, now] = [pair.base.get("enum"), pair.head.get("enum")];
  const [oldValues, nowValues] = [valuesOf(old), valuesOf(now)];
  if (pair.direction === "request") {
    if (nowValues.size === 0) return;
    const lost = old.items().find((item) => !nowValues.has(item.text()));
    if (lost !== undefined)
      add(comparison, pair, { rule: "openapi-enum-narrowed", side: "LEFT", line: lost.line });
    else if (oldValues.size === 0)
      add(comparison, pair, { rule: "openapi-enum-narrowed", side: "RIGHT", line: now.line });
    return;
  }
  if (oldValues.size === 0) return;
  const gained = now.items().find((item) => !oldValues.has(item.text()));
  if (gained !== undefined)
    add(comparison, pair, { rule: "openapi-response-enum-widened", side: "RIGHT", line: gained.line });
}

function valuesOf(list: Tree): ReadonlySet<string | null> {
  return new Set(list.items().map((item) => item.text()));
}

interface Property {
  readonly line: number;
  readonly value: Tree;
}

function propertiesBreak(comparison: Comparison, pair: SchemaPair, depth: number): void {
  const [old, now] = [propertiesOf(pair.base, 0), propertiesOf(pair.head, 0)];
  const [needed, needs] = [requiredOf(pair.base, 0), requiredOf(pair.head, 0)];
  for (const [name, property] of old) {
    const inside = { ...pair, trail: `${pair.trail}.${name}` };
    const same = now.get(name);
    if (same !== undefined)
      compareSchemas(comparison, { ...inside, base: property.value, head: same.value }, depth + 1);
    else if (pair.direction === "response" && now.size > 0)
      add(comparison, inside, {
        rule: "openapi-response-property-removed",
        side: "LEFT",
        line: property.line,
      });
    if (same !== undefined && pair.direction === "response" && needed.has(name) && !needs.has(name))
      add(comparison, inside, { rule: "openapi-response-property-optional", side: "RIGHT", line: same.line });
  }
  if (pair.direction === "response" || old.size === 0) return;
  for (const [name, line] of needs) {
    if (needed.has(name)) continue;
    const inside = { ...pair, trail: `${pair.trail}.${name}` };
    add(comparison, inside, { rule: "openapi-request-field-required", side: "RIGHT", line });
  }
}

/** With those of `allOf`, which is how documents inherit. */
function propertiesOf(schema: Tree, depth: number): ReadonlyMap<string, Property> {
  const found = new Map<string, Property>();
  if (depth > MAX_ALL_OF) return found;
  for (const part of schema.get("allOf").items())
    for (const [name, property] of propertiesOf(part, depth + 1)) found.set(name, property);
  for (const { key, line, value } of schema.get("properties").entries()) found.set(key, { line, value });
  return found;
}

function requiredOf(schema: Tree, depth: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  if (depth > MAX_ALL_OF) return found;
  for (const part of schema.get("allOf").items())
    for (const [name, line] of requiredOf(part, depth + 1)) found.set(name, line);
  for (const item of schema.get("required").items()) {
    const name = item.text();
    if (name !== null) found.set(name, item.line);
  }
  return found;
}
const MAX_ALL_OF = 4;
