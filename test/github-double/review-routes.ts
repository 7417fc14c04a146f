// Reviews of a pull request: listing, posting, submitting, editing, deleting, dismissing.
import { type Answer, json, notFound, refusal, unprocessable } from "./answer.ts";
import { reviewCommentJson, reviewJson } from "./review-json.ts";
import {
  checkBodyLength,
  checkNoPending,
  checkSubmission,
  checkUnlocked,
  commentFaults,
  diffAtCommit,
  readBody,
  readEvent,
  refusedLineFaults,
  reviewSchema,
} from "./review-rules.ts";
import { STATUS_OF, storeReview, storeReviewComment } from "./review-store.ts";
import { bodyObject, type Call, findById, findPull, page, type Route, repositoryAccess } from "./route.ts";
import { type PullRequestState, type Review, remove } from "./state.ts";
import { botUser, timestamp } from "./world.ts";

const READ = repositoryAccess("pull_requests:read");
const WRITE = repositoryAccess("pull_requests:write");
const REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews";

export const reviewRoutes: readonly Route[] = [
  { method: "GET", path: REVIEWS, access: READ, handle: listReviews },
  { method: "POST", path: REVIEWS, access: WRITE, handle: createReview },
  { method: "GET", path: `${REVIEWS}/{review_id}`, access: READ, handle: showReview },
  { method: "PUT", path: `${REVIEWS}/{review_id}`, access: WRITE, handle: updateReview },
  { method: "DELETE", path: `${REVIEWS}/{review_id}`, access: WRITE, handle: deleteReview },
  { method: "POST", path: `${REVIEWS}/{review_id}/events`, access: WRITE, handle: submitReview },
  { method: "PUT", path: `${REVIEWS}/{review_id}/dismissals`, access: WRITE, handle: dismissReview },
  { method: "GET", path: `${REVIEWS}/{review_id}/comments`, access: READ, handle: listCommentsOfReview },
];

function listReviews(call: Call): Promise<Answer> {
  const pull = findPull(call);
  return page(call, visibleReviews(call, pull), (review) => reviewJson(call.world, pull, review));
}

async function createReview(call: Call): Promise<Answer> {
  const pull = findPull(call);
  const user = botUser(call.world);
  const draft = readBody(reviewSchema, bodyObject(call));
  const event = readEvent(draft.event);
  const body = draft.body ?? "";
  const commit = draft.commit_id ?? pull.headSha;
  const comments = draft.comments ?? [];
  checkUnlocked(pull);
  checkBodyLength(body);
  if (event !== null) checkSubmission(pull, user, event, body);
  checkNoPending(pull, user);
  const diff = await diffAtCommit(pull, commit);
  const faults = comments.flatMap((comment) => [
    ...commentFaults(diff, comment),
    ...refusedLineFaults(pull, comment),
  ]);
  if (faults.length > 0) throw unprocessable(faults);
  checkNoPending(pull, user); // another call may have got in while the diff was computed
  const review = storeReview(call.world, pull, { user, body, event, commit, isImplicit: false });
  for (const comment of comments) storeReviewComment(call.world, pull, review, comment, diff);
  return json(200, reviewJson(call.world, pull, review));
}

function showReview(call: Call): Answer {
  const pull = findPull(call);
  return json(200, reviewJson(call.world, pull, findVisible(call, pull)));
}

function updateReview(call: Call): Answer {
  const pull = findPull(call);
  const review = findOwn(call, pull);
  const { body } = bodyObject(call);
  if (typeof body !== "string" || body.trim() === "") throw unprocessable(["Body can't be blank"]);
  checkBodyLength(body);
  review.body = body;
  return json(200, reviewJson(call.world, pull, review));
}

function deleteReview(call: Call): Answer {
  const pull = findPull(call);
  const review = findOwn(call, pull);
  if (review.state !== "PENDING") throw unprocessable(["Can not delete a non-pending pull request review"]);
  for (const comment of review.comments) remove(pull.reviewComments, comment);
  remove(pull.reviews, review);
  return json(200, reviewJson(call.world, pull, review));
}

function submitReview(call: Call): Answer {
  const pull = findPull(call);
  const review = findOwn(call, pull);
  const body = bodyObject(call);
  const event = readEvent(typeof body.event === "string" ? body.event : "");
  if (event === null) throw unprocessable(["Event can't be blank"]);
  if (review.state !== "PENDING") throw unprocessable(["Can not submit a non-pending pull request review"]);
  const text = typeof body.body === "string" ? body.body : review.body;
  checkUnlocked(pull);
  checkBodyLength(text);
  checkSubmission(pull, review.user, event, text);
  Object.assign(review, { body: text, event, state: STATUS_OF[event], submittedAt: timestamp(call.world) });
  return json(200, reviewJson(call.world, pull, review));
}

function dismissReview(call: Call): Answer {
  const pull = findPull(call);
  const review = findVisible(call, pull);
  const { message } = bodyObject(call);
  if (typeof message !== "string" || message === "") throw unprocessable(["Message can't be blank"]);
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED") {
    throw unprocessable(["Can not dismiss a commented pull request review"]);
  }
  review.state = "DISMISSED";
  return json(200, reviewJson(call.world, pull, review));
}

function listCommentsOfReview(call: Call): Promise<Answer> {
  const pull = findPull(call);
  const review = findVisible(call, pull);
  return page(call, review.comments, (comment) => reviewCommentJson(call.world, pull, comment));
}

/** A pending review is seen by its author alone. */
function visibleReviews(call: Call, pull: PullRequestState): readonly Review[] {
  const { login } = botUser(call.world);
  return pull.reviews.filter((review) => review.state !== "PENDING" || review.user.login === login);
}

function findVisible(call: Call, pull: PullRequestState): Review {
  const review = findById(pull.reviews, call.params.review_id);
  if (!visibleReviews(call, pull).includes(review)) throw notFound();
  return review;
}

function findOwn(call: Call, pull: PullRequestState): Review {
  const review = findVisible(call, pull);
  if (review.user.login !== botUser(call.world).login)
    throw refusal(403, "Resource not accessible by integration");
  return review;
}
