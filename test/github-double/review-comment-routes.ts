// Comments on lines or files of the diff, posted one by one.
import { type Answer, json, noContent, refusal, unprocessable, validationFailed } from "./answer.ts";
import { addReaction, listReactions } from "./reaction-routes.ts";
import { reviewCommentJson } from "./review-json.ts";
import {
  checkNoPending,
  checkUnlocked,
  commentFaults,
  diffAtCommit,
  FAULTS,
  MAX_BODY_CHARACTERS,
  readBody,
  type SingleComment,
  singleCommentSchema,
} from "./review-rules.ts";
import { storeReply, storeReview, storeReviewComment } from "./review-store.ts";
import {
  bodyObject,
  type Call,
  findById,
  findPull,
  findRepository,
  page,
  type Route,
  repositoryAccess,
} from "./route.ts";
import { type PullRequestState, type ReviewComment, remove } from "./state.ts";
import { botUser, timestamp } from "./world.ts";

const READ = repositoryAccess("pull_requests:read");
const WRITE = repositoryAccess("pull_requests:write");
const OF_PULL = "/repos/{owner}/{repo}/pulls/{pull_number}/comments";
const COMMENT = "/repos/{owner}/{repo}/pulls/comments/{comment_id}";

export const reviewCommentRoutes: readonly Route[] = [
  { method: "GET", path: OF_PULL, access: READ, handle: listComments },
  { method: "POST", path: OF_PULL, access: WRITE, handle: createComment },
  { method: "POST", path: `${OF_PULL}/{comment_id}/replies`, access: WRITE, handle: createReply },
  { method: "GET", path: COMMENT, access: READ, handle: showComment },
  { method: "PATCH", path: COMMENT, access: WRITE, handle: updateComment },
  { method: "DELETE", path: COMMENT, access: WRITE, handle: deleteComment },
  {
    method: "GET",
    path: `${COMMENT}/reactions`,
    access: READ,
    handle: (call) => listReactions(call, owner(call)),
  },
  {
    method: "POST",
    path: `${COMMENT}/reactions`,
    access: WRITE,
    handle: (call) => addReaction(call, owner(call)),
  },
];

function listComments(call: Call): Promise<Answer> {
  const pull = findPull(call);
  const { login } = botUser(call.world);
  const hidden = pull.reviews.filter((review) => review.state === "PENDING" && review.user.login !== login);
  const shown = pull.reviewComments.filter(
    (comment) => !hidden.some((review) => review.id === comment.review_id),
  );
  return page(call, shown, (comment) => reviewCommentJson(call.world, pull, comment));
}

async function createComment(call: Call): Promise<Answer> {
  const pull = findPull(call);
  const raw = bodyObject(call);
  if (typeof raw.in_reply_to === "number") return reply(call, pull, String(raw.in_reply_to), raw.body);
  const draft = readBody(singleCommentSchema, raw);
  const user = botUser(call.world);
  checkUnlocked(pull);
  checkNoPending(pull, user);
  const diff = await diffAtCommit(pull, draft.commit_id);
  const faults =
    draft.subject_type === "file"
      ? fileFaults(draft, diff.byPath.has(draft.path))
      : commentFaults(diff, draft);
  if (faults.length > 0) throw threadFaults(faults);
  // GitHub wraps a comment that is posted alone in a review of its own.
  const review = storeReview(call.world, pull, {
    user,
    body: "",
    event: "COMMENT",
    commit: draft.commit_id,
    isImplicit: true,
  });
  const comment = storeReviewComment(call.world, pull, review, draft, diff);
  const shown = await reviewCommentJson(call.world, pull, comment);
  return json(201, shown, { location: String(shown.url) });
}

function fileFaults(draft: SingleComment, isInDiff: boolean): string[] {
  if (draft.body.trim() === "") return [FAULTS.bodyBlank];
  if (draft.body.length > MAX_BODY_CHARACTERS) return [FAULTS.bodyTooLong];
  return isInDiff ? [] : [FAULTS.path];
}

function threadFaults(faults: readonly string[]): Error {
  return validationFailed("PullRequestReviewComment", "pull_request_review_thread", faults.join(", "));
}

function createReply(call: Call): Promise<Answer> {
  return reply(call, findPull(call), call.params.comment_id, bodyObject(call).body);
}

async function reply(
  call: Call,
  pull: PullRequestState,
  id: string | undefined,
  body: unknown,
): Promise<Answer> {
  const user = botUser(call.world);
  const parent = findById(pull.reviewComments, id);
  const text = readText(body);
  checkUnlocked(pull);
  checkNoPending(pull, user);
  if (parent.in_reply_to_id !== null) throw unprocessable(["Replies to replies are not supported"]);
  const review = storeReview(call.world, pull, {
    user,
    body: "",
    event: "COMMENT",
    commit: pull.headSha,
    isImplicit: true,
  });
  return json(
    201,
    await reviewCommentJson(call.world, pull, storeReply(call.world, pull, review, parent, text)),
  );
}

async function showComment(call: Call): Promise<Answer> {
  const { pull, comment } = find(call);
  return json(200, await reviewCommentJson(call.world, pull, comment));
}

async function updateComment(call: Call): Promise<Answer> {
  const { pull, comment } = findOwn(call);
  comment.body = readText(bodyObject(call).body);
  comment.updatedAt = timestamp(call.world);
  return json(200, await reviewCommentJson(call.world, pull, comment));
}

function deleteComment(call: Call): Answer {
  const { pull, comment } = findOwn(call);
  remove(pull.reviewComments, comment);
  for (const review of pull.reviews) remove(review.comments, comment);
  return noContent(204);
}

function readText(body: unknown): string {
  if (typeof body !== "string" || body.trim() === "") {
    throw validationFailed("PullRequestReviewComment", "body", "body can't be blank");
  }
  if (body.length > MAX_BODY_CHARACTERS) {
    throw validationFailed("PullRequestReviewComment", "body", FAULTS.bodyTooLong);
  }
  return body;
}

function owner(call: Call): PullRequestState {
  return find(call).pull;
}

function find(call: Call): { pull: PullRequestState; comment: ReviewComment } {
  const { pulls } = findRepository(call);
  const comment = findById(
    pulls.flatMap((pull) => pull.reviewComments),
    call.params.comment_id,
  );
  const pull = pulls.find((candidate) => candidate.reviewComments.includes(comment));
  if (!pull) throw new Error("a comment belongs to a pull request");
  return { pull, comment };
}

function findOwn(call: Call): { pull: PullRequestState; comment: ReviewComment } {
  const found = find(call);
  if (found.comment.user.login === botUser(call.world).login) return found;
  throw refusal(403, "Resource not accessible by integration");
}
