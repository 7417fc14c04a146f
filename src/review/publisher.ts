/** The last step: one more look at the pull request, then everything at once, or nothing. */
import type { Review } from "../domain/review.ts";
import type { Closing, Earlier, ReviewOutcome, ReviewPorts, ReviewRequest, ReviewUpdate } from "./ports.ts";

export async function publishReview(
  ports: ReviewPorts,
  request: ReviewRequest,
  review: Review,
  earlier: Earlier,
): Promise<ReviewOutcome> {
  const current = await ports.source.current(request.signal);
  const outdated = whyOutdated(review, current);
  if (outdated !== null) {
    await ports.sink.conclude(outdated, request.signal);
    return { kind: "superseded", reason: outdated.reason };
  }
  const update = decideUpdate(review, earlier, request);
  await ports.sink.publish(update, request.signal);
  ports.observe({
    stage: "published",
    inline: update.inline.size,
    usage: review.usage,
    durationMs: review.durationMs,
  });
  return { kind: "published", review };
}

function whyOutdated(
  review: Review,
  current: { readonly headSha: string; readonly state: "open" | "closed" },
): Closing | null {
  if (current.state === "closed")
    return { kind: "superseded", reason: "the pull request was closed during the review" };
  if (current.headSha !== review.head) return { kind: "superseded", reason: "superseded by a newer push" };
  return null;
}

/** A comment that stands there already is named in the action items instead of being said twice. */
function decideUpdate(review: Review, earlier: Earlier, { memory, runId }: ReviewRequest): ReviewUpdate {
  const wanted = review.findings
    .filter((finding) => finding.summaryReason === null)
    .map((finding) => finding.id);
  const known = memory === "forget" ? new Set<string>() : earlier.findings;
  return {
    review,
    inline: new Set(wanted.filter((id) => !known.has(id))),
    stillOpen: new Set(wanted.filter((id) => known.has(id))),
    posting: earlier.reviews.some((mark) => mark.runId === runId && mark.head === review.head)
      ? "done"
      : "needed",
  };
}
