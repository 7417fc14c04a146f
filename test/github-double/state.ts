// What the GitHub stand-in remembers: installations, repositories, pull requests and everything posted on them.
import type { GitDirectory } from "./git-directory.ts";

export type PermissionLevel = "read" | "write";
export type CollaboratorPermission = "admin" | "write" | "read" | "none";
export type Side = "LEFT" | "RIGHT";
export type ReviewEvent = "APPROVE" | "REQUEST_CHANGES" | "COMMENT";
export type ReviewStatus = "PENDING" | "COMMENTED" | "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED";

export interface User {
  readonly login: string;
  readonly type: "User" | "Bot" | "Organization";
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly privateKey: string;
}

export interface Installation {
  readonly id: number;
  readonly account: string;
  /** Repository ids the App may see; a test removes one to play `installation_repositories.removed`. */
  readonly repositoryIds: Set<number>;
  /** What the owner has granted, e.g. `{ pull_requests: "write" }`. */
  permissions: Record<string, PermissionLevel>;
  suspended: boolean;
  /** A test sets it back for an installation that was there before its pull requests. */
  createdAt: string;
  /** True after the App was uninstalled: minting answers 404, old tokens 401. */
  deleted: boolean;
  rateUsed: number;
}

export interface AccessToken {
  readonly installationId: number;
  readonly expiresAt: number;
  readonly repositoryIds: ReadonlySet<number> | null;
  readonly permissions: Readonly<Record<string, PermissionLevel>> | null;
}

export interface Repository {
  readonly id: number;
  owner: string;
  name: string;
  readonly fullName: string;
  readonly git: GitDirectory;
  readonly installationId: number;
  defaultBranch: string;
  permissions: Record<string, CollaboratorPermission>;
  private: boolean;
  archived: boolean;
  readonly pulls: PullRequestState[];
  readonly checkRuns: CheckRun[];
  readonly createdAt: string;
}

export interface PullRequestState {
  readonly number: number;
  readonly id: number;
  readonly repository: Repository;
  title: string;
  body: string | null;
  readonly author: string;
  /** Setting it moves `baseSha` to the tip of the new base branch, as editing the base does. */
  baseRef: string;
  readonly baseSha: string;
  readonly headRef: string;
  headSha: string;
  /** Every head so far, oldest first, with the current one last. */
  readonly headHistory: readonly string[];
  /** Full name of the repository the head lives in; null after the fork was deleted. */
  headRepository: string | null;
  state: "open" | "closed";
  merged: boolean;
  draft: boolean;
  locked: boolean;
  /** Lines that the files API shows and that a review is refused for all the same; a test fills it. */
  readonly refusedLines: RefusedLine[];
  readonly reviews: readonly Review[];
  readonly reviewComments: readonly ReviewComment[];
  readonly issueComments: readonly IssueComment[];
  readonly reactions: readonly Reaction[];
  readonly checkRuns: readonly CheckRun[];
  readonly createdAt: string;
  updatedAt: string;
}

export interface RefusedLine {
  readonly path: string;
  readonly line: number;
}

export interface Review {
  readonly id: number;
  body: string;
  /** What was asked for; null while the review is pending. */
  event: ReviewEvent | null;
  state: ReviewStatus;
  /** As posted. */
  readonly commit_id: string;
  /** As shown: after a force push GitHub may point an old review at the new head (max-sixty/tend#884). */
  shownCommitId: string;
  readonly user: User;
  /** True for the review GitHub wraps around a comment posted alone through `POST …/pulls/{n}/comments`. */
  readonly implicit: boolean;
  submittedAt: string | null;
  readonly comments: readonly ReviewComment[];
}

export interface ReviewComment {
  readonly id: number;
  readonly review_id: number;
  readonly user: User;
  body: string;
  readonly path: string;
  readonly commit_id: string;
  readonly subject_type: "line" | "file";
  readonly line: number | null;
  readonly side: Side | null;
  readonly start_line: number | null;
  readonly start_side: Side | null;
  readonly position: number | null;
  readonly diff_hunk: string;
  readonly in_reply_to_id: number | null;
  readonly createdAt: string;
  updatedAt: string;
}

export interface IssueComment {
  readonly id: number;
  readonly user: User;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
}

export interface Reaction {
  readonly id: number;
  readonly comment_id: number;
  readonly content: string;
  readonly user: User;
  readonly createdAt: string;
}

export interface CheckOutput {
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: readonly Readonly<Record<string, unknown>>[];
}

export interface CheckRun {
  readonly id: number;
  name: string;
  readonly head_sha: string;
  status: string;
  conclusion: string | null;
  output: CheckOutput;
  external_id: string | null;
  details_url: string | null;
  started_at: string | null;
  completed_at: string | null;
  actions: readonly unknown[];
  /** The body of the creating call and of every update, in order. */
  readonly history: readonly Readonly<Record<string, unknown>>[];
}

/** The stored arrays are readonly to tests; only the stand-in itself appends, through this. */
export function append<T>(list: readonly T[], item: T): T {
  (list as T[]).push(item);
  return item;
}

export function remove<T>(list: readonly T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) (list as T[]).splice(index, 1);
}
