/** The repository view of a checkout: trees and blobs of git, read without a work tree. */
import { UserError } from "../domain/errors.ts";
import { fileContent, MAX_FILE_BYTES, NOT_TEXT, SYMBOLIC_LINK, TOO_LARGE } from "../domain/file-text.ts";
import type { FileContent } from "../domain/pull-request.ts";
import type { RepositoryView, ScannedFile, TreeFile } from "../review/repository-view.ts";
import { type Git, GitFault } from "./git.ts";
import { type ObjectReader, objectReader, streamObjects } from "./object-reader.ts";

interface Entry extends TreeFile {
  readonly id: string;
  readonly isLink: boolean;
}

type Tree = ReadonlyMap<string, Entry>;

/** `base` and `head` are ids of commits or trees. */
export async function openLocalView(
  git: Git,
  base: string,
  head: string,
  signal: AbortSignal,
): Promise<RepositoryView> {
  const headTree = await readTree(git, head, signal);
  const objects = objectReader(git);
  let baseTree: Promise<Tree> | null = null;
  return {
    files: [...headTree.values()]
      .filter(({ isLink }) => !isLink)
      .map(({ path, bytes }) => ({ path, bytes }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    treeMissing: null,
    readHead: (paths, signal) => readAll(objects, headTree, paths, signal),
    readBase: async (paths, signal) => {
      // The whole tree at once: as arguments, names could be too many or be taken for patterns.
      baseTree ??= readTree(git, base, signal).catch((error: unknown) => {
        baseTree = null;
        throw error;
      });
      return readAll(objects, await baseTree, paths, signal);
    },
    scan: (paths, signal) => scan(git, headTree, paths, signal),
    close: () => objects.close(),
  };
}

async function readTree(git: Git, treeish: string, signal: AbortSignal): Promise<Tree> {
  const listing = await told(() => git.run(["ls-tree", "-r", "-z", "-l", "--full-tree", treeish], signal));
  const tree = new Map<string, Entry>();
  for (let at = 0, end = listing.indexOf(0); end >= 0; at = end + 1, end = listing.indexOf(0, at)) {
    const entry = readEntry(listing.toString("utf8", at, end));
    if (entry !== null) tree.set(entry.path, entry);
  }
  return tree;
}

/** `<mode> <type> <id> <size, padded>\t<path>`: cut by position, because there may be 100,000 of them. */
function readEntry(line: string): Entry | null {
  const mode = line.slice(0, MODE_LENGTH);
  const isLink = mode === LINK_MODE;
  if (!isLink && !FILE_MODES.has(mode)) return null;
  const idEnd = line.indexOf(" ", ID_START);
  const tab = line.indexOf("\t", idEnd);
  // Not a number where a partial clone lacks the blob: reading it tells.
  const bytes = Number(line.slice(idEnd, tab)) || 0;
  return { path: line.slice(tab + 1), id: line.slice(ID_START, idEnd), isLink, bytes };
}

const FILE_MODES: ReadonlySet<string> = new Set(["100644", "100755", "100664"]);
const LINK_MODE = "120000";
const MODE_LENGTH = 6;
const ID_START = "100644 blob ".length;

/** Blobs that are asked for at once, so that git never waits for us. */
const TOGETHER = 64;

async function readAll(
  objects: ObjectReader,
  tree: Tree,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FileContent>> {
  const contents = new Map<string, FileContent>();
  for (let at = 0; at < paths.length; at += TOGETHER) {
    signal.throwIfAborted();
    const read = async (path: string) => [path, await readFile(objects, tree.get(path))] as const;
    const some = await told(() => Promise.all(paths.slice(at, at + TOGETHER).map(read)));
    for (const [path, content] of some) contents.set(path, content);
  }
  return contents;
}

async function readFile(objects: ObjectReader, entry: Entry | undefined): Promise<FileContent> {
  if (entry === undefined) return { kind: "absent" };
  if (entry.isLink) return SYMBOLIC_LINK;
  if (entry.bytes > MAX_FILE_BYTES) return TOO_LARGE;
  const bytes = await objects.read(entry.id);
  if (bytes === null) return { kind: "unreadable", reason: "not in this clone" };
  return fileContent(bytes);
}

async function* scan(
  git: Git,
  tree: Tree,
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<ScannedFile> {
  const entries = paths.flatMap((path) => {
    const entry = tree.get(path);
    return entry === undefined || entry.isLink || entry.bytes > MAX_FILE_BYTES ? [] : [entry];
  });
  if (entries.length === 0) return;
  let at = 0;
  try {
    for await (const blobs of streamObjects(
      git,
      entries.map(({ id }) => id),
    )) {
      signal.throwIfAborted();
      for (const bytes of blobs) {
        const path = entries[at]?.path ?? "";
        at += 1;
        const content = bytes === null ? NOT_TEXT : fileContent(bytes);
        if (content.kind === "text") yield { path, text: content.text };
      }
    }
  } catch (error) {
    throw toldFault(error);
  }
}

async function told<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw toldFault(error);
  }
}

function toldFault(error: unknown): unknown {
  if (!(error instanceof GitFault)) return error;
  return new UserError(`git could not read the repository: ${error.message}`, { cause: error });
}
