/** Files → chunks that fit the token budget of one request. */
import type { DiffLine, FileDiff, Hunk } from "./diff.ts";
import { clip, showInvisible } from "./untrusted-text.ts";
import { estimateTokens } from "./usage.ts";

/** Around 600 changed lines: small enough to be read with care, large enough that the shared prefix pays. */
export const CHUNK_TOKEN_BUDGET = 8_000;
/** A longer line is shown cut: it is data or minified code, and one of them can be 5 MB. */
export const MAX_SHOWN_LINE_CHARACTERS = 2_000;
/** What the line-number column and the newline add to a line. */
const LINE_OVERHEAD_CHARACTERS = 10;
const FILE_OVERHEAD_TOKENS = 60;

/** A file, or some hunks of one that alone exceeds the budget. */
export interface ChunkFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: FileDiff["status"];
  readonly hunks: readonly Hunk[];
  /** 1 of 1 for a whole file. */
  readonly part: number;
  readonly parts: number;
  readonly tokens: number;
}

export interface Chunk {
  /** Counts from 1. */
  readonly number: number;
  readonly files: readonly ChunkFile[];
  readonly tokens: number;
}

/** Neighbouring files share a chunk as long as they fit; order is kept. Cost is linear in the number of lines. */
export function cutIntoChunks(files: readonly FileDiff[], budget = CHUNK_TOKEN_BUDGET): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let open: ChunkFile[] = [];
  let tokens = 0;
  const close = () => {
    if (open.length > 0) chunks.push({ number: chunks.length + 1, files: open, tokens });
    open = [];
    tokens = 0;
  };
  for (const part of files.flatMap((file) => cutFile(file, budget))) {
    if (tokens + part.tokens > budget) close();
    open.push(part);
    tokens += part.tokens;
  }
  close();
  return chunks;
}

export function tokensOf(hunks: readonly Hunk[]): number {
  let characters = 0;
  for (const hunk of hunks) {
    characters += hunk.section.length + 60;
    for (const line of hunk.lines) characters += shownLength(line);
  }
  return estimateTokens(characters);
}

/** Counts what is shown, because an invisible character becomes eight visible ones. */
function shownLength(line: DiffLine): number {
  return shownText(line.text).length + LINE_OVERHEAD_CHARACTERS;
}

/** Nearly every line of code, told apart in a fraction of the time that the rest of the work takes. */
const PLAIN = /^[\t\u0020-\u007E]*$/;

/** A line as the model sees it; a quote is compared with this form as well as with the raw one. */
export function shownText(text: string): string {
  if (text.length <= MAX_SHOWN_LINE_CHARACTERS && PLAIN.test(text)) return text;
  const kept = clip(text.replace(/\r$/, ""), MAX_SHOWN_LINE_CHARACTERS);
  // A return inside a line would let it pose as two.
  return showInvisible(kept).replaceAll("\r", "\\u{D}");
}

function cutFile(file: FileDiff, budget: number): readonly ChunkFile[] {
  const hunks = file.patch.kind === "hunks" ? file.patch.hunks : [];
  const groups = groupHunks(hunks, budget - FILE_OVERHEAD_TOKENS);
  return groups.map((group, at) => ({
    path: file.path,
    previousPath: file.previousPath,
    status: file.status,
    hunks: group,
    part: at + 1,
    parts: groups.length,
    tokens: tokensOf(group) + FILE_OVERHEAD_TOKENS,
  }));
}

/** One group when all fits; else split between hunks, and inside a hunk only where that hunk alone is too large. */
function groupHunks(hunks: readonly Hunk[], budget: number): readonly (readonly Hunk[])[] {
  if (tokensOf(hunks) <= budget) return [hunks];
  const groups: Hunk[][] = [];
  let open: Hunk[] = [];
  let tokens = 0;
  for (const hunk of hunks.flatMap((whole) => sliceHunk(whole, budget))) {
    const size = tokensOf([hunk]);
    if (tokens + size > budget && open.length > 0) {
      groups.push(open);
      open = [];
      tokens = 0;
    }
    open.push(hunk);
    tokens += size;
  }
  if (open.length > 0) groups.push(open);
  return groups;
}

/** The hunk itself where it fits; else runs of its lines that do. */
export function sliceHunk(hunk: Hunk, budget: number): readonly Hunk[] {
  if (tokensOf([hunk]) <= budget) return [hunk];
  const slices: Hunk[] = [];
  let lines: DiffLine[] = [];
  let characters = 0;
  const close = () => {
    if (lines.length > 0) slices.push(hunkOf(lines, hunk));
    lines = [];
    characters = 0;
  };
  for (const line of hunk.lines) {
    if (estimateTokens(characters + shownLength(line)) > budget - FILE_OVERHEAD_TOKENS) close();
    lines.push(line);
    characters += shownLength(line);
  }
  close();
  return slices;
}

/** A slice numbers its lines as the whole hunk did; only its header is new. */
function hunkOf(lines: readonly DiffLine[], whole: Hunk): Hunk {
  const base = lines.flatMap((line) => line.baseLine ?? []);
  const head = lines.flatMap((line) => line.headLine ?? []);
  return {
    baseStart: base[0] ?? whole.baseStart,
    baseCount: base.length,
    headStart: head[0] ?? whole.headStart,
    headCount: head.length,
    section: whole.section,
    lines,
  };
}
