/** The structural rules of `rules/`, which stands beside `src/` and `dist/`: read once, checked as they are read. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { PASSES, SEVERITIES } from "../domain/pass.ts";
import { RULE_LANGUAGES } from "./languages.ts";

/** A rule object of ast-grep (https://ast-grep.github.io/reference/rule.html); the parser itself checks what is in it. */
const matcher = z.record(z.string(), z.unknown());

const ruleSchema = z.strictObject({
  /** The same as its file's name. */
  id: z.string().regex(/^[a-z][a-z0-9-]+$/),
  /** The fact in one line. */
  title: z.string().min(1).max(100),
  languages: z.array(z.enum(RULE_LANGUAGES)).min(1),
  pass: z.enum(PASSES),
  severity: z.enum(SEVERITIES),
  why: z.string().min(1),
  fix: z.string().min(1),
  /** Off where it was wrong too often, or fires more than twice in 1,000 changed lines. */
  enabled: z.boolean(),
  /** Findings in 1,000 changed lines of its languages, measured with scripts/rule-rates.ts; null before that. */
  rate: z.number().nonnegative().nullable(),
  /** Whether it also reads tests, examples and documents. */
  tests: z.enum(["skipped", "included"]).default("skipped"),
  /** A regular expression, in any case: the rule is not tried on a file without a match. Saves a walk through its tree. */
  mentions: z.string().optional(),
  rule: matcher,
  constraints: z.record(z.string(), matcher).optional(),
  utils: z.record(z.string(), matcher).optional(),
  examples: z.strictObject({ bad: z.array(z.string()).min(2), good: z.array(z.string()).min(3) }),
});

export type StructuralRule = Readonly<z.infer<typeof ruleSchema>>;

export interface RuleFile {
  readonly name: string;
  readonly content: string;
}

class RuleFault extends Error {
  override name = "RuleFault";
}

/**
 * The parser compiles a rule anew for every file. Classes of Unicode make that ten times as slow, and code is written in
 * ASCII: `\\w`, `\\d`, `\\s` and `\\b` mean their ASCII forms.
 */
function inAscii(matcher: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(matcher).map(([key, value]) => [
      key,
      key === "regex" && typeof value === "string" ? asciiClasses(value) : inner(value),
    ]),
  );
}

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inner);
  // What YAML gives is plain data: an object here is a mapping.
  return typeof value === "object" && value !== null ? inAscii(value as Record<string, unknown>) : value;
}

const ASCII = { w: "0-9A-Za-z_", d: "0-9", s: "\\t\\n\\r " } as const;

function asciiClasses(regex: string): string {
  let inClass = false;
  return regex.replace(/\\[\s\S]|[[\]]/g, (token) => {
    if (token === "[" || token === "]") {
      inClass = token === "[";
      return token;
    }
    if (token === "\\b") return "(?-u:\\b)";
    const letter = token.charAt(1);
    if (letter !== "w" && letter !== "d" && letter !== "s") return token;
    return inClass ? ASCII[letter] : `[${ASCII[letter]}]`;
  });
}

const FOLDER = fileURLToPath(new URL("../../rules/", import.meta.url));

/** @throws RuleFault naming the file and what is wrong with it. */
export function loadRules(folder = FOLDER): readonly StructuralRule[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".yml"));
  return parseRules(names.map((name) => ({ name, content: readFileSync(join(folder, name), "utf8") })));
}

/** Sorted by id. */
export function parseRules(files: readonly RuleFile[]): readonly StructuralRule[] {
  return files.map(parseRule).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function parseRule(file: RuleFile): StructuralRule {
  const parsed = ruleSchema.safeParse(readYaml(file));
  if (!parsed.success) throw new RuleFault(`rules/${file.name}: ${z.prettifyError(parsed.error)}`);
  const rule = parsed.data;
  if (file.name !== `${rule.id}.yml`)
    throw new RuleFault(`rules/${file.name}: its id is ${rule.id}, so its name must be ${rule.id}.yml`);
  const { constraints, utils } = rule;
  return {
    ...rule,
    rule: inAscii(rule.rule),
    ...(constraints === undefined ? {} : { constraints: mapValues(constraints) }),
    ...(utils === undefined ? {} : { utils: mapValues(utils) }),
  };
}

function mapValues(
  matchers: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Record<string, Record<string, unknown>> {
  return Object.fromEntries(Object.entries(matchers).map(([name, value]) => [name, inAscii(value)]));
}

function readYaml(file: RuleFile): unknown {
  try {
    return parseYaml(file.content);
  } catch (error) {
    throw new RuleFault(`rules/${file.name}: it is no YAML`, { cause: error });
  }
}
