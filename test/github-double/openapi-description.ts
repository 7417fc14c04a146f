// Reads GitHub's OpenAPI description: which operation an address belongs to, and what it takes and gives.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createValidators, isSchema, type Schema, type Validators } from "./openapi-schema.ts";

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly "x-multi-segment"?: boolean;
}

interface Described {
  readonly $ref?: string;
  readonly required?: boolean;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Description {
  readonly "x-webhooks": Readonly<Record<string, { readonly post: { readonly requestBody: Described } }>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, Described>>;
  };
}

export interface Operation {
  readonly template: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly path: Schema;
  readonly query: Schema;
  readonly requestBody: Described | null;
  readonly responses: Readonly<Record<string, Described>>;
}

export interface Contract {
  readonly validators: Validators;
  webhook(event: string, action: string): Schema | null;
  find(method: string, path: string): { operation: Operation; params: Record<string, string> } | null;
}

export function loadContract(): Contract {
  // Only this file: the package's own index would load 385 MB of dereferenced copies.
  const index = createRequire(import.meta.url).resolve("@octokit/openapi");
  const text = readFileSync(join(dirname(index), "generated/api.github.com.json"), "utf8");
  const description = JSON.parse(text) as Description; // the schema of GitHub's own release
  correct(description);
  const operations = new Map<string, Operation | null>();
  // The most literal template first: `/commits/{ref}/check-runs` before `/commits/{ref}`.
  const templates = Object.keys(description.paths).toSorted((a, b) => literalLength(b) - literalLength(a));
  return {
    validators: createValidators(description.components.schemas),
    webhook(event, action) {
      const described = description["x-webhooks"][`${event}-${action}`.replaceAll("_", "-")];
      return described?.post.requestBody.content?.["application/json"]?.schema ?? null;
    },
    find(method, path) {
      for (const template of templates) {
        const key = `${method} ${template}`;
        if (!operations.has(key)) operations.set(key, readOperation(description, method, template));
        const operation = operations.get(key);
        const match = operation?.pattern.exec(path);
        if (!operation || !match) continue;
        const entries = operation.names.map((name, index) => [
          name,
          decodeURIComponent(match[index + 1] ?? ""),
        ]);
        return { operation, params: Object.fromEntries(entries) as Record<string, string> };
      }
      return null;
    },
  };
}

/** Where the description itself is wrong. Each is put right in place, so that the rest of the schema still counts. */
const CORRECTIONS: readonly {
  readonly at: readonly string[];
  readonly by: Schema;
  readonly reason: string;
}[] = [
  ...["pull-request", "pull-request-simple"].map((name) => ({
    at: ["components", "schemas", name, "properties", "head", "properties", "repo"],
    by: { $ref: "#/components/schemas/nullable-repository" },
    reason: "`head.repo` is null after the fork was deleted",
  })),
  {
    at: [
      "components",
      "schemas",
      "webhook-pull-request-synchronize",
      "properties",
      "pull_request",
      "properties",
      "head",
      "properties",
      "repo",
    ],
    by: { type: "object", nullable: true },
    reason: "the same, which the descriptions of the other actions know",
  },
  ...["pull-request-review-comment", "review-comment"].flatMap((name) =>
    ["line", "original_line", "position"].map((key) => ({
      at: ["components", "schemas", name, "properties", key],
      by: { type: "integer", nullable: true },
      reason: "null for a file comment and, except `original_line`, for an outdated one",
    })),
  ),
  {
    at: "paths /app/installations get responses 200 content application/json schema items properties account".split(
      " ",
    ),
    by: { $ref: "#/components/schemas/simple-user" },
    reason: "asks for a user and an enterprise at once (allOf for anyOf)",
  },
];

function correct(description: Description): void {
  for (const { at, by, reason } of CORRECTIONS) {
    let place: unknown = description;
    for (const key of at.slice(0, -1)) place = isSchema(place) ? place[key] : undefined;
    const last = at.at(-1) ?? "";
    if (!isSchema(place) || !isSchema(place[last]))
      throw new Error(`no longer there: ${at.join(" ")} (${reason})`);
    Object.assign(place, { [last]: by });
  }
}

function readOperation(description: Description, method: string, template: string): Operation | null {
  const described = description.paths[template]?.[method.toLowerCase()];
  if (!isSchema(described)) return null;
  const { parameters, responses } = description.components;
  const own = ((described.parameters ?? []) as Parameter[]).map((one) => follow(one, parameters));
  const many = new Set(own.filter((one) => one["x-multi-segment"] === true).map((one) => one.name));
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const source = template
    .replaceAll(".", "\\.")
    .replace(/\{(\w+)\}/g, (_, name: string) => (many.has(name) ? "(.*)" : "([^/]+)"));
  const answers = Object.entries(described.responses as Record<string, Described>);
  return {
    template,
    pattern: new RegExp(`^${source}$`),
    names,
    path: parametersSchema(own.filter((one) => one.in === "path")),
    query: parametersSchema(own.filter((one) => one.in === "query")),
    requestBody: (described.requestBody as Described | undefined) ?? null,
    responses: Object.fromEntries(answers.map(([status, one]) => [status, follow(one, responses)])),
  };
}

function parametersSchema(parameters: readonly Parameter[]): Schema {
  return {
    type: "object",
    properties: Object.fromEntries(parameters.map((one) => [one.name, one.schema])),
    required: parameters.filter((one) => one.required === true).map((one) => one.name),
    additionalProperties: false,
  };
}

function follow<T extends { readonly $ref?: string }>(value: T, components: Readonly<Record<string, T>>): T {
  const name = value.$ref?.split("/").at(-1);
  return (name === undefined ? undefined : components[name]) ?? value;
}

function literalLength(template: string): number {
  return template.replace(/\{\w+\}/g, "").length;
}
