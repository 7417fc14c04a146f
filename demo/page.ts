/** Shows a pull request with its check, its review and the comments under their lines, as one self-contained page. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Marked } from "marked";
import sanitizeHtml from "sanitize-html";

export interface DemoView {
  readonly pull: {
    readonly number: number;
    readonly title: string;
    readonly body: string;
    readonly author: string;
    readonly baseRef: string;
    readonly headRef: string;
    readonly state: string;
  };
  readonly files: readonly DemoFile[];
  readonly reviews: readonly { readonly id: number; readonly body: string; readonly user: string }[];
  readonly comments: readonly DemoComment[];
  readonly check: {
    readonly status: string;
    readonly conclusion: string | null;
    readonly title: string;
    readonly summary: string;
  } | null;
  readonly note: string | null;
}

interface DemoFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string | null;
}

interface DemoComment {
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
interface FileDiff {
  readonly file: DemoFile;
  readonly anchor: string;
  readonly rows: readonly Row[];
  readonly comments: readonly DemoComment[];
}

/** What a link inside posted text may be turned into: an anchor that exists on this page. */
type Anchors = ReadonlySet<string>;

const STYLE = readFileSync(new URL("./page.css", import.meta.url), "utf8");

// The posted text is hostile; if the sanitiser ever lets something through, the browser still loads and runs nothing.
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const PLUMB_BOB =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2v8" /><path d="M8.5 10h7v3.5L12 21l-3.5-7.5z" /></svg>';

export function renderPage(view: DemoView): string {
  const { pull, note } = view;
  const diffs = view.files.map((file) => readDiff(file, view.comments));
  const anchors = anchorsOf(view, diffs);

  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(pull.title)} #${pull.number}</title>
<style>
${STYLE}</style>
</head>
<body>
${renderHeader(view)}
<main>
${renderCheck(view, anchors)}
${note === null ? "" : `<p class="note" role="note">${escapeHtml(note)}</p>`}
${renderConversation(view, anchors)}
${renderFiles(view, diffs, anchors)}
</main>
</body>
</html>
`;
}

function renderHeader({ pull }: DemoView): string {
  const state = escapeHtml(pull.state);
  return `<header class="pull">
<h1><bdi>${escapeHtml(pull.title)}</bdi> <span class="number">#${pull.number}</span></h1>
<p><span class="state" data-state="${state}">${state}</span>
<span class="merge"><strong><bdi>${escapeHtml(pull.author)}</bdi></strong> wants to merge
<code>${escapeHtml(pull.headRef)}</code> into <code>${escapeHtml(pull.baseRef)}</code></span></p>
</header>`;
}

function renderCheck({ check }: DemoView, anchors: Anchors): string {
  if (check === null) return "";

  const outcome = check.conclusion ?? check.status;
  const summary = renderMarkdown(check.summary, { anchors, replaced: [] });
  return `<section class="check" data-outcome="${escapeHtml(outcome)}" aria-label="Check run">
<span class="lamp" aria-hidden="true"></span>
<div><p class="check-title"><strong>Plumbline</strong> <span class="outcome">${escapeHtml(outcome.replaceAll("_", " "))}</span></p>
<p>${escapeHtml(check.title)}</p>
${summary === "" ? "" : `<details><summary>Details</summary><div class="markdown">${summary}</div></details>`}</div>
</section>`;
}

function renderConversation(view: DemoView, anchors: Anchors): string {
  const description = renderPost({
    user: view.pull.author,
    did: "opened this pull request",
    body: renderMarkdown(view.pull.body, { anchors, replaced: [] }),
  });
  const reviews = view.reviews.map((review) => {
    const count = view.comments.filter((comment) => comment.reviewId === review.id).length;
    return renderPost({
      user: review.user,
      did: count === 0 ? "reviewed" : `reviewed and left ${plural(count, "comment")}`,
      body: renderMarkdown(review.body, { anchors, replaced: [] }),
    });
  });
  const waiting = reviews.length === 0 ? '<p class="empty">No review has been posted yet.</p>' : "";
  return `<section class="conversation" aria-label="Conversation">${description}${reviews.join("")}${waiting}</section>`;
}

function renderPost(post: { readonly user: string; readonly did: string; readonly body: string }): string {
  return `<article class="post">
<header>${avatar(post.user)}<span><strong><bdi>${escapeHtml(post.user)}</bdi></strong> ${post.did}</span></header>
${post.body === "" ? "" : `<div class="markdown">${post.body}</div>`}
</article>`;
}

function renderFiles(view: DemoView, diffs: readonly FileDiff[], anchors: Anchors): string {
  const additions = view.files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = view.files.reduce((sum, file) => sum + file.deletions, 0);
  const elsewhere = view.comments.filter((comment) => !view.files.some(({ path }) => path === comment.path));
  const contents = diffs.map(
    ({ file, anchor, comments }) => `<li><a href="#${anchor}"><bdi>${escapeHtml(file.path)}</bdi></a>
${severityDots(comments)}${changeCount(file.additions, file.deletions)}</li>`,
  );

  return `<section class="files" aria-label="Files changed">
