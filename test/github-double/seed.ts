// Puts repositories, pull requests and other people's doings into the world. All of it is synchronous.
import { DEFAULT_PERMISSIONS } from "./app-auth.ts";
import { commitOf, headBranch, isForcePush, openGitDirectory } from "./git-directory.ts";
import { storeReply, storeReview } from "./review-store.ts";
import {
  append,
  type CollaboratorPermission,
  type Installation,
  type IssueComment,
  type PullRequestState,
  type Repository,
  type Review,
  type ReviewComment,
  type ReviewEvent,
  type User,
} from "./state.ts";
import { person } from "./user-json.ts";
import { nextId, repositoryNamed, timestamp, type World } from "./world.ts";

export interface RepositorySeed {
  readonly owner: string;
  readonly name: string;
  /** A real git repository, bare or not. */
  readonly directory: string;
  readonly installationId: number;
  readonly defaultBranch?: string;
  readonly permissions?: Record<string, CollaboratorPermission>;
  readonly private?: boolean;
}

export interface PullRequestSeed {
  /** owner/name */
  readonly repository: string;
  readonly title: string;
  readonly body?: string;
  readonly author?: string;
  readonly baseRef: string;
  readonly headRef: string;
  readonly draft?: boolean;
  /** Full name of a fork, or null for a fork that was deleted. */
  readonly headRepository?: string | null;
}

export interface ReviewSeed {
  readonly login: string;
  readonly body?: string;
  /** Absent: a pending review. */
  readonly event?: ReviewEvent;
}

export function addRepository(world: World, seed: RepositorySeed): Repository {
  const git = openGitDirectory(seed.directory);
  const repository: Repository = {
    id: nextId(world),
    owner: seed.owner,
    name: seed.name,
    get fullName() {
      return `${this.owner}/${this.name}`;
    },
    git,
    installationId: seed.installationId,
    defaultBranch: seed.defaultBranch ?? headBranch(git),
    permissions: { ...seed.permissions },
    private: seed.private ?? false,
    archived: false,
    pulls: [],
    checkRuns: [],
    createdAt: timestamp(world),
  };
  world.repositories.push(repository);
  installationFor(world, seed).repositoryIds.add(repository.id);
  return repository;
}

export function openPullRequest(world: World, seed: PullRequestSeed): PullRequestState {
  const repository = repositoryNamed(world, seed.repository);
  if (!repository) throw new Error(`no repository ${seed.repository}`);
  const headSha = commitOf(repository.git, seed.headRef);
  const base = { ref: seed.baseRef, sha: commitOf(repository.git, seed.baseRef) };
  const pull: PullRequestState = {
    number: repository.pulls.length + 1,
    id: nextId(world),
    repository,
    title: seed.title,
    body: seed.body ?? null,
    author: seed.author ?? "author",
    get baseRef() {
      return base.ref;
    },
    set baseRef(ref) {
      Object.assign(base, { ref, sha: commitOf(repository.git, ref) });
    },
    get baseSha() {
      return base.sha;
    },
    headRef: seed.headRef,
    headSha,
    headHistory: [headSha],
    headRepository: seed.headRepository === undefined ? repository.fullName : seed.headRepository,
    state: "open",
    merged: false,
    draft: seed.draft ?? false,
    locked: false,
    refusedLines: [],
    reviews: [],
    reviewComments: [],
    issueComments: [],
    reactions: [],
    checkRuns: repository.checkRuns.filter((run) => run.head_sha === headSha),
    createdAt: timestamp(world),
    updatedAt: timestamp(world),
  };
  repository.pulls.push(pull);
  return pull;
}

export function pushHead(world: World, pull: PullRequestState, sha: string): void {
  const { git, checkRuns } = pull.repository;
  const before = pull.headSha;
  pull.headSha = commitOf(git, sha);
  pull.updatedAt = timestamp(world);
  append(pull.headHistory, pull.headSha);
  for (const run of checkRuns) {
    if (run.head_sha === pull.headSha && !pull.checkRuns.includes(run)) append(pull.checkRuns, run);
  }
  if (isForcePush(git, before, pull.headSha)) {
    for (const review of pull.reviews) review.shownCommitId = pull.headSha;
  }
}

export function renameRepository(world: World, repository: Repository, owner: string, name: string): void {
  const former = repository.fullName;
  world.formerNames.set(former.toLowerCase(), repository.id);
  Object.assign(repository, { owner, name });
  for (const pull of repository.pulls) {
    if (pull.headRepository === former) pull.headRepository = repository.fullName;
  }
}

export function addReview(world: World, pull: PullRequestState, seed: ReviewSeed): Review {
  const draft = { body: seed.body ?? "", event: seed.event ?? null, commit: pull.headSha, isImplicit: false };
  return storeReview(world, pull, { ...draft, user: person(seed.login) });
}

export function addIssueComment(
  world: World,
  pull: PullRequestState,
  user: User,
  body: string,
): IssueComment {
  const time = timestamp(world);
  return append(pull.issueComments, { id: nextId(world), user, body, createdAt: time, updatedAt: time });
}

export function addReply(
  world: World,
  pull: PullRequestState,
  user: User,
  body: string,
  to: number,
): ReviewComment {
  const parent = pull.reviewComments.find((comment) => comment.id === to);
  if (!parent) throw new Error(`no review comment ${to} to reply to`);
  const draft = { user, body: "", event: "COMMENT", commit: pull.headSha, isImplicit: true } as const;
  return storeReply(world, pull, storeReview(world, pull, draft), parent, body);
}

function installationFor(world: World, seed: RepositorySeed): Installation {
  const known = world.installations.get(seed.installationId);
  if (known) return known;
  const installation: Installation = {
    id: seed.installationId,
    account: seed.owner,
    repositoryIds: new Set(),
    permissions: { ...DEFAULT_PERMISSIONS },
    suspended: false,
    createdAt: timestamp(world),
    deleted: false,
    rateUsed: 0,
  };
  world.installations.set(installation.id, installation);
  return installation;
}
