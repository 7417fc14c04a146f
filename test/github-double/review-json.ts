// The JSON GitHub shows for reviews, review comments, issue comments and reactions.
import { readPatch, rowOf } from "./commentable-lines.ts";
import { authorAssociation, diffOf } from "./pull-json.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository-json.ts";
import type { IssueComment, PullRequestState, Reaction, Review, ReviewComment } from "./state.ts";
import { embeddedAppJson, nodeId, userJson } from "./user-json.ts";
import { botUser, type World } from "./world.ts";

export const REACTIONS = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"] as const;

export function reviewJson(world: World, pull: PullRequestState, review: Review): Record<string, unknown> {
  const { html, url } = pullUrls(world, pull);
  const htmlUrl = `${html}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: userJson(world, review.user),
    body: review.body,
    state: review.state,
    html_url: htmlUrl,
    pull_request_url: url,
    author_association: authorAssociation(pull.repository, review.user.login),
    _links: { html: { href: htmlUrl }, pull_request: { href: url } },
    commit_id: review.shownCommitId,
    // A pending review has no such key yet.
    ...(review.submittedAt === null ? {} : { submitted_at: review.submittedAt }),
  };
}

export async function reviewCommentJson(
  world: World,
  pull: PullRequestState,
  comment: ReviewComment,
): Promise<Record<string, unknown>> {
  const { html, url } = pullUrls(world, pull);
  const self = `${repositoryUrl(world, pull.repository)}/pulls/comments/${comment.id}`;
  const htmlUrl = `${html}#discussion_r${comment.id}`;
  const isCurrent = await stillStands(pull, comment);
  return {
    url: self,
    pull_request_review_id: comment.review_id,
    id: comment.id,
    node_id: nodeId("PRRC", comment.id),
    diff_hunk: comment.diff_hunk,
    path: comment.path,
    commit_id: isCurrent ? pull.headSha : comment.commit_id,
    original_commit_id: comment.commit_id,
    user: userJson(world, comment.user),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: htmlUrl,
    pull_request_url: url,
    author_association: authorAssociation(pull.repository, comment.user.login),
    _links: { self: { href: self }, html: { href: htmlUrl }, pull_request: { href: url } },
    reactions: reactionRollup(pull, comment.id, self),
    ...placeJson(comment, isCurrent),
    ...(comment.in_reply_to_id === null ? {} : { in_reply_to_id: comment.in_reply_to_id }),
  };
}

export function issueCommentJson(
  world: World,
  pull: PullRequestState,
  comment: IssueComment,
): Record<string, unknown> {
  const issue = `${repositoryUrl(world, pull.repository)}/issues/${pull.number}`;
  const self = `${repositoryUrl(world, pull.repository)}/issues/comments/${comment.id}`;
  const isOurs = comment.user.login === botUser(world).login;
  return {
    url: self,
    html_url: `${pullUrls(world, pull).html}#issuecomment-${comment.id}`,
    issue_url: issue,
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    user: userJson(world, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: authorAssociation(pull.repository, comment.user.login),
    body: comment.body,
    reactions: reactionRollup(pull, comment.id, self),
    performed_via_github_app: isOurs ? embeddedAppJson(world) : null,
  };
}

export function reactionJson(world: World, reaction: Reaction): Record<string, unknown> {
  return {
    id: reaction.id,
    node_id: nodeId("REA", reaction.id),
    user: userJson(world, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

function pullUrls(world: World, pull: PullRequestState): { html: string; url: string } {
  return {
    html: `${repositoryHtmlUrl(world, pull.repository)}/pull/${pull.number}`,
    url: `${repositoryUrl(world, pull.repository)}/pulls/${pull.number}`,
  };
}

/** A comment is outdated (no `line`, no `position`) once the head's diff no longer prints that line at that place. */
async function stillStands(pull: PullRequestState, comment: ReviewComment): Promise<boolean> {
  if (comment.commit_id === pull.headSha) return true;
  const file = (await diffOf(pull)).byPath.get(comment.path);
  if (!file || comment.subject_type === "file") return file !== undefined;
  if (file.patch === null || comment.line === null || comment.side === null) return false;
  const row = rowOf(readPatch(file.patch), comment.side, comment.line);
  return row !== undefined && row.text === comment.diff_hunk.split("\n").at(-1);
}

function placeJson(comment: ReviewComment, isCurrent: boolean): Record<string, unknown> {
  if (comment.subject_type === "file") {
    // What a file comment's places look like is not in the description; 1 and null are what pages show.
    return { subject_type: "file", line: null, original_line: null, position: 1, original_position: 1 };
  }
  return {
    subject_type: "line",
    line: isCurrent ? comment.line : null,
    original_line: comment.line,
    side: comment.side,
    start_line: isCurrent ? comment.start_line : null,
    original_start_line: comment.start_line,
    start_side: comment.start_side,
    position: isCurrent ? comment.position : null,
    original_position: comment.position,
  };
}

export function reactionRollup(
  pull: PullRequestState,
  commentId: number,
  self: string,
): Record<string, unknown> {
  const own = pull.reactions.filter((reaction) => reaction.comment_id === commentId);
  const counts = REACTIONS.map((content) => [content, own.filter((one) => one.content === content).length]);
  return { url: `${self}/reactions`, total_count: own.length, ...Object.fromEntries(counts) };
}
