/** A review on GitHub: read back what stands there, post one review at once, tell the outcome by the check run. */
import { checkTitle, closingSummary, closingTitle } from "../domain/check-words.ts";
import { commentBody } from "../domain/comment-words.ts";
import { RetryableError } from "../domain/errors.ts";
import { safeMarkdown } from "../domain/markdown.ts";
import {
  findingMarker,
  type MarkerKey,
  type MarkerPlace,
  readFindingMarker,
  readReviewMarker,
  reviewMarker,
} from "../domain/marker.ts";
import { reviewBody, usageLine } from "../domain/messages.ts";
import type { PullRequestLocator } from "../domain/pull-request.ts";
import { checkConclusion, type Review, type ReviewFinding } from "../domain/review.ts";
import { coversAllPasses } from "../domain/scope.ts";
import type { Earlier, Ending, PostOutcome, ReviewSink, ReviewUpdate } from "../review/ports.ts";
import type { CheckRun } from "./check-run.ts";
import { faultOf, type GitHubClient, reach, reasonOf, statusOf } from "./client.ts";
import { everyRow } from "./pages.ts";

export interface ReviewSinkOptions {
  readonly client: GitHubClient;
  readonly locator: PullRequestLocator;
  readonly markerKey: MarkerKey;
  readonly runId: string;
  readonly check: CheckRun;
  /** `https://github.com` or the address of an Enterprise server. */
  readonly webUrl: string;
}

export function githubSink(options: ReviewSinkOptions): ReviewSink {
  return {
    earlier: (signal) => readEarlier(options, signal),
    begin: (pullRequest, signal) => options.check.begin(pullRequest.headSha, signal),
    post: (update) => postReview(options, update),
    discardPending: (signal) => discardPending(options, signal),
    conclude: (ending, signal) => conclude(options, ending, signal),
  };
}

function whereOf({ locator }: ReviewSinkOptions) {
  return { owner: locator.owner, repo: locator.name, pull_number: locator.number };
}

function placeOf({ locator }: ReviewSinkOptions): MarkerPlace {
  return { repositoryId: locator.repositoryId, number: locator.number };
}

/** Marks are trusted by their signature, not by who seems to have written them. */
async function readEarlier(options: ReviewSinkOptions, signal: AbortSignal): Promise<Earlier> {
  const { client, markerKey } = options;
  const where = { ...whereOf(options), request: { signal } };
  const reviews = await everyRow("listing reviews", signal, (place) =>
    client.rest.pulls.listReviews({ ...where, ...place }),
  );
  // Each of our comments belongs to a review, whose author is the app: where only people have reviewed, a call is saved.
  const comments = reviews.every(({ user }) => user?.type === "User")
    ? []
    : await everyRow("listing review comments", signal, (place) =>
        client.rest.pulls.listReviewComments({ ...where, ...place }),
      );
  const place = placeOf(options);
  return {
    reviews: reviews.flatMap((review) => readReviewMarker(markerKey, place, review.body) ?? []),
    findings: new Set(comments.flatMap((comment) => readFindingMarker(markerKey, place, comment.body) ?? [])),
  };
}

/** Octokit repeats a POST after a 5xx (measured: 4 times), hence retries 0. */
async function postReview(options: ReviewSinkOptions, update: ReviewUpdate): Promise<PostOutcome> {
  const request = { ...whereOf(options), ...reviewRequest(options, update) };
  try {
    // Not interrupted once it is sent: its outcome would be unknown, and another attempt might come too soon to see it.
    await options.client.rest.pulls.createReview({ ...request, request: { retries: 0 } });
    return { kind: "posted" };
  } catch (error) {
    const reason = reasonOf(error);
    if (statusOf(error) === 422) {
      const because = /pending review/i.test(reason) ? "pending" : "content";
      return { kind: "refused", because, reason: `GitHub answered 422 (posting the review${reason})` };
    }
    const fault = faultOf("posting the review", error);
    if (fault instanceof RetryableError) return { kind: "unknown", reason: fault.message };
    throw fault;
  }
}

/** GitHub shows an unfinished review to nobody but its author, so every one on the list is ours. */
async function discardPending(options: ReviewSinkOptions, signal: AbortSignal): Promise<void> {
  const { client } = options;
  const where = { ...whereOf(options), request: { signal } };
  const reviews = await everyRow("listing reviews", signal, (place) =>
    client.rest.pulls.listReviews({ ...where, ...place }),
  );
  for (const review of reviews.filter(({ state }) => state === "PENDING"))
    await reach("deleting an unfinished review", signal, () =>
      client.rest.pulls.deletePendingReview({
        ...whereOf(options),
        review_id: review.id,
        request: { signal },
      }),
    );
}

async function conclude(options: ReviewSinkOptions, ending: Ending, signal: AbortSignal): Promise<void> {
  if (ending.kind === "reviewed") {
    const { review } = ending;
    const summary = `${usageLine(review)}\n\n${safeMarkdown(review.summary)}`;
    const words = { title: checkTitle(review), summary };
    return options.check.conclude({ conclusion: checkConclusion(review), ...words }, signal);
  }
  const words = {
    title: closingTitle(ending.kind, ending.reason),
    summary: closingSummary(ending.kind, ending.reason),
  };
  return options.check.conclude({ conclusion: "neutral", ...words }, signal);
}

function reviewRequest(options: ReviewSinkOptions, update: ReviewUpdate) {
  const { review } = update;
  const place = placeOf(options);
  const mark = {
    runId: options.runId,
    head: review.head,
    base: review.base,
    complete: standsForHead(review),
  };
  const repositoryUrl = `${options.webUrl}/${options.locator.owner}/${options.locator.name}`;
  const links = {
    pullRequestUrl: `${repositoryUrl}/pull/${options.locator.number}`,
    headUrl: `${repositoryUrl}/blob/${review.head}`,
  };
  return {
    commit_id: review.head,
    event: "COMMENT" as const,
    body: `${reviewBody(review, links, update)}\n\n${reviewMarker(options.markerKey, place, mark)}`,
    comments: inlineOf(update, review).map((finding) => ({
      path: finding.path,
      ...anchorOf(finding),
      body: `${commentBody(finding)}\n\n${findingMarker(options.markerKey, place, finding.id)}`,
    })),
  };
}

/** What `/review security` covered is complete as asked, and yet the whole review is still to be made. */
function standsForHead({ complete, scope }: Review): boolean {
  return complete && coversAllPasses(scope) && scope.paths.length === 0;
}

function inlineOf(update: ReviewUpdate, review: Review): readonly ReviewFinding[] {
  return review.findings.filter((finding) => update.inline.has(finding.id));
}

/** `start_line` only where it differs: GitHub answers "start line must precede the end line" otherwise. */
function anchorOf({ anchor: { side, startLine, line } }: ReviewFinding) {
  return startLine === line ? { side, line } : { side, line, start_line: startLine, start_side: side };
}
