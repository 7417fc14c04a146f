/** Posted Markdown → HTML that is safe on this page; links to GitHub become links within the page where they can. */
import { createHash } from "node:crypto";
import { Marked } from "marked";
import sanitizeHtml from "sanitize-html";
import { escapeHtml } from "./page-html.ts";
import { renderSchema } from "./page-schema.ts";

/** What a link inside posted text may be turned into: an anchor that exists on this page. */
export type Anchors = ReadonlySet<string>;

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

export function renderMarkdown(source: string, { anchors, replaced }: MarkdownContext): string {
  const markdown = new Marked({
    gfm: true,
    // As GitHub does in comments: a line break in the source is a line break.
    breaks: true,
    renderer: {
      code({ text, lang }) {
        if (lang?.trim() === "suggestion") return suggestionBox(text, replaced);
        const schema = lang?.trim() === "mermaid" ? renderSchema(text) : null;
        if (schema !== null) return schema;
        return `<pre><code>${escapeHtml(text)}</code></pre>`;
      },
      checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
      image: ({ text }) => escapeHtml(text),
    },
  });

  return sanitizeHtml(markdown.parse(source, { async: false }), {
    allowedTags: ALLOWED_TAGS,
    allowedAttributes: { a: ["href", "rel"], details: ["open"], ol: ["start"], th: ["align"], td: ["align"] },
    allowedClasses: {
      div: ["suggestion", "schema", "entity"],
      span: ["suggestion-title", "added", "deleted"],
    },
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

/** The anchor on this page that a link to GitHub means: a comment, a file of the diff or a line of it. */
function anchorFor(href: string, anchors: Anchors): string | null {
  const direct = /#(discussion_r\d+|diff-[0-9a-f]{64}(?:[LR]\d+)?)(?:-[LR]\d+)?$/.exec(href)?.[1];
  const [, blobPath, line] = /\/blob\/[^/]+\/([^#?]+)(?:\?[^#]*)?#L(\d+)(?:-L\d+)?$/.exec(href) ?? [];
  const candidate = blobPath === undefined ? direct : `${fileAnchor(blobPath)}R${line}`;
  return candidate !== undefined && anchors.has(candidate) ? candidate : null;
}

/** GitHub's own scheme for the anchors of a diff, so that links written for GitHub work here too. */
export function fileAnchor(path: string): string {
  return `diff-${createHash("sha256").update(path).digest("hex")}`;
}
