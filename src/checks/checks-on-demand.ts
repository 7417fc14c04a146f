/** The built-in checks, whose parsers and rules are loaded with the first review: an idle server does without them. */
import type { Checks } from "../review/checks.ts";

export function checksOnDemand(): () => Promise<Checks> {
  let loading: Promise<Checks> | null = null;
  return () => {
    loading ??= import("./all-checks.ts").then(({ allChecks }) => allChecks());
    return loading;
  };
}
