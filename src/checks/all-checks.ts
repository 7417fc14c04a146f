/** Every built-in check, wired: what `plumbline review --no-model` runs, and what the passes are told before they read. */
import type { Checks } from "../review/checks.ts";
import { builtInChecks } from "./built-in-checks.ts";
import { hostileTextCheck } from "./hostile-text.ts";
import { createParserThread, PARSER_LIMITS } from "./parser-thread.ts";
import { loadRules } from "./rule-library.ts";
import { schemaChecks } from "./schema-checks.ts";
import { secretsCheck } from "./secrets.ts";
import { REVIEW_LIMITS, structureCheck } from "./structure.ts";

/** No look-up of known vulnerabilities: it would tell a third party what a private repository depends on. */
const NO_ADVISORIES = null;

/** Reads the rules once: to be called once a process. */
export function allChecks(): Checks {
  const rules = loadRules().filter((rule) => rule.enabled);
  const parsers = createParserThread(PARSER_LIMITS);
  return builtInChecks([
    secretsCheck(),
    hostileTextCheck(),
    structureCheck(rules, REVIEW_LIMITS),
    ...schemaChecks(parsers, NO_ADVISORIES),
  ]);
}
