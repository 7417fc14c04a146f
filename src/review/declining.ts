/** When there is nothing to do, and why: decided before anything is posted or paid for. */
import type { PullRequest } from "../domain/pull-request.ts";
import type { Earlier, ReviewRequest } from "./ports.ts";

export interface Declined {
  readonly kind: "declined";
  readonly reason: string;
}

export function whyDecline(
  pullRequest: PullRequest,
  earlier: Earlier,
  request: Pick<ReviewRequest, "runId" | "trigger">,
): Declined | null {
  if (pullRequest.state === "closed") return declined("the pull request is closed");
  if (pullRequest.locked) return declined("the conversation is locked");
  if (request.trigger !== "event") return null;
  if (pullRequest.draft) return declined("the pull request is a draft; `/review` reviews it all the same");
  const done = earlier.reviews.some(
    (mark) =>
      mark.runId !== request.runId &&
      mark.complete &&
      mark.head === pullRequest.headSha &&
      mark.base === pullRequest.baseSha,
  );
  return done ? declined("this head has been reviewed") : null;
}

function declined(reason: string): Declined {
  return { kind: "declined", reason };
}
