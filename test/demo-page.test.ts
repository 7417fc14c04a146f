/** The page of the demo: comments under the right line, and nothing a posted text can do to the page. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type DemoView, renderPage } from "../demo/page.ts";

type File = DemoView["files"][number];
type Comment = DemoView["comments"][number];

const PATCH = `@@ -1,4 +1,5 @@ function total() {
 const a = 1;
-const b = 2;
+const b = 3;
+const c = 4;
 return a;
\\ No newline at end of file`;

function aFile(given: Partial<File> = {}): File {
  return {
    path: "src/total.ts",
    previousPath: null,
    status: "modified",
    additions: 2,
    deletions: 1,
    patch: PATCH,
    ...given,
  };
}

function aComment(given: Partial<Comment> = {}): Comment {
  return {
    id: 1,
    reviewId: 7,
    path: "src/total.ts",
    body: "Said here",
    side: "RIGHT",
    line: 2,
    startLine: null,
    user: "plumbline[bot]",
    ...given,
  };
}

function aView(given: Partial<DemoView> = {}): DemoView {
  return {
    pull: {
      number: 12,
      title: "Totals",
      body: "Why",
      author: "mira",
      baseRef: "main",
      headRef: "totals",
      state: "open",
    },
    files: [aFile()],
    reviews: [{ id: 7, body: "Fine.", user: "plumbline[bot]" }],
    comments: [],
    check: null,
    note: null,
    ...given,
  };
}

function anchorOf(path: string): string {
  return `diff-${createHash("sha256").update(path).digest("hex")}`;
}

/** The rows of the diff tables as "before|after|sign|code", a commented line with a star, a thread as its comment ids. */
function rowsOf(html: string): string[] {
  return [...html.matchAll(/<tr class="([^"]+)">(.*?)<\/tr>/gs)].map(([, kind = "", cells = ""]) => {
    if (kind === "thread")
      return [...cells.matchAll(/id="discussion_r(\d+)"/g)].map(([, id]) => `#${id}`).join();
    const texts = [...cells.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, text]) => text);
    const sign = /data-sign="(.)"/.exec(cells)?.[1];
    if (sign === undefined) return texts.at(-1) ?? "";
    return `${texts[0]}|${texts[1]}|${sign}|${texts[2]}${kind.includes("commented") ? " *" : ""}`;
  });
}

describe("the diff", () => {
  it("numbers every line on its own side", () => {
    const html = renderPage(aView());

    expect(rowsOf(html)).toEqual([
      "@@ -1,4 +1,5 @@ function total() {",
      "1|1| |const a = 1;",
      "2||-|const b = 2;",
      "|2|+|const b = 3;",
      "|3|+|const c = 4;",
      "3|4| |return a;",
      "No newline at end of file",
    ]);
  });

  it("counts on from the header of each hunk", () => {
    const patch = "@@ -8 +8 @@\n-old\n+new\n@@ -30,2 +30,3 @@\n same\n+more\n last\n";

    const html = renderPage(aView({ files: [aFile({ patch })] }));

    expect(rowsOf(html).slice(-3)).toEqual(["30|30| |same", "|31|+|more", "31|32| |last"]);
  });

  it("says so when a file has no text diff", () => {
    const html = renderPage(aView({ files: [aFile({ path: "logo.png", patch: null })] }));

    expect(html).toContain("No text diff for this file.");
    expect(rowsOf(html)).toEqual([]);
  });
});

