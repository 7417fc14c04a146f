/** The story of a review, from top to bottom: load, survey, ask, place, verify, join, prove, summarise, publish. */
import type { Coverage } from "../domain/coverage.ts";
import type { PlacedFinding } from "../domain/merge.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import { composeReview } from "../domain/review.ts";
import { addUsage, sumUsage } from "../domain/usage.ts";
import { type Afforded, affordReview } from "./affording.ts";
import { coverageOf } from "./covering.ts";
import { whyDecline } from "./declining.ts";
import { type Found, findDefects, longestWait } from "./finding-defects.ts";
import { joinFindings } from "./joining.ts";
import { notesOf } from "./noting.ts";
import type { ReviewOutcome, ReviewPorts, ReviewRequest } from "./ports.ts";
import { proveAll } from "./proving.ts";
import { publishReview } from "./publisher.ts";
import type { RepositoryView } from "./repository-view.ts";
import { openSession, type Session } from "./session.ts";
import { silence, summarise } from "./summarising.ts";
import { surveyPullRequest } from "./surveying.ts";
import { type Judged, verifyFindings } from "./verifying.ts";

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

  const result = await withView(ports, request, pullRequest, async (view) => {
    const { session, afforded } = await prepareReview(ports, request, pullRequest, view);
    const findings = await findAll(session, afforded, request);
    return concludeFindings(session, afforded, findings, request);
  });
  if (request.patience === "wait" && result.unserved !== null)
    return { kind: "waiting", reason: result.unserved.reason, retryAfterMs: result.unserved.retryAfterMs };
  const { scope, reading } = request;
  const durationMs = clock.now().getTime() - started;
  const review = composeReview({ ...result, model: ports.model.id, scope, reading, durationMs });
  if (result.failure !== null) {
    await sink.conclude({ kind: "failed", reason: result.failure.reason }, request.signal);
    return { kind: "failed", ...result.failure, review };
  }
  return publishReview(ports, request, review, earlier);
}

/** The repository is at hand for the time of the work, and given back whatever becomes of it. */
export async function withView<T>(
  { source }: Pick<ReviewPorts, "source">,
  { signal }: Pick<ReviewRequest, "signal">,
  pullRequest: PullRequest,
  work: (view: RepositoryView) => Promise<T>,
): Promise<T> {
  const view = await source.openView(pullRequest, signal);
  try {
    return await work(view);
  } finally {
    await view.close();
  }
}

/** Everything up to the first question to the model. */
export async function prepareReview(
  ports: ReviewPorts,
  request: ReviewRequest,
  pullRequest: PullRequest,
  view: RepositoryView,
): Promise<{ readonly session: Session; readonly afforded: Afforded }> {
  const survey = await surveyPullRequest(ports, request, pullRequest, view);
  const session = openSession(ports, request, survey);
  const afforded = affordReview(session, survey, request, await ports.purse.allowance());
  const { plan } = afforded.survey;
  const readings = afforded.depth === "quick" ? 1 : plan.passes.length;
  ports.observe({
    stage: "planned",
    chunks: plan.chunks.length,
    passes: plan.passes.length,
    calls: plan.chunks.length * readings,
    leftOut: plan.leftOut.length,
    depth: afforded.depth,
    estimateUsd: afforded.estimateUsd,
  });
  return { session, afforded };
}

/** What was found, judged and joined; the trace keeps what does not stand, too. */
export interface Findings extends Omit<Found, "findings"> {
  readonly findings: readonly PlacedFinding[];
  readonly judged: readonly Judged[];
  readonly refuted: number;
  readonly coverage: Coverage;
}

export async function findAll(
  session: Session,
  afforded: Afforded,
  { patience }: Pick<ReviewRequest, "patience">,
): Promise<Findings> {
  const { pullRequest, plan } = afforded.survey;
  const found = await findDefects(session, afforded);
  // What was answered is remembered, and the rest is asked for later: nothing is judged by halves.
  if (patience === "wait" && found.unserved !== null)
    return { ...found, judged: [], refuted: 0, coverage: coverageOf(pullRequest, plan, found.outcomes, []) };
  const verified = await verifyFindings(session, afforded, found.findings);
  const joined = await joinFindings(session, verified.findings);
  return {
    ...found,
    findings: joined.findings,
    judged: verified.judged,
    refuted: verified.judged.filter(({ verdict }) => verdict.kind === "refuted").length,
    coverage: coverageOf(pullRequest, plan, found.outcomes, verified.gaps),
    usage: sumUsage([found.usage, verified.usage, joined.usage]),
    unserved: longestWait([found, verified, joined].flatMap((step) => step.unserved ?? [])),
  };
}

/** The rest of what the review says: buttons that were proven, words about the whole, and how it was made. */
async function concludeFindings(
  session: Session,
  afforded: Afforded,
  found: Findings,
  { patience, signal }: ReviewRequest,
) {
  const { survey, depth } = afforded;
  const proofs = await proveAll(session, survey, found.findings, signal);
  const isSilent =
    survey.plan.chunks.length === 0 ||
    found.failure !== null ||
    (patience === "wait" && found.unserved !== null);
  const words = isSilent ? silence(found.coverage) : await summarise(session, found.findings, found.coverage);
  return {
    ...found,
    pullRequest: survey.pullRequest,
    depth,
    proofs,
    words: words.reply,
    coverage: words.coverage,
    notes: notesOf(afforded, found.outcomes),
    erDiagram: survey.checked.erDiagram,
    usage: addUsage(found.usage, words.usage),
    unserved: longestWait([found, words].flatMap((step) => step.unserved ?? [])),
  };
}
