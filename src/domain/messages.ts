/** Every sentence that people read on GitHub. */
import { createHash } from "node:crypto";
import { coverageCounts, type FileCoverage } from "./coverage.ts";
import { codeBlock, codeSpan, safeLine, safeMarkdown } from "./markdown.ts";
import { PASSES, SEVERITY_TAG } from "./pass.ts";
import { countBySeverity, ownFindings, type Review, type ReviewFinding } from "./review.ts";
import { coversAllPasses } from "./scope.ts";
import { cacheShare, isPriced, PRICES_AS_OF } from "./usage.ts";

/** GitHub refuses a body over 65,536 characters; the rest is room for the marker. */
const MAX_BODY_CHARACTERS = 64_000;
const MAX_LISTED_FILES = 200;

/** Where the reader can see a line: null at a door without pages. */
export type Links =
  | { readonly pullRequestUrl: null }
  /** `headUrl` is the folder of the head commit's files: `…/owner/name/blob/<sha>`. */
  | { readonly pullRequestUrl: string; readonly headUrl: string };

/** Findings that earlier reviews already posted inline are named, not repeated. */
export interface Posted {
  readonly stillOpen: ReadonlySet<string>;
}

const NOTHING_POSTED: Posted = { stillOpen: new Set() };

export function reviewBody(review: Review, links: Links, posted: Posted = NOTHING_POSTED): string {
  const sections = [
    [`**${verdict(review)}**`, countLine(review), safeMarkdown(review.summary)]
      .filter((part) => part !== "")
      .join("\n\n"),
    listSection(
      "What is good",
      review.praise.map((text) => `- ${oneParagraph(safeMarkdown(text))}`),
    ),
    findingsSection(
      "Findings without a line in this diff",
      review.findings.filter((one) => one.summaryReason === "outside the diff"),
      links,
    ),
    findingsSection(
      "More findings",
      review.findings.filter((one) => one.summaryReason === "over the limit"),
      links,
    ),
    findingsSection(
      "Findings whose line GitHub did not accept",
      review.findings.filter((one) => one.summaryReason === "refused by GitHub"),
      links,
    ),
    findingsSection(
      "Not from this change",
      review.findings.filter((one) => one.summaryReason === "pre-existing"),
      links,
    ),
    heldBackLine(review),
    diagramSection(review),
    coverageSection(review),
    actionSection(review, links, posted),
  ];
  return fitBody(sections.filter((section) => section !== "").join("\n\n"));
}

function heldBackLine(review: Review): string {
  const held = review.findings.filter((one) => one.summaryReason === "held back").length;
  return held === 0
    ? ""
    : `${held} nit${plural(held)} ${held === 1 ? "is" : "are"} not shown until the findings above are settled.`;
}

/** Made by our own code from the parsed schema, names reduced to letters, digits and underscores. */
function diagramSection({ erDiagram }: Review): string {
  return erDiagram === null ? "" : `### Schema after this change\n\n\`\`\`mermaid\n${erDiagram}\n\`\`\``;
}

function verdict(review: Review): string {
  const counts = countBySeverity(review.findings);
  const incomplete = review.complete ? "" : " This review is incomplete: see Coverage.";
  if (counts.critical > 0) return `Fix before merging.${incomplete}`;
  if (review.reading.kind === "checks") return CHECKS_ONLY[review.reading.because];
  if (!review.complete) return incomplete.trim();
  if (counts.suggestion > 0) return "No blockers, but there are defects that should be fixed.";
  if (counts.nit > 0) return "Good to merge; only small remarks.";
  return review.coverage.files.some((file) => file.state === "reviewed")
    ? "No findings."
    : "Nothing to review.";
}

const CHECKS_ONLY = {
  asked: "Checks only: no model has read this change, as asked.",
  "no key": "Checks only: no model has read this change, because no `ANTHROPIC_API_KEY` is set.",
} as const;

function countLine(review: Review): string {
  const counts = countBySeverity(review.findings);
  const parts = [
    `🔴 ${counts.critical} critical`,
    `🟡 ${counts.suggestion} suggestion${plural(counts.suggestion)}`,
    `🟢 ${counts.nit} nit${plural(counts.nit)}`,
  ];
  return parts.join(" · ");
}

function plural(count: number): string {
  return count === 1 ? "" : "s";
}

