/** The built-in checks, whose parsers and rules are loaded at their first use: a command that only shows a plan does without. */
import type { Checks } from "../review/checks.ts";

export function checksOnDemand(): () => Promise<Checks> {
  let loading: Promise<Checks> | null = null;
  return () => {
    loading ??= import("./all-checks.ts").then(({ allChecks }) => allChecks());
    return loading;
  };
}
