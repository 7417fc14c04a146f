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

export class RuleFault extends Error {
  override name = "RuleFault";
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
  return rule;
}

function readYaml(file: RuleFile): unknown {
  try {
    return parseYaml(file.content);
  } catch (error) {
    throw new RuleFault(`rules/${file.name}: it is no YAML`, { cause: error });
  }
}