/** One inline comment, without its marker. A nit is folded: its title says enough to pass it by. */
export function commentBody(finding: ReviewFinding): string {
  const also = finding.alsoFoundBy.length === 0 ? "" : ` (also ${finding.alsoFoundBy.join(", ")})`;
  const button = finding.proof?.kind === "proven" ? suggestionBlock(finding.proof.text) : "";
  const details = [
    safeMarkdown(finding.why),
    fixPart(finding.fix),
    button === "" ? exampleOf(finding) : "",
    finding.rule === null ? "" : `<sub>built-in check ${codeSpan(finding.rule)}</sub>`,
  ].filter((part) => part !== "");
  const head = `${SEVERITY_TAG[finding.severity]} · ${finding.pass}${also} — ${safeLine(finding.title)}`;
  const parts =
    finding.severity === "nit" ? [head, folded("Why and how", details.join("\n\n"))] : [head, ...details];
  // Half a suggestion would be a button that breaks the file, so what is cut is the words.
  const words = fitBody(
    parts.filter((part) => part !== "").join("\n\n"),
    MAX_BODY_CHARACTERS - button.length,
  );
  return button === "" ? words : `${words}\n\n${button}`;
}

function folded(summary: string, text: string): string {
  return text === "" ? "" : `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
}

/** GitHub's button. The text goes in as it was proven; its fence is longer than any run of backticks inside. */
function suggestionBlock(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}suggestion\n${text}\n${fence}`;
}

/**
 * A fence, list, quote or table begins on a line of its own: behind the label its first mark would be text, and what a
 * fence holds would be set free.
 */
function fixPart(fix: string): string {
  const safe = safeMarkdown(fix);
  if (safe === "") return "";
  return /^(?:`{3}|~{3}|[->|]|\d+[.)] )/.test(safe) ? `**Fix:**\n\n${safe}` : `**Fix:** ${safe}`;
}

/** Code that nobody has proven to apply is an example, never a button; it is left out where the fix already shows code. */
function exampleOf(finding: ReviewFinding): string {
  if (finding.suggestion === null || finding.suggestion.trim() === "" || /^\s*(```|~~~)/m.test(finding.fix))
    return "";
  return codeBlock("", finding.suggestion);
}

function oneParagraph(text: string): string {
  return text.replace(/\n{2,}/g, "\n").replaceAll("\n", "\n  ");
}

function listSection(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `### ${title}\n\n${items.join("\n")}`;
}

function findingsSection(title: string, findings: readonly ReviewFinding[], links: Links): string {
  if (findings.length === 0) return "";
  const paths = [...new Set(findings.map((finding) => finding.path))];
  const files = paths.map((path) => {
    const items = findings
      .filter((finding) => finding.path === path)
      .map((finding) => findingItem(finding, links));
    return `${codeSpan(path)}\n\n${items.join("\n")}`;
  });
  return `### ${title}\n\n${files.join("\n\n")}`;
}

function findingItem(finding: ReviewFinding, links: Links): string {
  const place = linked(`line ${finding.anchor.line}`, lineUrl(finding, links));
  const text = [
    `${SEVERITY_TAG[finding.severity]} · ${finding.pass} — ${safeLine(finding.title)} (${place})`,
    safeMarkdown(finding.why),
    fixPart(finding.fix),
  ];
  return `- ${text
    .filter((part) => part !== "")
    .join("\n\n")
    .replaceAll("\n", "\n  ")}`;
}

/**
 * The line in the pull request's "Files changed" page, where its comment stands. GitHub's own anchor: the SHA-256 of the
 * path, then R or L and the number. It is known before posting, so that the review needs no second write.
 */
function lineUrl(finding: ReviewFinding, links: Links): string | null {
  if (links.pullRequestUrl === null) return null;
  const { line, side } = finding.anchor;
  if (finding.placement === "outside") return `${links.headUrl}/${encodePath(finding.path)}#L${line}`;
  const file = createHash("sha256").update(finding.path).digest("hex");
  return `${links.pullRequestUrl}/files#diff-${file}${side === "LEFT" ? "L" : "R"}${line}`;
}

/** `?` and `#` are characters of a name here. */
function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function linked(text: string, url: string | null): string {
  return url === null ? text : `[${text}](${url})`;
}

function coverageSection(review: Review): string {
  const { files, gaps } = review.coverage;
  const problems = files.filter((file) => file.state !== "reviewed");
  const reasonText = onceEach(safeLine);
  const passes = coversAllPasses(review.scope)
    ? `${PASSES.length} passes`
    : `only ${review.scope.passes.join(", ")}`;
  const lines = [
    `${coverageCounts(review.coverage)} · ${passes}`,
    // Nothing stands before it in its line, so what looks like a heading or list would be one.
    ...gaps.map((gap) => `- ${oneParagraph(safeMarkdown(gap))}`),
    ...review.notes.map((note) => `- ${oneParagraph(safeMarkdown(note))}`),
    ...problems.slice(0, MAX_LISTED_FILES).map((file) => coverageItem(file, reasonText)),
    ...(problems.length > MAX_LISTED_FILES
      ? [`- … and ${problems.length - MAX_LISTED_FILES} more files not reviewed in full`]
      : []),
  ];
  const [first = "", ...rest] = lines;
  const list =
    rest.length > 8
      ? `<details><summary>Files not reviewed in full</summary>\n\n${rest.join("\n")}\n\n</details>`
      : rest.join("\n");
  return `### Coverage\n\n${[first, list, `<sub>${usageLine(review)}</sub>`].filter((part) => part !== "").join("\n\n")}`;
}

