import { describe, expect, it } from "vitest";
import type { Lookup } from "../../src/domain/lookup.ts";
import type { SourceOutline } from "../../src/domain/outline.ts";
import { repositoryReader } from "../../src/review/looking-up.ts";
import { aSyntax, aView, type ViewFiles } from "../builders.ts";

const OUTLINE: SourceOutline = {
  language: "typescript",
  scopes: [{ kind: "function", name: "close", start: 2, end: 4, leadStart: 1, signatureEnd: 2 }],
  imports: [],
  syntaxErrors: 0,
};
const HEAD: ViewFiles = {
  "src/close.ts": "/** Ends it. */\nexport function close(file: string) {\n  end(file);\n}\n",
  "src/main.ts": 'import { close } from "./close.ts";\n\nclose("a");\nclosed();\n',
  "data.bin": { kind: "unreadable", reason: "binary" },
};

function look(
  lookup: Lookup,
  over: {
    readonly head?: ViewFiles;
    readonly treeMissing?: string;
    readonly outlines?: Record<string, SourceOutline>;
  } = {},
) {
  const { head = HEAD, treeMissing, outlines = { "src/close.ts": OUTLINE } } = over;
  const view = aView({ head, ...(treeMissing === undefined ? {} : { treeMissing }) });
  return repositoryReader(view, aSyntax(outlines), ["src/main.ts"])(lookup, new AbortController().signal);
}

describe("lines of a file", () => {
  it.each<[what: string, path: string, lines: readonly [number, number], expected: string]>([
    [
      "are numbered",
      "src/close.ts",
      [2, 3],
      "src/close.ts (5 lines)\n     2 |  export function close(file: string) {\n     3 |    end(file);",
    ],
    ["beyond its end are none", "src/close.ts", [90, 99], "The file has only 5 lines."],
    [
      "of a file that is not there are none",
      "src/none.ts",
      [1, 2],
      'There is no file "src/none.ts" at the head commit.',
    ],
    [
      "of what cannot be read are none, with the reason",
      "data.bin",
      [1, 2],
      "The file cannot be read: binary.",
    ],
  ])("%s", async (_, path, [start_line, end_line], expected) => {
    expect(await look({ kind: "read_file", path, start_line, end_line })).toBe(expected);
  });
});

describe("a definition", () => {
  it("is shown with what belongs to it from above", async () => {
    expect(await look({ kind: "find_definition", name: "close" })).toBe(
      "src/close.ts (from line 1)\n     1 |  /** Ends it. */\n     2 |  export function close(file: string) {\n     3 |    end(file);\n     4 |  }",
    );
  });

  it("without a grammar is shown from the line that looks like it", async () => {
    expect(await look({ kind: "find_definition", name: "close" }, { outlines: {} })).toContain(
      "src/close.ts (from line 2)\n     2 |  export function close",
    );
  });

  it("of a name that many files define is shown five times", async () => {
    const head = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [`src/${at}.ts`, "export function close() {\n}\n"]),
    );

    const text = await look({ kind: "find_definition", name: "close" }, { head, outlines: {} });

    expect(text.match(/from line 1/g)).toHaveLength(5);
  });
});

describe("references", () => {
  it("are whole words with path and line", async () => {
    expect(await look({ kind: "find_references", name: "close" })).toBe(
      [
        "src/close.ts:2: export function close(file: string) {",
        'src/main.ts:1: import { close } from "./close.ts";',
        'src/main.ts:3: close("a");',
      ].join("\n"),
    );
  });

  it("end at 40 and say that there may be more", async () => {
    const text = await look(
      { kind: "find_references", name: "close" },
      { head: { "src/a.ts": "close();\n".repeat(500) } },
    );

    expect(text.split("\n")).toHaveLength(41);
    expect(text).toMatch(/the first 40; there may be more/);
  });
});

describe("a literal text", () => {
  it("is found as it is, and is no pattern", async () => {
    expect(await look({ kind: "search_text", text: 'close("a");' })).toBe('src/main.ts:3: close("a");');
    expect(await look({ kind: "search_text", text: "close(.*)" })).toMatch(/^The text was not found/);
  });

  it("in a line of 100,000 characters is shown by its beginning, and what is hidden is shown", async () => {
    const text = await look(
      { kind: "search_text", text: "abc" },
      { head: { "src/a.ts": `abc\u202E${"x".repeat(100_000)}` } },
    );

    expect(text.length).toBeLessThan(400);
    expect(text).toContain("abc\\u{202E}");
  });
});

it.each<Lookup>([
  { kind: "find_definition", name: "nowhere" },
  { kind: "find_references", name: "nowhere" },
  { kind: "search_text", text: "nowhere" },
])("what $kind does not find is no proof where the tree is not known", async (lookup) => {
  expect(await look(lookup)).toMatch(/in the source files near this change\.$/);
  expect(await look(lookup, { treeMissing: "the archive is too large" })).toMatch(
    /is not known \(the archive is too large\), so this proves nothing\.$/,
  );
});
