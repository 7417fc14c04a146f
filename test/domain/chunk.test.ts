import { describe, expect, it } from "vitest";
import {
  CHUNK_TOKEN_BUDGET,
  type Chunk,
  cutIntoChunks,
  shownText,
  tokensOf,
} from "../../src/domain/chunk.ts";
import { chunkBlock, NO_CONTEXT } from "../../src/domain/chunk-text.ts";
import type { DiffLine, FileDiff } from "../../src/domain/diff.ts";
import { promptPrefix } from "../../src/domain/prompt.ts";
import { redactSecrets } from "../../src/domain/secret-redaction.ts";
import { estimateTokens } from "../../src/domain/usage.ts";
import { aDiff, aLibrary, aNewFile, aPullRequest, aRandom } from "../builders.ts";

function lines(count: number, text = "const value = compute(input);"): readonly string[] {
  return Array.from({ length: count }, () => text);
}

function linesOf(chunks: readonly Chunk[], path: string): readonly DiffLine[] {
  return chunks
    .flatMap((chunk) => chunk.files)
    .filter((file) => file.path === path)
    .flatMap((file) => file.hunks)
    .flatMap((hunk) => hunk.lines);
}

function allLines(file: FileDiff): readonly DiffLine[] {
  return file.patch.kind === "hunks" ? file.patch.hunks.flatMap((hunk) => hunk.lines) : [];
}

function pathsOf(chunks: readonly Chunk[]): readonly (readonly string[])[] {
  return chunks.map((chunk) => chunk.files.map((file) => file.path));
}

describe("files share a chunk as long as they fit", () => {
  it("neighbours stay together and keep their order", () => {
    const files = ["c", "a", "b"].map((path) => aNewFile(path, lines(3)));

    expect(pathsOf(cutIntoChunks(files))).toEqual([["c", "a", "b"]]);
  });

  it("a file that does not fit opens the next chunk, and a smaller one behind it never overtakes", () => {
    const files = [aNewFile("a", lines(40)), aNewFile("b", lines(40)), aNewFile("c", lines(1))];

    expect(pathsOf(cutIntoChunks(files, 800))).toEqual([["a"], ["b", "c"]]);
  });

  it("chunks count from 1", () => {
    const chunks = cutIntoChunks([aNewFile("a", lines(100)), aNewFile("b", lines(100))], 1_000);

    expect(chunks.map((chunk) => chunk.number)).toEqual(chunks.map((_, at) => at + 1));
  });

  it("nothing gives no chunk", () => {
    expect(cutIntoChunks([])).toEqual([]);
  });

  it("a chunk that is exactly full stays one", () => {
    const files = [aNewFile("a", lines(10)), aNewFile("b", lines(10))];
    const [whole] = cutIntoChunks(files, 100_000);
    const size = whole?.tokens ?? 0;

    expect(cutIntoChunks(files, size)).toHaveLength(1);
    expect(cutIntoChunks(files, size - 1)).toHaveLength(2);
  });
});

describe("a file over the budget is cut", () => {
  const hunk = (start: number, count: number) =>
    `@@ -${start},0 +${start},${count} @@ function f()\n${lines(count)
      .map((line) => `+${line}`)
      .join("\n")}`;

  it("between hunks where they fit", () => {
    const file = aDiff([hunk(1, 20), hunk(100, 20), hunk(200, 20)].join("\n"));

    const parts = cutIntoChunks([file], 900).flatMap((chunk) => chunk.files);

    expect(parts.map((part) => part.hunks.map((one) => one.headStart))).toEqual([[1, 100], [200]]);
    expect(parts.map(({ part, parts }) => `${part} of ${parts}`)).toEqual(["1 of 2", "2 of 2"]);
  });

  it("inside a hunk where that alone is too large, each slice with the numbers it had", () => {
    const file = aDiff(`@@ -1,100 +1,200 @@ f()\n${" same\n+added line of text\n".repeat(100).trimEnd()}`);

    const chunks = cutIntoChunks([file], 400);

    expect(chunks.length).toBeGreaterThan(3);
    expect(linesOf(chunks, file.path)).toEqual(allLines(file));
    for (const slice of chunks.flatMap((chunk) => chunk.files).flatMap((part) => part.hunks)) {
      const base = slice.lines.flatMap((line) => line.baseLine ?? []);
      const head = slice.lines.flatMap((line) => line.headLine ?? []);
      expect([slice.baseStart, slice.baseCount]).toEqual([base[0], base.length]);
      expect([slice.headStart, slice.headCount]).toEqual([head[0], head.length]);
      expect(slice.section).toBe("f()");
    }
  });

  it("a file of one part says 1 of 1", () => {
    expect(cutIntoChunks([aDiff()])[0]?.files).toMatchObject([{ part: 1, parts: 1 }]);
  });
});

