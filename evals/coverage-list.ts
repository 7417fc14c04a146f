/** What the set must cover: the items of the review method, each with one case or more. */

export const STACKS = ["node-typescript", "python", "java-spring", "go", "rust"] as const;

export const COVERED = [
  "security-checklist:input-validation",
  "security-checklist:parameterized-queries",
  "security-checklist:authentication",
  "security-checklist:authorization",
  "security-checklist:secrets",
  "security-checklist:cors",
  "security-checklist:rate-limits",
  "security-checklist:request-size",
  "security-checklist:sensitive-logging",
  "security-checklist:dependencies",
  "security-checklist:https",
  "security-checklist:security-headers",
  "anti-pattern:god-service",
  "anti-pattern:stringly-typed",
  "anti-pattern:shotgun-surgery",
  "anti-pattern:premature-abstraction",
  "anti-pattern:cargo-cult",
  "anti-pattern:rethrow-without-context",
  "anti-pattern:implicit-dependency",
  "anti-pattern:untested-public-function",
  "lens:api",
  "lens:database",
  "lens:architecture",
] as const;
