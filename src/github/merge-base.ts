/** The commit that a pull request's diff starts from. */
import type { PullRequest, PullRequestLocator } from "../domain/pull-request.ts";
import { type GitHubClient, reach } from "./client.ts";

/**
 * `base.sha` of the API is the tip of the base branch, and the diff is made from where the two histories part. Files
 * come with the first page alone, whatever its size, and nobody wants them here (REST description,
 * repos/compare-commits-with-basehead).
 */
export async function findMergeBase(
  client: GitHubClient,
  { owner, name: repo }: PullRequestLocator,
  { baseSha, headSha }: PullRequest,
  signal: AbortSignal,
): Promise<string> {
  const range = { owner, repo, basehead: `${baseSha}...${headSha}`, per_page: 1, page: 2 };
  const { data } = await reach("finding the merge base", signal, () =>
    client.rest.repos.compareCommitsWithBasehead({ ...range, request: { signal } }),
  );
  return data.merge_base_commit.sha;
}
