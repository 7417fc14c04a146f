/** What the plan and the checks need to know about changed files beside their hunks, read in as few steps as possible. */
import type { FileDiff } from "../domain/diff.ts";
import { type FactsByPath, type FileFacts, NO_FACTS } from "../domain/file-kind.ts";
import { hasGeneratedHeader } from "../domain/generated-header.ts";
import { type GitAttributes, marksOf, parseGitAttributes } from "../domain/git-attributes.ts";
import { ownDiff } from "../domain/own-diff.ts";
import type { FileContent, PullRequest } from "../domain/pull-request.ts";
import type { ChangedFile } from "./checks.ts";
import type { RepositoryView } from "./repository-view.ts";

export interface KnownFiles {
  /** With our own hunks for files whose patch was left out. */
  readonly pullRequest: PullRequest;
  readonly facts: FactsByPath;
  /** Whole texts of the changed files, as far as they are needed and fit. */
  readonly changed: readonly ChangedFile[];
}

/** Texts of one pull request that are held at a time; a file beyond it is known by its hunks alone. */
const MAX_HELD_CHARACTERS = 48_000_000;
const BATCH = 200;

/** `comparesBase` names the files whose base version a check wants to see. */
export async function readKnownFiles(
  view: RepositoryView,
  pullRequest: PullRequest,
  comparesBase: (path: string) => boolean,
  signal: AbortSignal,
): Promise<KnownFiles> {
  const heads = await readHeads(view, pullRequest.files, signal);
  const folders = foldersAbove(pullRequest.files);
  const wanted = pullRequest.files.filter((file) => wantsBase(file, heads.get(file.path), comparesBase));
  const attributePaths = folders.map((folder) => `${folder === "" ? "" : `${folder}/`}.gitattributes`);
  const bases = await view.readBase([...new Set([...attributePaths, ...wanted.map(pathAtBase)])], signal);
  const attributes = attributesOf(folders, attributePaths, bases);
  const changed = pullRequest.files.map((diff): ChangedFile => {
    const texts = { base: textOf(bases.get(pathAtBase(diff))), head: heads.get(diff.path) ?? null };
    return { diff: withOwnHunks(diff, texts), ...texts };
  });
  return {
    pullRequest: { ...pullRequest, files: changed.map(({ diff }) => diff) },
    facts: new Map(changed.map((file) => [file.diff.path, factsOf(file, attributes)] as const)),
    changed,
  };
}

async function readHeads(
  view: RepositoryView,
  files: readonly FileDiff[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const paths = files.filter((file) => file.status !== "removed").map((file) => file.path);
  const texts = new Map<string, string>();
  let held = 0;
  for (let at = 0; at < paths.length && held < MAX_HELD_CHARACTERS; at += BATCH) {
    for (const [path, content] of await view.readHead(paths.slice(at, at + BATCH), signal)) {
      if (content.kind !== "text") continue;
      held += content.text.length;
      texts.set(path, content.text);
    }
  }
  return texts;
}

/** The folders whose attributes may speak of a changed file, the root first. More than these nobody has in one change. */
const MAX_FOLDERS = 40;

function foldersAbove(files: readonly FileDiff[]): readonly string[] {
  // A change of nothing asks for nothing.
  const folders = new Set(files.length === 0 ? [] : [""]);
  for (const { path } of files) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join("/"));
  }
  return [...folders].toSorted((a, b) => a.split("/").length - b.split("/").length).slice(0, MAX_FOLDERS);
}

function wantsBase(
  file: FileDiff,
  head: string | undefined,
  comparesBase: (path: string) => boolean,
): boolean {
  if (file.status === "added") return false;
  return comparesBase(file.path) || lacksHunks(file) || (head !== undefined && hasGeneratedHeader(head));
}

function lacksHunks({ patch }: FileDiff): boolean {
  return patch.kind === "none" && (patch.reason === "too-large" || patch.reason === "unusable");
}

function pathAtBase(file: FileDiff): string {
  return file.previousPath ?? file.path;
}

function attributesOf(
  folders: readonly string[],
  paths: readonly string[],
  bases: ReadonlyMap<string, FileContent>,
): GitAttributes {
  const texts = folders.flatMap((folder, at) => {
    const text = textOf(bases.get(paths[at] ?? ""));
    return text === null ? [] : [[folder, text] as const];
  });
  return parseGitAttributes(new Map(texts));
}

function textOf(content: FileContent | undefined): string | null {
  return content?.kind === "text" ? content.text : null;
}

/** A patch that was left out or cut is made again from both texts, where both are at hand. */
function withOwnHunks(
  file: FileDiff,
  texts: { readonly base: string | null; readonly head: string | null },
): FileDiff {
  if (!lacksHunks(file)) return file;
  const base = file.status === "added" ? null : texts.base;
  const head = file.status === "removed" ? null : texts.head;
  const isKnown = (file.status === "added" || base !== null) && (file.status === "removed" || head !== null);
  return isKnown ? { ...file, patch: ownDiff(base, head) } : file;
}

function factsOf({ diff, base, head }: ChangedFile, attributes: GitAttributes): FileFacts {
  return { ...NO_FACTS, marks: marksOf(diff.path, attributes), headText: head, baseText: base };
}