<h2>${plural(view.files.length, "file")} changed ${changeCount(additions, deletions)}</h2>
<ul class="contents">${contents.join("\n")}</ul>
${diffs.map((diff) => renderFile(diff, anchors)).join("\n")}
${renderUnplaced("Comments on files outside this diff", elsewhere, anchors)}
</section>`;
}

function renderFile({ file, anchor, rows, comments }: FileDiff, anchors: Anchors): string {
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

function readDiff(file: DemoFile, comments: readonly DemoComment[]): FileDiff {
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

function isLine(row: Row): row is LineRow {
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

function renderUnplaced(heading: string, comments: readonly DemoComment[], anchors: Anchors): string {
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

const SEVERITIES = { "🔴": "critical", "🟡": "suggestion", "🟢": "nit" } as const;

function severityOf(comment: DemoComment): string {
  const found = Object.entries(SEVERITIES).find(([mark]) => comment.body.trimStart().startsWith(mark));
  return found?.[1] ?? "none";
}

function severityDots(comments: readonly DemoComment[]): string {
  const dots = Object.values(SEVERITIES).flatMap((severity) => {
    const count = comments.filter((comment) => severityOf(comment) === severity).length;
    return count === 0
      ? []
      : [`<span class="dot" data-severity="${severity}" title="${severity}">${count}</span>`];
  });
  return dots.join("");
}

/** GitHub's own scheme for the anchors of a diff, so that links written for GitHub work here too. */
function fileAnchor(path: string): string {
  return `diff-${createHash("sha256").update(path).digest("hex")}`;
}

function anchorsOf(view: DemoView, diffs: readonly FileDiff[]): Anchors {
  const lines = diffs.flatMap(({ anchor, rows }) =>
    rows.filter(isLine).flatMap(({ before, after }) => [`${anchor}L${before}`, `${anchor}R${after}`]),
  );
  const comments = view.comments.map((comment) => `discussion_r${comment.id}`);
  return new Set([...diffs.map(({ anchor }) => anchor), ...lines, ...comments]);
}

/** The anchor on this page that a link to GitHub means: a comment, a file of the diff or a line of it. */
function anchorFor(href: string, anchors: Anchors): string | null {
  const direct = /#(discussion_r\d+|diff-[0-9a-f]{64}(?:[LR]\d+)?)(?:-[LR]\d+)?$/.exec(href)?.[1];
  const [, blobPath, line] = /\/blob\/[^/]+\/([^#?]+)(?:\?[^#]*)?#L(\d+)(?:-L\d+)?$/.exec(href) ?? [];
  const candidate = blobPath === undefined ? direct : `${fileAnchor(blobPath)}R${line}`;
  return candidate !== undefined && anchors.has(candidate) ? candidate : null;
}

interface MarkdownContext {
  readonly anchors: Anchors;
  /** The lines a suggestion in this text would replace. */
  readonly replaced: readonly string[];
}

// No images: nothing on this page is loaded from elsewhere.
const ALLOWED_TAGS =
  "h1 h2 h3 h4 h5 h6 p br hr blockquote ul ol li div span a strong b em i del s ins sub sup kbd code pre details summary table thead tbody tr th td".split(
    " ",
  );

function renderMarkdown(source: string, { anchors, replaced }: MarkdownContext): string {
  const markdown = new Marked({
    gfm: true,
    // As GitHub does in comments: a line break in the source is a line break.
    breaks: true,
    renderer: {
      code({ text, lang }) {
        if (lang?.trim() === "suggestion") return suggestionBox(text, replaced);
        return `<pre><code>${escapeHtml(text)}</code></pre>`;
      },
      checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
      image: ({ text }) => escapeHtml(text),
    },
  });

  return sanitizeHtml(markdown.parse(source, { async: false }), {
    allowedTags: ALLOWED_TAGS,
    allowedAttributes: { a: ["href", "rel"], details: ["open"], ol: ["start"], th: ["align"], td: ["align"] },
    allowedClasses: { div: ["suggestion"], span: ["suggestion-title", "added", "deleted"] },
    allowedSchemes: ["http", "https", "mailto"],
    allowProtocolRelative: false,
    transformTags: {
      a: (tagName, { href = "" }) => {
        const anchor = anchorFor(href, anchors);
        return anchor === null
          ? { tagName, attribs: { href, rel: "nofollow noopener noreferrer" } }
          : { tagName, attribs: { href: `#${anchor}` } };
      },
    },
  }).trim();
}

function suggestionBox(replacement: string, replaced: readonly string[]): string {
  const added = replacement === "" ? [] : replacement.split("\n");
  const lines = [
    ...replaced.map((line) => `<span class="deleted">${escapeHtml(line)}\n</span>`),
    ...added.map((line) => `<span class="added">${escapeHtml(line)}\n</span>`),
  ];
  return `<div class="suggestion"><span class="suggestion-title">Suggested change</span><pre>${lines.join("")}</pre></div>`;
}

function avatar(user: string): string {
  const isBot = user.endsWith("[bot]");
  const initial = String.fromCodePoint(user.codePointAt(0) ?? 0x3f).toUpperCase();
  return `<span class="avatar${isBot ? " bot" : ""}" aria-hidden="true">${isBot ? PLUMB_BOB : escapeHtml(initial)}</span>`;
}

function changeCount(additions: number, deletions: number): string {
  return `<span class="count"><span class="plus">+${additions}</span> <span class="minus">−${deletions}</span></span>`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
