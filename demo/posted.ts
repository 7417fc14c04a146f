// What was posted on the stand-in, as plain data for the page and as text for the terminal.

import { pullDiff } from "../test/github-double/git-diff.ts";
import { openGitDirectory } from "../test/github-double/git-directory.ts";
import type { PullRequestState } from "../test/github-double/state.ts";
import type { ExampleRepository } from "./example-repository.ts";
import type { DemoView } from "./page.ts";

export async function readPosted(
  pull: PullRequestState,
  example: ExampleRepository,
  note: string | null,
): Promise<DemoView> {
  const { files } = await pullDiff(openGitDirectory(example.directory), pull.baseSha, pull.headSha);
  const check = pull.checkRuns.at(-1);
  return {
    pull: {
      number: pull.number,
      title: pull.title,
      body: pull.body ?? "",
      author: pull.author,
      baseRef: pull.baseRef,
      headRef: pull.headRef,
      state: pull.state,
    },
    files: files.map((file) => ({
      path: file.filename,
      previousPath: file.previousFilename,
      status: file.status,
      additions: file.additions,
      deletions: file.deletions,
      patch: file.patch,
    })),
    reviews: pull.reviews.map((review) => ({ id: review.id, body: review.body, user: review.user.login })),
    comments: pull.reviewComments.map((comment) => ({
      id: comment.id,
      reviewId: comment.review_id,
      path: comment.path,
      body: comment.body,
      side: comment.side ?? "RIGHT",
      line: comment.line,
      startLine: comment.start_line,
      user: comment.user.login,
    })),
    check:
      check === undefined
        ? null
        : {
            status: check.status,
            conclusion: check.conclusion,
            title: check.output.title ?? "",
            summary: check.output.summary ?? "",
          },
    note,
  };
}

/** The review as it was posted: the summary, then each inline comment under its place. Hidden markers are left out. */
export function postedText(view: DemoView): string {
  const shown = (body: string) => body.replace(/\s*<!--[\s\S]*?-->\s*/g, "").trim();
  const comments = view.comments.map((comment) => {
    const range =
      comment.startLine === null || comment.startLine === comment.line
        ? `${comment.line}`
        : `${comment.startLine}-${comment.line}`;
    return `──── ${comment.path}:${range}${comment.side === "LEFT" ? " (deleted line)" : ""}\n\n${shown(comment.body)}`;
  });
  const check =
    view.check === null
      ? []
      : [`════ Check run: ${view.check.conclusion ?? view.check.status} — ${view.check.title}`];
  const reviews = view.reviews.map(
    (review) =>
      `════ Review by ${review.user} on #${view.pull.number} ${view.pull.title}\n\n${shown(review.body)}`,
  );
  return [...check, ...reviews, ...comments].join("\n\n");
}
