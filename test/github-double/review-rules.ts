// What GitHub refuses when a review or a review comment is posted. All or nothing: any fault refuses the whole call.
import { z } from "zod";
import { refusal, unprocessable } from "./answer.ts";
import { ANCHOR_FAULTS, anchorFault } from "./commentable-lines.ts";
import { commitsBetween } from "./git-commit.ts";
import { type DiffSummary, pullDiff } from "./git-diff.ts";
import type { PullRequestState, Review, ReviewEvent, User } from "./state.ts";

export const MAX_BODY_CHARACTERS = 65_536; // `body is too long (maximum is 65536 characters)`

export const FAULTS = {
  bodyBlank: "Body can't be blank",
  bodyTooLong: `Body is too long (maximum is ${MAX_BODY_CHARACTERS} characters)`,
  event: "Variable $event of type PullRequestReviewEvent was provided invalid value",
  pending: "User can only have one pending review per pull request",
  path: "Pull request review thread path is invalid",
  diffHunk: "Pull request review thread diff hunk can't be blank",
  unresolved: "Line could not be resolved",
  commit: "Commit is not part of the pull request",
  approveOwn: "Review Can not approve your own pull request",
  requestChangesOwn: "Review Can not request changes on your own pull request",
} as const;

const LOCKED = "Unable to create comment because issue is locked.";

const draftCommentSchema = z.strictObject({
  path: z.string(),
  body: z.string(),
  position: z.int().optional(),
  line: z.int().optional(),
  side: z.string().optional(),
  start_line: z.int().optional(),
  start_side: z.string().optional(),
});

export const reviewSchema = z.object({
  commit_id: z.string().optional(),
  body: z.string().optional(),
  event: z.string().optional(),
  comments: z.array(draftCommentSchema).optional(),
});

export const singleCommentSchema = draftCommentSchema.extend({
  commit_id: z.string(),
  in_reply_to: z.int().optional(),
  subject_type: z.enum(["line", "file"]).optional(),
});

export type DraftComment = z.infer<typeof draftCommentSchema>;
export type SingleComment = z.infer<typeof singleCommentSchema>;

/** Wrong types and unknown keys (such as `subject_type` in `comments[]`) are refused before anything is looked at. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const faults = result.error.issues.map(
    (issue) => `For 'properties/${issue.path.join("/")}', ${issue.message}`,
  );
  throw refusal(422, `Invalid request.\n\n${faults.join("\n")}`);
}

export function checkUnlocked(pull: PullRequestState): void {
  if (pull.locked) throw refusal(403, LOCKED);
}

/** One pending review per user blocks submitted reviews and single comments, too. */
export function checkNoPending(pull: PullRequestState, user: User): void {
  if (pendingReview(pull, user)) throw unprocessable([FAULTS.pending]);
}

function pendingReview(pull: PullRequestState, user: User): Review | undefined {
  return pull.reviews.find((review) => review.state === "PENDING" && review.user.login === user.login);
}

export function readEvent(event: string | undefined): ReviewEvent | null {
  if (event === undefined) return null;
  if (event === "APPROVE" || event === "REQUEST_CHANGES" || event === "COMMENT") return event;
  throw unprocessable([FAULTS.event]);
}

export function checkSubmission(pull: PullRequestState, user: User, event: ReviewEvent, body: string): void {
  if (event !== "APPROVE" && body.trim() === "") throw unprocessable([FAULTS.bodyBlank]);
  const isOwn = user.login === pull.author;
  if (isOwn && event === "APPROVE") throw unprocessable([FAULTS.approveOwn]);
  if (isOwn && event === "REQUEST_CHANGES") throw unprocessable([FAULTS.requestChangesOwn]);
}

export function checkBodyLength(body: string): void {
  if (body.length > MAX_BODY_CHARACTERS) throw unprocessable([FAULTS.bodyTooLong]);
}

/**
 * The diff the comments are placed on: the one of the commit they name. Any commit of the pull request will do,
 * also of a head that was since pushed over (GitHub takes non-head SHAs, kirodotdev/KiroCrew#1111).
 */
export async function diffAtCommit(pull: PullRequestState, commit: string): Promise<DiffSummary> {
  const { git } = pull.repository;
  if (!pull.headHistory.includes(commit)) {
    const lists = await Promise.all(pull.headHistory.map((head) => commitsBetween(git, pull.baseSha, head)));
    if (!lists.some((list) => list.includes(commit))) throw unprocessable([FAULTS.commit]);
  }
  return pullDiff(git, pull.baseSha, commit);
}

/**
 * Now and then GitHub does not take a line that its files API shows: `Line could not be resolved`
 * (The-PR-Agent/pr-agent#592, QwenLM/qwen-code#6711).
 */
export function refusedLineFaults(pull: PullRequestState, comment: DraftComment): string[] {
  const isRefused = pull.refusedLines.some(
    ({ path, line }) => path === comment.path && line === comment.line,
  );
  return isRefused ? [FAULTS.unresolved] : [];
}

export function commentFaults(diff: DiffSummary, comment: DraftComment): string[] {
  const faults: string[] = [];
  if (comment.body.trim() === "") faults.push(FAULTS.bodyBlank);
  if (comment.body.length > MAX_BODY_CHARACTERS) faults.push(FAULTS.bodyTooLong);
  const file = diff.byPath.get(comment.path);
  if (!file) return [...faults, FAULTS.path, FAULTS.diffHunk];
  // Without a patch (binary, too large, pure rename) no line of the file is part of the diff.
  const fault = file.patch === null ? ANCHOR_FAULTS.line : anchorFault(file.patch, comment);
  return fault === null ? faults : [...faults, fault];
}
