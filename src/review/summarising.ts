/** Words about the whole. Without them the review still stands, and its coverage says that they are missing. */
import type { Coverage } from "../domain/coverage.ts";
import { type SummaryReply, summaryReplySchema } from "../domain/finding.ts";
import type { PlacedFinding } from "../domain/merge.ts";
import { summaryPrompt } from "../domain/prompt.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { ask } from "./asking.ts";
import { longestWait } from "./finding-defects.ts";
import type { ModelFailure } from "./ports.ts";
import { type Session, WITHOUT_LOOKUPS } from "./session.ts";

export interface Words {
  readonly reply: SummaryReply;
  readonly coverage: Coverage;
  readonly usage: Usage;
  readonly unserved: ModelFailure | null;
}

/** For a review in which nothing was read by the model, or nothing came through. */
export function silence(coverage: Coverage): Words {
  return { reply: { summary: "", praise: [] }, coverage, usage: NO_USAGE, unserved: null };
}

export async function summarise(
  session: Session,
  findings: readonly PlacedFinding[],
  coverage: Coverage,
): Promise<Words> {
  const placed = findings.map((finding) => ({ ...finding, ...finding.anchor }));
  const answer = await ask(session.asking, {
    prompt: summaryPrompt(session.prefix, session.library, placed, coverage),
    reply: summaryReplySchema,
    ...WITHOUT_LOOKUPS,
    onStarted: () => undefined,
  });
  session.observe({ stage: "summarised", usage: answer.usage });
  const silent = { ...silence(coverage), usage: answer.usage };
  if (answer.kind === "answered") return { ...silent, reply: answer.value };
  const gap = `the summary in words failed: ${answer.failure.reason}`;
  return {
    ...silent,
    coverage: { ...coverage, gaps: [...coverage.gaps, gap] },
    unserved: longestWait([answer.failure]),
  };
}
