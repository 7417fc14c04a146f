/** A git repository on disk as the source of a pull request that has not been opened yet. */
import { UserError } from "../domain/errors.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { PullRequestSource } from "../review/ports.ts";
import { GitFault } from "./git.ts";
import { readDiff } from "./git-diff.ts";
import { openLocalView } from "./repository-view.ts";
import type { Revisions } from "./revisions.ts";

export interface Words {
  readonly title: string | undefined;
  readonly description: string | undefined;
}

const MAX_COMMITS = 50;

export function checkoutSource(revisions: Revisions, words: Words): PullRequestSource {
  return {
    load: (signal) => load(revisions, words, signal),
    current: async () => ({
      headSha: revisions.headSha,
      state: "open",
      draft: false,
      locked: false,
    }),
    openView: (pullRequest, signal) =>
      openLocalView(revisions.git, pullRequest.baseSha, pullRequest.headSha, signal),
  };
}

async function load(revisions: Revisions, words: Words, signal: AbortSignal): Promise<PullRequest> {
  const { git, baseSha, headSha } = revisions;
  try {
    const [files, commits] = await Promise.all([
      readDiff(git, baseSha, headSha, signal),
      readCommits(revisions, signal),
    ]);
    const [first] = commits;
    return {
      title: words.title ?? first?.subject ?? `Changes in ${revisions.headRef}`,
      description:
        words.description ??
        commits
          .map((commit) => commit.body)
          .filter((body) => body !== "")
          .join("\n\n"),
      author: first?.author ?? "",
      state: "open",
      draft: false,
      locked: false,
      baseRef: revisions.baseRef,
      headRef: revisions.headRef,
      baseSha,
      headSha,
      commits: commits.map((commit) => commit.subject),
      files,
      filesMissing: null,
    };
  } catch (error) {
    if (error instanceof GitFault)
      throw new UserError(`git could not compare ${baseSha} with ${headSha}: ${error.message}`, {
        cause: error,
      });
    throw error;
  }
}

interface Commit {
  readonly author: string;
  readonly subject: string;
  readonly body: string;
}

/** Oldest first. A tree (index, work tree) has none. */
async function readCommits(
  { git, baseSha, headSha }: Revisions,
  signal: AbortSignal,
): Promise<readonly Commit[]> {
  const kind = (await git.text(["cat-file", "-t", headSha], signal)).trim();
  if (kind !== "commit") return [];
  const format = "--format=%an%x00%s%x00%b%x00%x00";
  const log = await git.text(
    ["log", "--reverse", `--max-count=${MAX_COMMITS}`, "--no-merges", format, `${baseSha}..${headSha}`, "--"],
    signal,
  );
  return log
    .split("\0\0")
    .map((record) => record.replace(/^\n/, "").split("\0"))
    .filter((fields) => fields.length >= 2)
    .map(([author = "", subject = "", body = ""]) => ({ author, subject, body: body.trim() }));
}
