/** The story of a review, from top to bottom: load, plan, ask, place, summarise, publish. */
import type { Coverage } from "../domain/coverage.ts";
import { type SummaryReply, summaryReplySchema } from "../domain/finding.ts";
import { mergeFindings, type Placed, type PlacedFinding } from "../domain/merge.ts";
import { planReview, type ReviewPlan } from "../domain/plan.ts";
import { type PromptPrefix, promptPrefix, summaryPrompt } from "../domain/prompt.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import { composeReview } from "../domain/review.ts";
import { addUsage, NO_USAGE, sumUsage, type Usage } from "../domain/usage.ts";
import { type Asking, ask } from "./asking.ts";
import { coverageOf } from "./covering.ts";
import { whyDecline } from "./declining.ts";
import { type PassOutcome, runPasses } from "./pass-runner.ts";
import { placeFindings } from "./placing.ts";
import type { ModelFailure, ReviewOutcome, ReviewPorts, ReviewRequest } from "./ports.ts";
import { publishReview } from "./publisher.ts";

export async function reviewPullRequest(ports: ReviewPorts, request: ReviewRequest): Promise<ReviewOutcome> {
  const { source, sink, clock, observe } = ports;
  const started = clock.now().getTime();

  const pullRequest = await source.load(request.signal);
  observe({ stage: "loaded", files: pullRequest.files.length, head: pullRequest.headSha });
  const earlier = await sink.earlier(request.signal);
  const decline = whyDecline(pullRequest, earlier, request);
  if (decline !== null) {
    await sink.conclude(decline, request.signal);
    return decline;
  }
  await sink.begin(pullRequest, request.signal);

  const plan = planReview(pullRequest, request.scope, ports.library);
  observe({
    stage: "planned",
    chunks: plan.chunks.length,
    passes: plan.passes.length,
    calls: plan.chunks.length * plan.passes.length,
    leftOut: plan.leftOut.length,
  });
  const prefix = prefixOf(ports, pullRequest, plan);

  const found = await findDefects(ports, request, pullRequest, plan, prefix);
  if (request.patience === "wait" && found.unserved !== null) return waitingFor(found.unserved);
  const words = await summarise(ports, request, plan, prefix, found);
  if (request.patience === "wait" && words.unserved !== null) return waitingFor(words.unserved);
  const review = composeReview({
    ...found,
    pullRequest,
    model: ports.model.id,
    scope: request.scope,
    words: words.reply,
    coverage: words.coverage,
    usage: addUsage(found.usage, words.usage),
    durationMs: clock.now().getTime() - started,
  });

  if (found.failure !== null) {
    await sink.conclude({ kind: "failed", reason: found.failure.reason }, request.signal);
    return { kind: "failed", ...found.failure, review };
  }
  return publishReview(ports, request, review, earlier);
}

function waitingFor({ reason, retryAfterMs }: ModelFailure): ReviewOutcome {
  return { kind: "waiting", reason, retryAfterMs };
}

export function prefixOf(
  ports: Pick<ReviewPorts, "library" | "clock">,
  pullRequest: PullRequest,
  plan: ReviewPlan,
): PromptPrefix {
  return promptPrefix(pullRequest, ports.library, plan.guides, ports.clock.now().toISOString().slice(0, 10));
}

/** What the passes found, placed and merged; the trace keeps also what was dropped and why. */
export interface Found {
  readonly findings: readonly PlacedFinding[];
  readonly trace: readonly Placed[];
  readonly dropped: number;
  readonly coverage: Coverage;
  readonly usage: Usage;
  /** Set when not one pass came through: then an empty list of findings means nothing. */
  readonly failure: Pick<ModelFailure, "reason" | "next"> | null;
  /** A call that the model service could not serve for the moment. */
  readonly unserved: ModelFailure | null;
}

export async function findDefects(
  ports: ReviewPorts,
  request: ReviewRequest,
  pullRequest: PullRequest,
  plan: ReviewPlan,
  prefix: PromptPrefix,
): Promise<Found> {
  const outcomes = await runPasses(
    { asking: askingOf(ports, request), library: ports.library, prefix, observe: ports.observe },
    plan,
  );
  const claims = outcomes.flatMap((outcome) => (outcome.kind === "reviewed" ? outcome.findings : []));
  const surplus = outcomes.reduce(
    (sum, outcome) => sum + (outcome.kind === "reviewed" ? outcome.surplus : 0),
    0,
  );

  const trace = await placeFindings(claims, pullRequest.files, (path) =>
    ports.source.readFile(pullRequest.headSha, path, request.signal),
  );
  const findings = mergeFindings(trace);
  const dropped = surplus + trace.filter(({ placement }) => placement.kind === "dropped").length;
  ports.observe({ stage: "placed", findings: findings.length, dropped });
  return {
    findings,
    trace,
    dropped,
    coverage: coverageOf(pullRequest, plan, outcomes),
    usage: sumUsage(outcomes.map((outcome) => outcome.usage)),
    failure: commonFailure(outcomes),
    unserved: longestWait(outcomes.flatMap((one) => (one.kind === "failed" ? [one.failure] : []))),
  };
}

function longestWait(failures: readonly ModelFailure[]): ModelFailure | null {
  return (
    failures
      .filter(({ next }) => next === "retry")
      .toSorted((a, b) => (b.retryAfterMs ?? 0) - (a.retryAfterMs ?? 0))[0] ?? null
  );
}

function commonFailure(outcomes: readonly PassOutcome[]): Found["failure"] {
  const failures = outcomes.flatMap((outcome) => (outcome.kind === "failed" ? [outcome.failure] : []));
  if (failures.length === 0 || failures.length < outcomes.length) return null;
  const reason = [...new Set(failures.map((failure) => failure.reason))].join("; ");
  // What concerns every call outranks what was lost in one of them.
  const next = (["reconfigure", "stop", "retry"] as const).find((one) =>
    failures.some((failure) => failure.next === one),
  );
  return { reason, next: next ?? "give-up" };
}

interface Words {
  readonly reply: SummaryReply;
  readonly coverage: Coverage;
  readonly usage: Usage;
  readonly unserved: ModelFailure | null;
}

/** Words about the whole. Without them the review still stands, and its coverage says that they are missing. */
async function summarise(
  ports: ReviewPorts,
  request: ReviewRequest,
  plan: ReviewPlan,
  prefix: PromptPrefix,
  found: Found,
): Promise<Words> {
  const silent = {
    reply: { summary: "", praise: [] },
    coverage: found.coverage,
    usage: NO_USAGE,
    unserved: null,
  };
  if (plan.chunks.length === 0 || found.failure !== null) return silent;
  const findings = found.findings.map((finding) => ({ ...finding, ...finding.anchor }));
  const prompt = summaryPrompt(prefix, ports.library, findings, found.coverage);
  const answer = await ask(askingOf(ports, request), prompt, summaryReplySchema, () => undefined);
  ports.observe({ stage: "summarised", usage: answer.usage });
  if (answer.kind === "answered") return { ...silent, reply: answer.value, usage: answer.usage };
  const gap = `the summary in words failed: ${answer.failure.reason}`;
  return {
    ...silent,
    coverage: { ...found.coverage, gaps: [...found.coverage.gaps, gap] },
    usage: answer.usage,
    unserved: longestWait([answer.failure]),
  };
}

function askingOf(ports: ReviewPorts, request: ReviewRequest): Asking {
  return { model: ports.model, clock: ports.clock, signal: request.signal };
}
