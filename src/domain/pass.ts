/** The five passes and their order, which never changes: later passes see what earlier ones reported. */

export const PASSES = ["security", "correctness", "architecture", "performance", "maintainability"] as const;
export type Pass = (typeof PASSES)[number];

export const SEVERITIES = ["critical", "suggestion", "nit"] as const;
export type Severity = (typeof SEVERITIES)[number];

export const SEVERITY_TAG: Readonly<Record<Severity, string>> = {
  critical: "🔴 **CRITICAL**",
  suggestion: "🟡 **SUGGESTION**",
  nit: "🟢 **NIT**",
};

export function isPass(word: string): word is Pass {
  return (PASSES as readonly string[]).includes(word);
}

/** The passes asked for, in review order whatever the order they were named in. */
export function inOrder(passes: readonly Pass[]): readonly Pass[] {
  return PASSES.filter((pass) => passes.includes(pass));
}

/** Negative when `a` is more severe than `b`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}
