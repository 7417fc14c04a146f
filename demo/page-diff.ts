/** One changed file as a table of lines, each comment under the line it stands on. */
import { escapeHtml } from "./page-html.ts";
import { type Anchors, fileAnchor, renderMarkdown } from "./page-markdown.ts";

export interface DemoFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string | null;
}

export interface DemoComment {
  readonly id: number;
  readonly reviewId: number | null;
  readonly path: string;
  readonly body: string;
  readonly side: "LEFT" | "RIGHT";
  readonly line: number | null;
  readonly startLine: number | null;
  readonly user: string;
}

type Row = LineRow | { readonly kind: "hunk" | "remark"; readonly text: string };

interface LineRow {
  readonly kind: "context" | "added" | "deleted";
  readonly before: number | null;
  readonly after: number | null;
  readonly text: string;
}

/** A file of the view with what the page needs to know about it. */
export interface FileDiff {
  readonly file: DemoFile;
  readonly anchor: string;
  readonly rows: readonly Row[];
  readonly comments: readonly DemoComment[];
}

const PLUMB_BOB =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2v8" /><path d="M8.5 10h7v3.5L12 21l-3.5-7.5z" /></svg>';

export function renderFile({ file, anchor, rows, comments }: FileDiff, anchors: Anchors): string {
  const placed = comments.filter((comment) => rows.some((row) => endsAt(comment, row)));
  const unplaced = comments.filter((comment) => !placed.includes(comment));
  const renamed = file.previousPath === null ? "" : `<bdi>${escapeHtml(file.previousPath)}</bdi> → `;
  const body = rows.flatMap((row) => {
    const ending = placed.filter((comment) => endsAt(comment, row));
    return [renderRow(row, anchor, placed), ...renderThread(ending, rows, anchors)];
  });
  const table = `<table class="diff"><colgroup><col class="line"><col class="line"><col></colgroup>
<tbody>
${body.join("\n")}
</tbody></table>`;

  return `<details class="file" open id="${anchor}">
<summary><span class="path">${renamed}<bdi>${escapeHtml(file.path)}</bdi></span>
<span class="status">${escapeHtml(file.status)}</span>${changeCount(file.additions, file.deletions)}</summary>
${rows.length === 0 ? '<p class="empty">No text diff for this file.</p>' : table}
${renderUnplaced("Comments that have no line in this diff", unplaced, anchors)}
</details>`;
}

export function readDiff(file: DemoFile, comments: readonly DemoComment[]): FileDiff {
  return {
    file,
    anchor: fileAnchor(file.path),
    rows: file.patch === null ? [] : parsePatch(file.patch),
    comments: comments.filter((comment) => comment.path === file.path),
  };
}

/** The rows of a patch as GitHub's API gives it: hunks only, no file header. */
function parsePatch(patch: string): Row[] {
  const rows: Row[] = [];
  let before = 0;
  let after = 0;

  for (const line of patch.replace(/\n$/, "").split("\n")) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    const text = line.slice(1).replace(/\r$/, "");
    if (hunk !== null) {
      before = Number(hunk[1]);
      after = Number(hunk[2]);
      rows.push({ kind: "hunk", text: line });
    } else if (line.startsWith("\\")) rows.push({ kind: "remark", text: text.trim() });
    else if (line.startsWith("+")) rows.push({ kind: "added", before: null, after: after++, text });
    else if (line.startsWith("-")) rows.push({ kind: "deleted", before: before++, after: null, text });
    else rows.push({ kind: "context", before: before++, after: after++, text });
  }
  return rows;
}

function renderRow(row: Row, anchor: string, comments: readonly DemoComment[]): string {
  if (!isLine(row))
    return `<tr class="${row.kind}"><td colspan="2"></td><td>${escapeHtml(row.text)}</td></tr>`;

  const inRange = comments.some((comment) => covers(comment, row));
  const sign = { context: " ", added: "+", deleted: "-" }[row.kind];
  const numbers = lineNumber(`${anchor}L`, row.before) + lineNumber(`${anchor}R`, row.after);
  return `<tr class="${row.kind}${inRange ? " commented" : ""}">${numbers}<td class="code" data-sign="${sign}">${escapeHtml(row.text)}</td></tr>`;
}

export function isLine(row: Row): row is LineRow {
  return row.kind !== "hunk" && row.kind !== "remark";
}

function lineNumber(prefix: string, line: number | null): string {
  return line === null ? '<td class="line"></td>' : `<td class="line" id="${prefix}${line}">${line}</td>`;
}

function renderThread(comments: readonly DemoComment[], rows: readonly Row[], anchors: Anchors): string[] {
  if (comments.length === 0) return [];
  const thread = comments.map((comment) => renderComment(comment, rows, anchors));
  return [`<tr class="thread"><td colspan="3">${thread.join("\n")}</td></tr>`];
}

export function renderUnplaced(heading: string, comments: readonly DemoComment[], anchors: Anchors): string {
  if (comments.length === 0) return "";
  const thread = comments.map((comment) => renderComment(comment, [], anchors));
  return `<section class="unplaced"><h3>${heading}</h3>${thread.join("\n")}</section>`;
}

function renderComment(comment: DemoComment, rows: readonly Row[], anchors: Anchors): string {
  const replaced =
    comment.side === "RIGHT" ? rows.filter((row) => covers(comment, row)).map((row) => row.text) : [];
  return `<article class="comment" id="discussion_r${comment.id}" data-severity="${severityOf(comment)}">
<header>${avatar(comment.user)}<span><strong><bdi>${escapeHtml(comment.user)}</bdi></strong> on ${whereIs(comment, rows)}</span></header>
<div class="markdown">${renderMarkdown(comment.body, { anchors, replaced })}</div>
</article>`;
}

/** Without rows around it the comment does not stand in a diff, so its path has to be said. */
function whereIs({ path, line, startLine, side }: DemoComment, rows: readonly Row[]): string {
  const file = rows.length === 0 ? [`<bdi>${escapeHtml(path)}</bdi>`] : [];
  if (line === null) return file.join();

  const range = startLine !== null && startLine < line ? `lines ${startLine} to ${line}` : `line ${line}`;
  return [...file, `${range}${side === "LEFT" ? " before the change" : ""}`].join(", ");
}

function endsAt(comment: DemoComment, row: Row): boolean {
  return comment.line !== null && lineOn(comment.side, row) === comment.line;
}

function covers(comment: DemoComment, row: Row): boolean {
  const line = lineOn(comment.side, row);
  if (line === null || comment.line === null) return false;
  return line >= (comment.startLine ?? comment.line) && line <= comment.line;
}

function lineOn(side: DemoComment["side"], row: Row): number | null {
  if (!isLine(row)) return null;
  return side === "LEFT" ? row.before : row.after;
}

export const SEVERITIES = { "🔴": "critical", "🟡": "suggestion", "🟢": "nit" } as const;

export function severityOf(comment: DemoComment): string {
  const found = Object.entries(SEVERITIES).find(([mark]) => comment.body.trimStart().startsWith(mark));
  return found?.[1] ?? "none";
}

export function avatar(user: string): string {
  const isBot = user.endsWith("[bot]");
  const initial = String.fromCodePoint(user.codePointAt(0) ?? 0x3f).toUpperCase();
  return `<span class="avatar${isBot ? " bot" : ""}" aria-hidden="true">${isBot ? PLUMB_BOB : escapeHtml(initial)}</span>`;
}

export function changeCount(additions: number, deletions: number): string {
  return `<span class="count"><span class="plus">+${additions}</span> <span class="minus">−${deletions}</span></span>`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
