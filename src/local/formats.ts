/** One review in the four forms that `--format` names. */

import { commentBody } from "../domain/comment-words.ts";
import { codeSpan } from "../domain/markdown.ts";
import { reviewBody } from "../domain/messages.ts";
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

/** DEL, C1 controls (U+009B begins an escape sequence, too), bidirectional marks: JSON itself lets them through. */
const RAW_IN_JSON = /[\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;

/** What the code and the model wrote is in here verbatim, and yet a terminal that shows it is not moved by it. */
export function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replace(
    RAW_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${text}\n`;
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
