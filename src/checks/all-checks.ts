/** Every built-in check, wired. */
import type { Checks } from "../review/checks.ts";
import { builtInChecks } from "./built-in-checks.ts";
import { loadRules } from "./rule-library.ts";
import { structureCheck } from "./structure.ts";

export function allChecks(): Checks {
  return builtInChecks([structureCheck(loadRules())]);
}
