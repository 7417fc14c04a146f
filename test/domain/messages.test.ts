import { fromMarkdown } from "mdast-util-from-markdown";
import { describe, expect, it } from "vitest";
import { fitBody } from "../../src/domain/body-limit.ts";
import { commentBody } from "../../src/domain/comment-words.ts";
import { reviewed, skipped } from "../../src/domain/coverage.ts";
import { actionItems, reviewBody, usageLine } from "../../src/domain/messages.ts";
import { reviewScope } from "../../src/domain/scope.ts";
import { aReview, aReviewFinding, aUsage } from "../builders.ts";

const LINKS = { pullRequestUrl: "https://github.com/o/r/pull/1", headUrl: "https://github.com/o/r/blob/abc" };
const NO_LINKS = { pullRequestUrl: null };

/** Sections by their heading, as Markdown sees them. */
function headings(body: string): readonly string[] {
  return fromMarkdown(body).children.flatMap((node) =>
    node.type === "heading"
      ? [node.children.map((child) => ("value" in child ? child.value : "")).join("")]
      : [],
  );
}

it("a gap is said in words, whatever it begins with", () => {
  const gaps = ["# Approved", "1. all fine", "- [x] done", "```js", "---"];
  const body = reviewBody(aReview({ coverage: { files: [reviewed("src/a.ts")], gaps } }), LINKS);

  expect(headings(body)).toEqual(["Coverage", "Action items"]);
  expect(body).toContain("- **Approved**");
});

describe("one comment", () => {
  it("reads: severity and pass, title, why, fix, example", () => {
    const body = commentBody(
      aReviewFinding({
        severity: "critical",
        pass: "security",
        alsoFoundBy: ["correctness", "performance"],
        title: "Query built from `name`",
        why: "`name` comes from the request; `'; DROP` ends the string.\n\nEvery reader can do it.",
        fix: "Bind it.",
        suggestion: "db.query(SQL, [name]);\n",
      }),
    );

    expect(body).toMatchInlineSnapshot(`
      "🔴 **CRITICAL** · security (also correctness, performance) — Query built from \`name\`

      \`name\` comes from the request; \`'; DROP\` ends the string.

      Every reader can do it.

      **Fix:** Bind it.

      \`\`\`
      db.query(SQL, [name]);
      \`\`\`"
    `);
  });

  it.each<[name: string, suggestion: string | null, fix: string]>([
    ["there is none", null, "Use 2."],
    ["it is blank", " \n", "Use 2."],
    ["the fix shows code", "const b = 2;", "Write\n```ts\nconst b = 2;\n```"],
    ["the fix shows code in tildes", "const b = 2;", "Write\n  ~~~\nconst b = 2;\n~~~"],
  ])("has no example where %s", (_, suggestion, fix) => {
    const body = commentBody(aReviewFinding({ suggestion, fix }));

    expect(body.match(/```/g)?.length ?? 0).toBe(fix.includes("\n") ? 2 : 0);
  });

  it.each([
    ["suggestion", "```suggestion\nevil();\n```"],
    ["why", "```suggestion\nevil();\n```"],
    ["fix", "```suggestion\nevil();\n```"],
    ["title", "```suggestion evil(); ```"],
  ])("never holds a button, whatever the model puts into the %s", (field, text) => {
    const body = commentBody(aReviewFinding({ [field]: text }));

    const blocks = fromMarkdown(body).children.filter((node) => node.type === "code");
    expect(blocks.map((block) => block.lang ?? null).filter((lang) => lang !== null)).toEqual([]);
  });

  it("an example shows what cannot be seen", () => {
    expect(commentBody(aReviewFinding({ suggestion: "if (a\u202E) {}" }))).toContain("if (a\\u{202E}) {}");
  });

  it.each([
    ["code", "  if (a) {\n    b();\n  }"],
    ["a fence", "```\nrun\n```"],
    ["a longer run of backticks", "x = ````a````"],
    ["blank lines at both ends", "\na\n"],
    ["tabs", "\tb()"],
    ["what looks like Markdown", "# a\n<!-- b -->\n</details> @c"],
  ])("ends with a button that holds exactly what was proven: %s", (_, text) => {
    const body = commentBody({
      ...aReviewFinding({ suggestion: "other" }),
      proof: { kind: "proven", text },
    });

    const blocks = fromMarkdown(body).children;
    expect(blocks.at(-1)).toMatchObject({ type: "code", lang: "suggestion", value: text });
    expect(blocks.filter((block) => block.type === "code")).toHaveLength(1);
  });

  it("has an example and no button where the suggestion could not be proven", () => {
    const body = commentBody({
      ...aReviewFinding({ suggestion: "b();", fix: "" }),
      proof: { kind: "unproven", reason: "the file would no longer parse" },
    });

    expect(fromMarkdown(body).children.at(-1)).toMatchObject({ type: "code", lang: null, value: "b();" });
  });

  it("cuts the words and never the button", () => {
    const text = `${"x".repeat(1_000)}\n`.repeat(8);
    const body = commentBody({
      ...aReviewFinding({ why: "```\nwhy\n".repeat(9_000) }),
      proof: { kind: "proven", text },
    });

    expect(body.length).toBeLessThan(65_000);
    expect(fromMarkdown(body).children.at(-1)).toMatchObject({ lang: "suggestion", value: text });
  });

  it.each([
    ["a fence", "```ts\na\n\n@octocat ![x](http://evil.example)\n```"],
    ["a list", "- a\n- b"],
    ["a numbered list", "1. a"],
    ["a quote", "> a"],
    ["a table", "| a |\n|---|\n| b |"],
  ])("a fix that begins with %s is a block of its own", (_, fix) => {
    const inSummary = aReview({ findings: [aReviewFinding({ fix, summaryReason: "over the limit" })] });

    expect(commentBody(aReviewFinding({ fix }))).toContain("\n\n**Fix:**\n\n");
    expect(reviewBody(inSummary, LINKS)).toContain("\n  \n  **Fix:**\n  \n  ");
  });

  it("has no empty parts", () => {
    expect(commentBody(aReviewFinding({ why: "", fix: "" }))).toBe(
      "🟡 **SUGGESTION** · correctness — The constant is wrong",
    );
  });
});