describe("a comment", () => {
  it("stands under the added line on the RIGHT side", () => {
    const html = renderPage(aView({ comments: [aComment({ line: 2 })] }));

    expect(rowsOf(html).slice(2, 5)).toEqual(["2||-|const b = 2;", "|2|+|const b = 3; *", "#1"]);
  });

  it("stands under the deleted line on the LEFT side", () => {
    const html = renderPage(aView({ comments: [aComment({ side: "LEFT", line: 2 })] }));

    expect(rowsOf(html).slice(2, 5)).toEqual(["2||-|const b = 2; *", "#1", "|2|+|const b = 3;"]);
    expect(html).toContain("on line 2 before the change");
  });

  it("marks its whole range and stands under the last line of it", () => {
    const html = renderPage(aView({ comments: [aComment({ startLine: 2, line: 4 })] }));

    expect(rowsOf(html).slice(2, 7)).toEqual([
      "2||-|const b = 2;",
      "|2|+|const b = 3; *",
      "|3|+|const c = 4; *",
      "3|4| |return a; *",
      "#1",
    ]);
    expect(html).toContain("on lines 2 to 4");
  });

  it("shares a thread with the others on the same line, in their order", () => {
    const html = renderPage(aView({ comments: [aComment({ id: 5 }), aComment({ id: 3 })] }));

    expect(rowsOf(html)).toContain("#5,#3");
  });

  it.each([
    ["whose line is not in the diff", { line: 90 }],
    ["on the whole file", { line: null }],
  ])("%s is listed under its file", (_name, where) => {
    const html = renderPage(aView({ comments: [aComment(where)] }));

    expect(rowsOf(html).some((row) => row.startsWith("#"))).toBe(false);
    expect(html).toMatch(
      /Comments that have no line in this diff<\/h3><article[^>]* id="discussion_r1".*?<\/details>/s,
    );
  });

  it("on a file outside the diff is still shown", () => {
    const html = renderPage(aView({ comments: [aComment({ path: "src/other.ts" })] }));

    expect(html).toMatch(
      /outside this diff<\/h3><article[^>]* id="discussion_r1".*on <bdi>src\/other\.ts<\/bdi>, line 2/s,
    );
  });

  it("shows a suggestion as the change it would make", () => {
    const body = "Use one constant.\n\n```suggestion\nconst b = 1 < 2 ? 3 : 4;\n```";

    const html = renderPage(aView({ comments: [aComment({ startLine: 2, line: 3, body })] }));

    expect(html).toContain(
      '<div class="suggestion"><span class="suggestion-title">Suggested change</span><pre>' +
        '<span class="deleted">const b = 3;\n</span><span class="deleted">const c = 4;\n</span>' +
        '<span class="added">const b = 1 &lt; 2 ? 3 : 4;\n</span></pre></div>',
    );
  });

  it("shows an empty suggestion as a deletion", () => {
    const html = renderPage(aView({ comments: [aComment({ body: "```suggestion\n```" })] }));

    expect(html).toContain('<pre><span class="deleted">const b = 3;\n</span></pre>');
  });
});

describe("the schema of a change", () => {
  const html = (source: string) =>
    renderPage(
      aView({ reviews: [{ id: 7, body: `\`\`\`mermaid\n${source}\n\`\`\``, user: "plumbline[bot]" }] }),
    );

  it("is drawn as boxes, with the table that a key refers to", () => {
    const drawn = html(
      'erDiagram\n  orders {\n    text email\n  }\n  lines {\n    uuid order_id FK, PK\n  }\n  orders ||--o{ lines : "order_id"',
    );

    expect(drawn).toContain(
      '<div class="entity"><strong>orders</strong><table><tbody><tr><td>email</td><td>text</td><td></td></tr>',
    );
    expect(drawn).toContain("<td>order_id</td><td>uuid</td><td>FK, PK → orders</td>");
  });

  it("stays source where it is another diagram", () => {
    expect(html("graph TD\n  a --> b")).toContain("<pre><code>graph TD\n  a --&gt; b</code></pre>");
  });
});

describe("links in a review", () => {
  const anchor = anchorOf("src/total.ts");

  it.each([
    ["a comment", "http://127.0.0.1:4000/o/r/pull/12#discussion_r1", "#discussion_r1"],
    ["a line of the diff", `https://github.com/o/r/pull/12/files#${anchor}R3`, `#${anchor}R3`],
    ["a range of the diff", `https://github.com/o/r/pull/12/files#${anchor}R2-R3`, `#${anchor}R2`],
    ["a file at head", "https://github.com/o/r/blob/abc123/src/total.ts#L3-L4", `#${anchor}R3`],
  ])("to %s leads to its place on the page", (_name, href, target) => {
    const html = renderPage(
      aView({ comments: [aComment()], reviews: [{ id: 7, body: `[see](${href})`, user: "p" }] }),
    );

    expect(html).toContain(`<a href="${target}">see</a>`);
    expect(html).toContain(`id="${target.slice(1)}"`);
  });

  it("to something that is not on the page stay as they are", () => {
    const href = "https://github.com/o/r/pull/12#discussion_r999";

    const html = renderPage(aView({ reviews: [{ id: 7, body: `[see](${href})`, user: "p" }] }));

    expect(html).toContain(`<a href="${href}" rel="nofollow noopener noreferrer">see</a>`);
  });
});

