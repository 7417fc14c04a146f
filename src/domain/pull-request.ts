/** What a pull request is to a review, whichever door it came through. */
import type { FileDiff } from "./diff.ts";

/** Enough to find a pull request again; names may change, ids do not. */
export interface PullRequestLocator {
  readonly installationId: number;
  readonly repositoryId: number;
  readonly owner: string;
  readonly name: string;
  readonly number: number;
}

export interface PullRequest {
  readonly title: string;
  readonly description: string;
  readonly author: string;
  readonly state: "open" | "closed";
  readonly draft: boolean;
  readonly locked: boolean;
  readonly baseRef: string;
  readonly headRef: string;
  /** Commit that the diff starts from. */
  readonly baseSha: string;
  readonly headSha: string;
  /** First lines of the commit messages, oldest first; empty where the door does not fetch them. */
  readonly commits: readonly string[];
  readonly files: readonly FileDiff[];
  /** Why `files` is not the whole change, or null when it is. */
  readonly filesMissing: string | null;
}

/** The text of one file at one commit, or why there is none. */
export type FileContent =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly reason: string };
