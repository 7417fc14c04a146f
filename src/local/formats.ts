/** One review in the four forms that `--format` names. */

import { codeSpan } from "../domain/markdown.ts";
import { commentBody, reviewBody } from "../domain/messages.ts";
import { toReport } from "../domain/report.ts";
import type { Review, ReviewFinding } from "../domain/review.ts";
import { toSarif } from "../domain/sarif.ts";
import { type Paint, renderReview } from "./terminal.ts";

export const FORMATS = ["pretty", "json", "markdown", "sarif"] as const;
export type Format = (typeof FORMATS)[number];

export function renderAs(format: Format, review: Review, paint: Paint, version: string): string {
  switch (format) {
    case "pretty":
      return renderReview(review, paint);
    case "json":
      return json(toReport(review));
    case "sarif":
      return json(toSarif(review, version));
    case "markdown":
      return renderMarkdown(review);
  }
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The summary as it would be posted, then the inline comments, each under its place. */
function renderMarkdown(review: Review): string {
  const comments = review.findings
    .filter((finding) => finding.summaryReason === null)
    .map((finding) => `#### ${place(finding)}\n\n${commentBody(finding)}`);
  const inline = comments.length === 0 ? [] : ["### Inline comments", ...comments];
  return `${[reviewBody(review, { pullRequestUrl: null }), ...inline].join("\n\n")}\n`;
}

function place(finding: ReviewFinding): string {
  const { startLine, line, side } = finding.anchor;
  return `${codeSpan(`${finding.path}:${startLine === line ? line : `${startLine}-${line}`}`)}${side === "LEFT" ? " (deleted line)" : ""}`;
}
