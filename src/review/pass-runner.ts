/** The five passes over every chunk: passes in order, chunks side by side, each failure kept as what it is. */
import pLimit from "p-limit";
import type { Chunk } from "../domain/chunk.ts";
import { acceptReply, type Finding, passReplySchema } from "../domain/finding.ts";
import type { Pass } from "../domain/pass.ts";
import type { ReviewPlan } from "../domain/plan.ts";
import { chunkBlock, type PromptPrefix, passPrompt } from "../domain/prompt.ts";
import type { PromptLibrary } from "../domain/prompt-library.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { type Asking, ask } from "./asking.ts";
import type { ModelFailure, Observe } from "./ports.ts";

/** What one pass over one chunk came to. A failure has a reason and is never an empty list. */
export type PassOutcome = { readonly chunk: Chunk; readonly pass: Pass; readonly usage: Usage } & (
  | { readonly kind: "reviewed"; readonly findings: readonly Finding[]; readonly surplus: number }
  | { readonly kind: "failed"; readonly failure: ModelFailure }
);

export interface PassRun {
  readonly asking: Asking;
  readonly library: PromptLibrary;
  readonly prefix: PromptPrefix;
  readonly observe: Observe;
}

/** Chunks of one review that are with the model at the same time. */
const CHUNK_CONCURRENCY = 8;

/**
 * The first chunk starts alone: only when its first reply begins to arrive can the others read the shared prefix from
 * the provider's cache instead of each writing it anew. Wall time grows with passes, not with chunks, up to the limit.
 */
export async function runPasses(run: PassRun, plan: ReviewPlan): Promise<readonly PassOutcome[]> {
  const [first, ...rest] = plan.chunks;
  if (first === undefined) return [];
  const stop: Stop = { failure: null };
  const warm = Promise.withResolvers<void>();
  const leading = reviewChunk(run, plan.passes, first, stop, warm.resolve);
  await Promise.race([warm.promise, leading]);
  const limit = pLimit(CHUNK_CONCURRENCY - 1);
  const following = rest.map((chunk) =>
    limit(() => reviewChunk(run, plan.passes, chunk, stop, () => undefined)),
  );
  return (await Promise.all([leading, ...following])).flat();
}

/** Set once by a failure that every further call would share, such as a refused key. */
interface Stop {
  failure: ModelFailure | null;
}

async function reviewChunk(
  run: PassRun,
  passes: readonly Pass[],
  chunk: Chunk,
  stop: Stop,
  onStarted: () => void,
): Promise<readonly PassOutcome[]> {
  const block = chunkBlock(run.prefix, chunk);
  const outcomes: PassOutcome[] = [];
  const reported: Finding[] = [];
  for (const pass of passes) {
    const outcome =
      stop.failure === null
        ? await runPass(
            run,
            pass,
            chunk,
            passPrompt(run.prefix, block, run.library, pass, reported),
            onStarted,
          )
        : failed(chunk, pass, stop.failure, NO_USAGE);
    if (outcome.kind === "reviewed") reported.push(...outcome.findings);
    else if (outcome.failure.next === "stop" || outcome.failure.next === "reconfigure")
      stop.failure = outcome.failure;
    outcomes.push(outcome);
    run.observe(eventOf(outcome));
  }
  return outcomes;
}

async function runPass(
  run: PassRun,
  pass: Pass,
  chunk: Chunk,
  prompt: ReturnType<typeof passPrompt>,
  onStarted: () => void,
): Promise<PassOutcome> {
  const answer = await ask(run.asking, prompt, passReplySchema, onStarted);
  if (answer.kind === "failed") return failed(chunk, pass, answer.failure, answer.usage);
  return { kind: "reviewed", chunk, pass, usage: answer.usage, ...acceptReply(answer.value, pass) };
}

function failed(chunk: Chunk, pass: Pass, failure: ModelFailure, usage: Usage): PassOutcome {
  return { kind: "failed", chunk, pass, usage, failure };
}

function eventOf(outcome: PassOutcome) {
  return {
    stage: "pass" as const,
    chunk: outcome.chunk.number,
    pass: outcome.pass,
    outcome: outcome.kind,
    reason: outcome.kind === "failed" ? outcome.failure.reason : null,
    findings: outcome.kind === "reviewed" ? outcome.findings.length : 0,
    usage: outcome.usage,
  };
}
