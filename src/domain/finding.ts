/** What a finding is, the JSON that the model must give for it, and the fingerprint by which it is known again. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Side } from "./diff.ts";
import { PASSES, type Pass, SEVERITIES, type Severity } from "./pass.ts";
import { clip, stripInvisible } from "./untrusted-text.ts";

/**
 * The reply of one pass. Field order is the order in which the model writes: place and quote first, judgement after.
 * Structured output knows no lengths and no ranges, so those are enforced in `acceptReply`.
 */
const claimSchema = z.object({
  path: z.string().describe("Path exactly as in the diff tag"),
  side: z
    .enum(["RIGHT", "LEFT"])
    .describe("RIGHT: line numbers of the head version; LEFT: a deleted line, base numbers"),
  start_line: z.int().describe("First line; equal to line for one line"),
  line: z.int().describe("Last line"),
  evidence: z
    .string()
    .describe("One to three whole lines, verbatim from the diff, without numbers and marks"),
  severity: z.enum(SEVERITIES),
  title: z.string().describe("The fact in one line of at most 80 characters"),
  why: z.string().describe("Concrete trigger and its consequence"),
  fix: z.string().describe("What to do, with short code where it helps"),
  suggestion: z
    .string()
    .nullable()
    .describe("Replacement for exactly these lines of the head version, or null"),
  pre_existing: z.boolean().describe("True when the defect was there before this change"),
});

export const passReplySchema = z.object({ findings: z.array(claimSchema) });
export type PassReply = z.infer<typeof passReplySchema>;

/** The reply where one question holds several lenses: each finding says which one it belongs to. */
export const lensesReplySchema = z.object({
  findings: z.array(z.object({ pass: z.enum(PASSES), ...claimSchema.shape })),
});
type LensesReply = z.infer<typeof lensesReplySchema>;

/** The sceptic's reply: one verdict for each claim that it was given, by number. */
export const verdictReplySchema = z.object({
  verdicts: z.array(
    z.object({
      number: z.int().describe("Number of the claim"),
      reason: z.string().describe("What the code shows: the decisive lines and what follows from them"),
      verdict: z.enum(["upheld", "weaker", "refuted"]),
      severity: z
        .enum(SEVERITIES)
        .describe("What the proven consequence deserves; never higher than claimed"),
      pre_existing: z.boolean().describe("True when the defect was there before this change"),
    }),
  ),
});
export type VerdictReply = z.infer<typeof verdictReplySchema>;

/** Which of the listed findings describe one and the same defect. */
export const duplicatesReplySchema = z.object({
  groups: z.array(z.array(z.int()).describe("Numbers of findings that one and the same repair would settle")),
});

export const summaryReplySchema = z.object({
  summary: z.string().describe("Two or three sentences on the quality of the change and its main risk"),
  praise: z.array(z.string()).describe("At most three specific good things; usually empty"),
});
export type SummaryReply = z.infer<typeof summaryReplySchema>;

/** A claim about the code, bounded and cleaned; where it belongs in the diff is decided in `placement.ts`. */
export interface Finding {
  readonly pass: Pass;
  /** Other passes that reported the same defect. */
  readonly alsoFoundBy: readonly Pass[];
  readonly severity: Severity;
  readonly path: string;
  readonly side: Side;
  /** As claimed by the model: may be anything. */
  readonly startLine: number;
  readonly line: number;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly suggestion: string | null;
  readonly evidence: string;
  readonly preExisting: boolean;
  /** The built-in check that found it, such as "sql-injection-concat"; null when the model did. */
  readonly rule: string | null;
}

/** A reply with more is not a review but a dump; the rest is counted as dropped. */
const MAX_FINDINGS_PER_REPLY = 40;
const MAX_TITLE = 160;
const MAX_PROSE = 4_000;
const MAX_CODE = 8_000;
/** No file system takes a longer one. */
const MAX_PATH = 4_096;

export interface AcceptedReply {
  readonly findings: readonly Finding[];
  /** Findings beyond what one reply may hold. */
  readonly surplus: number;
}

export function acceptReply(reply: PassReply, pass: Pass): AcceptedReply {
  return accept(reply.findings.map((raw) => ({ ...raw, pass })));
}

export function acceptLensesReply(reply: LensesReply): AcceptedReply {
  return accept(reply.findings);
}

function accept(claims: LensesReply["findings"]): AcceptedReply {
  const findings = claims.slice(0, MAX_FINDINGS_PER_REPLY).map((raw) => toFinding(raw, raw.pass));
  return { findings, surplus: claims.length - findings.length };
}

function toFinding(raw: PassReply["findings"][number], pass: Pass): Finding {
  return {
    pass,
    alsoFoundBy: [],
    severity: raw.severity,
    path: raw.path.slice(0, MAX_PATH),
    side: raw.side,
    startLine: Math.min(raw.start_line, raw.line),
    line: raw.line,
    title: clip(asserted(oneLine(raw.title)), MAX_TITLE) || "Untitled finding",
    why: clip(stripInvisible(raw.why).trim(), MAX_PROSE),
    fix: clip(asserted(stripInvisible(raw.fix).trim()), MAX_PROSE),
    // A suggestion must be whole or absent: cut code is worse than none.
    suggestion:
      raw.suggestion === null || raw.suggestion.length > MAX_CODE ? null : raw.suggestion.toWellFormed(),
    evidence: withoutMargin(raw.evidence.slice(0, MAX_CODE)).toWellFormed(),
    preExisting: raw.pre_existing,
    rule: null,
  };
}

/** Line numbers and marks that the model copied along are no code, and would change the fingerprint when lines move. */
function withoutMargin(quote: string): string {
  const lines = quote.split("\n");
  const numbered = lines.every((line) => line.trim() === "" || COPIED_MARGIN.test(line));
  return numbered ? lines.map((line) => line.replace(COPIED_MARGIN, "")).join("\n") : quote;
}
const COPIED_MARGIN = /^\s*L?\s*\d+ \|[ +-] ?/;

const HEDGE =
  /^(?:you (?:might|may|could) (?:want|wish|like) to|(?:please )?consider(?: to)?|(?:i(?:'d| would) )?(?:suggest|recommend)(?: to)?|it (?:might|may|could) be (?:worth|better to|good to)|perhaps|maybe)[\s,:]+(?=\S)/i;

/** A fix is said as what to do: the polite run-up before it carries nothing. */
function asserted(text: string): string {
  const bare = text.replace(HEDGE, "");
  return bare === text ? text : bare.charAt(0).toUpperCase() + bare.slice(1);
}

function oneLine(text: string): string {
  return stripInvisible(text).replace(/\s+/g, " ").trim();
}

/** Quoted code, comparable: white space folded, empty edges gone. */
export function normaliseCode(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/**
 * Sixteen hex digits that survive moves and rewording: path, pass, the symbol around the code and the code itself, not
 * line or wording. Of a longer quote only the first line counts, because the next run may quote more or less.
 * `occurrence` tells equal ones in one file apart, counted from 0 in line order.
 */
export function fingerprint(
  finding: Pick<Finding, "path" | "pass" | "evidence">,
  symbol: string,
  occurrence: number,
): string {
  const quoted = finding.evidence.split("\n").find((line) => line.trim() !== "") ?? "";
  const parts = [finding.path, finding.pass, symbol, normaliseCode(quoted), String(occurrence)];
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
}
