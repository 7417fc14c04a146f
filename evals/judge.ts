/** The judge: a separate prompt that sees one finding, the known defects and the change, and says which one it names. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Prompt } from "../src/domain/prompt.ts";
import { clip, nonceFor, quarantine } from "../src/domain/untrusted-text.ts";
import type { Usage } from "../src/domain/usage.ts";
import { type Asking, ask } from "../src/review/asking.ts";
import type { EvalCase, Golden } from "./case-library.ts";
import type { ReportedFinding } from "./run-case.ts";
import type { Verdict } from "./verdict.ts";

const INSTRUCTION = readFileSync(new URL("./judge.md", import.meta.url), "utf8").trim();
/** About 40,000 tokens: a larger change is cut, and what is cut cannot prove a finding. */
const MAX_CHANGE = 120_000;

const judgeReplySchema = z.object({
  reason: z
    .string()
    .describe("One or two sentences: the cause that the finding sees, compared with the defect"),
  golden: z.int().nullable().describe("Number of the known defect that the finding names, or null"),
  also_valid: z.boolean(),
  real: z.boolean().describe("A true defect that a maintainer would want fixed in this pull request"),
});
type JudgeReply = z.infer<typeof judgeReplySchema>;

export type JudgedCase = Pick<EvalCase, "title" | "description" | "golden" | "alsoValid">;

export interface Judgement {
  readonly verdict: Verdict;
  readonly usage: Usage;
}

export async function judge(
  asking: Asking,
  one: JudgedCase,
  change: string,
  finding: ReportedFinding,
): Promise<Judgement> {
  const answer = await ask(asking, {
    prompt: judgePrompt(one, change, finding),
    reply: judgeReplySchema,
    desk: null,
    tools: "none",
    onStarted: () => undefined,
  });
  const verdict: Verdict =
    answer.kind === "failed"
      ? { kind: "unjudged", reason: answer.failure.reason }
      : toVerdict(answer.value, one.golden.length);
  return { verdict, usage: answer.usage };
}

/** The first user block is the same for all findings of a case, so that it is read from the cache. */
export function judgePrompt(one: JudgedCase, change: string, finding: ReportedFinding): Prompt {
  const claim = findingText(finding);
  const words = `${one.title}\n\n${one.description}`;
  const shown = clip(change, MAX_CHANGE);
  // Over the case alone: with the finding in it the cached block would differ from finding to finding.
  const nonce = nonceFor([words, shown]);
  const material = [
    quarantine(nonce, { kind: "pull-request" }, words),
    quarantine(nonce, { kind: "diff" }, shown),
    `# Known defects\n\n${numbered(one.golden)}`,
    `# Also valid\n\n${listed(one.alsoValid)}`,
  ].join("\n\n");
  return {
    system: [{ text: INSTRUCTION, cached: false }],
    user: [
      { text: material, cached: true },
      { text: `# The finding\n\n${quarantine(nonce, { kind: "finding" }, claim)}`, cached: false },
    ],
  };
}

function numbered(golden: readonly Golden[]): string {
  if (golden.length === 0) return "(none: nobody knows a defect of this change)";
  return golden
    .map((one, at) => `${at + 1}. ${one.file}:${one.line} (${one.pass}): ${one.defect}`)
    .join("\n");
}

function listed(remarks: readonly string[]): string {
  return remarks.length === 0 ? "(none)" : remarks.map((remark) => `- ${remark}`).join("\n");
}

function findingText(finding: ReportedFinding): string {
  const lines = finding.start_line === null ? `${finding.line}` : `${finding.start_line}-${finding.line}`;
  return [
    `${finding.path}:${lines}${finding.side === "LEFT" ? " (deleted lines, numbered as before the change)" : ""}`,
    `Title: ${finding.title}`,
    `Code: ${finding.evidence}`,
    `Why: ${finding.why}`,
    `Fix: ${finding.fix}`,
  ].join("\n");
}

/** A match is real by definition; a number that no defect has is no judgement. */
function toVerdict(reply: JudgeReply, goldens: number): Verdict {
  const { golden, reason } = reply;
  if (golden !== null && (golden < 1 || golden > goldens))
    return { kind: "unjudged", reason: `the judge named defect ${golden} of ${goldens}` };
  const alsoValid = golden === null && reply.also_valid;
  return {
    kind: "judged",
    golden: golden === null ? null : golden - 1,
    alsoValid,
    real: golden !== null || alsoValid || reply.real,
    reason,
  };
}
