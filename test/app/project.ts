// A repository with one pull request, on real git and in the GitHub stand-in.
import { cpSync } from "node:fs";
import { branchedRepository, type Files, type TempRepository, tempRepository } from "../builders-git.ts";
import type { GitHubDouble, PullRequestState, Repository } from "../github-double/server.ts";
import type { CollaboratorPermission } from "../github-double/state.ts";

export interface Project {
  readonly pull: PullRequestState;
  readonly repository: Repository;
  readonly git: TempRepository;
}

export interface ProjectSeed {
  readonly base?: Files;
  readonly head?: Files;
  /** Instead of `base` and `head`: a repository with the branches `main` and `topic`. */
  readonly git?: TempRepository;
  readonly title?: string;
  readonly draft?: boolean;
  readonly body?: string;
  readonly author?: string;
  /** To have several repositories in one installation. */
  readonly installationId?: number;
  readonly permissions?: Record<string, CollaboratorPermission>;
}

/** One line of code added to a file: enough for a review. */
const SMALL_BASE: Files = { "src/price.ts": "export const vat = 19;\n" };
const SMALL_HEAD: Files = {
  "src/price.ts": "export const vat = 19;\nexport const gross = (net: number) => net + vat;\n",
};

export function openProject(github: GitHubDouble, number: number, seed: ProjectSeed): Project {
  const git = seed.git ?? repositoryFor(seed);
  const repository = github.addRepository({
    owner: "acme",
    name: `shop-${number}`,
    directory: git.directory,
    installationId: seed.installationId ?? 1000 + number,
    defaultBranch: "main",
    permissions: seed.permissions ?? { maintainer: "write", reader: "read", owner: "admin" },
  });
  const pull = github.openPullRequest({
    repository: repository.fullName,
    // By it the model's stand-in knows which pull request it is asked about.
    title: seed.title ?? `Change number ${number}`,
    body: seed.body ?? "",
    author: seed.author ?? "author",
    baseRef: "main",
    headRef: "topic",
    draft: seed.draft ?? false,
  });
  return { pull, repository, git };
}

let small: TempRepository | null = null;

/** The small one is made once in a process and then copied: each commit is some processes, and they are waited for. */
function repositoryFor({ base, head }: ProjectSeed): TempRepository {
  if (base !== undefined || head !== undefined)
    return branchedRepository(base ?? SMALL_BASE, head ?? SMALL_HEAD);
  if (small === null) {
    const made = branchedRepository(SMALL_BASE, SMALL_HEAD, "small");
    process.once("exit", () => made.dispose());
    small = made;
  }
  const copy = tempRepository();
  cpSync(small.directory, copy.directory, { recursive: true });
  return copy;
}
