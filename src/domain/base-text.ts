/** The text of a file before a change, told from its text after it and the whole diff: nobody has to be asked for it. */
import type { Hunk } from "./diff.ts";

/**
 * Null where the diff does not belong to this text. A diff that was parsed has no remark on a missing final newline, so
 * where the last line itself changed, the base is taken to end as the head does, and a removed file as most files do.
 */
export function baseText(head: string, hunks: readonly Hunk[]): string | null {
  const lines = head.split("\n");
  const ended = lines.at(-1) === "";
  if (ended) lines.pop();
  const base: string[] = [];
  let next = 0;
  const keep = (end: number) => {
    for (; next < end; next += 1) base.push(lines[next] ?? "");
  };
  for (const hunk of hunks) {
    // A side without lines names the line before it.
    const start = hunk.headCount === 0 ? hunk.headStart : hunk.headStart - 1;
    if (start < next || start > lines.length) return null;
    keep(start);
    for (const { kind, text } of hunk.lines) {
      if (kind !== "deleted" && lines[next] !== text) return null;
      if (kind !== "added") base.push(text);
      if (kind !== "deleted") next += 1;
    }
  }
  const untouched = next < lines.length;
  keep(lines.length);
  if (base.length === 0) return "";
  const newline = lines.length === 0 || (untouched ? ended : endsAsBase(hunks, ended));
  return base.join("\n") + (newline ? "\n" : "");
}

/** The diff reaches the end of the file: a context line before added ones had its newline, else git had shown it changed. */
function endsAsBase(hunks: readonly Hunk[], ended: boolean): boolean {
  const lines = hunks.at(-1)?.lines ?? [];
  const last = lines.findLast(({ kind }) => kind !== "added");
  return ended || (last?.kind === "context" && lines.at(-1)?.kind === "added");
}

/** Whether the diff can have led to this text. */
export function fitsHead(head: string, hunks: readonly Hunk[]): boolean {
  return baseText(head, hunks) !== null;
}
