/** The checks of this folder that read schemas, contracts and dependencies, with the one parser thread that they share. */
import type { Advisories } from "./advisories.ts";
import type { Check } from "./check.ts";
import { dependenciesCheck } from "./dependencies.ts";
import { graphQlCheck } from "./graphql-schema.ts";
import { migrationsCheck } from "./migrations.ts";
import { openApiCheck } from "./openapi.ts";
import type { ParserThread } from "./parser-thread.ts";
import { protobufCheck } from "./protobuf.ts";

/** `advisories` is null where the look-up of known vulnerabilities is off. */
export function schemaChecks(thread: ParserThread, advisories: Advisories | null): readonly Check[] {
  return [
    migrationsCheck(thread),
    openApiCheck(thread),
    graphQlCheck(thread),
    protobufCheck(thread),
    dependenciesCheck(advisories),
  ];
}
