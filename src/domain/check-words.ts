/** What a check run says: one line that tells the verdict and, where the review is not whole, why. */
import type { FileCoverage } from "./coverage.ts";
import { safeLine } from "./markdown.ts";
import { checkConclusion, countBySeverity, type Review } from "./review.ts";
import { coversAllPasses } from "./scope.ts";
import { showInvisible } from "./untrusted-text.ts";

export const CHECK_NAME = "Plumbline";
export const CHECK_RUNNING = {
  title: "Reviewing",
  summary: "Five passes: security, correctness, architecture, performance, maintainability.",
} as const;

/** GitHub shows about this much of a title in the list of checks. */
const MAX_TITLE = 140;

/** `1 critical, 2 suggestions; incomplete: 1 of 4 files failed (…)`. */
export function checkTitle(review: Review): string {
  const counts = countBySeverity(review.findings);
  const found = [
    counts.critical > 0 ? `${counts.critical} critical` : "",
    counts.suggestion > 0 ? counted(counts.suggestion, "suggestion") : "",
    counts.nit > 0 ? counted(counts.nit, "nit") : "",
  ].filter((part) => part !== "");
  const findings = found.length === 0 ? "no findings" : found.join(", ");
  const gap = checkConclusion(review) === "success" ? null : gapOf(review);
  return titled(gap === null ? findings : `${findings}; ${gap}`);
}

function gapOf(review: Review): string | null {
  if (review.reading.kind === "checks")
    return review.reading.because === "asked" ? "checks only" : "checks only: no ANTHROPIC_API_KEY is set";
  const { files, gaps } = review.coverage;
  const of = (state: FileCoverage["state"]) => files.filter((file) => file.state === state);
  const [failed, partial, skipped] = [of("failed"), of("partial"), of("skipped")];
  const some = (kind: readonly FileCoverage[]) => `${kind.length} of ${counted(files.length, "file")}`;
  if (failed.length > 0) return `incomplete: ${some(failed)} failed (${failed[0]?.reason ?? ""})`;
  if (partial.length > 0) return `incomplete: ${some(partial)} only in part (${partial[0]?.reason ?? ""})`;
  if (gaps.length > 0) return `incomplete: ${gaps[0] ?? ""}`;
  if (skipped.length > 0) return `${some(skipped)} not reviewed (${skipped[0]?.reason ?? ""})`;
  return coversAllPasses(review.scope) ? null : `only ${review.scope.passes.join(", ")}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function titled(text: string): string {
  const shown = showInvisible(text.replace(/\s+/g, " "));
  const title = `${shown.charAt(0).toUpperCase()}${shown.slice(1)}`;
  return title.length <= MAX_TITLE ? title : `${title.slice(0, MAX_TITLE - 1).toWellFormed()}…`;
}

/** While nothing happens for a reason that may pass. */
export function waitingWords(
  until: string,
  reason: string,
): { readonly title: string; readonly summary: string } {
  return {
    title: titled(`Waiting until ${until}: ${reason}`),
    summary: `${safeLine(reason)}. The review goes on by itself at ${until}; nothing has to be done.`,
  };
}

export function closingTitle(kind: "declined" | "superseded" | "failed", reason: string): string {
  return titled(kind === "failed" ? `Not reviewed: ${reason}` : reason);
}

export function closingSummary(kind: "declined" | "superseded" | "failed", reason: string): string {
  const words = safeLine(reason);
  if (kind !== "failed") return `No review was posted for this head: ${words}.`;
  return `This head was **not** reviewed: ${words}.\n\nNothing was posted. Comment \`/review\` or re-run this check to try again.`;
}

/** Nobody knows how far its review got: it may even have been posted. */
export function abandonedTitle(reason: string): string {
  return titled(`Not finished: ${reason}`);
}

export function abandonedSummary(reason: string): string {
  return `The work on this check has ended early: ${safeLine(reason)}.\n\nUnless a review of this head is posted, it was **not** reviewed. Comment \`/review\` or re-run this check to try again.`;
}
