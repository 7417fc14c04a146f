import { describe, expect, it } from "vitest";
import { cutIntoChunks } from "../../src/domain/chunk.ts";
import type { Scope, SourceOutline } from "../../src/domain/outline.ts";
import { lookAround } from "../../src/review/gathering.ts";
import { aDiff, aNewFile, aPullRequest, aSyntax, aView, type ViewFiles } from "../builders.ts";

const scope = (name: string, start: number, end: number): Scope => ({
  kind: "function",
  name,
  start,
  end,
  leadStart: start,
  signatureEnd: start,
});
const outline = (...scopes: readonly Scope[]): SourceOutline => ({
  language: "typescript",
  scopes,
  imports: [],
  syntaxErrors: 0,
});

/** `close` of the lines 8 to 14; the change calls `endFile`, which another file defines, and a third one calls `close`. */
const CLOSE = [
  "",
  "",
  "",
  "",
  "",
  "",
  "",
  "export function close(name: string) {",
  "  const a = 1;",
  "  log(name);",
  "  endFile(name);",
  "  return a;",
  "  // nothing",
  "}",
];
const HEAD: ViewFiles = {
  "src/close.ts": CLOSE.join("\n"),
  "src/end.ts": "\nexport function endFile(name: string) {\n  throw new Error(name);\n}\n",
  "src/main.ts": '\n\nclose("a");\n\n',
  "src/other.py": "close()\nendFile()\n",
};
const OUTLINES = {
  "src/close.ts": outline(scope("close", 8, 14)),
  "src/end.ts": outline(scope("endFile", 2, 4)),
};
const PATCH = "@@ -10,2 +10,3 @@\n   log(name);\n+  endFile(name);\n   return a;";

async function around(
  over: {
    readonly head?: ViewFiles;
    readonly files?: readonly ReturnType<typeof aDiff>[];
    readonly treeMissing?: string;
  } = {},
) {
  const { head = HEAD, files = [aDiff(PATCH, { path: "src/close.ts" })] } = over;
  const view = aView({ head, ...(over.treeMissing === undefined ? {} : { treeMissing: over.treeMissing }) });
  const lookout = { view, syntax: aSyntax(OUTLINES), signal: new AbortController().signal };
  const { contexts, outlines } = await lookAround(lookout, aPullRequest({ files }), cutIntoChunks(files));
  const context = contexts.get(1);
  return {
    outlines,
    around: (context?.around ?? []).map(
      ({ path, first, lines }) => `${path}:${first}-${first + lines.length - 1}`,
    ),
    related: (context?.related ?? []).map(({ path, first, reason }) => `${path}:${first} ${reason}`),
  };
}

describe("around a change", () => {
  it("the function that encloses it is shown, without what its hunks show", async () => {
    expect((await around()).around).toEqual(["src/close.ts:8-9", "src/close.ts:13-14"]);
  });

  it("the definition that it uses and the code that calls it are shown, in their own language", async () => {
    expect((await around()).related).toEqual([
      "src/end.ts:2 definition of endFile",
      "src/main.ts:1 uses the changed close",
    ]);
  });

  it("the outlines of the changed files are kept for whoever needs them later", async () => {
    expect([...(await around()).outlines.keys()]).toEqual(["src/close.ts"]);
  });

  it("a new file shows itself, and still what it uses", async () => {
    const lines = ["export function finish(name: string) {", "  endFile(name);", "}"];
    const files = [aNewFile("src/finish.ts", lines)];

    const seen = await around({ files, head: { ...HEAD, "src/finish.ts": lines.join("\n") } });

    expect(seen.around).toEqual([]);
    expect(seen.related).toEqual(["src/end.ts:2 definition of endFile"]);
  });

  it("a file that is removed is not read, and who still mentions it is shown", async () => {
    const files = [
      aDiff("@@ -1,3 +0,0 @@\n-export function endFile(name: string) {\n-  throw new Error(name);\n-}", {
        path: "src/end.ts",
        status: "removed",
      }),
    ];
    const { "src/end.ts": _gone, ...head } = HEAD;

    const seen = await around({ files, head });

    expect(seen.related).toEqual([
      expect.stringMatching(/^src\/close\.ts:7 still mentions the removed endFile$/),
    ]);
  });

  it.each<[what: string, content: ViewFiles[string]]>([
    ["cannot be read", { kind: "unreadable", reason: "binary" }],
    ["is not there", { kind: "absent" }],
  ])("a changed file that %s is shown by its hunks alone", async (_, content) => {
    const seen = await around({ head: { ...HEAD, "src/close.ts": content } });

    expect(seen.around).toEqual([]);
    expect(seen.related).toContain("src/end.ts:2 definition of endFile");
  });

  it("without a tree the changed file itself is all there is", async () => {
    const seen = await around({ treeMissing: "the archive is too large" });

    expect(seen.around).toEqual(["src/close.ts:8-9", "src/close.ts:13-14"]);
    expect(seen.related).toEqual([]);
  });

  it("a name in two thousand files does not fill the page", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, at) => [`src/x${at}.ts`, "close('a');\n".repeat(30)]),
    );

    const seen = await around({ head: { ...HEAD, ...many } });

    expect(seen.related.length).toBeLessThan(12);
    expect(seen.related).toContain("src/end.ts:2 definition of endFile");
  });

  it("ends when it is told to", async () => {
    const lookout = {
      view: aView({ head: HEAD }),
      syntax: aSyntax(),
      signal: AbortSignal.abort(new Error("stopped")),
    };
    const files = [aDiff(PATCH, { path: "src/close.ts" })];

    await expect(lookAround(lookout, aPullRequest({ files }), cutIntoChunks(files))).rejects.toThrow(
      "stopped",
    );
  });
});
