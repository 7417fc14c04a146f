/** The repository as a reviewer may look at it: read-only, by commit, nothing beyond its own tree. */
import type { OutlineOutcome } from "../domain/outline.ts";
import type { FileContent } from "../domain/pull-request.ts";

/** One regular file of the head commit. */
export interface TreeFile {
  readonly path: string;
  readonly bytes: number;
}

/** A text of the head commit, as a search meets it. */
export interface ScannedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Both adapters (a streamed tarball on the server, git objects locally) answer by path within the repository at head
 * or base, and by nothing else: a path that is absolute or holds `..` is `absent`. Rejects with UserError, FinalError,
 * LimitError or RetryableError; what merely cannot be read is a value (`FileContent`).
 */
export interface RepositoryView {
  /** Regular files at head (no symlink, no submodule), sorted by path; empty when `treeMissing` says why it is not known. */
  readonly files: readonly TreeFile[];
  /** A sentence for people, or null when `files` is the whole tree. */
  readonly treeMissing: string | null;
  readHead(paths: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, FileContent>>;
  readBase(paths: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, FileContent>>;
  /** Texts at head in the order of `paths`; what is not text or over the size limit is left out. Stop iterating to stop reading. */
  scan(paths: readonly string[], signal: AbortSignal): AsyncIterable<ScannedFile>;
  /** Gives back what the view holds (a private temporary folder, a process). May be called twice. */
  close(): Promise<void>;
}

/** A parser for many languages, away from the thread that answers requests. Rejects only when `signal` aborts. */
export interface Syntax {
  /** `path` decides the language by its name alone. */
  outline(path: string, text: string, signal: AbortSignal): Promise<OutlineOutcome>;
  close(): Promise<void>;
}
