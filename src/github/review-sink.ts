/** A review on GitHub: read back what stands there, post one review at once, tell the outcome by the check run. */
import { checkTitle, closingSummary, closingTitle } from "../domain/check-words.ts";
import { RetryableError } from "../domain/errors.ts";
import {
  findingMarker,
  type MarkerKey,
  type MarkerPlace,
  readFindingMarker,
  readReviewMarker,
  reviewMarker,
} from "../domain/marker.ts";
import { commentBody, reviewBody, usageLine } from "../domain/messages.ts";
import type { PullRequestLocator } from "../domain/pull-request.ts";
import { checkConclusion, type Review, type ReviewFinding } from "../domain/review.ts";
import { coversAllPasses } from "../domain/scope.ts";
import type { Earlier, ReviewSink, ReviewUpdate } from "../review/ports.ts";
import type { CheckRun } from "./check-run.ts";
import { type GitHubClient, reach } from "./client.ts";

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
    publish: (update, signal) => publish(options, update, signal),
    conclude: ({ kind, reason }, signal) =>
      options.check.conclude(
        { conclusion: "neutral", title: closingTitle(kind, reason), summary: closingSummary(kind, reason) },
        signal,
      ),
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
  const request = { ...whereOf(options), per_page: 100, request: { signal } };
  const [reviews, comments] = await Promise.all([
    reach("listing reviews", signal, () => client.paginate(client.rest.pulls.listReviews, request)),
    reach("listing review comments", signal, () =>
      client.paginate(client.rest.pulls.listReviewComments, request),
    ),
  ]);
  const place = placeOf(options);
  return {
    reviews: reviews.flatMap((review) => readReviewMarker(markerKey, place, review.body) ?? []),
    findings: new Set(comments.flatMap((comment) => readFindingMarker(markerKey, place, comment.body) ?? [])),
  };
}

async function publish(options: ReviewSinkOptions, update: ReviewUpdate, signal: AbortSignal): Promise<void> {
  const { review } = update;
  if (update.posting === "needed") await postReview(options, update, signal);
  const summary = `${usageLine(review)}\n\n${review.summary}`;
  await options.check.conclude(
    { conclusion: checkConclusion(review), title: checkTitle(review), summary },
    signal,
  );
}

/**
 * One POST with retries 0: Octokit repeats a POST after a 5xx (measured: 4 times), and a submitted review can never be
 * deleted. When the outcome is unknown the list of reviews tells whether it landed.
 */
async function postReview(
  options: ReviewSinkOptions,
  update: ReviewUpdate,
  signal: AbortSignal,
): Promise<void> {
  const request = { ...whereOf(options), ...reviewRequest(options, update) };
  try {
    await reach("posting the review", signal, () =>
      options.client.rest.pulls.createReview({ ...request, request: { signal, retries: 0 } }),
    );
  } catch (error) {
    if (!(error instanceof RetryableError) || !(await hasLanded(options, update.review.head, signal)))
      throw error;
  }
}

async function hasLanded(options: ReviewSinkOptions, head: string, signal: AbortSignal): Promise<boolean> {
  const { reviews } = await readEarlier(options, signal);
  return reviews.some((mark) => mark.runId === options.runId && mark.head === head);
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
  const links = {
    pullRequestUrl: `${options.webUrl}/${options.locator.owner}/${options.locator.name}/pull/${options.locator.number}`,
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