function coverageItem(file: FileCoverage, reasonText: (reason: string) => string): string {
  return `- ${codeSpan(file.path)}: ${file.state}${file.reason === null ? "" : `, ${reasonText(file.reason)}`}`;
}

/** Many files share a reason, and to parse Markdown takes 200 kB a sentence. */
function onceEach(write: (text: string) => string): (text: string) => string {
  const written = new Map<string, string>();
  return (text) => {
    const known = written.get(text) ?? write(text);
    written.set(text, known);
    return known;
  };
}

/** `claude-sonnet-5-5 · 11 calls · 48,210 tokens in (72 % cached), 1,930 out · $0.05 · 41 s`. */
export function usageLine(
  review: Pick<Review, "model" | "usage" | "durationMs" | "depth" | "reading">,
): string {
  const seconds = `${(review.durationMs / 1000).toFixed(1)} s`;
  if (review.reading.kind === "checks") return `built-in checks only · no model called · ${seconds}`;
  const { usage } = review;
  const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  const money = isPriced(review.model)
    ? `$${usage.costUsd.toFixed(usage.costUsd < 0.1 ? 4 : 2)} (prices of ${PRICES_AS_OF})`
    : "price of this model unknown";
  return [
    review.model,
    review.depth,
    `${usage.calls} call${plural(usage.calls)}`,
    `${input.toLocaleString("en")} tokens in (${Math.round(cacheShare(usage) * 100)} % cached), ${usage.outputTokens.toLocaleString("en")} out`,
    money,
    seconds,
  ].join(" · ");
}

/** One imperative line a finding, criticals first; the JSON report carries the same. */
export function actionItems(review: Review): readonly string[] {
  return ownFindings(review).map(
    (finding) => `${ACTION[finding.severity]}: ${finding.title} (${finding.path}:${finding.anchor.line})`,
  );
}
const ACTION = { critical: "Must fix", suggestion: "Should fix", nit: "Optional" } as const;

function actionSection(review: Review, links: Links, posted: Posted): string {
  const shown = ownFindings(review).filter((finding) => finding.summaryReason !== "held back");
  const items = shown.map((finding, at) => {
    const where = linked(codeSpan(`${finding.path}:${finding.anchor.line}`), lineUrl(finding, links));
    const open = posted.stillOpen.has(finding.id) ? " (still open from an earlier review)" : "";
    return `${at + 1}. ${SEVERITY_TAG[finding.severity]} ${safeLine(finding.title)} — ${where}${open}`;
  });
  return items.length === 0 ? "### Action items\n\nNone." : `### Action items\n\n${items.join("\n")}`;
}

/** What does not fit is cut at a line end, with open fences and details closed, and the cut is said. */
export function fitBody(body: string, limit = MAX_BODY_CHARACTERS): string {
  if (body.length <= limit) return body;
  const note = "\n\n_The rest did not fit into one GitHub comment; `plumbline review` shows all of it._";
  const room = body.slice(0, limit - note.length - 200);
  // At a line end, because half a code span would set free what stands in it.
  const end = room.lastIndexOf("\n");
  const kept = (end > 0 ? room.slice(0, end) : room).toWellFormed().replace(/\uFFFD$/, "");
  const fence = openFence(kept);
  const details =
    (kept.match(/^<details>/gm)?.length ?? 0) > (kept.match(/^<\/details>/gm)?.length ?? 0)
      ? "\n\n</details>"
      : "";
  return `${kept}${fence === null ? "" : `\n${fence}`}${details}${note}`;
}

/** Only a fence at the margin stays open: one in a list or quote ends with it, and closing it would open another. */
function openFence(text: string): string | null {
  let open: string | null = null;
  for (const line of text.split("\n")) {
    const fence = /^(?<marks>`{3,})/.exec(line)?.groups?.["marks"];
    if (fence === undefined) continue;
    if (open === null) open = fence;
    else if (fence.length >= open.length && line.trim() === fence) open = null;
  }
  return open;
}
