/** Looks around a change: encloses its hunks, finds what it uses and who uses it, as a reviewer would before judging. */

import { aroundPointers, headRange } from "../domain/around.ts";
import type { Chunk } from "../domain/chunk.ts";
import type { ChunkContext } from "../domain/chunk-text.ts";
import type { LineRange, SourceOutline } from "../domain/outline.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import {
  AROUND_TOKEN_BUDGET,
  callerPointers,
  choosePointers,
  definitionPointers,
  type Excerpt,
  MIN_TELLING_WEIGHT,
  middlewarePointers,
  type NameHit,
  type Pointer,
  RELATED_TOKEN_BUDGET,
} from "../domain/related.ts";
import { scanOrder } from "../domain/scan-order.ts";
import { sharedStatePointers } from "../domain/shared-state.ts";
import { looksLikeDefinition, type Wanted, wantedBy } from "../domain/wanted.ts";
import { indexNames, scanWords } from "../domain/word-scan.ts";
import type { RepositoryView, Syntax } from "./repository-view.ts";

export interface Surroundings {
  /** By chunk number. */
  readonly contexts: ReadonlyMap<number, ChunkContext>;
  /** Outlines of the changed files at head, as far as there are any. */
  readonly outlines: ReadonlyMap<string, SourceOutline>;
}

export interface Lookout {
  readonly view: RepositoryView;
  readonly syntax: Syntax;
  readonly signal: AbortSignal;
}

/** A name that many files hold says nothing about one of them. */
const MAX_HITS_PER_NAME = 60;
const MAX_HITS_PER_FILE = 200;
/** Past so many a name is everybody's, and where it is defined tells nothing. */
const MAX_LOOKED_AT = 2_000;
/** Files parsed to find definitions, nearest first. */
const MAX_PARSED_FILES = 80;

/** One search through the repository for all chunks together; its cost is bounded by `scanOrder`. */
export async function lookAround(
  lookout: Lookout,
  pullRequest: PullRequest,
  chunks: readonly Chunk[],
): Promise<Surroundings> {
  const outlines = new Map<string, SourceOutline>();
  const around = new Map<number, Around>();
  for (const chunk of chunks) around.set(chunk.number, await lookAt(lookout, chunk, outlines));
  const wanted = new Map(chunks.map((chunk) => [chunk.number, wantedBy(chunk.files, outlines)] as const));
  const changedPaths = pullRequest.files.map((file) => file.path);
  const hits = await findNames(lookout, [...wanted.values()], changedPaths);
  const foreign = await outlineDefinitions(lookout, [...wanted.values()], hits, outlines);
  const contexts = new Map<number, ChunkContext>();
  for (const chunk of chunks) {
    const seen = around.get(chunk.number) ?? NOTHING_AROUND;
    const pointers = [
      ...definitionPointers(wanted.get(chunk.number)?.used ?? [], hits, foreign),
      ...callerPointers(wanted.get(chunk.number)?.changed ?? [], hits),
      ...seen.own,
    ];
    const related = await excerptsOf(lookout, pointers, seen.shown, RELATED_TOKEN_BUDGET);
    contexts.set(chunk.number, { around: seen.excerpts, related });
  }
  return { contexts, outlines };
}

interface Around {
  readonly excerpts: readonly Excerpt[];
  /** What the chunk shows already, hunks included. */
  readonly shown: ReadonlyMap<string, readonly LineRange[]>;
  /** Further places of the chunk's own files that compete with the rest of the repository. */
  readonly own: readonly Pointer[];
}

const NOTHING_AROUND: Around = { excerpts: [], shown: new Map(), own: [] };

/** The functions and classes around the hunks of one chunk. Texts are let go chunk by chunk. */
async function lookAt(lookout: Lookout, chunk: Chunk, outlines: Map<string, SourceOutline>): Promise<Around> {
  const { view, syntax, signal } = lookout;
  const present = chunk.files.filter((file) => file.status !== "removed");
  const paths = [...new Set(present.map((file) => file.path))];
  const texts = await view.readHead(paths, signal);
  const shown = new Map<string, LineRange[]>();
  const pointers: Pointer[] = [];
  const own: Pointer[] = [];
  for (const file of present) {
    const hunks = file.hunks.filter((hunk) => hunk.headCount > 0).map(headRange);
    shown.set(file.path, [...(shown.get(file.path) ?? []), ...hunks]);
    const content = texts.get(file.path);
    if (content?.kind !== "text") continue;
    const outcome = outlines.has(file.path) ? null : await syntax.outline(file.path, content.text, signal);
    if (outcome?.kind === "outlined") outlines.set(file.path, outcome.outline);
    // A new file is shown whole by its hunks.
    if (file.status === "added" && file.parts === 1) continue;
    pointers.push(...aroundPointers(file, content.text, outlines.get(file.path) ?? null, hunks));
    own.push(
      ...middlewarePointers(file.path, content.text, hunks),
      ...sharedStatePointers(file, content.text, hunks),
    );
  }
  const excerpts = await excerptsOf(lookout, pointers, new Map(), AROUND_TOKEN_BUDGET);
  for (const excerpt of excerpts)
    shown.get(excerpt.path)?.push({ start: excerpt.first, end: excerpt.first + excerpt.lines.length - 1 });
  return { excerpts, shown, own };
}