describe("the whole review", () => {
  const findings = [
    aReviewFinding({
      severity: "critical",
      pass: "security",
      title: "Query built from input",
      id: "a".repeat(16),
    }),
    aReviewFinding({
      title: "The cache never ends",
      path: "src/cache.ts",
      placement: "outside",
      summaryReason: "outside the diff",
      pass: "performance",
      anchor: { side: "RIGHT", startLine: 7, line: 9 },
      fix: "Bound it:\n```ts\nnew Cache({ max: 100 });\n```",
    }),
    aReviewFinding({
      severity: "nit",
      title: "A misleading name",
      anchor: { side: "LEFT", startLine: 3, line: 3 },
    }),
    aReviewFinding({
      severity: "critical",
      title: "An old hole",
      path: "src/old.ts",
      preExisting: true,
      summaryReason: "pre-existing",
    }),
  ];
  const review = aReview({
    summary: "The change closes the file. Its query is open to injection.",
    praise: ["`src/a.ts` closes what it opens, so a failed request leaks nothing."],
    findings,
    coverage: {
      files: [reviewed("src/a.ts"), skipped("yarn.lock", "nature", "lock file")],
      gaps: ["2 of 4 changed files are not known: GitHub listed no more"],
    },
    complete: false,
  });

  it("reads as people read it", () => {
    const body = reviewBody(review, LINKS, { stillOpen: new Set(["a".repeat(16)]) });

    expect(body).toMatchInlineSnapshot(`
      "**Fix before merging. This review is incomplete: see Coverage.**

      🔴 1 critical · 🟡 1 suggestion · 🟢 1 nit

      The change closes the file. Its query is open to injection.

      ### What is good

      - \`src/a.ts\` closes what it opens, so a failed request leaks nothing.

      ### Findings without a line in this diff

      \`src/cache.ts\`

      - 🟡 **SUGGESTION** · performance — The cache never ends ([line 9](https://github.com/o/r/blob/abc/src/cache.ts#L9))
        
        Callers get 3 and expect 2.
        
        **Fix:** Bound it:
        
        \`\`\`ts
        new Cache({ max: 100 });
        \`\`\`

      ### Not from this change

      \`src/old.ts\`

      - 🔴 **CRITICAL** · correctness — An old hole ([line 11](https://github.com/o/r/pull/1/files#diff-3fe50cdf7b7e6d709f095d48b8c10eba7f87f138c20f15b38df2b2c47b84e6afR11))
        
        Callers get 3 and expect 2.
        
        **Fix:** Use 2.

      ### Coverage

      1 reviewed, 1 skipped · 5 passes

      - 2 of 4 changed files are not known: GitHub listed no more
      - \`yarn.lock\`: skipped, lock file

      <sub>claude-sonnet-5-5 · standard · 6 calls · 10,000 tokens in (90 % cached), 500 out · $0.50 (prices of 2026-11-22) · 12.3 s</sub>

      ### Action items

      1. 🔴 **CRITICAL** Query built from input — [\`src/a.ts:11\`](https://github.com/o/r/pull/1/files#diff-072fc23b941d05af2383888f292b78e406e0e82a4a3f8ee698113dd9bcc79e5fR11) (still open from an earlier review)
      2. 🟡 **SUGGESTION** The cache never ends — [\`src/cache.ts:9\`](https://github.com/o/r/blob/abc/src/cache.ts#L9)
      3. 🟢 **NIT** A misleading name — [\`src/a.ts:3\`](https://github.com/o/r/pull/1/files#diff-072fc23b941d05af2383888f292b78e406e0e82a4a3f8ee698113dd9bcc79e5fL3)"
    `);
  });

  it("has its sections in order and no empty one", () => {
    expect(headings(reviewBody(review, NO_LINKS))).toEqual([
      "What is good",
      "Findings without a line in this diff",
      "Not from this change",
      "Coverage",
      "Action items",
    ]);
    expect(headings(reviewBody(aReview(), NO_LINKS))).toEqual(["Coverage", "Action items"]);
  });

  it("has no link where there are no pages", () => {
    expect(reviewBody(review, NO_LINKS)).not.toMatch(/\]\(/);
  });

  it("lists what is over the limit", () => {
    const body = reviewBody(
      aReview({ findings: [aReviewFinding({ summaryReason: "over the limit" })] }),
      LINKS,
    );

    expect(headings(body)).toContain("More findings");
  });

  it("never counts what was there before", () => {
    expect(reviewBody(review, NO_LINKS)).toContain("🔴 1 critical · 🟡 1 suggestion · 🟢 1 nit\n");
    expect(actionItems(review).join("\n")).not.toContain("An old hole");
  });

  it("lets no model's heading, comment or tag out of its place", () => {
    const hostile = "# Coverage\n\n</details><!-- x -->\n\n---\n\n### Action items\n\nNone. @octocat";
    const body = reviewBody(
      aReview({
        summary: hostile,
        praise: [hostile],
        findings: [
          aReviewFinding({ title: hostile, why: hostile, fix: hostile, summaryReason: "outside the diff" }),
        ],
      }),
      NO_LINKS,
    );

    expect(headings(body)).toEqual([
      "What is good",
      "Findings without a line in this diff",
      "Coverage",
      "Action items",
    ]);
    expect(body).not.toMatch(/@octocat|^<\/details>/m);
    expect(fromMarkdown(body).children.filter((node) => node.type === "html")).toEqual([]);
  });

  it.each([
    ["a`b.ts"],
    ["@octocat/x.ts"],
    ["](http://evil.example).ts"],
    ["a\nb.ts"],
    ["<img src=x>.ts"],
    ["a|b #1.ts"],
  ])("shows the path %j as code everywhere", (path) => {
    const body = reviewBody(
      aReview({
        findings: [aReviewFinding({ path }), aReviewFinding({ path, summaryReason: "outside the diff" })],
        coverage: { files: [skipped(path, "limit", "too large")], gaps: [] },
      }),
      LINKS,
    );

    const outside = JSON.stringify(fromMarkdown(body), (_, node) =>
      node?.type === "inlineCode" ? null : node,
    );
    expect(outside).not.toMatch(/octocat|evil\.example|<img|#1\.ts/);
  });
});

describe("the verdict", () => {
  const verdictOf = (over: Parameters<typeof aReview>[0]) =>
    reviewBody(aReview(over), NO_LINKS).split("\n")[0];
  const one = (severity: "critical" | "suggestion" | "nit", preExisting = false) => [
    aReviewFinding({ severity, preExisting }),
  ];

  it.each<[string, Parameters<typeof aReview>[0]]>([
    ["**Fix before merging.**", { findings: one("critical") }],
    [
      "**Fix before merging. This review is incomplete: see Coverage.**",
      { findings: one("critical"), complete: false },
    ],
    ["**This review is incomplete: see Coverage.**", { findings: one("nit"), complete: false }],
    ["**This review is incomplete: see Coverage.**", { complete: false }],
    [
      "**Fix before merging. Checks only: no model has read this change, as asked.**",
      { findings: one("critical"), reading: { kind: "checks", because: "asked" } },
    ],
    [
      "**Checks only: no model has read this change, because no `ANTHROPIC_API_KEY` is set.**",
      { complete: false, reading: { kind: "checks", because: "no key" } },
    ],
    ["**No blockers, but there are defects that should be fixed.**", { findings: one("suggestion") }],
    ["**Good to merge; only small remarks.**", { findings: one("nit") }],
    ["**No findings.**", { findings: one("critical", true) }],
    ["**No findings.**", {}],
    ["**Nothing to review.**", { coverage: { files: [], gaps: [] } }],
    [
      "**Nothing to review.**",
      { coverage: { files: [skipped("yarn.lock", "nature", "lock file")], gaps: [] } },
    ],
  ])("%s", (verdict, over) => {
    expect(verdictOf(over)).toBe(verdict);
  });
});

describe("coverage", () => {
  const skippedFiles = (count: number) =>
    Array.from({ length: count }, (_, at) => skipped(`f${at}.lock`, "nature", "lock file"));
  const bodyOf = (count: number) =>
    reviewBody(aReview({ coverage: { files: skippedFiles(count), gaps: [] } }), NO_LINKS);

  it("folds a long list and closes it", () => {
    expect(bodyOf(8)).not.toContain("<details>");
    expect(bodyOf(9).match(/<\/?details>/g)).toEqual(["<details>", "</details>"]);
  });

  it("lists 200 files and counts the rest", () => {
    expect(bodyOf(203)).toContain("- … and 3 more files not reviewed in full");
    expect(bodyOf(203)).not.toContain("f200.lock");
    expect(bodyOf(200)).not.toContain("more files");
  });

  it("says that no pass ran where no model was asked", () => {
    const body = reviewBody(aReview({ reading: { kind: "checks", because: "asked" } }), NO_LINKS);

    expect(body).toContain("built-in checks, no pass");
    expect(body).not.toContain("5 passes");
  });

  it("says which passes ran", () => {
    expect(reviewBody(aReview(), NO_LINKS)).toContain("1 reviewed · 5 passes");
    expect(reviewBody(aReview({ scope: reviewScope(["security"], []) }), NO_LINKS)).toContain(
      "1 reviewed · only security",
    );
  });
});

describe("a body that is too long", () => {
  const long = (text: string, count: number) => Array.from({ length: count }, () => text).join("\n\n");

  it("stays as it is at the limit", () => {
    expect(fitBody("x".repeat(64_000))).toHaveLength(64_000);
  });

  it.each([
    ["words", long("A sentence of some words.", 5_000)],
    ["one line", "x".repeat(100_000)],
    ["characters of two units", "🎉".repeat(50_000)],
    ["lines of 5,000 characters", long("y".repeat(5_000), 30)],
    ["nothing but newlines", "\n".repeat(70_000)],
  ])("of %s is cut to valid text below GitHub's limit, and says so", (_, body) => {
    const fitted = fitBody(body);

    expect(fitted.length).toBeLessThanOrEqual(64_000);
    expect(fitted.isWellFormed()).toBe(true);
    expect(fitted).not.toContain("\uFFFD");
    expect(fitted).toMatch(/did not fit into one GitHub comment; `plumbline review` shows all of it\._$/);
  });

  it.each([
    ["a fence", `a\n\n\`\`\`\`ts\n${long("code();", 10_000)}\n\`\`\`\``],
    ["a fence with shorter fences in it", `a\n\n\`\`\`\`ts\n${long("```\ncode();\n```", 6_000)}\n\`\`\`\``],
    ["a fence in a list", `- a\n\n  \`\`\`ts\n${long("  code();", 8_000)}\n  \`\`\``],
    ["a fence that begins a list item", `- \`\`\`ts\n${long("  code();", 8_000)}\n  \`\`\``],
    [
      "a fence in a quote",
      `> \`\`\`ts\n${long("> code();", 1).repeat(1)}\n${"> code();\n".repeat(9_000)}> \`\`\``,
    ],
    ["many closed fences", long("```ts\ncode();\n```", 6_000)],
    ["details", `<details><summary>s</summary>\n\n${long("- a file", 9_000)}\n\n</details>`],
    [
      "details whose words name their end",
      `a \\</details> b\n\n<details><summary>s</summary>\n\n${long("- `</details>`", 6_000)}\n\n</details>`,
    ],
  ])("in %s closes what is open, so that the note stands in the open", (_, body) => {
    const fitted = fitBody(body);
    const last = fromMarkdown(fitted).children.at(-1);

    expect(last?.type).toBe("paragraph");
    expect(fitted.match(/^<details>/gm)?.length).toBe(fitted.match(/^<\/details>/gm)?.length);
    expect(fitted.length).toBeLessThanOrEqual(64_000);
  });

  it("never ends inside a code span, which would set free what stands in it", () => {
    const fitted = fitBody(long(`\`@octocat ${"x ".repeat(2_400)}\``, 20));

    expect(
      JSON.stringify(fromMarkdown(fitted).children.filter((node) => node.type === "paragraph")),
    ).not.toContain('"type":"text","value":"`@octocat');
  });

  it("keeps a review of 600 findings postable", () => {
    const findings = Array.from({ length: 600 }, (_, at) =>
      aReviewFinding({
        path: `src/${at % 50}.ts`,
        summaryReason: "over the limit",
        why: "words ".repeat(20),
      }),
    );

    expect(reviewBody(aReview({ findings }), LINKS).length).toBeLessThanOrEqual(64_000);
  });
});

describe("the line of usage", () => {
  it.each([
    [
      { model: "claude-sonnet-5-5" },
      /^claude-sonnet-5-5 · standard · 6 calls · 10,000 tokens in \(90 % cached\), 500 out · \$0\.50 \(prices of [\d-]+\) · 12\.3 s$/,
    ],
    [{ usage: aUsage({ costUsd: 0.0123 }) }, /1 call · .* \$0\.0123 /],
    [{ model: "my-gateway" }, /price of this model unknown/],
    [{ depth: "quick" }, /^claude-sonnet-5-5 · quick · /],
    [
      { reading: { kind: "checks", because: "no key" } },
      /^built-in checks only · no model called · 12\.3 s$/,
    ],
  ] as const)("%j", (over, line) => {
    expect(usageLine(aReview(over))).toMatch(line);
  });
});

it("action items put criticals first, as the findings come", () => {
  const findings = [
    aReviewFinding({ severity: "critical", title: "A" }),
    aReviewFinding({ severity: "suggestion", title: "B" }),
    aReviewFinding({ severity: "nit", title: "C" }),
  ];

  expect(actionItems(aReview({ findings }))).toEqual([
    "Must fix: A (src/a.ts:11)",
    "Should fix: B (src/a.ts:11)",
    "Optional: C (src/a.ts:11)",
  ]);
});
