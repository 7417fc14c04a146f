/** A chunk as the model reads it: hunks with numbered lines, the code around them, related code from elsewhere. */
import { type Chunk, type ChunkFile, MAX_SHOWN_LINE_CHARACTERS, shownText } from "./chunk.ts";
import type { DiffLine, Hunk } from "./diff.ts";
import { numberedLines } from "./lookup.ts";
import { type PromptBlock, type PromptPrefix, untrusted } from "./prompt.ts";
import type { Excerpt } from "./related.ts";
import { type Redactor, redactLines } from "./secret-redaction.ts";
import { showInvisible } from "./untrusted-text.ts";
import { estimateTokens } from "./usage.ts";

/** What a chunk shows besides its hunks: the code around them, and code from elsewhere that they depend on. */
export interface ChunkContext {
  readonly around: readonly Excerpt[];
  readonly related: readonly Excerpt[];
}

export const NO_CONTEXT: ChunkContext = { around: [], related: [] };

/** What the context adds to a chunk, told from the lengths of its lines: near enough for an estimate, and cheap. */
export function contextTokens({ around, related }: ChunkContext): number {
  const lines = [...around, ...related].flatMap((excerpt) => excerpt.lines);
  return estimateTokens(
    lines.reduce((sum, line) => sum + Math.min(line.length, MAX_SHOWN_LINE_CHARACTERS) + MARGIN, 0),
  );
}

/** The number before a line, and its end. */
const MARGIN = 10;

/** The second block: shared by all questions about this chunk. */
export function chunkBlock(prefix: PromptPrefix, chunk: Chunk, context: ChunkContext): PromptBlock {
  const files = chunk.files.map((file) => fileText(prefix, file));
  const excerpts = [
    ...context.around.map((excerpt) => excerptText(prefix, "around", excerpt)),
    ...context.related.map((excerpt) => excerptText(prefix, "related", excerpt)),
  ];
  const shown = excerpts.length === 0 ? "" : `\n\n${CONTEXT_WORDS}\n\n${excerpts.join("\n\n")}`;
  return { text: `The part of the diff to review now:\n\n${files.join("\n\n")}${shown}`, cached: true };
}

const CONTEXT_WORDS =
  "Code of the repository at head that this part depends on, or that depends on it. It is not under review:";

export function excerptText(prefix: PromptPrefix, kind: "around" | "related", excerpt: Excerpt): string {
  const attributes = { kind, path: excerpt.path, because: excerpt.reason };
  const { lines } = redactLines(prefix.redact, excerpt.lines);
  return untrusted(prefix, attributes, numberedLines(lines, excerpt.first));
}

function fileText(prefix: PromptPrefix, file: ChunkFile): string {
  const attributes = {
    kind: "diff",
    path: file.path,
    status: file.status,
    ...(file.previousPath === null ? {} : { previous_path: file.previousPath }),
    ...(file.parts === 1 ? {} : { part: `${file.part} of ${file.parts}` }),
  };
  return untrusted(prefix, attributes, file.hunks.map((hunk) => hunkText(hunk, prefix.redact)).join("\n"));
}

/** Secrets are looked for before a line is cut and the margin is there: a key may be several lines, or a long one. */
function hunkText(hunk: Hunk, redact: Redactor): string {
  const texts = redactLines(
    redact,
    hunk.lines.map((line) => line.text),
  ).lines;
  const section = hunk.section === "" ? "" : ` ${showInvisible(hunk.section)}`;
  const header = `@@ base ${range(hunk.baseStart, hunk.baseCount)}, head ${range(hunk.headStart, hunk.headCount)} @@${section}`;
  return [header, ...hunk.lines.map((line, at) => numberedLine(line, shownText(texts[at] ?? "")))].join("\n");
}

function range(start: number, count: number): string {
  return count === 0 ? "none" : `${start}-${start + count - 1}`;
}

const MARK: Readonly<Record<DiffLine["kind"], string>> = { context: " ", added: "+", deleted: "-" };

function numberedLine(line: DiffLine, text: string): string {
  const number =
    line.headLine === null ? `L${String(line.baseLine).padStart(5)}` : String(line.headLine).padStart(6);
  return `${number} |${MARK[line.kind]} ${text}`;
}
