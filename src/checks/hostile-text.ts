/** Text that hides from people, or that is addressed to an automated reviewer: found in added lines, reported, believed never. */
import { hiddenTextFindings } from "../domain/hidden-text.ts";
import { reviewerBait } from "../domain/reviewer-bait.ts";
import type { Check } from "./check.ts";

export function hostileTextCheck(): Check {
  return {
    name: "hostile text",
    concerns: () => true,
    run: async ({ files }) => {
      const diffs = files.map(({ diff }) => diff);
      const bait = reviewerBait({ title: "", description: "", commits: [], headRef: "", files: diffs });
      return { findings: [...hiddenTextFindings(diffs), ...bait.findings], skips: [], erDiagram: null };
    },
  };
}
