/** GraphQL SDL, base against head: what breaks a client that was built against the base. Runs in the parser thread. */
import { type Change, CriticalityLevel, diff } from "@graphql-inspector/core";
import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  parse,
  specifiedScalarTypes,
  visit,
} from "graphql";
import type { ContractBreak, ContractReading } from "./contract-facts.ts";

/** A schema of thousands of types stays under it; the parser counts before it builds. */
const MAX_TOKENS = 200_000;

export async function compareGraphQl(base: string, head: string): Promise<ContractReading> {
  // A new schema has no clients yet.
  if (base.trim() === "") return { kind: "compared", breaks: [] };
  let documents: readonly [DocumentNode, DocumentNode];
  let schemas: readonly [GraphQLSchema, GraphQLSchema];
  try {
    documents = [read(base), read(head)];
    schemas = [schemaOf(documents[0], documents[1]), schemaOf(documents[1], documents[0])];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "refused", reason: `not readable as GraphQL: ${message.slice(0, 200)}` };
  }
  const changes = await diff(...schemas);
  const lines = { LEFT: linesOf(documents[0]), RIGHT: linesOf(documents[1]) };
  return {
    kind: "compared",
    breaks: changes.filter(isOwnChange).flatMap((change) => breakOf(change, lines)),
  };
}

/** That the root type is gone is told by the type. */
function isOwnChange(change: Change, _: number, all: readonly Change[]): boolean {
  return (
    !String(change.type).startsWith("SCHEMA_") || !all.some((other) => String(other.type) === "TYPE_REMOVED")
  );
}

function read(text: string): DocumentNode {
  return text.trim() === ""
    ? { kind: Kind.DOCUMENT, definitions: [] }
    : parse(text, { maxTokens: MAX_TOKENS });
}

/**
 * One file is often a part of the schema. What it extends is taken as defined by it, and what it only mentions as a
 * scalar, in both versions alike.
 */
function schemaOf(document: DocumentNode, other: DocumentNode): GraphQLSchema {
  const defined = definedNames(document);
  const definitions = document.definitions.map((node): DefinitionNode => {
    if (!isTypeExtensionNode(node) || defined.has(node.name.value)) return node;
    defined.add(node.name.value);
    // Both forms hold the same, but for their kind: `ObjectTypeExtension` → `ObjectTypeDefinition`.
    return { ...node, kind: node.kind.replace("Extension", "Definition") } as DefinitionNode;
  });
  const definedThere = definedNames(other);
  const elsewhere = [...mentionedNames(other)].filter((name) => !definedThere.has(name));
  const missing = new Set([...mentionedNames(document), ...elsewhere].filter((name) => !defined.has(name)));
  const scalars = [...missing].map(
    (name): DefinitionNode => ({
      kind: Kind.SCALAR_TYPE_DEFINITION,
      name: { kind: Kind.NAME, value: name },
    }),
  );
  return buildASTSchema({ ...document, definitions: [...definitions, ...scalars] }, { assumeValidSDL: true });
}

function definedNames(document: DocumentNode): Set<string> {
  const defined = new Set<string>(specifiedScalarTypes.map((type) => type.name));
  for (const node of document.definitions) if (isTypeDefinitionNode(node)) defined.add(node.name.value);
  return defined;
}

function mentionedNames(document: DocumentNode): Set<string> {
  const mentioned = new Set<string>();
  visit(document, { NamedType: (node) => void mentioned.add(node.name.value) });
  return mentioned;
}

/** "Type", "Type.field", "Type.field.argument" → its line. */
function linesOf(document: DocumentNode): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const put = (
    path: string,
    node: {
      readonly name: { readonly loc?: { readonly startToken: { readonly line: number } } | undefined };
    },
  ) => {
    const line = node.name.loc?.startToken.line;
    if (line !== undefined && !lines.has(path)) lines.set(path, line);
  };
  for (const node of document.definitions) {
    if (node.kind === Kind.DIRECTIVE_DEFINITION) put(`@${node.name.value}`, node);
    if (!isTypeDefinitionNode(node) && !isTypeExtensionNode(node)) continue;
    const type = node.name.value;
    put(type, node);
    if ("values" in node) for (const value of node.values ?? []) put(`${type}.${value.name.value}`, value);
    if (!("fields" in node)) continue;
    for (const field of node.fields ?? []) {
      put(`${type}.${field.name.value}`, field);
      if (!("arguments" in field)) continue;
      for (const argument of field.arguments ?? [])
        put(`${type}.${field.name.value}.${argument.name.value}`, argument);
    }
  }
  return lines;
}

const BREAKING: ReadonlyMap<string, string> = new Map([
  ["FIELD_REMOVED", "graphql-field-removed"],
  ["FIELD_TYPE_CHANGED", "graphql-field-type-changed"],
  ["FIELD_ARGUMENT_ADDED", "graphql-argument-required"],
  ["FIELD_ARGUMENT_REMOVED", "graphql-argument-removed"],
  ["FIELD_ARGUMENT_TYPE_CHANGED", "graphql-argument-type-changed"],
  ["INPUT_FIELD_ADDED", "graphql-input-field-required"],
  ["INPUT_FIELD_REMOVED", "graphql-input-field-removed"],
  ["INPUT_FIELD_TYPE_CHANGED", "graphql-input-field-type-changed"],
  ["TYPE_REMOVED", "graphql-type-removed"],
  ["TYPE_KIND_CHANGED", "graphql-type-removed"],
  ["ENUM_VALUE_REMOVED", "graphql-enum-value-removed"],
  ["UNION_MEMBER_REMOVED", "graphql-union-member-removed"],
]);
/** Optional arguments and fields count as dangerous, too, and break nobody: they are left out. */
const DANGEROUS: ReadonlyMap<string, string> = new Map([
  ["ENUM_VALUE_ADDED", "graphql-enum-value-added"],
  ["UNION_MEMBER_ADDED", "graphql-union-member-added"],
  ["FIELD_ARGUMENT_DEFAULT_CHANGED", "graphql-default-changed"],
  ["INPUT_FIELD_DEFAULT_VALUE_CHANGED", "graphql-default-changed"],
]);

function breakOf(
  change: Change,
  lines: Readonly<Record<"LEFT" | "RIGHT", ReadonlyMap<string, number>>>,
): readonly ContractBreak[] {
  const type = String(change.type);
  const rule = ruleOf(type, change.criticality.level);
  if (rule === null) return [];
  const side = type.endsWith("_REMOVED") ? "LEFT" : "RIGHT";
  const path = change.path ?? "";
  const line = lines[side].get(path) ?? lines[side].get(path.split(".")[0] ?? "") ?? 1;
  return [{ rule, side, line, subject: path === "" ? change.message : path }];
}

function ruleOf(type: string, level: CriticalityLevel): string | null {
  // Uses of directives inside the schema are nothing that a client sees.
  if (type.startsWith("DIRECTIVE_USAGE")) return null;
  if (level === CriticalityLevel.Breaking) return BREAKING.get(type) ?? "graphql-other-break";
  return level === CriticalityLevel.Dangerous ? (DANGEROUS.get(type) ?? null) : null;
}
