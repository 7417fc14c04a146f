/** What the plan and the checks need to know about changed files beside their hunks, read in as few steps as possible. */
import type { FileDiff } from "../domain/diff.ts";
import type { FactsByPath, FileFacts } from "../domain/file-kind.ts";
import { attributePaths, marksAt, parseAttributeFiles } from "../domain/git-attributes.ts";
import { hasGeneratedHeader } from "../domain/generated-header.ts";
import { diffTexts } from "../domain/own-diff.ts";
import type { FileContent, PullRequest } from "../domain/pull-request.ts";
import type { ChangedFile } from "./checks.ts";
import type { RepositoryView } from "./repository-view.ts";

export interface Facts {
  /** With our own hunks for files whose patch was left out. */
  readonly pullRequest: PullRequest;
  readonly byPath: FactsByPath;
  /** Whole texts of the changed files, as far as they are small enough and needed. */
  readonly changed: readonly ChangedFile[];
}

/** Texts of one pull request that are held at a time; a file beyond it is known by its hunks alone. */
const MAX_HELD_CHARACTERS = 48_000_000;

/** `wantsBase` names the files whose base version a check compares. */
export async function readFacts(
  view: RepositoryView,
  pullRequest: PullRequest,
  wantsBase: (path: string) => boolean,
  signal: AbortSignal,
): Promise<Facts> {
  const heads = await readHeads(view, pullRequest.files, signal);
  const attributeFiles = attributePaths(pullRequest.files.map((file) => file.path));
  const needed = pullRequest.files.filter((file) => needsBase(file, heads.get(file.path), wantsBase));
  const bases = await view.readBase([...attributeFiles, ...needed.map(basePath)], signal);
  const attributes = parseAttributeFiles(textsOf(bases, attributeFiles));
  const changed = pullRequest.files.map((diff): ChangedFile => {
    const texts = { base: textOf(bases.get(basePath(diff))), head: heads.get(diff.path) ?? null };
    return { diff: withOwnHunks(diff, texts), ...texts };
  });
  return {
    pullRequest: { ...pullRequest, files: changed.map(({ diff }) => diff) },
    byPath: new Map(changed.map((file) => [file.diff.path, factsOf(file, attributes)] as const)),
    changed,
  };
}
