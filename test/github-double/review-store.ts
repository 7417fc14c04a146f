// Puts accepted reviews and review comments into the world.
import { type PatchRow, readPatch, rowOf } from "./commentable-lines.ts";
import type { DiffSummary } from "./git-diff.ts";
import type { DraftComment } from "./review-rules.ts";
import {
  append,
  type PullRequestState,
  type Review,
  type ReviewComment,
  type ReviewEvent,
  type Side,
  type User,
} from "./state.ts";
import { nextId, timestamp, type World } from "./world.ts";

export interface NewReview {
  readonly user: User;
  readonly body: string;
  readonly event: ReviewEvent | null;
  readonly commit: string;
  readonly isImplicit: boolean;
}

interface Place {
  readonly line: number | null;
  readonly side: Side | null;
  readonly start_line: number | null;
  readonly start_side: Side | null;
  readonly position: number | null;
  readonly diff_hunk: string;
}

export const STATUS_OF = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
} as const;

export function storeReview(world: World, pull: PullRequestState, draft: NewReview): Review {
  return append(pull.reviews, {
    id: nextId(world),
    body: draft.body,
    event: draft.event,
    state: draft.event === null ? "PENDING" : STATUS_OF[draft.event],
    commit_id: draft.commit,
    shownCommitId: draft.commit,
    user: draft.user,
    implicit: draft.isImplicit,
    submittedAt: draft.event === null ? null : timestamp(world),
    comments: [],
  });
}

export function storeReviewComment(
  world: World,
  pull: PullRequestState,
  review: Review,
  draft: DraftComment & { readonly subject_type?: "line" | "file" | undefined },
  diff: DiffSummary,
): ReviewComment {
  const isFile = draft.subject_type === "file";
  const comment: ReviewComment = {
    id: nextId(world),
    review_id: review.id,
    user: review.user,
    body: draft.body,
    path: draft.path,
    commit_id: review.commit_id,
    subject_type: isFile ? "file" : "line",
    in_reply_to_id: null,
    createdAt: timestamp(world),
    updatedAt: timestamp(world),
    ...(isFile ? NOWHERE : placeOf(diff.byPath.get(draft.path)?.patch ?? "", draft)),
  };
  append(pull.reviewComments, comment);
  return append(review.comments, comment);
}

/** A reply stands where the comment it answers stands. */
export function storeReply(
  world: World,
  pull: PullRequestState,
  review: Review,
  parent: ReviewComment,
  body: string,
): ReviewComment {
  const times = { createdAt: timestamp(world), updatedAt: timestamp(world) };
  const own = { id: nextId(world), review_id: review.id, user: review.user, body, in_reply_to_id: parent.id };
  const comment: ReviewComment = { ...parent, ...own, ...times };
  append(pull.reviewComments, comment);
  return append(review.comments, comment);
}

const NOWHERE: Place = {
  line: null,
  side: null,
  start_line: null,
  start_side: null,
  position: null,
  diff_hunk: "",
};

function placeOf(patch: string, draft: DraftComment): Place {
  const rows = readPatch(patch);
  const side = draft.side === "LEFT" ? "LEFT" : "RIGHT";
  const row = draft.position === undefined ? rowOf(rows, side, draft.line ?? 0) : rows[draft.position];
  if (!row) throw new Error(`an accepted comment has no place: ${draft.path}`);
  // Given by position, a deleted line is on the LEFT and everything else on the RIGHT.
  const shownSide = draft.position === undefined ? side : row.right === null ? "LEFT" : "RIGHT";
  const isRange = draft.start_line !== undefined;
  return {
    line: shownSide === "RIGHT" ? row.right : row.left,
    side: shownSide,
    start_line: draft.start_line ?? null,
    start_side: isRange
      ? draft.start_side === "LEFT" || draft.start_side === "RIGHT"
        ? draft.start_side
        : side
      : null,
    position: row.position,
    diff_hunk: hunkUpTo(rows, row),
  };
}

/** GitHub shows the hunk from its header down to the commented line. */
function hunkUpTo(rows: readonly PatchRow[], row: PatchRow): string {
  const shown = rows.filter((one) => one.hunk === row.hunk && one.position <= row.position);
  return shown.map((one) => one.text).join("\n");
}
