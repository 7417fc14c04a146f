/** One defect, one comment: what may say the same is put to the model once, in one small question. */

import { type Claim, duplicatesPrompt } from "../domain/claim-prompts.ts";
import { duplicatesReplySchema } from "../domain/finding.ts";
import { joinTwins, type PlacedFinding, suspectedTwins } from "../domain/merge.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { ask } from "./asking.ts";
import type { ModelFailure } from "./ports.ts";
import { type Session, WITHOUT_LOOKUPS } from "./session.ts";

export interface Joined {
  readonly findings: readonly PlacedFinding[];
  readonly usage: Usage;
  readonly unserved: ModelFailure | null;
}

/** Without an answer every finding stands for itself: the same said twice is better than one thing not said. */
export async function joinFindings(
  { asking, library, prefix, observe }: Session,
  findings: readonly PlacedFinding[],
): Promise<Joined> {
  const twins = suspectedTwins(findings);
  if (twins.length === 0) return { findings, usage: NO_USAGE, unserved: null };
  const claims = twins.map(
    (finding, at): Claim => ({
      number: at + 1,
      finding,
      place: `${finding.path}:${finding.anchor.line}`,
    }),
  );
  const answer = await ask(asking, {
    prompt: duplicatesPrompt(prefix, library, claims),
    reply: duplicatesReplySchema,
    ...WITHOUT_LOOKUPS,
    onStarted: () => undefined,
  });
  observe({ stage: "joined", usage: answer.usage });
  if (answer.kind === "failed")
    return {
      findings,
      usage: answer.usage,
      unserved: answer.failure.next === "retry" ? answer.failure : null,
    };
  const groups = answer.value.groups.map((numbers) => numbers.flatMap((number) => twins[number - 1] ?? []));
  return { findings: joinTwins(findings, groups), usage: answer.usage, unserved: null };
}