describe("hostile text", () => {
  const ATTACK = `"><script>steal()</script><img src=x onerror=steal()>'`;
  const ESCAPED = "&quot;&gt;&lt;script&gt;steal()&lt;/script&gt;&lt;img src=x onerror=steal()&gt;&#39;";

  it("is escaped everywhere outside Markdown", () => {
    const hostile = aView({
      pull: {
        number: 1,
        title: ATTACK,
        body: "",
        author: ATTACK,
        baseRef: ATTACK,
        headRef: ATTACK,
        state: ATTACK,
      },
      files: [
        aFile({
          path: ATTACK,
          previousPath: ATTACK,
          status: ATTACK,
          patch: `@@ -1 +1 @@ ${ATTACK}\n+${ATTACK}`,
        }),
      ],
      comments: [aComment({ path: ATTACK, user: ATTACK, line: null })],
      reviews: [{ id: 7, body: "", user: ATTACK }],
      check: { status: "completed", conclusion: ATTACK, title: ATTACK, summary: "" },
      note: ATTACK,
    });

    const html = renderPage(hostile);

    expect(html).not.toMatch(/<script|<img/);
    expect(html.split(ESCAPED).length - 1).toBeGreaterThanOrEqual(16);
  });

  it.each([
    ["a script", "<script>steal()</script>", /steal/],
    ["an event handler", '<p onclick="steal()">x</p><details ontoggle=steal() open>y</details>', /steal/],
    [
      "an image from elsewhere",
      "![alt](https://evil.example/a.png) <img src=//evil.example/b>",
      /evil\.example|<img/,
    ],
    [
      "a style",
      '<style>body{display:none}</style><p style="position:fixed">x</p>',
      /display:none|position:fixed/,
    ],
    ["a script link", "[x](javascript:steal()) <a href='data:text/html,steal'>y</a>", /steal/],
    [
      "a frame, a form or a refresh",
      "<iframe src=//evil></iframe><form action=//evil><meta http-equiv=refresh content=0>",
      /evil|refresh/,
    ],
    ["an id that shadows an anchor", '<p id="discussion_r1">x</p>', /<p id/],
    ["a hidden comment", "<!-- plumbline:run 1 -->x", /plumbline:run/],
    ["a script in a suggestion", "```suggestion\n</pre><script>steal()</script>\n```", /<script/],
    ["a script in a fence's language", '```"><script>steal()</script>\nx\n```', /steal/],
  ])("%s in Markdown does not reach the page", (_name, body, forbidden) => {
    const everywhere = aView({
      pull: { ...aView().pull, body },
      comments: [aComment({ body })],
      reviews: [{ id: 7, body, user: "p" }],
      check: { status: "completed", conclusion: "neutral", title: "t", summary: body },
    });

    expect(renderPage(everywhere)).not.toMatch(forbidden);
  });

  it("cannot close what surrounds it", () => {
    const body =
      "</div></article></td></tr></table></details></main><details><summary>s</summary><div><b>open";

    const clean = renderPage(aView({ comments: [aComment({ body: "x" })] }));
    const html = renderPage(aView({ comments: [aComment({ body })] }));

    for (const tag of ["article", "table", "main", "html"]) {
      expect(html.split(`</${tag}>`).length).toBe(clean.split(`</${tag}>`).length);
    }
    expect(html).toContain("<details><summary>s</summary><div><b>open</b></div></details>");
  });

  it("finds a page that loads and runs nothing", () => {
    const html = renderPage(aView({ comments: [aComment()] }));

    expect(html).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`,
    );
    expect(html).not.toMatch(/<script|<link|\ssrc=|url\(|@import/);
  });
});

describe("the head of the page", () => {
  it("shows the conclusion of the check and the note", () => {
    const check = {
      status: "completed",
      conclusion: "timed_out",
      title: "Stopped after 10 minutes",
      summary: "",
    };

    const html = renderPage(aView({ check, note: "Checks only." }));

    expect(html).toContain('data-outcome="timed_out"');
    expect(html).toContain('<span class="outcome">timed out</span>');
    expect(html).toContain("Stopped after 10 minutes");
    expect(html).toContain("Checks only.");
  });

  it("shows the status while the check has no conclusion, and that no review is there yet", () => {
    const check = { status: "in_progress", conclusion: null, title: "Reading", summary: "" };

    const html = renderPage(aView({ check, reviews: [] }));

    expect(html).toContain('<span class="outcome">in progress</span>');
    expect(html).toContain("No review has been posted yet.");
  });
});
