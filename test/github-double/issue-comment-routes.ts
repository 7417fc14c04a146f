// Comments on the timeline of a pull request (GitHub serves them under /issues).
import { type Answer, json, noContent, refusal, validationFailed } from "./answer.ts";
import { addReaction, listReactions } from "./reaction-routes.ts";
import { issueCommentJson } from "./review-json.ts";
import { checkUnlocked, MAX_BODY_CHARACTERS } from "./review-rules.ts";
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
import { append, type IssueComment, type PullRequestState, remove } from "./state.ts";
import { botUser, nextId, timestamp } from "./world.ts";

// On a pull request either permission will do (`x-accepted-github-permissions: issues=write; pull_requests=write`).
const READ = repositoryAccess("issues:read", "pull_requests:read");
const WRITE = repositoryAccess("issues:write", "pull_requests:write");
const OF_ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
const COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment_id}";

export const issueCommentRoutes: readonly Route[] = [
  { method: "GET", path: OF_ISSUE, access: READ, handle: listComments },
  { method: "POST", path: OF_ISSUE, access: WRITE, handle: createComment },
  { method: "GET", path: COMMENT, access: READ, handle: showComment },
  { method: "PATCH", path: COMMENT, access: WRITE, handle: updateComment },
  { method: "DELETE", path: COMMENT, access: WRITE, handle: deleteComment },
  {
    method: "GET",
    path: `${COMMENT}/reactions`,
    access: READ,
    handle: (call) => listReactions(call, find(call).pull),
  },
  {
    method: "POST",
    path: `${COMMENT}/reactions`,
    access: WRITE,
    handle: (call) => addReaction(call, find(call).pull),
  },
];

function listComments(call: Call): Promise<Answer> {
  const pull = findPull(call, "issue_number");
  const since = call.query.get("since");
  const shown = pull.issueComments.filter((comment) => since === null || comment.updatedAt >= since);
  return page(call, shown, (comment) => issueCommentJson(call.world, pull, comment));
}

function createComment(call: Call): Answer {
  const pull = findPull(call, "issue_number");
  const body = readText(call);
  checkUnlocked(pull);
  const time = timestamp(call.world);
  const comment = {
    id: nextId(call.world),
    user: botUser(call.world),
    body,
    createdAt: time,
    updatedAt: time,
  };
  const shown = issueCommentJson(call.world, pull, append(pull.issueComments, comment));
  return json(201, shown, { location: String(shown.url) });
}

function showComment(call: Call): Answer {
  const { pull, comment } = find(call);
  return json(200, issueCommentJson(call.world, pull, comment));
}

function updateComment(call: Call): Answer {
  const { pull, comment } = findOwn(call);
  comment.body = readText(call);
  comment.updatedAt = timestamp(call.world);
  return json(200, issueCommentJson(call.world, pull, comment));
}

function deleteComment(call: Call): Answer {
  const { pull, comment } = findOwn(call);
  remove(pull.issueComments, comment);
  return noContent(204);
}

function readText(call: Call): string {
  const { body } = bodyObject(call);
  if (typeof body !== "string" || body.trim() === "") {
    throw validationFailed("IssueComment", "body", "body can't be blank");
  }
  if (body.length > MAX_BODY_CHARACTERS) {
    throw validationFailed(
      "IssueComment",
      "body",
      `body is too long (maximum is ${MAX_BODY_CHARACTERS} characters)`,
    );
  }
  return body;
}

function find(call: Call): { pull: PullRequestState; comment: IssueComment } {
  const { pulls } = findRepository(call);
  const comment = findById(
    pulls.flatMap((pull) => pull.issueComments),
    call.params.comment_id,
  );
  const pull = pulls.find((candidate) => candidate.issueComments.includes(comment));
  if (!pull) throw new Error("a comment belongs to a pull request");
  return { pull, comment };
}

function findOwn(call: Call): { pull: PullRequestState; comment: IssueComment } {
  const found = find(call);
  if (found.comment.user.login === botUser(call.world).login) return found;
  throw refusal(403, "Resource not accessible by integration");
}