/** Hits by name, nearest files first. */
async function findNames(
  { view, signal }: Lookout,
  wanted: readonly Wanted[],
  changed: readonly string[],
): Promise<ReadonlyMap<string, readonly NameHit[]>> {
  const names = wanted.flatMap(({ used, changed }) => [...telling(used), ...changed].map(({ name }) => name));
  const hits = new Map<string, NameHit[]>(names.map((name) => [name, []]));
  if (names.length === 0) return hits;
  const index = indexNames(names);
  const met = new Map<string, number>();
  for await (const { path, text } of view.scan(scanOrder(view.files, changed), signal)) {
    for (const hit of scanWords(text, index, MAX_HITS_PER_FILE)) {
      const count = (met.get(hit.name) ?? 0) + 1;
      met.set(hit.name, count);
      if (count <= MAX_HITS_PER_NAME || (count <= MAX_LOOKED_AT && looksLikeDefinition(hit.text, hit.name)))
        hits.get(hit.name)?.push({ ...hit, path });
    }
  }
  return hits;
}

/** What is too weak to be shown is not looked for. */
function telling(used: Wanted["used"]): Wanted["used"] {
  return used.filter(({ weight }) => weight >= MIN_TELLING_WEIGHT);
}

/** Parses the files in which used names seem to be defined. */
async function outlineDefinitions(
  { view, syntax, signal }: Lookout,
  wanted: readonly Wanted[],
  hits: ReadonlyMap<string, readonly NameHit[]>,
  known: ReadonlyMap<string, SourceOutline>,
): Promise<ReadonlyMap<string, SourceOutline>> {
  const outlines = new Map(known);
  const names = wanted.flatMap(({ used }) => used).toSorted((a, b) => b.weight - a.weight);
  const paths = names.flatMap(({ name }) =>
    (hits.get(name) ?? [])
      .filter((hit) => looksLikeDefinition(hit.text, name))
      .slice(0, 3)
      .map((hit) => hit.path),
  );
  const unknown = [...new Set(paths)].filter((path) => !outlines.has(path)).slice(0, MAX_PARSED_FILES);
  const texts = await view.readHead(unknown, signal);
  for (const path of unknown) {
    const content = texts.get(path);
    if (content?.kind !== "text") continue;
    const outcome = await syntax.outline(path, content.text, signal);
    if (outcome.kind === "outlined") outlines.set(path, outcome.outline);
  }
  return outlines;
}

/** The lines of the best pointers that fit the budget. */
async function excerptsOf(
  { view, signal }: Lookout,
  pointers: readonly Pointer[],
  shown: ReadonlyMap<string, readonly LineRange[]>,
  budget: number,
): Promise<readonly Excerpt[]> {
  const contents = await view.readHead([...new Set(pointers.map(({ path }) => path))], signal);
  const lines = new Map(
    [...contents].flatMap(([path, content]) =>
      content.kind === "text" ? [[path, content.text.split("\n")] as const] : [],
    ),
  );
  const linesOf = ({ path, start, end }: Pointer) => (lines.get(path) ?? []).slice(start - 1, end);
  const readable = pointers.filter((pointer) => linesOf(pointer).length > 0);
  const size = (pointer: Pointer) =>
    linesOf(pointer).reduce(
      (sum, line) => sum + Math.min(line.length, MAX_COUNTED_CHARACTERS) + LINE_OVERHEAD,
      0,
    );
  return choosePointers(readable, shown, size, budget).map((pointer) => ({
    path: pointer.path,
    first: pointer.start,
    lines: linesOf(pointer),
    reason: pointer.reason,
  }));
}

/** A long line is shown cut. */
const MAX_COUNTED_CHARACTERS = 2_100;
const LINE_OVERHEAD = 10;
