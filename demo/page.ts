/** Shows a pull request with its check, its review and the comments under their lines, as one self-contained page. */
import { readFileSync } from "node:fs";
import {
  avatar,
  changeCount,
  type DemoComment,
  type DemoFile,
  type FileDiff,
  isLine,
  plural,
  readDiff,
  renderFile,
  renderUnplaced,
  SEVERITIES,
  severityOf,
} from "./page-diff.ts";
import { escapeHtml } from "./page-html.ts";
import { type Anchors, renderMarkdown } from "./page-markdown.ts";

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

const STYLE = readFileSync(new URL("./page.css", import.meta.url), "utf8");

// The posted text is hostile; if the sanitiser ever lets something through, the browser still loads and runs nothing.
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

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

function severityDots(comments: readonly DemoComment[]): string {
  const dots = Object.values(SEVERITIES).flatMap((severity) => {
    const count = comments.filter((comment) => severityOf(comment) === severity).length;
    return count === 0
      ? []
      : [`<span class="dot" data-severity="${severity}" title="${severity}">${count}</span>`];
  });
  return dots.join("");
}

function anchorsOf(view: DemoView, diffs: readonly FileDiff[]): Anchors {
  const lines = diffs.flatMap(({ anchor, rows }) =>
    rows.filter(isLine).flatMap(({ before, after }) => [`${anchor}L${before}`, `${anchor}R${after}`]),
  );
  const comments = view.comments.map((comment) => `discussion_r${comment.id}`);
  return new Set([...diffs.map(({ anchor }) => anchor), ...lines, ...comments]);
}
