/** Every built-in check, wired: what `plumbline review --no-model` runs, and what the passes are told before they read. */
import type { Checks } from "../review/checks.ts";
import { builtInChecks } from "./built-in-checks.ts";
import { dependenciesCheck } from "./dependencies.ts";
import { graphQlCheck } from "./graphql-schema.ts";
import { hostileTextCheck } from "./hostile-text.ts";
import { migrationsCheck } from "./migrations.ts";
import { openApiCheck } from "./openapi.ts";
import { createParserThread, PARSER_LIMITS } from "./parser-thread.ts";
import { protobufCheck } from "./protobuf.ts";
import { loadRules } from "./rule-library.ts";
import { secretsCheck } from "./secrets.ts";
import { REVIEW_LIMITS, structureCheck } from "./structure.ts";

/** No look-up of known vulnerabilities: it would tell a third party what a private repository depends on. */
const NO_ADVISORIES = null;

export function allChecks(): Checks {
  const thread = createParserThread(PARSER_LIMITS);
  return builtInChecks([
    secretsCheck(),
    hostileTextCheck(),
    structureCheck(
      loadRules().filter((rule) => rule.enabled),
      REVIEW_LIMITS,
    ),
    migrationsCheck(thread),
    openApiCheck(thread),
    graphQlCheck(thread),
    protobufCheck(thread),
    dependenciesCheck(NO_ADVISORIES),
  ]);
}