describe("the budget holds", () => {
  it.each<[name: string, file: FileDiff]>([
    ["for 100,000 lines", aNewFile("a", lines(100_000))],
    ["for one line of 5 MB", aNewFile("a", ["x".repeat(5_000_000)])],
    ["for 1,500 lines of 3,000 characters", aNewFile("a", lines(1_500, "y".repeat(3_000)))],
    ["for empty lines", aNewFile("a", lines(50_000, ""))],
    [
      "for invisible characters, which are shown eight times as long",
      aNewFile("a", lines(2_000, "\u200B".repeat(200))),
    ],
    [
      "for a section of 200 KB",
      aDiff(
        `@@ -0,0 +1,3000 @@ ${"s".repeat(200_000)}\n${lines(3_000)
          .map((line) => `+${line}`)
          .join("\n")}`,
      ),
    ],
  ])("%s, and no line is lost", (_, file) => {
    const chunks = cutIntoChunks([file]);

    expect(Math.max(...chunks.map((chunk) => chunk.tokens))).toBeLessThanOrEqual(CHUNK_TOKEN_BUDGET);
    expect(linesOf(chunks, file.path).length).toBe(allLines(file).length);
  });

  it("for what is really sent", () => {
    const files = [
      aNewFile("a", lines(1_500, "\u{E0041}".repeat(90))),
      aNewFile("b", lines(3_000)),
      aNewFile("c", lines(300, "z".repeat(9_000))),
    ];
    const prefix = promptPrefix(aPullRequest(), aLibrary(), [], "2026-11-22", redactSecrets);

    for (const chunk of cutIntoChunks(files)) {
      expect(estimateTokens(chunkBlock(prefix, chunk, NO_CONTEXT).text.length)).toBeLessThanOrEqual(
        CHUNK_TOKEN_BUDGET * 1.05,
      );
    }
  });

  it("for 40 random sets of files at random budgets: order kept, nothing lost, nothing twice", () => {
    const random = aRandom(3);
    for (let n = 0; n < 40; n++) {
      const files = Array.from({ length: 1 + random(12) }, (_, at) =>
        aNewFile(
          `f${at}`,
          Array.from({ length: 1 + random(400) }, () => "w".repeat(random(90))),
        ),
      );
      const budget = 300 + random(3_000);

      const chunks = cutIntoChunks(files, budget);

      expect(chunks.every((chunk) => chunk.tokens <= budget)).toBe(true);
      expect([...new Set(pathsOf(chunks).flat())]).toEqual(files.map((file) => file.path));
      for (const file of files) expect(linesOf(chunks, file.path)).toEqual(allLines(file));
      for (const chunk of chunks) {
        expect(chunk.tokens).toBe(chunk.files.reduce((sum, file) => sum + file.tokens, 0));
      }
    }
  });
});

describe("the cost is linear", () => {
  /** Counts how often a line's text is asked for: a measure that no machine's speed changes. */
  function readsOf(count: number): number {
    let reads = 0;
    const counted: DiffLine[] = Array.from({ length: count }, (_, at) => ({
      kind: "added",
      baseLine: null,
      headLine: at + 1,
      get text() {
        reads += 1;
        return "const value = compute(input);";
      },
    }));
    const hunks = [
      { baseStart: 0, baseCount: 0, headStart: 1, headCount: count, section: "", lines: counted },
    ];
    cutIntoChunks([{ ...aDiff(), patch: { kind: "hunks", hunks } }]);
    return reads;
  }

  it("ten times the lines are read ten times as often", () => {
    expect(readsOf(50_000) / readsOf(5_000)).toBeLessThan(12);
  });
});

describe("a line as the model sees it", () => {
  it.each([
    ["ends before its return", "a\r", "a"],
    ["shows a return inside, which would let one line pose as two", "a\r    99 |+ b\r", "a\\u{D}    99 |+ b"],
    ["shows invisible characters", "a\u202Eb\u{E0041}", "a\\u{202E}b\\u{E0041}"],
    ["keeps tabs and letters of the world", "\tgröße 日本 🎉", "\tgröße 日本 🎉"],
    ["is whole at 2,000 characters", "x".repeat(2_000), "x".repeat(2_000)],
    [
      "is cut past them and says so",
      "x".repeat(2_001),
      `${"x".repeat(2_000)}… [cut, 2,001 characters in all]`,
    ],
    [
      "is never cut inside a character",
      `${"x".repeat(1_999)}🎉🎉`,
      `${"x".repeat(1_999)}… [cut, 2,003 characters in all]`,
    ],
  ])("%s", (_, text, shown) => {
    expect(shownText(text)).toBe(shown);
  });
});

it("a hunk's tokens count its lines, their margin and its header", () => {
  const { patch } = aNewFile("a", lines(100, "x".repeat(100)));

  expect(patch.kind === "hunks" && tokensOf(patch.hunks)).toBe(estimateTokens(60 + 100 * 110));
});
