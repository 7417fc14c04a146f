/** The story of a review, from top to bottom: load, survey, ask, place, verify, join, prove, summarise, publish. */
import { chunkBlock, NO_CONTEXT, promptPrefix } from "../domain/prompt.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import { composeReview, type Review } from "../domain/review.ts";
import { sumUsage } from "../domain/usage.ts";
import { coverageOf } from "./covering.ts";
import { whyDecline } from "./declining.ts";
import { type Found, findDefects, longestWait } from "./finding-defects.ts";
import { joinFindings } from "./joining.ts";
import { repositoryReader } from "./looking-up.ts";
import type { Earlier, ModelFailure, ReviewOutcome, ReviewPorts, ReviewRequest } from "./ports.ts";
import { proveSuggestions } from "./proving.ts";
import { publishReview } from "./publisher.ts";
import type { RepositoryView } from "./repository-view.ts";
import { summarise } from "./summarising.ts";
import { type Survey, surveyPullRequest } from "./surveying.ts";
import { type Verified, verifyFindings } from "./verifying.ts";

export async function reviewPullRequest(ports: ReviewPorts, request: ReviewRequest): Promise<ReviewOutcome> {
  const { source, sink, observe } = ports;
  const pullRequest = await source.load(request.signal);
  observe({ stage: "loaded", files: pullRequest.files.length, head: pullRequest.headSha });
  const earlier = await sink.earlier(request.signal);
  const decline = whyDecline(pullRequest, earlier, request);
  if (decline !== null) {
    await sink.conclude(decline, request.signal);
    return decline;
  }
  await sink.begin(pullRequest, request.signal);
  const view = await source.openView(pullRequest, request.signal);
  try {
    return await reviewIn(view, ports, request, pullRequest, earlier);
  } finally {
    await view.close();
  }
}

async function reviewIn(
  view: RepositoryView,
  ports: ReviewPorts,
  request: ReviewRequest,
  listed: PullRequest,
  earlier: Earlier,
): Promise<ReviewOutcome> {
  const started = ports.clock.now().getTime();
  const survey = await surveyPullRequest(ports, request, listed, view);
  const session = openSession(ports, request, survey);
  const found = await findDefects(session, survey);
  const verified = await verifyFindings(session, survey, found.findings);
  const joined = await joinFindings(session, verified.findings);
  const proofs = await proveSuggestions(joined.findings, survey.pullRequest.files, view, ports.syntax, request.signal);
  const coverage = coverageOf(survey.pullRequest, survey.plan, found.outcomes, verified.gaps);
  const words = await summarise(session, joined.findings, coverage, found.failure);
  const unserved = longestWait([found, verified, joined, words].flatMap((step) => step.unserved ?? []));
  if (request.patience === "wait" && unserved !== null)
    return { kind: "waiting", reason: unserved.reason, retryAfterMs: unserved.retryAfterMs };
  const review = composeReview({});
  if (found.failure !== null) {
    await ports.sink.conclude({ kind: "failed", reason: found.failure.reason }, request.signal);
    return { kind: "failed", ...found.failure, review };
  }
  return publishReview(ports, request, review, earlier);
}
