/** Findings + coverage + usage → one review with its verdict. */
import { type Coverage, isComplete, isWhole } from "./coverage.ts";
import type { Depth } from "./depth.ts";
import type { SummaryReply } from "./finding.ts";
import type { PlacedFinding } from "./merge.ts";
import { SEVERITIES, type Severity } from "./pass.ts";
import type { PullRequest } from "./pull-request.ts";
import { coversAllPasses, type ReviewScope } from "./scope.ts";
import type { SuggestionProof } from "./suggestion.ts";
import { clip, stripInvisible } from "./untrusted-text.ts";
import type { Usage } from "./usage.ts";

/** GitHub documents no limit; large reviews were seen to answer 502, and nobody reads more. */
const MAX_INLINE_COMMENTS = 30;
const MAX_PRAISE = 3;
const MAX_SUMMARY_CHARACTERS = 1_500;
const MAX_PRAISE_CHARACTERS = 400;

/** Why a finding has no inline comment; null when it has one. */
export type SummaryReason =
  | "outside the diff"
  | "pre-existing"
  | "over the limit"
  | "refused by GitHub"
  /** A nit among so many real findings that it would only hide them. */
  | "held back"
  | null;

export interface ReviewFinding extends PlacedFinding {
  readonly summaryReason: SummaryReason;
  /** Null where no replacement was suggested. */
  readonly proof: SuggestionProof | null;
}

/** Who read the change: a model and the built-in checks, or the checks alone, and why so. */
export type Reading =
  | { readonly kind: "model" }
  | { readonly kind: "checks"; readonly because: "asked" | "no key" };

export interface Review {
  readonly base: string;
  readonly head: string;
  readonly model: string;
  readonly scope: ReviewScope;
  readonly depth: Depth;
  readonly reading: Reading;
  readonly summary: string;
  readonly praise: readonly string[];
  /** Most severe first. */
  readonly findings: readonly ReviewFinding[];
  /** Findings whose quote or path was not there: never shown, always counted. */
  readonly dropped: number;
  /** Findings that the sceptic refuted: never shown, always counted. */
  readonly refuted: number;
  readonly coverage: Coverage;
  /** What a reader should know about how the review was made; nothing here makes it incomplete. */
  readonly notes: readonly string[];
  /** Mermaid source of the schema that the change leads to, or null. */
  readonly erDiagram: string | null;
  readonly usage: Usage;
  readonly durationMs: number;
  readonly complete: boolean;
}

export interface ReviewParts {
  readonly pullRequest: PullRequest;
  readonly model: string;
  readonly scope: ReviewScope;
  readonly depth: Depth;
  readonly reading: Reading;
  readonly words: SummaryReply;
  readonly findings: readonly PlacedFinding[];
  /** By the id of the finding. */
  readonly proofs: ReadonlyMap<string, SuggestionProof>;
  readonly dropped: number;
  readonly refuted: number;
  readonly coverage: Coverage;
  readonly notes: readonly string[];
  readonly erDiagram: string | null;
  readonly usage: Usage;
  readonly durationMs: number;
}

export function composeReview(parts: ReviewParts): Review {
  const findings = chooseInline(parts.findings, parts.proofs);
  const said = clip(stripInvisible(parts.words.summary).trim(), MAX_SUMMARY_CHARACTERS);
  return {
    base: parts.pullRequest.baseSha,
    head: parts.pullRequest.headSha,
    model: parts.model,
    scope: parts.scope,
    depth: parts.depth,
    reading: parts.reading,
    summary: said === "" ? plainSummary(findings, parts.coverage) : said,
    praise: parts.words.praise
      .map((text) => clip(stripInvisible(text).trim(), MAX_PRAISE_CHARACTERS))
      .filter((text) => text !== "")
      .slice(0, MAX_PRAISE),
    findings,
    dropped: parts.dropped,
    refuted: parts.refuted,
    coverage: parts.coverage,
    notes: parts.notes,
    erDiagram: parts.erDiagram,
    usage: parts.usage,
    durationMs: parts.durationMs,
    complete: isComplete(parts.coverage),
  };
}

/** With so many real findings nobody reads a nit, and each nit makes it likelier that a real one is overlooked. */
const NIT_ROOM = 5;

/** The most severe ones go inline; what GitHub would refuse, what is old and what is too much goes to the summary. */
function chooseInline(
  findings: readonly PlacedFinding[],
  proofs: ReadonlyMap<string, SuggestionProof>,
): readonly ReviewFinding[] {
  const real = findings.filter(({ severity, preExisting }) => severity !== "nit" && !preExisting).length;
  let inline = 0;
  return findings.map((finding) => {
    const proof = proofs.get(finding.id) ?? null;
    const reason = summaryReasonOf(finding, real, inline);
    if (reason === null) inline += 1;
    return { ...finding, proof, summaryReason: reason };
  });
}

function summaryReasonOf(finding: PlacedFinding, real: number, inline: number): SummaryReason {
  if (finding.preExisting) return "pre-existing";
  if (finding.severity === "nit" && real >= NIT_ROOM) return "held back";
  if (finding.placement === "outside") return "outside the diff";
  return inline >= MAX_INLINE_COMMENTS ? "over the limit" : null;
}

/** The same review with these findings in the summary instead of at their lines. */
export function withoutInline(review: Review, refused: ReadonlySet<string>): Review {
  const findings = review.findings.map((finding) =>
    refused.has(finding.id) && finding.summaryReason === null
      ? { ...finding, summaryReason: "refused by GitHub" as const }
      : finding,
  );
  return { ...review, findings };
}

/** For when the model says nothing: the bare facts. */
function plainSummary(findings: readonly ReviewFinding[], coverage: Coverage): string {
  if (coverage.files.length === 0 && coverage.gaps.length === 0) return "There are no changes to review.";
  if (!coverage.files.some((file) => file.state === "reviewed" || file.state === "partial"))
    return isComplete(coverage)
      ? "There is nothing to review: none of the changed files holds code to read (see coverage)."
      : "None of the changed files was reviewed.";
  const counts = countBySeverity(findings);
  if (counts.critical > 0) return "The change has defects that must be fixed before it is merged.";
  if (counts.suggestion > 0) return "The change has defects that should be fixed.";
  return counts.nit > 0
    ? "The change is sound; what is left are small improvements."
    : "No defects were found in the reviewed changes.";
}

/** Findings that this change answers for: pre-existing ones are never counted. */
export function ownFindings(review: Review): readonly ReviewFinding[] {
  return review.findings.filter((finding) => !finding.preExisting);
}

export function countBySeverity(
  findings: readonly { readonly severity: Severity; readonly preExisting: boolean }[],
): Readonly<Record<Severity, number>> {
  const count = (severity: Severity) =>
    findings.filter((finding) => finding.severity === severity && !finding.preExisting).length;
  return { critical: count("critical"), suggestion: count("suggestion"), nit: count("nit") };
}

/** True when a finding of this change is at or above the given severity. */
export function reaches(review: Review, floor: Severity): boolean {
  const wanted = SEVERITIES.slice(0, SEVERITIES.indexOf(floor) + 1);
  return ownFindings(review).some((finding) => wanted.includes(finding.severity));
}

export type CheckConclusion = "success" | "failure" | "neutral";

/** Success asserts that every file of this head was read in all passes and nothing critical is open. */
export function checkConclusion(review: Review): CheckConclusion {
  if (countBySeverity(review.findings).critical > 0) return "failure";
  return review.complete && isWhole(review.coverage) && coversAllPasses(review.scope) ? "success" : "neutral";
}
