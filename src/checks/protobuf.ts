/** The check for Protocol Buffers, and its rules. */
import type { Check } from "./check.ts";
import { contractCheck } from "./contract.ts";
import type { ParserThread } from "./parser-thread.ts";
import type { Rule } from "./rule-finding.ts";

export const PROTOBUF_RULES = {
  "protobuf-number-reused": {
    pass: "architecture",
    severity: "critical",
    title: "Field number used for something else",
    why: "A peer built against the old definition, and every message that is stored, has another meaning under this number: it is read as wrong data, without an error.",
    fix: "Give the new field a number that was never used, and put the old one under `reserved`.",
  },
  "protobuf-number-changed": {
    pass: "architecture",
    severity: "critical",
    title: "Field number changed",
    why: "A peer built against the old definition, and every message that is stored, has this field under the old number: its value is lost on the way.",
    fix: "Keep the number.",
  },
  "protobuf-type-changed": {
    pass: "architecture",
    severity: "critical",
    title: "Type of a field changed",
    why: "A peer built against the old definition encodes it the old way: the message cannot be read, or is read as another value.",
    fix: "Add a field of the new type under a new number, and deprecate this one.",
  },
  "protobuf-label-changed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Field changed between single and repeated",
    why: "A peer built against the old definition keeps the last element only, or cannot read packed numbers.",
    fix: "Add a new field under a new number.",
  },
  "protobuf-field-renamed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Field renamed",
    why: "The binary form stays; a client that uses the JSON form (REST gateways, logs) no longer finds it, and code generated anew does not compile with its callers.",
    fix: "Keep the name, or set `json_name` to the old one.",
  },
  "protobuf-removed-without-reserved": {
    pass: "architecture",
    severity: "suggestion",
    title: "Field removed without reserving its number",
    why: "Whoever uses the number again later makes peers built against the old definition, and stored messages, read wrong data.",
    fix: "Add `reserved` with the number and the name.",
  },
  "protobuf-message-removed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Message or enum removed",
    why: "A peer built against the old definition still sends it, and files that import this one do not compile.",
    fix: "Keep it as deprecated until nobody imports it.",
  },
  "protobuf-enum-value-removed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Enum value removed without reserving its number",
    why: "A peer built against the old definition still sends it, and a new value under the number would mean something else to it.",
    fix: "Add `reserved` with the number and the name.",
  },
  "protobuf-enum-value-renamed": {
    pass: "architecture",
    severity: "suggestion",
    title: "Enum value renamed",
    why: "The binary form stays; a client that uses the JSON form sends and expects the old name.",
    fix: "Keep the old name as an alias with `allow_alias`.",
  },
  "protobuf-enum-value-renumbered": {
    pass: "architecture",
    severity: "critical",
    title: "Number of an enum value changed",
    why: "A peer built against the old definition, and every message that is stored, means another value by the number.",
    fix: "Keep the number.",
  },
  "protobuf-rpc-removed": {
    pass: "architecture",
    severity: "critical",
    title: "Method or service removed",
    why: "A client built against the old definition still calls it, and gets UNIMPLEMENTED.",
    fix: "Keep it with `option deprecated = true;` until nobody calls it.",
  },
  "protobuf-rpc-changed": {
    pass: "architecture",
    severity: "critical",
    title: "Types or streaming of a method changed",
    why: "A client built against the old definition sends the old request and reads the old response: calls fail, or are read as wrong data.",
    fix: "Add a new method beside it.",
  },
  "protobuf-package-changed": {
    pass: "architecture",
    severity: "critical",
    title: "Package changed",
    why: "The package is part of every method's path and of every `Any`: a client built against the old definition gets UNIMPLEMENTED for all of them.",
    fix: "Keep the package, or serve both for a while.",
  },
} as const satisfies Readonly<Record<string, Rule>>;

export function protobufCheck(thread: ParserThread): Check {
  return contractCheck(
    {
      name: "protobuf",
      parser: "protobuf",
      concerns: (path) =>
        /\.proto$/i.test(path) &&
        !/(?:^|\/)(?:node_modules|vendor|third_party|tests?|fixtures?)\//i.test(path),
      recognises: () => true,
      rules: PROTOBUF_RULES,
      maxBytes: 1024 * 1024,
    },
    thread,
  );
}
