/** The repository view of a pull request on GitHub: head from one archive, base from head and the diff, the rest by query. */
import { baseText, fitsHead } from "../domain/base-text.ts";
import type { FileDiff } from "../domain/diff.ts";
import type { FileContent, PullRequest, PullRequestLocator } from "../domain/pull-request.ts";
import { isRepositoryPath } from "../domain/repository-path.ts";
import type { RepositoryView, ScannedFile } from "../review/repository-view.ts";
import type { GitHubClient } from "./client.ts";
import { fileQuery } from "./file-query.ts";
import { ARCHIVE_LIMITS, type ArchiveLimits, fetchHeadArchive, type HeadArchive } from "./head-archive.ts";
import { findMergeBase } from "./merge-base.ts";

/** Fetches the archive at once. Where there is none, reading asks GitHub for the files that are wanted. */
export async function openRepositoryView(
  client: GitHubClient,
  locator: PullRequestLocator,
  pullRequest: PullRequest,
  signal: AbortSignal,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<RepositoryView> {
  const outcome = await fetchHeadArchive(client, locator, pullRequest.headSha, limits, signal);
  const archive = outcome.kind === "loaded" ? outcome.archive : null;
  const query = fileQuery(client, locator);
  const head = headReader(archive, pullRequest, (paths, signal) =>
    query.read(pullRequest.headSha, paths, signal),
  );
  let mergeBase: Promise<string> | null = null;
  const atBase: Ask = async (paths, signal) => {
    mergeBase ??= findMergeBase(client, locator, pullRequest, signal).catch((error: unknown) => {
      mergeBase = null;
      throw error;
    });
    return query.read(await mergeBase, paths, signal);
  };
  return {
    files: archive?.files ?? [],
    treeMissing: outcome.kind === "loaded" ? null : outcome.reason,
    readHead: head,
    readBase: baseReader(pullRequest, head, atBase),
    scan: (paths, signal) => scan(archive, head, paths, signal),
    close: async () => archive?.close(),
  };
}

type Contents = ReadonlyMap<string, FileContent>;
type Ask = (paths: readonly string[], signal: AbortSignal) => Promise<Contents>;

const ABSENT: FileContent = { kind: "absent" };

/**
 * An archive is not quite the commit: attributes leave files out (`export-ignore`), fill in keywords (`export-subst`,
 * `ident`) and turn line ends (`eol`, gitattributes(5)). So a changed file that is not there is asked for, and so is one
 * that its diff does not fit; of unchanged files the archive's word is taken.
 */
function headReader(archive: HeadArchive | null, { files }: PullRequest, ask: Ask): Ask {
  const changed = new Map(files.map((file) => [file.path, file]));
  const removed = new Set(files.filter(({ status }) => status === "removed").map(({ path }) => path));
  const isDoubtful = (content: FileContent, file: FileDiff | undefined) =>
    content.kind === "absent"
      ? archive === null || file !== undefined || archive.isPartial
      : content.kind === "text" && file?.patch.kind === "hunks" && !fitsHead(content.text, file.patch.hunks);
  return async (paths, signal) => {
    const contents = new Map<string, FileContent>();
    const doubtful: string[] = [];
    for (const path of paths) {
      signal.throwIfAborted();
      const isKnownAbsent = !isRepositoryPath(path) || removed.has(path);
      const content = isKnownAbsent ? ABSENT : ((await archive?.read(path)) ?? ABSENT);
      contents.set(path, content);
      if (!isKnownAbsent && isDoubtful(content, changed.get(path))) doubtful.push(path);
    }
    if (doubtful.length > 0)
      for (const [path, content] of await ask(doubtful, signal)) contents.set(path, content);
    return contents;
  };
}

/**
 * A file that the pull request does not touch is at base what it is at head, and a file whose diff is whole is told by
 * head and diff. Only for the others GitHub is asked.
 */
function baseReader({ files, filesMissing }: PullRequest, head: Ask, ask: Ask): Ask {
  const atBase = new Map(
    files.flatMap((file) => {
      const path = basePathOf(file);
      return path === null ? [] : [[path, file] as const];
    }),
  );
  const newPaths = new Set(files.filter((file) => basePathOf(file) !== file.path).map(({ path }) => path));
  return async (paths, signal) => {
    const headPathOf = (path: string) => atBase.get(path)?.path ?? path;
    const known = paths.filter((path) => isRepositoryPath(path) && (atBase.has(path) || !newPaths.has(path)));
    const heads = await head(known.map(headPathOf), signal);
    const contents = new Map<string, FileContent>(paths.map((path) => [path, ABSENT]));
    const unknown: string[] = [];
    for (const path of known) {
      const atHead = heads.get(headPathOf(path)) ?? ABSENT;
      const content = baseOf(atBase.get(path), atHead, filesMissing === null);
      if (content === null) unknown.push(path);
      else contents.set(path, content);
    }
    if (unknown.length > 0)
      for (const [path, content] of await ask(unknown, signal)) contents.set(path, content);
    return contents;
  };
}

/** The name that it had before the change, or null for a file that was not there. */
function basePathOf({ status, path, previousPath }: FileDiff): string | null {
  if (status === "added" || status === "copied") return null;
  return status === "renamed" ? previousPath : path;
}

/** Null where head and diff do not tell. */
function baseOf(file: FileDiff | undefined, atHead: FileContent, allFilesKnown: boolean): FileContent | null {
  if (file === undefined) return allFilesKnown ? atHead : null;
  if (file.patch.kind === "none") return file.patch.reason === "rename" ? atHead : null;
  if (file.status !== "removed" && atHead.kind !== "text") return null;
  const text = baseText(atHead.kind === "text" ? atHead.text : "", file.patch.hunks);
  return text === null ? null : { kind: "text", text };
}

const ASKED_TOGETHER = 100;

async function* scan(
  archive: HeadArchive | null,
  head: Ask,
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<ScannedFile> {
  if (archive !== null) return yield* archive.scan(paths, signal);
  for (let at = 0; at < paths.length; at += ASKED_TOGETHER) {
    const some = paths.slice(at, at + ASKED_TOGETHER);
    const contents = await head(some, signal);
    for (const path of some) {
      const content = contents.get(path);
      if (content?.kind === "text") yield { path, text: content.text };
    }
  }
}
