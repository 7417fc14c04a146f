/** Unified diff text → hunks with absolute line numbers; which lines can carry a comment. */
import parseDiff from "parse-diff";

export type LineKind = "context" | "added" | "deleted";
export type Side = "RIGHT" | "LEFT";

/** One line of a hunk. `baseLine` is null on added lines, `headLine` is null on deleted ones; both count from 1. */
export interface DiffLine {
  readonly kind: LineKind;
  /** The line's text without the leading `+`, `-` or space, and without its newline; a `\r` stays. */
  readonly text: string;
  readonly baseLine: number | null;
  readonly headLine: number | null;
}

export interface Hunk {
  readonly baseStart: number;
  readonly baseCount: number;
  readonly headStart: number;
  readonly headCount: number;
  /** What git prints after the second `@@`: usually the enclosing function's first line. */
  readonly section: string;
  readonly lines: readonly DiffLine[];
}

export type FileStatus = "added" | "modified" | "removed" | "renamed" | "copied" | "changed";

/** Either the hunks of a file, or why there are none. */
export type Patch =
  | { readonly kind: "hunks"; readonly hunks: readonly Hunk[] }
  | { readonly kind: "none"; readonly reason: NoPatchReason; readonly detail: string };

/** `binary`, `rename`, `mode`, `empty` and `submodule` have nothing to show; the other two hide changes from us. */
export type NoPatchReason = "binary" | "rename" | "mode" | "empty" | "submodule" | "too-large" | "unusable";

export interface FileDiff {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: FileStatus;
  readonly additions: number;
  readonly deletions: number;
  readonly patch: Patch;
}

/** parse-diff maps names with a greedy, quadratic expression, so it only ever sees this one. */
const SYNTHETIC_HEADER = "diff --git a/f b/f\n--- a/f\n+++ b/f\n";
/** Git keeps at most this much of it (xdiff's own buffer); more is not from git and would stand in every request. */
const MAX_SECTION_CHARACTERS = 80;
const HUNK_HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)$/s;

/**
 * Parses one file's patch as the files API gives it: no file header, starting at `@@`.
 * Whatever does not add up to its own hunk counts is refused as a whole: a wrong line number is worse than none.
 */
export function parsePatch(patch: string): Patch {
  if (patch.trim() === "") return { kind: "none", reason: "empty", detail: "the patch is empty" };
  const sections: string[] = [];
  const body: string[] = [];
  for (const line of patchLines(patch)) {
    // "\ No newline at end of file" is a remark about the line before it; parse-diff counts it as a line of its own.
    if (line.startsWith("\\")) continue;
    const header = line.startsWith("@@") ? HUNK_HEADER.exec(line) : null;
    if (header === null) {
      if (sections.length === 0) return unusable("it does not start with a hunk header");
      if (line !== "" && !" +-".includes(line.charAt(0)))
        return unusable("a line is neither context, added nor deleted");
      body.push(line);
    } else {
      sections.push((header[5] ?? "").trim().slice(0, MAX_SECTION_CHARACTERS));
      body.push(line.slice(0, line.length - (header[5] ?? "").length));
    }
  }
  const [parsed, ...others] = parseDiff(SYNTHETIC_HEADER + body.join("\n"));
  if (parsed === undefined || others.length > 0 || parsed.chunks.length !== sections.length)
    return unusable("its hunks do not end where their headers say");
  const hunks = parsed.chunks.map((chunk, at) => toHunk(chunk, sections[at] ?? ""));
  const fault =
    (hunks.some(startsAtNothing) ? "a hunk with lines starts at line 0" : null) ??
    hunks.map(countFault).find((text) => text !== null) ??
    orderFault(hunks) ??
    strayFault(parsed.chunks, body);
  return fault === null ? { kind: "hunks", hunks } : unusable(fault);
}

/** Lines are counted from 1; 0 stands for a side without lines only. */
function startsAtNothing({ baseStart, baseCount, headStart, headCount }: Hunk): boolean {
  return (baseStart === 0 && baseCount > 0) || (headStart === 0 && headCount > 0);
}

function unusable(detail: string): Patch {
  return { kind: "none", reason: "unusable", detail: `the patch cannot be read: ${detail}` };
}

function patchLines(patch: string): string[] {
  const lines = patch.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function toHunk(chunk: parseDiff.Chunk, section: string): Hunk {
  const lines = chunk.changes.map((change): DiffLine => {
    const text = change.content.slice(1);
    if (change.type === "add") return { kind: "added", text, baseLine: null, headLine: change.ln };
    if (change.type === "del") return { kind: "deleted", text, baseLine: change.ln, headLine: null };
    return { kind: "context", text, baseLine: change.ln1, headLine: change.ln2 };
  });
  return {
    baseStart: chunk.oldStart,
    // parse-diff reads an explicit 0 as 1 ("+(e||1)" on a number string gives 0, on a missing one 1), so both forms arrive right.
    baseCount: chunk.oldLines,
    headStart: chunk.newStart,
    headCount: chunk.newLines,
    section,
    lines,
  };
}

function countFault(hunk: Hunk): string | null {
  const base = hunk.lines.filter((line) => line.kind !== "added").length;
  const head = hunk.lines.filter((line) => line.kind !== "deleted").length;
  return base === hunk.baseCount && head === hunk.headCount
    ? null
    : `hunk at ${hunk.headStart} announces ${hunk.baseCount}/${hunk.headCount} lines and has ${base}/${head}`;
}

function orderFault(hunks: readonly Hunk[]): string | null {
  for (const [at, hunk] of hunks.entries()) {
    const before = hunks[at - 1];
    if (before === undefined) continue;
    if (hunk.headStart < before.headStart + before.headCount) return "its hunks overlap";
    if (hunk.baseStart < before.baseStart + before.baseCount) return "its hunks overlap";
  }
  return hunks.every(isCountable) ? null : "a line number is too large";
}

function isCountable(hunk: Hunk): boolean {
  return Math.max(hunk.baseStart + hunk.baseCount, hunk.headStart + hunk.headCount) < Number.MAX_SAFE_INTEGER;
}

/** parse-diff passes over what follows a full hunk; only blank lines may. */
function strayFault(chunks: readonly parseDiff.Chunk[], body: readonly string[]): string | null {
  const given = body.filter((line) => line !== "" && !line.startsWith("@@")).length;
  const read = chunks.flatMap((chunk) => chunk.changes).filter((change) => change.content !== "").length;
  return read === given ? null : "it has lines outside its hunks";
}

/** The number a comment on this line has on the given side, or null where GitHub would refuse one. */
export function lineNumber(line: DiffLine, side: Side): number | null {
  return side === "RIGHT" ? line.headLine : line.baseLine;
}

export function countChanges(hunks: readonly Hunk[]): {
  readonly additions: number;
  readonly deletions: number;
} {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return {
    additions: lines.filter((line) => line.kind === "added").length,
    deletions: lines.filter((line) => line.kind === "deleted").length,
  };
}
