/** The tree at head as GitHub packs it: one request for all texts, kept on disk until the review is over. */
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { FinalError, LimitError, messageOf, RetryableError } from "../domain/errors.ts";
import { fileContent, MAX_FILE_BYTES, SYMBOLIC_LINK, TOO_LARGE } from "../domain/file-text.ts";
import type { FileContent, PullRequestLocator } from "../domain/pull-request.ts";
import type { ScannedFile, TreeFile } from "../review/repository-view.ts";
import { type GitHubClient, reach } from "./client.ts";
import { readTarball, type TarballEntry, TarballFault, type TarballLimits } from "./tarball.ts";
import { openTextStore, type Place, type TextStore } from "./text-store.ts";

export interface HeadArchive {
  readonly files: readonly TreeFile[];
  /** An attribute keeps files out of the archive (`export-ignore`), so what is not in it may be in the repository. */
  readonly isPartial: boolean;
  read(path: string): Promise<FileContent>;
  /** Texts that it holds, in the order of `paths`. */
  scan(paths: readonly string[], signal: AbortSignal): AsyncIterable<ScannedFile>;
  close(): Promise<void>;
}

export interface ArchiveLimits extends TarballLimits {
  readonly textBytes: number;
}

/** Far beyond what a reviewer looks at; each review holds that much of the disk, and a path's worth of memory a file. */
export const ARCHIVE_LIMITS: ArchiveLimits = {
  fileBytes: MAX_FILE_BYTES,
  textBytes: 256 * 1024 * 1024,
  entries: 400_000,
  nameCharacters: 64 * 1024 * 1024,
  unpackedBytes: 2 * 1024 * 1024 * 1024,
};
const LIMIT_MS = 60_000;

export type ArchiveOutcome =
  | { readonly kind: "loaded"; readonly archive: HeadArchive }
  | { readonly kind: "missing"; readonly reason: string };

/**
 * GitHub redirects to the host that serves archives, with a token of its own in the address; `fetch` takes ours off
 * when the host is another one (Fetch standard, HTTP-redirect fetch). Rejects with LimitError, or FinalError where
 * the app is gone.
 */
export async function fetchHeadArchive(
  client: GitHubClient,
  { owner, name: repo }: PullRequestLocator,
  ref: string,
  limits: ArchiveLimits,
  signal: AbortSignal,
): Promise<ArchiveOutcome> {
  // Read as it comes: Octokit would put all of it into memory. And it would repeat a 404 where it is allowed a repetition.
  const request = { signal, retries: 0, limitMs: LIMIT_MS, parseSuccessResponseBody: false };
  try {
    const { data } = await reach("fetching the tree at head", signal, () =>
      client.request("GET /repos/{owner}/{repo}/tarball/{ref}", { owner, repo, ref, request }),
    );
    // What Octokit's types do not know: with that option it gives the stream.
    const body = data as ReadableStream;
    const archive = await loadArchive(() => Readable.fromWeb(body), limits, signal);
    return { kind: "loaded", archive };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LimitError || (error instanceof FinalError && error.kind === "gone")) throw error;
    return { kind: "missing", reason: `the repository could not be read as a whole: ${whyMissing(error)}` };
  }
}

function whyMissing(error: unknown): string {
  if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError"))
    return `its archive did not arrive within ${LIMIT_MS / 1000} seconds`;
  const isTold =
    error instanceof TarballFault || error instanceof FinalError || error instanceof RetryableError;
  return isTold ? error.message : `its archive could not be read (${messageOf(error)})`;
}

type Content = { readonly kind: "stored"; readonly place: Place } | Exclude<FileContent, { kind: "text" }>;

/**
 * The stream is begun where it is read: one that fails with nobody listening ends the process.
 * @throws TarballFault or what the stream fails with; nothing is left on disk then.
 */
export async function loadArchive(
  packed: () => Readable,
  limits: ArchiveLimits,
  signal: AbortSignal,
): Promise<HeadArchive> {
  const store = await openTextStore();
  try {
    const contents = new Map<string, Content>();
    const sizes = new Map<string, number>();
    const state = { textBytes: 0, isPartial: false };
    await readTarball(
      packed(),
      limits,
      async (entry) => {
        const content = await keep(store, entry, limits, state);
        contents.set(entry.path, content);
        if (entry.kind === "link") sizes.delete(entry.path);
        else sizes.set(entry.path, entry.kind === "file" ? entry.bytes.length : entry.size);
      },
      signal,
    );
    await store.seal();
    const files = [...sizes].map(([path, bytes]) => ({ path, bytes }));
    return {
      files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      isPartial: state.isPartial,
      read: (path) => read(store, contents.get(path)),
      scan: (paths, signal) => scan(store, contents, paths, signal),
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function keep(
  store: TextStore,
  entry: TarballEntry,
  limits: ArchiveLimits,
  state: { textBytes: number; isPartial: boolean },
): Promise<Content> {
  if (entry.kind === "link") return SYMBOLIC_LINK as Content;
  if (entry.kind === "large") return TOO_LARGE as Content;
  const content = fileContent(entry.bytes);
  if (content.kind !== "text") return content;
  state.textBytes += entry.bytes.length;
  if (state.textBytes > limits.textBytes)
    throw new TarballFault(`its archive has more than ${limits.textBytes / 1024 / 1024} MiB of text`);
  if (/(^|\/)\.gitattributes$/.test(entry.path) && content.text.includes("export-ignore"))
    state.isPartial = true;
  return { kind: "stored", place: await store.append(entry.bytes) };
}

async function read(store: TextStore, content: Content | undefined): Promise<FileContent> {
  if (content === undefined) return { kind: "absent" };
  if (content.kind !== "stored") return content;
  return { kind: "text", text: (await store.read(content.place)).toString("utf8") };
}

const MAX_RUN_BYTES = 1024 * 1024;

/** Texts that were stored one after the other are read at once: a search asks for them in about that order. */
async function* scan(
  store: TextStore,
  contents: ReadonlyMap<string, Content>,
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<ScannedFile> {
  for (const run of runsOf(contents, paths)) {
    signal.throwIfAborted();
    const bytes = await store.read({ offset: run.offset, length: run.length });
    for (const { path, offset, length } of run.parts) {
      const start = offset - run.offset;
      yield { path, text: bytes.toString("utf8", start, start + length) };
    }
  }
}

interface Run extends Place {
  readonly parts: readonly (Place & { readonly path: string })[];
}

function* runsOf(contents: ReadonlyMap<string, Content>, paths: readonly string[]): Generator<Run> {
  let parts: (Place & { readonly path: string })[] = [];
  let offset = 0;
  let length = 0;
  for (const path of paths) {
    const content = contents.get(path);
    if (content?.kind !== "stored") continue;
    const { place } = content;
    if (parts.length > 0 && (place.offset !== offset + length || length + place.length > MAX_RUN_BYTES)) {
      yield { parts, offset, length };
      parts = [];
    }
    if (parts.length === 0) {
      offset = place.offset;
      length = 0;
    }
    parts.push({ path, ...place });
    length += place.length;
  }
  if (parts.length > 0) yield { parts, offset, length };
}
