/** A review for human eyes in a terminal. Nothing that the code or the model wrote can move the cursor or set a colour. */
import { styleText } from "node:util";
import { coverageCounts } from "../domain/coverage.ts";
import { actionItems, usageLine, verdict } from "../domain/messages.ts";
import type { Severity } from "../domain/pass.ts";
import { countBySeverity, type Review, type ReviewFinding } from "../domain/review.ts";
import { showInvisible } from "../domain/untrusted-text.ts";

export type Paint = (style: "bold" | "dim" | "red" | "yellow" | "green" | "cyan", text: string) => string;

/** Colours only where somebody can see them; NO_COLOR and FORCE_COLOR are obeyed by Node itself. */
export function painter(stream: NodeJS.WriteStream): Paint {
  return (style, text) => styleText(style, text, { stream, validateStream: true });
}

const TAG: Readonly<Record<Severity, readonly [icon: string, style: "red" | "yellow" | "green"]>> = {
  critical: ["🔴 CRITICAL", "red"],
  suggestion: ["🟡 SUGGESTION", "yellow"],
  nit: ["🟢 NIT", "green"],
};

export function renderReview(review: Review, paint: Paint): string {
  const counts = countBySeverity(review.findings);
  const blocks = [
    // Backticks are for Markdown.
    paint("bold", verdict(review).replaceAll("`", "")),
    plain(review.summary),
    `🔴 ${counts.critical}  🟡 ${counts.suggestion}  🟢 ${counts.nit}`,
    review.praise.map((text) => `${paint("green", "+")} ${plain(text)}`).join("\n"),
    ...review.findings.map((finding) => renderFinding(finding, paint)),
    renderActions(review, paint),
    renderCoverage(review, paint),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function renderFinding(finding: ReviewFinding, paint: Paint): string {
  const [tag, style] = TAG[finding.severity];
  const range =
    finding.anchor.startLine === finding.anchor.line
      ? `${finding.anchor.line}`
      : `${finding.anchor.startLine}-${finding.anchor.line}`;
  const where = `${plain(finding.path)}:${range}${finding.anchor.side === "LEFT" ? " (deleted line)" : ""}`;
  const note = finding.summaryReason === null ? "" : paint("dim", ` [${finding.summaryReason}]`);
  return [
    `${paint(style, tag)} · ${finding.pass} — ${paint("bold", plain(finding.title))}`,
    `  ${paint("cyan", where)}${note}`,
    ...plain(finding.evidence)
      .split("\n")
      .map((line) => paint("dim", `  │ ${line}`)),
    indent(plain(finding.why)),
    ...(finding.fix === "" ? [] : [indent(`Fix: ${plain(finding.fix)}`)]),
    ...(finding.rule === null ? [] : [paint("dim", `  built-in check ${finding.rule}`)]),
  ].join("\n");
}

function renderActions(review: Review, paint: Paint): string {
  const items = actionItems(review).map((item, at) => `${at + 1}. ${plain(item)}`);
  return items.length === 0 ? "" : `${paint("bold", "Action items")}\n${items.join("\n")}`;
}

function renderCoverage(review: Review, paint: Paint): string {
  const open = review.coverage.files.filter((file) => file.state !== "reviewed");
  const lines = [
    `${paint("bold", "Coverage")}: ${coverageCounts(review.coverage)}${review.complete ? "" : paint("red", " — INCOMPLETE")}`,
    ...[...review.coverage.gaps, ...review.notes].map((said) => `  ${plain(said)}`),
    ...open.map((file) => `  ${plain(file.path)}: ${file.state}, ${plain(file.reason ?? "")}`),
    paint("dim", usageLine(review)),
  ];
  return lines.join("\n");
}

function plain(text: string): string {
  // A return would let the rest of a line overwrite its beginning.
  return text
    .split("\n")
    .map((line) => showInvisible(line.replace(/\r$/, "")).replaceAll("\r", "\\u{D}"))
    .join("\n");
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
}
