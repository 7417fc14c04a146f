// Compiles schemas of GitHub's OpenAPI 3.0 description with ajv, each on first use.
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

export type Schema = Readonly<Record<string, unknown>>;

export interface Validators {
  /** What is wrong with a value, as "place: message"; null if nothing is. */
  fault(schema: Schema, value: unknown): string | null;
  /** The same for parameters, which arrive as text. */
  textFault(schema: Schema, value: Record<string, unknown>): string | null;
  /** The schema a `$ref` stands for. */
  follow(schema: Schema): Schema;
}

const COMPONENT = "#/components/schemas/";
const BASE = "https://api.github.com/schemas/";

export function createValidators(components: Readonly<Record<string, Schema>>): Validators {
  const strictTypes = createAjv("as they are");
  const coercing = createAjv("coerced");
  const compiled = {
    strict: new Map<Schema, ValidateFunction>(),
    coercing: new Map<Schema, ValidateFunction>(),
  };

  const adopted = new Map<Ajv, Set<string>>();

  function compile(ajv: Ajv, memory: Map<Schema, ValidateFunction>, schema: Schema): ValidateFunction {
    const known = memory.get(schema);
    if (known) return known;
    const fresh = ajv.compile(adopt(ajv, schema));
    memory.set(schema, fresh);
    return fresh;
  }

  /** Rewrites a schema for ajv and registers the components it refers to; those may refer to each other in circles. */
  function adopt(ajv: Ajv, schema: Schema): Schema {
    return rewrite(schema, (name) => {
      const component = components[name];
      const begun = adopted.get(ajv) ?? new Set();
      if (begun.has(name) || !component) return;
      adopted.set(ajv, begun.add(name));
      ajv.addSchema(adopt(ajv, component), BASE + name);
    });
  }

  return {
    fault: (schema, value) => firstFault(compile(strictTypes, compiled.strict, schema), value),
    textFault: (schema, value) => firstFault(compile(coercing, compiled.coercing, schema), value),
    follow(schema) {
      const reference = schema.$ref;
      const name = typeof reference === "string" ? reference.slice(COMPONENT.length) : "";
      return components[name] ?? schema;
    },
  };
}

function createAjv(types: "as they are" | "coerced"): Ajv {
  const ajv = new Ajv({ strict: false, logger: false, coerceTypes: types === "coerced" ? "array" : false });
  addFormats.default(ajv);
  return ajv;
}

function firstFault(validate: ValidateFunction, value: unknown): string | null {
  if (validate(value)) return null;
  // With anyOf the last error only says that nothing matched; the first one says why.
  const error = validate.errors?.[0];
  const allowed: unknown = error?.params.allowedValues;
  const detail = Array.isArray(allowed) ? ` (${allowed.join(", ")})` : "";
  return `${error?.instancePath || "/"}: ${error?.message ?? "is not valid"}${detail}`;
}

// Where a schema may hold other schemas. Everything else is copied as it is.
const ONE = ["items", "not", "additionalProperties"] as const;
const MANY = ["allOf", "anyOf", "oneOf"] as const;

/** OpenAPI 3.0 says `nullable: true` where JSON Schema says `type: [..., "null"]`. */
function rewrite(schema: Schema, need: (component: string) => void): Schema {
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.slice(COMPONENT.length);
    need(name);
    return orNull({ $ref: BASE + name }, schema.nullable === true);
  }
  const { nullable, discriminator: _discriminator, example: _example, properties, ...rest } = schema;
  const copy: Record<string, unknown> = { ...rest };
  for (const key of ONE) {
    if (isSchema(copy[key])) copy[key] = rewrite(copy[key], need);
  }
  for (const key of MANY) {
    const list = copy[key];
    if (Array.isArray(list)) copy[key] = list.map((one: Schema) => rewrite(one, need));
  }
  if (isSchema(properties)) {
    const entries = Object.entries(properties).map(([key, value]) => [key, rewrite(value as Schema, need)]);
    copy.properties = Object.fromEntries(entries) as unknown;
  }
  return orNull(copy, nullable === true);
}

function orNull(schema: Schema, isNullable: boolean): Schema {
  return isNullable ? { anyOf: [schema, { type: "null" }] } : schema;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
