import { describe, expect, it } from "vitest";
import { PASSES } from "../../src/domain/pass.ts";
import { fillTemplate, guidesFor, PromptFault, parsePromptLibrary } from "../../src/domain/prompt-library.ts";
import { loadPrompts } from "../../src/prompts.ts";
import { aLibrary, promptFiles } from "../builders.ts";

/** The library with one file's content changed. */
function withChanged(name: string, change: (content: string) => string) {
  return promptFiles().map((file) => (file.name === name ? { name, content: change(file.content) } : file));
}

describe("a complete set of files", () => {
  it("gives each pass its own words and title", () => {
    const library = aLibrary();

    for (const pass of PASSES) {
      expect(library.passes[pass].text).toContain(`Look for ${pass}.`);
      expect(library.titles[pass]).toBe(`The ${pass} pass`);
    }
    expect(library.preamble.text).toBe("You review code.");
    expect(library.guides.map((guide) => [guide.kind, guide.title])).toEqual([
      ["domain", "API"],
      ["stack", "Go"],
    ]);
  });

  it("does not depend on the order of the files, and neither does its digest", () => {
    expect(parsePromptLibrary(promptFiles().toReversed())).toEqual(aLibrary());
  });

  it("may have CRLF", () => {
    const library = parsePromptLibrary(withChanged("preamble.md", (text) => text.replaceAll("\n", "\r\n")));

    expect(library.preamble.text).toBe("You review code.");
  });

  it("has a digest that changes with every word and every name", () => {
    const digests = [
      aLibrary(),
      parsePromptLibrary(withChanged("preamble.md", (text) => `${text} `)),
      parsePromptLibrary(
        promptFiles().map((file) => (file.name === "preamble.md" ? { ...file, name: "begin.md" } : file)),
      ),
    ].map((library) => library.digest);

    expect(new Set(digests).size).toBe(3);
    expect(digests[0]).toMatch(/^[0-9a-f]{12}$/);
  });

  it("is what ships in prompts/: every pass, every stack and domain of the method", () => {
    const library = loadPrompts();

    expect(library.guides.map((guide) => guide.kind).toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => "domain"),
      ...Array.from({ length: 5 }, () => "stack"),
    ]);
    for (const pass of PASSES) expect(library.passes[pass].text).toContain("{{already_reported}}");
  });
});

describe("a fault names the file and what is wrong", () => {
  it.each<[name: string, change: (text: string) => string, message: RegExp]>([
    ["preamble.md", () => "You review code.", /^preamble\.md: it has no front matter/],
    ["preamble.md", () => "", /^preamble\.md: it has no front matter/],
    ["preamble.md", (text) => text.replace("kind: preamble", "kind: poem"), /^preamble\.md: .*kind/s],
    ["preamble.md", (text) => text.replace("version: 1", "version: one"), /^preamble\.md: .*version/s],
    ["preamble.md", (text) => text.replace("version: 1", "version: 0"), /^preamble\.md: .*version/s],
    ["preamble.md", (text) => text.replace("version: 1", "version: 1\nextra: 1"), /^preamble\.md: .*extra/s],
    [
      "preamble.md",
      (text) => `${text}{{secret}}`,
      /^preamble\.md: a preamble is given \[\], but it uses \[secret\]/,
    ],
    [
      "security.md",
      (text) => text.replace("[already_reported]", "[]"),
      /^security\.md: .* but it declares \[\]/,
    ],
    ["security.md", (text) => text.replace("{{already_reported}}", ""), /^security\.md: .* but it uses \[\]/],
    ["security.md", (text) => text.replace("pass: security", "pass: style"), /^security\.md: .*pass/s],
    [
      "security.md",
      (text) => text.replace("pass: security", "pass: performance"),
      /performance\.md and security\.md both have pass: performance|there is no file with pass: security/,
    ],
    [
      "summary.md",
      (text) => text.replace("{{coverage}}", "{{covrage}}"),
      /^summary\.md: .* but it uses \[covrage, findings\]/,
    ],
    ["stacks/go.md", (text) => text.replace('files: ["**/*.go"]', "files: []"), /^stacks\/go\.md: .*files/s],
  ])("%s: %#", (name, change, message) => {
    const parse = () => parsePromptLibrary(withChanged(name, change));

    expect(parse).toThrow(PromptFault);
    expect(parse).toThrow(message);
  });

  it.each(["preamble.md", "summary.md", "maintainability.md"])("%s is missing", (name) => {
    expect(() => parsePromptLibrary(promptFiles().filter((file) => file.name !== name))).toThrow(
      /^prompts: there is no file with /,
    );
  });

  it("two preambles", () => {
    const files = [
      ...promptFiles(),
      ...promptFiles()
        .filter((file) => file.name === "preamble.md")
        .map((file) => ({ ...file, name: "second.md" })),
    ];

    expect(() => parsePromptLibrary(files)).toThrow(
      "prompts: preamble.md and second.md both have kind: preamble",
    );
  });
});

describe("filling in", () => {
  const template = { text: "a {{x}} b {{y}} c {{x}}", inputs: ["x", "y"] };

  it("replaces every placeholder", () => {
    expect(fillTemplate(template, { x: "1", y: "2" })).toBe("a 1 b 2 c 1");
  });

  it("puts a value in as it is: no pattern, no second round", () => {
    expect(fillTemplate(template, { x: "$& $1 $$ {{y}}", y: "{{x}}" })).toBe(
      "a $& $1 $$ {{y}} b {{x}} c $& $1 $$ {{y}}",
    );
  });

  it("a missing value is a fault, an empty one is a value", () => {
    expect(() => fillTemplate(template, { x: "1" })).toThrow(new PromptFault("no value for {{y}}"));
    expect(fillTemplate(template, { x: "", y: "" })).toBe("a  b  c ");
  });
});

describe("guides", () => {
  it.each<[paths: readonly string[], titles: readonly string[]]>([
    [["cmd/main.go"], ["Go"]],
    [["CMD/MAIN.GO"], ["Go"]],
    [["src/api/x.ts"], ["API"]],
    [
      ["src/api/x.go", "README.md"],
      ["API", "Go"],
    ],
    [["README.md"], []],
    [[], []],
    [[".github/api/x.yml"], ["API"]],
  ])("for %j are %j", (paths, titles) => {
    expect(guidesFor(aLibrary(), paths).map((guide) => guide.title)).toEqual(titles);
  });

  it.each<[path: string, title: RegExp]>([
    ["src/server.ts", /Node/],
    ["app/views.py", /Python/],
    ["src/main/java/App.java", /Java|Spring/],
    ["cmd/main.go", /Go/],
    ["src/lib.rs", /Rust/],
    ["db/migrations/001_users.sql", /Database/],
    ["src/routes/users.ts", /API/],
  ])("of the shipped ones, %s calls for %s", (path, title) => {
    expect(
      guidesFor(loadPrompts(), [path])
        .map((guide) => guide.title)
        .join(),
    ).toMatch(title);
  });
});
