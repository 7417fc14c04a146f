/** The passes over every chunk: in order within a chunk, chunks side by side, each failure kept as what it is. */
import pLimit from "p-limit";
import type { Chunk } from "../domain/chunk.ts";
import { type Reading, readingsOf } from "../domain/depth.ts";
import {
  type AcceptedReply,
  acceptLensesReply,
  acceptReply,
  type Finding,
  lensesReplySchema,
  passReplySchema,
} from "../domain/finding.ts";
import type { Pass } from "../domain/pass.ts";
import { readingPrompt } from "../domain/prompt.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import type { Afforded } from "./affording.ts";
import { type Answer, ask, type Lookups } from "./asking.ts";
import type { ModelFailure } from "./ports.ts";
import type { Session } from "./session.ts";

/** What one question over one chunk came to. A failure has a reason and is never an empty list. */
export type PassOutcome = {
  readonly chunk: Chunk;
  readonly passes: readonly Pass[];
  readonly usage: Usage;
  readonly lookups: Lookups;
} & (
  | ({ readonly kind: "reviewed" } & AcceptedReply)
  | { readonly kind: "failed"; readonly failure: ModelFailure }
);

/** Chunks of one review that are with the model at the same time: as many as a pull request of ordinary size has. */
const CHUNK_CONCURRENCY = 24;

/**
 * The first chunk starts alone: only when its first reply begins to arrive can the others read the shared prefix from
 * the provider's cache instead of each writing it anew. Wall time grows with passes, not with chunks, up to the limit.
 */
export async function runPasses(
  session: Session,
  { survey, depth }: Afforded,
): Promise<readonly PassOutcome[]> {
  const [first, ...rest] = survey.plan.chunks;
  if (first === undefined) return [];
  const run: PassRun = {
    session,
    readings: readingsOf(depth, survey.plan.passes),
    known: survey.checked.findings,
  };
  const stop: Stop = { failure: null };
  const warm = Promise.withResolvers<void>();
  const leading = reviewChunk(run, first, stop, warm.resolve);
  await Promise.race([warm.promise, leading]);
  const limit = pLimit(CHUNK_CONCURRENCY - 1);
  const following = rest.map((chunk) => limit(() => reviewChunk(run, chunk, stop, () => undefined)));
  return (await Promise.all([leading, ...following])).flat();
}

interface PassRun {
  readonly session: Session;
  readonly readings: readonly Reading[];
  /** What the built-in checks found: told to the passes as reported already. */
  readonly known: readonly Finding[];
}

/** Set once by a failure that every further call would share, such as a refused key. */
interface Stop {
  failure: ModelFailure | null;
}

async function reviewChunk(
  run: PassRun,
  chunk: Chunk,
  stop: Stop,
  onStarted: () => void,
): Promise<readonly PassOutcome[]> {
  const { session } = run;
  const block = session.blockOf(chunk);
  const outcomes: PassOutcome[] = [];
  const paths = new Set(chunk.files.map((file) => file.path));
  const reported = run.known.filter((finding) => paths.has(finding.path));
  for (const reading of run.readings) {
    const outcome =
      stop.failure === null
        ? await read(
            session,
            reading,
            chunk,
            readingPrompt(session.prefix, block, session.library, reading, reported),
            onStarted,
          )
        : failed(chunk, reading, stop.failure, NO_USAGE, { calls: 0, limited: false });
    if (outcome.kind === "reviewed") reported.push(...outcome.findings);
    else if (outcome.failure.next === "stop" || outcome.failure.next === "reconfigure")
      stop.failure = outcome.failure;
    outcomes.push(outcome);
    session.observe(eventOf(outcome));
  }
  return outcomes;
}

async function read(
  { asking, desk }: Session,
  reading: Reading,
  chunk: Chunk,
  prompt: ReturnType<typeof readingPrompt>,
  onStarted: () => void,
): Promise<PassOutcome> {
  const [pass, ...others] = reading;
  const question = { prompt, desk, tools: "open", onStarted } as const;
  if (others.length > 0) {
    const answer = await ask(asking, { ...question, reply: lensesReplySchema });
    return outcomeOf(chunk, reading, answer, acceptLensesReply);
  }
  const answer = await ask(asking, { ...question, reply: passReplySchema });
  return outcomeOf(chunk, reading, answer, (reply) => acceptReply(reply, pass));
}

function outcomeOf<T>(
  chunk: Chunk,
  reading: Reading,
  answer: Answer<T>,
  accept: (reply: T) => AcceptedReply,
): PassOutcome {
  const { usage, lookups } = answer;
  if (answer.kind === "failed") return failed(chunk, reading, answer.failure, usage, lookups);
  return { kind: "reviewed", chunk, passes: reading, usage, lookups, ...accept(answer.value) };
}

function failed(
  chunk: Chunk,
  passes: readonly Pass[],
  failure: ModelFailure,
  usage: Usage,
  lookups: Lookups,
): PassOutcome {
  return { kind: "failed", chunk, passes, usage, lookups, failure };
}

function eventOf(outcome: PassOutcome) {
  return {
    stage: "pass" as const,
    chunk: outcome.chunk.number,
    passes: outcome.passes,
    outcome: outcome.kind,
    reason: outcome.kind === "failed" ? outcome.failure.reason : null,
    findings: outcome.kind === "reviewed" ? outcome.findings.length : 0,
    lookups: outcome.lookups.calls,
    usage: outcome.usage,
  };
}
