import { describe, expect, it } from "vitest";
import { aroundPointers, headRange } from "../../src/domain/around.ts";
import { cutIntoChunks } from "../../src/domain/chunk.ts";
import type { SourceOutline } from "../../src/domain/outline.ts";
import { aDiff } from "../builders.ts";

/** Three imports, a comment, and a function of the lines 8 to 20 in a file of 40. */
const TEXT = Array.from({ length: 40 }, (_, at) => {
  const line = at + 1;
  if (line <= 3) return `import { a${line} } from "./a${line}.ts";`;
  if (line === 8) return "export function close() {";
  if (line === 20) return "}";
  return line > 8 && line < 20 ? `  const v${line} = ${line};` : "";
}).join("\n");

const OUTLINE: SourceOutline = {
  language: "typescript",
  scopes: [{ kind: "function", name: "close", start: 8, end: 20, leadStart: 8, signatureEnd: 8 }],
  imports: [1, 2, 3].map((line) => ({ start: line, end: line })),
  syntaxErrors: 0,
};
const PATCH =
  "@@ -11,3 +11,3 @@\n   const v11 = 11;\n-  const v12 = 0;\n+  const v12 = 12;\n   const v13 = 13;";

function pointersOf(patch: string, outline: SourceOutline | null, text = TEXT) {
  const [chunk] = cutIntoChunks([aDiff(patch)]);
  const [file] = chunk?.files ?? [];
  if (file === undefined) throw new Error("no file");
  return aroundPointers(file, text, outline, file.hunks.map(headRange));
}

function linesOf(pointers: ReturnType<typeof pointersOf>): readonly number[] {
  return pointers
    .flatMap(({ start, end }) => Array.from({ length: end - start + 1 }, (_, at) => start + at))
    .toSorted((a, b) => a - b);
}

describe("around a hunk", () => {
  it("the whole function is shown without what the hunk shows, and then what the file imports", () => {
    const pointers = pointersOf(PATCH, OUTLINE);

    expect(linesOf(pointers)).toEqual([1, 2, 3, 8, 9, 10, 14, 15, 16, 17, 18, 19, 20]);
    expect(pointers.at(-1)).toEqual({
      path: "src/a.ts",
      start: 1,
      end: 3,
      reason: "imports of the file",
      rank: 5,
    });
    expect(pointers.slice(0, -1).every(({ reason }) => reason === "encloses the change")).toBe(true);
  });

  it("without a grammar the indentation tells the function, and no imports are known", () => {
    const lines = linesOf(pointersOf(PATCH, null));

    expect(lines).toContain(8);
    expect(lines).not.toContain(1);
    expect(lines).not.toContain(12);
  });

  it("nothing is shown twice for two hunks of one function", () => {
    const two = `${PATCH}\n@@ -17,1 +17,1 @@\n-  const v17 = 0;\n+  const v17 = 17;`;
    const lines = linesOf(pointersOf(two, OUTLINE));

    expect(lines).toEqual([...new Set(lines)]);
    expect(lines).not.toContain(17);
  });

  it("an earlier hunk comes before a later one, and both before the imports", () => {
    const ranks = pointersOf(PATCH, OUTLINE).map(({ rank }) => rank);

    expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
  });

  it("five million characters in one line are borne", () => {
    const pointers = pointersOf(PATCH, OUTLINE, `${"x".repeat(5_000_000)}\n${TEXT}`);

    expect(pointers.length).toBeLessThan(20);
  });
});
