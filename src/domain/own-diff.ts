/** Our own diff of two texts, for files whose patch nobody gives us. Numbered as git numbers, with three lines of context. */
import type { DiffLine, Hunk, Patch } from "./diff.ts";
import { type LineChange, lineChanges } from "./line-changes.ts";

const CONTEXT_LINES = 3;
/** Per side. What is larger is data, or written by a program. */
export const MAX_DIFFED_CHARACTERS = 1024 * 1024;

/**
 * Null stands for a file that is not there on that side. The hunks are true but not git's: another tool may pair equal
 * lines in another way, so they are for reading, and GitHub is asked about lines by its own patch alone.
 */
export function ownDiff(base: string | null, head: string | null): Patch {
  const size = Math.max(base?.length ?? 0, head?.length ?? 0);
  if (size > MAX_DIFFED_CHARACTERS) {
    const [has, limit] = [size, MAX_DIFFED_CHARACTERS].map((number) => number.toLocaleString("en"));
    const detail = `there is no patch for it, and its text of ${has} characters is over our own limit of ${limit}`;
    return { kind: "none", reason: "too-large", detail };
  }
  const [before, after] = [linesOf(base ?? ""), linesOf(head ?? "")];
  const changes = lineChanges(before, after);
  if (changes.length === 0) return { kind: "none", reason: "empty", detail: "no line of it changed" };
  return { kind: "hunks", hunks: grouped(changes).map((group) => hunkOf(group, before, after)) };
}

/** With their newlines, because git takes a last line without one for another line. */
function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const ended = lines.map((line) => `${line}\n`);
  return last === "" ? ended : [...ended, last];
}

/** Changes share a hunk where the context of one touches that of the next. */
function grouped(changes: readonly LineChange[]): readonly (readonly LineChange[])[] {
  const groups: LineChange[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const change of changes) {
    if (change.baseFrom - end <= 2 * CONTEXT_LINES) groups.at(-1)?.push(change);
    else groups.push([change]);
    end = change.baseTo;
  }
  return groups;
}

function hunkOf(changes: readonly LineChange[], base: readonly string[], head: readonly string[]): Hunk {
  const [first, last] = [changes[0], changes.at(-1)];
  const lead = Math.min(CONTEXT_LINES, first?.baseFrom ?? 0);
  let b = (first?.baseFrom ?? 0) - lead;
  let h = (first?.headFrom ?? 0) - lead;
  const [baseStart, headStart] = [b, h];
  const end = Math.min(base.length, (last?.baseTo ?? 0) + CONTEXT_LINES);
  const lines: DiffLine[] = [];
  const context = (to: number) => {
    for (; b < to; b++, h++) lines.push(lineOf("context", base[b], b + 1, h + 1));
  };
  for (const change of changes) {
    context(change.baseFrom);
    for (; b < change.baseTo; b++) lines.push(lineOf("deleted", base[b], b + 1, null));
    for (; h < change.headTo; h++) lines.push(lineOf("added", head[h], null, h + 1));
  }
  context(end);
  const [baseCount, headCount] = [b - baseStart, h - headStart];
  return {
    // Git: a side without lines begins at the line before.
    baseStart: baseCount === 0 ? baseStart : baseStart + 1,
    baseCount,
    headStart: headCount === 0 ? headStart : headStart + 1,
    headCount,
    section: "",
    lines,
  };
}

function lineOf(
  kind: DiffLine["kind"],
  text: string | undefined,
  baseLine: number | null,
  headLine: number | null,
): DiffLine {
  return { kind, text: (text ?? "").replace(/\n$/, ""), baseLine, headLine };
}
