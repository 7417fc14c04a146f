/** A review as SARIF 2.1.0, which code hosts and editors read. */
import { safeMarkdown } from "./markdown.ts";
import { PASSES, type Severity } from "./pass.ts";
import type { Review, ReviewFinding } from "./review.ts";

const LEVEL: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  critical: "error",
  suggestion: "warning",
  nit: "note",
};

export function toSarif(review: Review, version: string) {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Plumbline",
            version,
            rules: PASSES.map((pass) => ({
              id: pass,
              name: pass,
              shortDescription: { text: `Findings of the ${pass} pass` },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: review.complete,
            toolExecutionNotifications: gapsOf(review).map((text) => ({ level: "note", message: { text } })),
          },
        ],
        results: review.findings.map(toResult),
      },
    ],
  };
}

function gapsOf({ coverage }: Review): readonly string[] {
  const files = coverage.files.filter((file) => file.state !== "reviewed");
  return [
    ...coverage.gaps,
    ...files.map((file) => `${file.path}: ${file.state}, ${file.reason ?? "no reason given"}`),
  ];
}

function toResult(finding: ReviewFinding) {
  return {
    ruleId: finding.pass,
    ruleIndex: PASSES.indexOf(finding.pass),
    level: LEVEL[finding.severity],
    message: {
      text: `${finding.title}\n\n${finding.why}`,
      markdown: `**${safeMarkdown(finding.title)}**\n\n${safeMarkdown(finding.why)}\n\n${safeMarkdown(finding.fix)}`,
    },
    partialFingerprints: { "plumbline/v1": finding.id },
    // A deleted line has no place in the head version that SARIF describes; the file still does.
    locations: [
      { physicalLocation: { artifactLocation: { uri: encodePath(finding.path) }, ...region(finding) } },
    ],
    properties: { preExisting: finding.preExisting, placement: finding.placement },
  };
}

function region(finding: ReviewFinding) {
  return finding.anchor.side === "LEFT"
    ? {}
    : { region: { startLine: finding.anchor.startLine, endLine: finding.anchor.line } };
}

function encodePath(path: string): string {
  return path.toWellFormed().split("/").map(encodeURIComponent).join("/");
}
