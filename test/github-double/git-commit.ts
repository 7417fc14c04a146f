// Reads commits, and shows them as GitHub does.
import { EMPTY_TREE, type FileDiff, treeDiff } from "./git-diff.ts";
import { type GitDirectory, mergeBase, remembered, runGit } from "./git-directory.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository-json.ts";
import type { PullRequestState, Repository } from "./state.ts";
import { nodeId } from "./user-json.ts";
import type { World } from "./world.ts";

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

const FORMAT = "%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B";

/** Commits of `base..head`, oldest first, as the pull request page lists them. */
export function commitsBetween(git: GitDirectory, base: string, head: string): Promise<readonly string[]> {
  return remembered(git.commits, `${base}..${head}`, async () => {
    const from = await mergeBase(git, base, head);
    const output = await runGit(git, ["rev-list", "--reverse", "--topo-order", `${from}..${head}`]);
    return output.toString().split("\n").filter(Boolean);
  });
}

export function pullCommits(pull: PullRequestState): Promise<readonly string[]> {
  return commitsBetween(pull.repository.git, pull.baseSha, pull.headSha);
}

export async function readCommit(git: GitDirectory, sha: string): Promise<Commit> {
  const output = await runGit(git, ["log", "-1", "--no-show-signature", `--format=${FORMAT}`, sha]);
  const [tree = "", parents = "", ...rest] = output.toString().split("\0");
  const [name = "", email = "", date = "", cName = "", cEmail = "", cDate = "", message = ""] = rest;
  return {
    sha,
    tree,
    parents: parents.split(" ").filter(Boolean),
    author: { name, email, date },
    committer: { name: cName, email: cEmail, date: cDate },
    message: message.trimEnd(),
  };
}

export async function commitFiles(git: GitDirectory, commit: Commit): Promise<readonly FileDiff[]> {
  const diff = await treeDiff(git, commit.parents[0] ?? EMPTY_TREE, commit.sha);
  return diff.files;
}

export async function commitJson(
  world: World,
  repository: Repository,
  sha: string,
): Promise<Record<string, unknown>> {
  const commit = await readCommit(repository.git, sha);
  const url = repositoryUrl(world, repository);
  const html = repositoryHtmlUrl(world, repository);
  return {
    url: `${url}/commits/${sha}`,
    sha,
    node_id: nodeId("C", Number.parseInt(sha.slice(0, 8), 16)),
    html_url: `${html}/commit/${sha}`,
    comments_url: `${url}/commits/${sha}/comments`,
    commit: {
      url: `${url}/git/commits/${sha}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      comment_count: 0,
      verification: {
        verified: false,
        reason: "unsigned",
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    author: null,
    committer: null,
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: `${url}/commits/${parent}`,
      html_url: `${html}/commit/${parent}`,
    })),
  };
}
