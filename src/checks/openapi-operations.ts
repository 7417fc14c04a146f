/** The operations of an OpenAPI (3.x) or Swagger (2.0) document, in one shape for both. */
import type { Tree } from "./openapi-document.ts";

export interface Parameter {
  readonly name: string;
  readonly where: string;
  readonly required: boolean;
  readonly schema: Tree;
  readonly line: number;
}

export interface Operation {
  /** Such as "GET /users/{id}". */
  readonly name: string;
  /** The same whatever the path's parameters are called. */
  readonly key: string;
  readonly line: number;
  readonly deprecated: boolean;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly schema: Tree; readonly required: boolean; readonly line: number } | null;
  readonly responses: readonly { readonly status: string; readonly schema: Tree; readonly line: number }[];
  readonly security: Security;
}

/** `inherited`: it says nothing itself. `open`: no requirement, or an empty one among them. `public`: `security: []`. */
export type Security = "inherited" | "required" | "open" | "public";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

export function readOperations(root: Tree): ReadonlyMap<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const { key: path, value: item } of root.get("paths").entries()) {
    for (const { key: method, line, value } of item.entries()) {
      if (!METHODS.includes(method)) continue;
      const operation = readOperation({ path, method, line, item, value });
      operations.set(operation.key, operation);
    }
  }
  return operations;
}

interface Raw {
  readonly path: string;
  readonly method: string;
  readonly line: number;
  readonly item: Tree;
  readonly value: Tree;
}

function readOperation({ path, method, line, item, value }: Raw): Operation {
  // The operation's own parameters replace those of its path.
  const all = [...value.get("parameters").items(), ...item.get("parameters").items()];
  const parameters = all.filter((parameter) => parameter.get("in").text() !== "body").map(readParameter);
  const verb = method.toUpperCase();
  return {
    name: `${verb} ${path}`,
    key: `${verb} ${path.replace(/\{[^}]*\}/g, "{}")}`,
    line,
    deprecated: value.get("deprecated").text() === "true",
    parameters: parameters.filter(
      (one, at) =>
        parameters.findIndex((other) => other.where === one.where && other.name === one.name) === at,
    ),
    body: readBody(value, all),
    responses: value
      .get("responses")
      .entries()
      .map((response) => ({
        status: response.key,
        line: response.line,
        schema: contentSchema(response.value),
      })),
    security: readSecurity(value.get("security")),
  };
}

function readParameter(parameter: Tree): Parameter {
  const schema = parameter.get("schema");
  return {
    name: parameter.get("name").text() ?? "",
    where: parameter.get("in").text() ?? "",
    required: parameter.get("required").text() === "true",
    // Swagger 2.0 writes the type into the parameter itself.
    schema: schema.node === null ? parameter : schema,
    line: parameter.line,
  };
}

function readBody(operation: Tree, parameters: readonly Tree[]): Operation["body"] {
  const body = operation.get("requestBody");
  const old = parameters.find((parameter) => parameter.get("in").text() === "body");
  const tree = body.node === null ? old : body;
  if (tree === undefined) return null;
  const required = tree.get("required").text() === "true";
  return { schema: contentSchema(tree), required, line: tree.line };
}

function contentSchema(tree: Tree): Tree {
  const media = tree.get("content").entries();
  const json = media.find(({ key }) => /json/i.test(key)) ?? media[0];
  return json === undefined ? tree.get("schema") : json.value.get("schema");
}

export function readSecurity(security: Tree): Security {
  if (security.node === null) return "inherited";
  const alternatives = security.items();
  if (alternatives.length === 0) return "public";
  return alternatives.some((one) => one.entries().length === 0) ? "open" : "required";
}
