/** A pull request on GitHub: metadata, the files API page by page, and single files of the head commit. */
import { countChanges, type FileDiff, type FileStatus, type Patch, parsePatch } from "../domain/diff.ts";
import { RetryableError } from "../domain/errors.ts";
import type { PullRequest, PullRequestLocator } from "../domain/pull-request.ts";
import type { PullRequestSource } from "../review/ports.ts";
import { type GitHubClient, reach } from "./client.ts";
import { eachNumberedPage } from "./pages.ts";
import { openRepositoryView } from "./repository-view.ts";

type PullData = Awaited<ReturnType<GitHubClient["rest"]["pulls"]["get"]>>["data"];
type FileData = Awaited<ReturnType<GitHubClient["rest"]["pulls"]["listFiles"]>>["data"][number];

/** The files API ends there, whatever the pull request holds (REST description, pulls/list-files). */
const MAX_LISTED_FILES = 3_000;

/** `onHead` is told the head commit before anything else of it is read. */
export function pullRequestSource(
  client: GitHubClient,
  locator: PullRequestLocator,
  onHead: (headSha: string) => Promise<void>,
): PullRequestSource {
  const where = { owner: locator.owner, repo: locator.name, pull_number: locator.number };
  const get = (signal: AbortSignal) =>
    reach(
      "reading the pull request",
      signal,
      async () => (await client.rest.pulls.get({ ...where, request: { signal } })).data,
    );
  return {
    load: async (signal) => {
      const pull = await get(signal);
      await onHead(pull.head.sha);
      const files: FileDiff[] = [];
      const pages = eachNumberedPage("listing its files", signal, (place) =>
        client.rest.pulls.listFiles({ ...where, ...place, request: { signal } }),
      );
      // What GitHub sent of a page is let go before the next one comes: there may be 30 of them.
      for await (const page of pages) {
        if (page.some((file) => isOfAnotherHead(file, pull.head.sha)))
          throw new RetryableError("the pull request moved while it was being read", { cause: null });
        files.push(...page.map(toFileDiff));
      }
      return toPullRequest(pull, files);
    },
    current: async (signal) => {
      const pull = await get(signal);
      const { state, locked } = pull;
      return { headSha: pull.head.sha, state, locked, draft: pull.draft ?? false };
    },
    openView: (pullRequest, signal) => openRepositoryView(client, locator, pullRequest, signal),
  };
}

/** Each file says by its address which commit it was listed for: a push in between must not pass for what was read. */
function isOfAnotherHead({ contents_url }: FileData, headSha: string): boolean {
  const listed = /[?&]ref=(?<sha>[0-9a-f]{40})$/.exec(contents_url)?.groups?.["sha"];
  return listed !== undefined && listed !== headSha;
}

function toPullRequest(pull: PullData, files: readonly FileDiff[]): PullRequest {
  return {
    title: pull.title,
    description: pull.body ?? "",
    // The type says that there always is a user; a deleted account has none.
    author: (pull.user as typeof pull.user | null)?.login ?? "ghost",
    state: pull.state,
    draft: pull.draft ?? false,
    locked: pull.locked,
    baseRef: pull.base.ref,
    headRef: pull.head.ref,
    baseSha: pull.base.sha,
    headSha: pull.head.sha,
    commits: [],
    files,
    filesMissing: missingFiles(pull.changed_files, files.length),
  };
}

function missingFiles(changed: number, listed: number): string | null {
  if (listed >= changed) return null;
  const why =
    listed >= MAX_LISTED_FILES ? `GitHub lists at most ${MAX_LISTED_FILES}` : "GitHub listed no more";
  return `${changed - listed} of ${changed} changed files are not known: ${why}`;
}

const STATUSES: ReadonlySet<string> = new Set([
  "added",
  "modified",
  "removed",
  "renamed",
  "copied",
  "changed",
] satisfies FileStatus[]);

function toFileDiff(file: FileData): FileDiff {
  return {
    path: file.filename,
    previousPath: file.previous_filename ?? null,
    // "unchanged" is in the description, but a pull request does not list such files.
    status: STATUSES.has(file.status) ? (file.status as FileStatus) : "modified",
    additions: file.additions,
    deletions: file.deletions,
    patch: patchOf(file),
  };
}

function patchOf(file: FileData): Patch {
  if (file.patch === undefined || file.patch === "") return withoutPatch(file);
  if (/^@@ [^\n]*\n([-+ ]Subproject commit [0-9a-f]{40,64}(-dirty)?\n?)+$/.test(file.patch))
    return { kind: "none", reason: "submodule", detail: "submodule pointer" };
  const patch = parsePatch(file.patch);
  if (patch.kind === "none") return patch;
  const counts = countChanges(patch.hunks);
  const whole = counts.additions === file.additions && counts.deletions === file.deletions;
  return whole
    ? patch
    : {
        kind: "none",
        reason: "unusable",
        detail: `GitHub's patch is cut: it shows +${counts.additions} -${counts.deletions} of +${file.additions} -${file.deletions}`,
      };
}

/** GitHub leaves the patch out of binary files, pure renames, changed modes and everything over 20,000 lines or 500 KB. */
function withoutPatch(file: FileData): Patch {
  if (file.changes > 0)
    return {
      kind: "none",
      reason: "too-large",
      detail: `GitHub shows no patch for it (+${file.additions} -${file.deletions})`,
    };
  if (file.status === "renamed") return { kind: "none", reason: "rename", detail: "renamed without changes" };
  if (file.status === "copied") return { kind: "none", reason: "rename", detail: "copied without changes" };
  return {
    kind: "none",
    reason: "binary",
    detail: "no text to read: binary, empty or only its mode changed",
  };
}
