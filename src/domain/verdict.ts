/** What the sceptic made of a finding, and which findings it is asked about together. */
import type { Depth } from "./depth.ts";
import type { VerdictReply } from "./finding.ts";
import type { PlacedFinding } from "./merge.ts";
import { compareSeverity } from "./pass.ts";

export type Verdict =
  | { readonly kind: "upheld" }
  | { readonly kind: "weaker"; readonly severity: PlacedFinding["severity"]; readonly reason: string }
  | { readonly kind: "refuted"; readonly reason: string }
  /** It was not asked about: a built-in check found it, or the depth leaves it out. */
  | { readonly kind: "unasked" }
  /** It was to be asked about, and no answer came: it stands as it is, and the review says that it is not verified. */
  | { readonly kind: "unverified"; readonly reason: string };

/** Where each finding that needs a verdict is put to the sceptic alone or with others of its chunk. */
export function groupsToVerify(
  findings: readonly PlacedFinding[],
  depth: Depth,
): readonly (readonly PlacedFinding[])[] {
  const asked = findings.filter((finding) => finding.rule === null && needsVerdict(finding, depth));
  const alone = asked.filter((finding) => depth === "deep" || finding.severity === "critical");
  const together = asked.filter((finding) => !alone.includes(finding));
  return [...alone.map((finding) => [finding]), ...(together.length > 0 ? [together] : [])];
}

/** A blocked merge is worth a second look at any depth. */
function needsVerdict(finding: PlacedFinding, depth: Depth): boolean {
  return depth !== "quick" || finding.severity === "critical";
}

const MAX_REASON_CHARACTERS = 600;

/** Verdicts by place in the group; one that the reply leaves out is no verdict, and one twice counts as it stands first. */
export function readVerdicts(group: readonly PlacedFinding[], reply: VerdictReply): readonly Verdict[] {
  return group.map((finding, at): Verdict => {
    const given = reply.verdicts.find(({ number }) => number === at + 1);
    if (given === undefined) return { kind: "unverified", reason: "the sceptic's reply left it out" };
    const reason = given.reason.slice(0, MAX_REASON_CHARACTERS);
    if (given.verdict === "refuted") return { kind: "refuted", reason };
    const isWeaker = compareSeverity(given.severity, finding.severity) > 0;
    return isWeaker ? { kind: "weaker", severity: given.severity, reason } : { kind: "upheld" };
  });
}

/** The finding as it stands after its verdict, or null when it does not. */
export function afterVerdict(finding: PlacedFinding, verdict: Verdict): PlacedFinding | null {
  if (verdict.kind === "refuted") return null;
  return verdict.kind === "weaker" ? { ...finding, severity: verdict.severity } : finding;
}
