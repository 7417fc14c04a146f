/** The check for GraphQL schemas, and its rules. */
import type { Check } from "./check.ts";
import { contractCheck } from "./contract.ts";
import type { ParserThread } from "./parser-thread.ts";
import type { Rule } from "./rule-finding.ts";

export const GRAPHQL_RULES = {
  "graphql-type-removed": {
    pass: "architecture",
    severity: "critical",
    title: "Type removed or of another kind",
    why: "A client built against the old schema that names it in a fragment or variable has its whole query refused.",
    fix: "Keep the type and deprecate the fields that lead to it first.",
  },
  "graphql-field-removed": {
    pass: "architecture",
    severity: "critical",
    title: "Field removed",
    why: "A client built against the old schema that selects it has its whole query refused, not this field alone.",
    fix: "Mark it `@deprecated(reason: …)`, and remove it when its use has ended.",
  },
  "graphql-field-type-changed": {
    pass: "architecture",
    severity: "critical",
    title: "Type of a field changed",
    why: "A client built against the old schema reads the old type: typed clients fail on the answer, and selections may no longer fit.",
    fix: "Add a field of the new type beside it and deprecate this one.",
  },
  "graphql-argument-required": {
    pass: "architecture",
    severity: "critical",
    title: "New argument is required",
    why: "A client built against the old schema does not send it, so its query is refused.",
    fix: "Make it nullable, or give it a default that keeps the old behaviour.",
  },
  "graphql-argument-removed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Argument removed",
    why: "A client built against the old schema that sends it has its query refused.",
    fix: "Keep accepting it, and mark it `@deprecated`.",
  },
  "graphql-argument-type-changed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Type of an argument changed",
    why: "A client built against the old schema declares its variable with the old type, and the query is refused.",
    fix: "Add an argument of the new type beside it.",
  },
  "graphql-input-field-required": {
    pass: "architecture",
    severity: "critical",
    title: "New input field is required",
    why: "A client built against the old schema does not send it, so its mutation is refused.",
    fix: "Make it nullable, or give it a default that keeps the old behaviour.",
  },
  "graphql-input-field-removed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Input field removed",
    why: "A client built against the old schema that sends it has its mutation refused.",
    fix: "Keep accepting it, and mark it `@deprecated`.",
  },
  "graphql-input-field-type-changed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Type of an input field changed",
    why: "A client built against the old schema sends the old type, and its mutation is refused.",
    fix: "Add a field of the new type beside it.",
  },
  "graphql-enum-value-removed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Enum value removed",
    why: "A client built against the old schema that sends it is refused, and one that waits for it waits in vain.",
    fix: "Mark it `@deprecated`, and go on accepting it.",
  },
  "graphql-union-member-removed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Member of a union removed",
    why: "A client built against the old schema has a fragment on it, and the query is refused.",
    fix: "Keep it in the union until no client asks for it.",
  },
  "graphql-enum-value-added": {
    pass: "architecture",
    severity: "suggestion",
    title: "Enum value added",
    why: "A typed client built against the old schema that switches over all values meets one that it does not know, if a response may hold it.",
    fix: "Make sure that clients have a default branch, or send the value only to those that ask for it.",
  },
  "graphql-union-member-added": {
    pass: "architecture",
    severity: "suggestion",
    title: "Member of a union added",
    why: "A client built against the old schema has no fragment for it, and gets an empty object.",
    fix: "Make sure that clients pass over what they do not know.",
  },
  "graphql-default-changed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Default of an argument or input field changed",
    why: "A client built against the old schema that leaves it out gets another behaviour without having changed.",
    fix: "Keep the default, or add a new argument.",
  },
  "graphql-other-break": {
    pass: "architecture",
    severity: "suggestion",
    title: "Breaking change of the schema",
    why: "A query of a client built against the old schema may no longer be valid.",
    fix: "Keep the old form beside the new one and deprecate it.",
  },
} as const satisfies Readonly<Record<string, Rule>>;

export function graphQlCheck(thread: ParserThread): Check {
  return contractCheck(
    {
      name: "graphql",
      parser: "graphql",
      concerns: (path) =>
        /\.(?:graphqls?|gql)$/i.test(path) &&
        !/(?:^|\/)(?:node_modules|vendor|tests?|fixtures?)\//i.test(path),
      recognises: (text) =>
        /^(?:extend\s+)?(?:type|input|interface|enum|union|scalar|schema|directive)\b/m.test(text) &&
        !/^(?:query|mutation|subscription|fragment)\b/m.test(text),
      rules: GRAPHQL_RULES,
      maxBytes: 1024 * 1024,
    },
    thread,
  );
}
