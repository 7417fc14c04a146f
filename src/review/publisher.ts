/** The last step: one more look at the pull request, then everything at once and at most once, or nothing. */
import { FinalError, RetryableError } from "../domain/errors.ts";
import { standsInDiff } from "../domain/placement.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import { type Review, withoutInline } from "../domain/review.ts";
import type {
  Closing,
  CurrentState,
  Earlier,
  PostOutcome,
  ReviewOutcome,
  ReviewPorts,
  ReviewRequest,
  ReviewUpdate,
} from "./ports.ts";

export async function publishReview(
  ports: ReviewPorts,
  request: ReviewRequest,
  review: Review,
  earlier: Earlier,
): Promise<ReviewOutcome> {
  const current = await ports.source.current(request.signal);
  const outdated = whyOutdated(review, current, request);
  if (outdated !== null) return close(ports, request, outdated);
  const update = decideUpdate(review, earlier, request);
  // An earlier attempt at this run may have got as far as posting; then only the verdict is still to be told.
  const stands = isPosted(await newest(ports, request, earlier), request, review);
  const posted = stands ? update : await postOnce(ports, request, update);
  if ("kind" in posted) return posted.kind === "lost" ? posted : close(ports, request, posted);
  ports.observe({
    stage: "published",
    inline: posted.inline.size,
    usage: review.usage,
    durationMs: review.durationMs,
  });
  await ports.sink.conclude({ kind: "reviewed", review: posted.review }, request.signal);
  return { kind: "published", review: posted.review };
}

const OVERTAKEN = "superseded by a newer push";

async function close(ports: ReviewPorts, request: ReviewRequest, closing: Closing): Promise<ReviewOutcome> {
  await ports.sink.conclude(closing, request.signal);
  const kind = closing.reason === OVERTAKEN ? "overtaken" : "superseded";
  return { kind, reason: closing.reason };
}

function whyOutdated(
  review: Pick<Review, "head">,
  current: CurrentState,
  { trigger }: Pick<ReviewRequest, "trigger">,
): Closing | null {
  if (current.state === "closed") return superseded("the pull request was closed during the review");
  if (current.locked) return superseded("the conversation was locked during the review");
  if (current.headSha !== review.head) return superseded(OVERTAKEN);
  if (current.draft && trigger === "event") return superseded("the pull request was converted to a draft");
  return null;
}

function superseded(reason: string): Closing {
  return { kind: "superseded", reason };
}

/** A comment that stands there already is named in the action items instead of being said twice. */
function decideUpdate(review: Review, earlier: Earlier, { memory }: ReviewRequest): ReviewUpdate {
  const wanted = review.findings
    .filter((finding) => finding.summaryReason === null)
    .map((finding) => finding.id);
  const known = memory === "forget" ? new Set<string>() : earlier.findings;
  return {
    review,
    inline: new Set(wanted.filter((id) => !known.has(id))),
    stillOpen: new Set(wanted.filter((id) => known.has(id))),
  };
}

/** What an attempt before this one sent may have landed since this one looked. */
async function newest(ports: ReviewPorts, request: ReviewRequest, earlier: Earlier): Promise<Earlier> {
  return request.history === "none" ? earlier : ports.sink.earlier(request.signal);
}

function isPosted({ reviews }: Earlier, { runId }: ReviewRequest, { head }: Review): boolean {
  return reviews.some((mark) => mark.runId === runId && mark.head === head);
}

type Lost = { readonly kind: "lost" };

/**
 * A submitted review can never be deleted, so a request is repeated only when it is known that the first one left
 * nothing behind, and never more than once in a run's attempt.
 */
async function postOnce(
  ports: ReviewPorts,
  request: ReviewRequest,
  update: ReviewUpdate,
): Promise<ReviewUpdate | Closing | Lost> {
  const first = await post(ports, request, update);
  if (first.kind === "lost") return first;
  if (first.kind === "posted") return update;
  if (await hasLanded(ports, request, update.review, first)) return update;
  if (first.kind === "unknown") throw new RetryableError(first.reason, { cause: null });

  const second = await repaired(ports, request, update, first);
  if ("kind" in second) return second;
  const outcome = await post(ports, request, second);
  if (outcome.kind === "lost") return outcome;
  if (outcome.kind === "posted" || (await hasLanded(ports, request, update.review, outcome))) return second;
  if (outcome.kind === "unknown") throw new RetryableError(outcome.reason, { cause: null });
  throw new FinalError(outcome.reason, { cause: null, kind: "refused" });
}

async function post(
  ports: ReviewPorts,
  request: ReviewRequest,
  update: ReviewUpdate,
): Promise<PostOutcome | Lost> {
  if (!(await request.holds())) return { kind: "lost" };
  const outcome = await ports.sink.post(update);
  if (outcome.kind !== "posted")
    ports.observe({ stage: "posting", outcome: outcome.kind, reason: outcome.reason });
  return outcome;
}

const LOOKS = 2;
const BETWEEN_LOOKS_MS = 2_000;

/** GitHub's lists may lag behind what it has just taken, so an unknown outcome is looked up twice. */
async function hasLanded(
  ports: ReviewPorts,
  request: ReviewRequest,
  review: Review,
  outcome: PostOutcome,
): Promise<boolean> {
  const looks = outcome.kind === "unknown" ? LOOKS : 1;
  for (let look = 1; look <= looks; look++) {
    if (look > 1) await ports.clock.sleep(BETWEEN_LOOKS_MS, request.signal);
    if (isPosted(await ports.sink.earlier(request.signal), request, review)) return true;
  }
  return false;
}

/** What may be taken where the first request was refused. */
async function repaired(
  ports: ReviewPorts,
  request: ReviewRequest,
  update: ReviewUpdate,
  refusal: Extract<PostOutcome, { kind: "refused" }>,
): Promise<ReviewUpdate | Closing> {
  if (refusal.because === "pending") {
    await ports.sink.discardPending(request.signal);
    return update;
  }
  if (update.inline.size === 0) throw new FinalError(refusal.reason, { cause: null, kind: "refused" });
  const now = await ports.source.load(request.signal);
  return whyOutdated(update.review, now, request) ?? withoutRefused(update, now);
}

/**
 * GitHub does not say which comment it refused. The base may have moved since the diff was read, and then the new diff
 * tells; where every comment still fits, none of them can be trusted, and all go to the summary.
 */
function withoutRefused(update: ReviewUpdate, now: PullRequest): ReviewUpdate {
  const files = new Map(now.files.map((file) => [file.path, file]));
  const inline = update.review.findings.filter((finding) => update.inline.has(finding.id));
  const misplaced = inline.filter((finding) => !standsInDiff(finding.anchor, files.get(finding.path)));
  const refused = new Set((misplaced.length === 0 ? inline : misplaced).map((finding) => finding.id));
  return {
    ...update,
    review: withoutInline(update.review, refused),
    inline: new Set([...update.inline].filter((id) => !refused.has(id))),
  };
}
