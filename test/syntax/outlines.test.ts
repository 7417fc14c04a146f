import { afterAll, describe, expect, test } from "vitest";
import type { SourceOutline } from "../../src/domain/outline.ts";
import { startSyntax } from "../../src/syntax/syntax-pool.ts";
import { SAMPLES } from "./samples.ts";

const syntax = startSyntax();
afterAll(() => syntax.close());

async function outlineOf(path: string, text: string): Promise<SourceOutline> {
  const outcome = await syntax.outline(path, text, new AbortController().signal);
  if (outcome.kind === "none") throw new Error(outcome.reason);
  return outcome.outline;
}

/** `kind name leadStart>start-signatureEnd-end`. */
function scopesOf(outline: SourceOutline): readonly string[] {
  return outline.scopes.map(
    (scope) =>
      `${scope.kind} ${scope.name} ${scope.leadStart}>${scope.start}-${scope.signatureEnd}-${scope.end}`,
  );
}

describe.each(SAMPLES)("$language ($path)", ({ path, language, text, scopes, imports }) => {
  test("scopes and imports", async () => {
    const outline = await outlineOf(path, text);

    expect(scopesOf(outline)).toEqual(scopes);
    expect(outline.imports.map(({ start, end }) => [start, end])).toEqual(imports);
    expect(outline).toMatchObject({ language, syntaxErrors: 0 });
  });

  test.each([
    ["CRLF", (source: string) => source.replaceAll("\n", "\r\n")],
    ["a byte order mark", (source: string) => `\uFEFF${source}`],
    ["no final newline", (source: string) => source.replace(/\n$/, "")],
  ])("%s changes nothing", async (_, change) => {
    const outline = await outlineOf(path, change(text));

    expect(scopesOf(outline)).toEqual(scopes);
    expect(outline.syntaxErrors).toBe(0);
  });

  test("an empty file has nothing", async () => {
    expect(await outlineOf(path, "")).toEqual({ language, scopes: [], imports: [], syntaxErrors: 0 });
  });

  test("a file that breaks off has errors", async () => {
    const broken = await outlineOf(path, `${text}\n) } ] (( {{ "`);

    expect(broken.syntaxErrors).toBeGreaterThan(0);
  });
});

test.each([
  [
    "a class as a value",
    "a.ts",
    "const K = class {\n  f() {}\n};\n",
    ["class K 1>1-1-3", "function f 2>2-2-2"],
  ],
  [
    "unicode names",
    "a.ts",
    "function größe() {}\nconst 名前 = () => {};\n",
    ["function größe 1>1-1-1", "function 名前 2>2-2-2"],
  ],
  [
    "characters of two units before a name",
    "a.py",
    's = "😀😀"\ndef f(): pass\n',
    ["constant s 1>1-1-1", "function f 2>2-2-2"],
  ],
  ["tabs", "a.py", "class A:\n\tdef f(self):\n\t\tpass\n", ["class A 1>1-1-3", "function f 2>2-2-3"]],
  ["a comment apart is no lead", "a.go", "package a\n\n// License.\n\nfunc F() {}\n", ["function F 5>5-5-5"]],
  [
    "what can be read of a broken file",
    "a.ts",
    "function a() {\n  return (\n}\nfunction b() {}\n",
    ["function a 1>1-1-3", "function b 4>4-4-4"],
  ],
])("%s", async (_, path, text, scopes) => {
  expect(scopesOf(await outlineOf(path, text))).toEqual(scopes);
});

test("an error that no node of the tree shows is counted", async () => {
  const outline = await outlineOf("a.go", "package a\n\na int\ntype Store struct {\n}\n");

  expect(outline.syntaxErrors).toBe(1);
});
