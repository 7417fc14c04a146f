/** A review as one JSON object: the contract of `plumbline review --format json`. */
import { z } from "zod";
import { DEPTHS } from "./depth.ts";
import { actionItems } from "./messages.ts";
import { PASSES, SEVERITIES } from "./pass.ts";
import type { Review, ReviewFinding } from "./review.ts";

const REPORT_VERSION = 1;

const findingSchema = z.strictObject({
  id: z
    .string()
    .describe("Fingerprint: the same defect has the same id in the next run and behind both doors"),
  pass: z.enum(PASSES),
  rule: z
    .string()
    .nullable()
    .describe("The built-in check that found it, such as sql-injection-concat; null when the model did"),
  severity: z.enum(SEVERITIES),
  path: z.string(),
  line: z.int().positive(),
  start_line: z.int().positive().nullable().describe("Null for one line"),
  side: z.enum(["RIGHT", "LEFT"]),
  placement: z.enum(["inline", "file", "summary"]),
  title: z.string(),
  why: z.string(),
  fix: z.string(),
  suggestion: z
    .string()
    .nullable()
    .describe(
      "Replacement for exactly these lines of the head version, applied and parsed before it is given; else null",
    ),
  evidence: z.string().describe("Verbatim quote of the code"),
  pre_existing: z.boolean(),
});

const reportSchema = z.strictObject({
  version: z.literal(REPORT_VERSION),
  base: z.string().describe("Commit that the diff starts from"),
  head: z.string(),
  model: z.string(),
  depth: z.enum(DEPTHS).describe("How thoroughly it was read, after the budget had its say"),
  summary: z.string(),
  praise: z.array(z.string()),
  findings: z.array(findingSchema).describe("Most severe first"),
  action_items: z.array(z.string()).describe("Criticals first"),
  coverage: z.strictObject({
    files: z.array(
      z.strictObject({
        path: z.string(),
        state: z.enum(["reviewed", "partial", "skipped", "failed"]),
        reason: z.string().nullable(),
      }),
    ),
    gaps: z.array(z.string()).describe("What was not covered and belongs to no single file"),
    notes: z
      .array(z.string())
      .describe("How the review was made, where a reader should know; nothing here makes it incomplete"),
  }),
  dropped_findings: z
    .int()
    .nonnegative()
    .describe("Findings whose quote was not in the code: never shown, always counted"),
  refuted_findings: z
    .int()
    .nonnegative()
    .describe("Findings that a second look at the code refuted: never shown, always counted"),
  usage: z.strictObject({
    calls: z.int().nonnegative(),
    input_tokens: z.int().nonnegative(),
    output_tokens: z.int().nonnegative(),
    cache_read_tokens: z.int().nonnegative(),
    cache_write_tokens: z.int().nonnegative(),
    cost_usd: z.number().nonnegative(),
    duration_ms: z.int().nonnegative(),
  }),
  complete: z
    .boolean()
    .describe("False when something failed or was not covered: then no findings does not mean clean"),
});
export type Report = z.infer<typeof reportSchema>;

export function toReport(review: Review): Report {
  const { usage } = review;
  return {
    version: REPORT_VERSION,
    base: review.base,
    head: review.head,
    model: review.model,
    depth: review.depth,
    summary: review.summary,
    praise: [...review.praise],
    findings: review.findings.map(toReportFinding),
    action_items: [...actionItems(review)],
    coverage: {
      files: review.coverage.files.map(({ path, state, reason }) => ({ path, state, reason })),
      gaps: [...review.coverage.gaps],
      notes: [...review.notes],
    },
    dropped_findings: review.dropped,
    refuted_findings: review.refuted,
    usage: {
      calls: usage.calls,
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cache_read_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      cost_usd: Number(usage.costUsd.toFixed(6)),
      duration_ms: Math.round(review.durationMs),
    },
    complete: review.complete,
  };
}

function toReportFinding(finding: ReviewFinding): Report["findings"][number] {
  const { anchor } = finding;
  return {
    id: finding.id,
    pass: finding.pass,
    rule: finding.rule,
    severity: finding.severity,
    path: finding.path,
    line: anchor.line,
    start_line: anchor.startLine === anchor.line ? null : anchor.startLine,
    side: anchor.side,
    placement: finding.summaryReason === null ? "inline" : "summary",
    title: finding.title,
    why: finding.why,
    fix: finding.fix,
    suggestion: finding.proof?.kind === "proven" ? finding.proof.text : null,
    evidence: finding.evidence,
    pre_existing: finding.preExisting,
  };
}

/** The schema that is shipped as `report.schema.json`; a test compares the two. */
export function reportJsonSchema(): unknown {
  return { title: "Plumbline review report", ...z.toJSONSchema(reportSchema) };
}
