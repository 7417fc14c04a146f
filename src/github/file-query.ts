/** Files of one commit by their paths: one GraphQL request for many of them, each asked for once. */
import { FinalError, RetryableError } from "../domain/errors.ts";
import { fileContent, MAX_FILE_BYTES, NOT_TEXT, SYMBOLIC_LINK, TOO_LARGE } from "../domain/file-text.ts";
import type { FileContent, PullRequestLocator } from "../domain/pull-request.ts";
import type { GitHubClient } from "./client.ts";
import { askGraphql, type GraphqlFault } from "./graphql.ts";

export interface FileQuery {
  /** Rejects with FinalError, LimitError or RetryableError. */
  read(
    commit: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, FileContent>>;
}

/** GitHub ends a query after 10 seconds; a request that it could not serve is asked for in halves. */
const BATCH = 100;
const SMALLEST_BATCH = 10;

export function fileQuery(client: GitHubClient, locator: PullRequestLocator): FileQuery {
  const known = new Map<string, FileContent>();
  const ask = async (commit: string, paths: readonly string[], signal: AbortSignal): Promise<void> => {
    try {
      const contents = await readBatch(client, locator, commit, paths, signal);
      for (const [at, path] of paths.entries())
        known.set(`${commit}:${path}`, contents[at] ?? { kind: "absent" });
    } catch (error) {
      if (!(error instanceof RetryableError) || paths.length < 2 * SMALLEST_BATCH) throw error;
      const middle = Math.ceil(paths.length / 2);
      await ask(commit, paths.slice(0, middle), signal);
      await ask(commit, paths.slice(middle), signal);
    }
  };
  return {
    read: async (commit, paths, signal) => {
      const wanted = [...new Set(paths)].filter((path) => !known.has(`${commit}:${path}`));
      for (let at = 0; at < wanted.length; at += BATCH)
        await ask(commit, wanted.slice(at, at + BATCH), signal);
      return new Map(paths.map((path) => [path, known.get(`${commit}:${path}`) ?? { kind: "absent" }]));
    },
  };
}

interface FileAnswer {
  readonly mode: number;
  readonly object: {
    readonly byteSize?: number;
    readonly isBinary?: boolean | null;
    readonly isTruncated?: boolean;
    readonly text?: string | null;
  } | null;
}

interface Answer {
  readonly repository?: { readonly object?: Readonly<Record<string, FileAnswer | null>> | null } | null;
}

async function readBatch(
  client: GitHubClient,
  { owner, name }: PullRequestLocator,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly FileContent[]> {
  const variables = { owner, name, commit, ...namesOf(paths) };
  const query = queryFor(paths.length);
  const { data, faults } = await askGraphql<Answer>(client, "reading files", query, variables, signal);
  const files = data.repository?.object;
  if (files === null || files === undefined)
    throw new FinalError("GitHub does not know the commit (reading files)", { cause: null, kind: "absent" });
  const faultOf = new Map(faults.map((fault) => [String(fault.path[FILE_DEPTH - 1]), fault]));
  return paths.map((_, at) => contentOf(files[`f${at}`] ?? null, faultOf.get(`f${at}`)));
}

function namesOf(paths: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(paths.map((path, at) => [`p${at}`, path]));
}

/** Names are variables, never part of the query. `file` tells a link by its mode, where `object` would show its target. */
function queryFor(count: number): string {
  const numbers = Array.from({ length: count }, (_, at) => at);
  return `query (${["$owner: String!, $name: String!, $commit: GitObjectID!", ...numbers.map((at) => `$p${at}: String!`)].join(", ")}) {
  repository(owner: $owner, name: $name) {
    object(oid: $commit) {
      ... on Commit {
        ${numbers.map((at) => `f${at}: file(path: $p${at}) { ...content }`).join("\n        ")}
      }
    }
  }
}
fragment content on TreeEntry { mode object { ... on Blob { byteSize isBinary isTruncated text } } }`;
}

/** `repository`, `object`, and the name of the file. */
const FILE_DEPTH = 3;
const MAX_REASON_CHARACTERS = 300;
const FILE_MODES: ReadonlySet<number> = new Set([0o100644, 0o100755, 0o100664]);
const LINK_MODE = 0o120000;

function contentOf(file: FileAnswer | null, fault: GraphqlFault | undefined): FileContent {
  if (fault !== undefined && fault.type !== "NOT_FOUND")
    return {
      kind: "unreadable",
      reason: `GitHub could not read it: ${fault.message.slice(0, MAX_REASON_CHARACTERS)}`,
    };
  if (file === null) return { kind: "absent" };
  if (file.mode === LINK_MODE) return SYMBOLIC_LINK;
  const { byteSize, isBinary, isTruncated, text } = file.object ?? {};
  // A folder or a submodule: no file has this name.
  if (!FILE_MODES.has(file.mode) || byteSize === undefined) return { kind: "absent" };
  if (byteSize > MAX_FILE_BYTES) return TOO_LARGE;
  if (isTruncated === true) return { kind: "unreadable", reason: "GitHub shows only a part of it" };
  if (isBinary === true || typeof text !== "string") return NOT_TEXT;
  const bytes = Buffer.from(text);
  // Made readable on the way: it is not UTF-8 where it stands.
  return bytes.length === byteSize ? fileContent(bytes) : NOT_TEXT;
}
