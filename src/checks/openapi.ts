/** The check for OpenAPI and Swagger documents, and its rules. */
import type { Check } from "./check.ts";
import { contractCheck } from "./contract.ts";
import type { ParserThread } from "./parser-thread.ts";
import type { Rule } from "./rule-finding.ts";

export const OPENAPI_RULES = {
  "openapi-operation-removed": {
    pass: "architecture",
    severity: "critical",
    title: "Operation removed",
    why: "A client built against the old description still calls it, and gets 404 or 405.",
    fix: "Keep it, mark it `deprecated: true`, and remove it in a version that clients choose for themselves.",
  },
  "openapi-deprecated-operation-removed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Deprecated operation removed",
    why: "A client built against the old description that has not moved yet gets 404 or 405.",
    fix: "Make sure from the access logs that nobody calls it any more, and say the removal in the change log.",
  },
  "openapi-parameter-removed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Parameter removed",
    why: "A client built against the old description still sends it: the server refuses it, or ignores it and answers something else than was asked for.",
    fix: "Keep accepting it and mark it `deprecated: true`.",
  },
  "openapi-parameter-required": {
    pass: "architecture",
    severity: "critical",
    title: "Parameter is required now",
    why: "A client built against the old description does not send it, so every one of its requests is refused.",
    fix: "Make it optional with a default that keeps the old behaviour.",
  },
  "openapi-request-field-required": {
    pass: "architecture",
    severity: "critical",
    title: "Request needs more than before",
    why: "A client built against the old description does not send it, so its requests are refused.",
    fix: "Make it optional with a default that keeps the old behaviour.",
  },
  "openapi-enum-narrowed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Fewer values are accepted",
    why: "A client built against the old description that sends one of the values that are gone is refused.",
    fix: "Go on accepting the old values.",
  },
  "openapi-type-changed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Type changed",
    why: "A client built against the old description sends or expects the old type: generated clients fail to parse the answer, or their requests are refused.",
    fix: "Add a new field or parameter of the new type beside the old one.",
  },
  "openapi-response-removed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Response removed",
    why: "A client built against the old description waits for this status and takes another one for a failure.",
    fix: "Keep answering with it, or version the operation.",
  },
  "openapi-response-property-removed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Property removed from a response",
    why: "A client built against the old description that reads it finds nothing there.",
    fix: "Keep it, mark it `deprecated: true`, and remove it in a new version.",
  },
  "openapi-response-property-optional": {
    pass: "architecture",
    severity: "suggestion",
    title: "Property of a response is no longer certain",
    why: "A client built against the old description reads it without looking whether it is there; typed clients fail on the first response without it.",
    fix: "Keep it in `required`, or version the operation.",
  },
  "openapi-response-enum-widened": {
    pass: "architecture",
    severity: "suggestion",
    title: "New value in a response's enum",
    why: "A client built against the old description with a closed enum (most generated ones) fails to read the new value.",
    fix: "Say in the description that values may be added, or send the new one only to clients that ask for it.",
  },
  "openapi-security-removed": {
    pass: "security",
    severity: "critical",
    title: "Authentication no longer required",
    why: "The base asked for credentials here and the head does not: whoever can reach the server can call it.",
    fix: "Put the `security` requirement back. If it is meant to be public, say so with `security: []` and the reason beside it.",
  },
  "openapi-new-endpoint-without-auth": {
    pass: "security",
    severity: "suggestion",
    title: "New operation without authentication",
    why: "The document has security schemes, and neither this operation nor the document as a whole requires one.",
    fix: "Add `security`, or write `security: []` where it is meant to be public.",
  },
  "openapi-new-list-without-pagination": {
    pass: "performance",
    severity: "suggestion",
    title: "New list without pagination",
    why: "The response is an array of everything there is: it grows with the data, and adding pages later breaks clients that expect all of it.",
    fix: "Take `limit` and `cursor` from the start, and bound `limit`.",
  },
  "openapi-new-endpoint-without-errors": {
    pass: "maintainability",
    severity: "suggestion",
    title: "New operation without described errors",
    why: "No 4xx and no `default` response is described, so clients cannot tell what a refusal looks like.",
    fix: "Describe at least one error response that refers to the shared error schema.",
  },
} as const satisfies Readonly<Record<string, Rule>>;

export function openApiCheck(thread: ParserThread): Check {
  return contractCheck(
    {
      name: "openapi",
      parser: "openapi",
      concerns: (path) =>
        /\.(?:ya?ml|json)$/i.test(path) &&
        /(?:openapi|swagger|api|spec|schema|contract)/i.test(path) &&
        !/(?:^|\/)(?:node_modules|vendor|tests?|fixtures?)\/|(?:^|\/)(?:package(?:-lock)?|tsconfig[^/]*)\.json$/i.test(
          path,
        ),
      recognises: (text) => /^[ \t{]*["']?(?:openapi|swagger)["']?[ \t]*:/m.test(text.slice(0, 20_000)),
      rules: OPENAPI_RULES,
      maxBytes: 2 * 1024 * 1024,
    },
    thread,
  );
}
