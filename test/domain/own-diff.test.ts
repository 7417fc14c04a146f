import { beforeAll, describe, expect, it, test } from "vitest";
import { type Hunk, type Patch, parsePatch } from "../../src/domain/diff.ts";
import { lineChanges } from "../../src/domain/line-changes.ts";
import { MAX_DIFFED_CHARACTERS, ownDiff } from "../../src/domain/own-diff.ts";
import { aRandom } from "../builders.ts";
import { type GitPatch, randomGitPatches } from "./random-git-diffs.ts";

const lines = (...texts: readonly string[]) => texts.map((text) => `${text}\n`).join("");
const manyLines = (count: number, text: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => `${text(at)}\n`).join("");

/** As a patch, so that it can be compared with what git prints. */
function printed(patch: Patch): string {
  if (patch.kind === "none") return patch.reason;
  const MARKS = { added: "+", deleted: "-", context: " " } as const;
  return patch.hunks
    .flatMap((hunk) => [
      `@@ -${hunk.baseStart},${hunk.baseCount} +${hunk.headStart},${hunk.headCount} @@`,
      ...hunk.lines.map((line) => MARKS[line.kind] + line.text),
    ])
    .join("\n");
}

function hunksOf(patch: Patch): readonly Hunk[] {
  if (patch.kind === "none") throw new Error(patch.detail);
  return patch.hunks;
}

describe("small changes are what git prints", () => {
  it.each<[name: string, base: string | null, head: string | null, patch: string]>([
    ["a replaced line", lines("a", "b", "c"), lines("a", "x", "c"), "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c"],
    ["a new file", null, lines("a", "b"), "@@ -0,0 +1,2 @@\n+a\n+b"],
    ["a file that was empty", "", lines("a"), "@@ -0,0 +1,1 @@\n+a"],
    ["a removed file", lines("a", "b"), null, "@@ -1,2 +0,0 @@\n-a\n-b"],
    ["an emptied file", lines("a"), "", "@@ -1,1 +0,0 @@\n-a"],
    ["a newline at the end lost", "a\nb\n", "a\nb", "@@ -1,2 +1,2 @@\n a\n-b\n+b"],
    ["a newline at the end won", "a\nb", "a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n+b"],
    ["CRLF", "a\r\nb\r\n", "a\r\nc\r\n", "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r"],
    ["CRLF that became LF", "a\r\nb\n", "a\nb\n", "@@ -1,2 +1,2 @@\n-a\r\n+a\n b"],
    [
      "a lone return and a separator",
      "a\rb\u2028c\n",
      "a\rb\u2028d\n",
      "@@ -1,1 +1,1 @@\n-a\rb\u2028c\n+a\rb\u2028d",
    ],
    [
      "lines that look like a diff",
      lines("-- a", "x"),
      lines("++ b", "x"),
      "@@ -1,2 +1,2 @@\n--- a\n+++ b\n x",
    ],
    ["an inserted empty line", lines("a", "b"), lines("a", "", "b"), "@@ -1,2 +1,3 @@\n a\n+\n b"],
    [
      "two changes with six lines between them share a hunk",
      manyLines(10, (at) => `l${at}`),
      manyLines(10, (at) => (at === 1 || at === 8 ? "x" : `l${at}`)),
      "@@ -1,10 +1,10 @@\n l0\n-l1\n+x\n l2\n l3\n l4\n l5\n l6\n l7\n-l8\n+x\n l9",
    ],
    [
      "two changes with seven lines between them do not",
      manyLines(11, (at) => `l${at}`),
      manyLines(11, (at) => (at === 1 || at === 9 ? "x" : `l${at}`)),
      "@@ -1,5 +1,5 @@\n l0\n-l1\n+x\n l2\n l3\n l4\n@@ -7,5 +7,5 @@\n l6\n l7\n l8\n-l9\n+x\n l10",
    ],
  ])("%s", (_, base, head, patch) => {
    expect(printed(ownDiff(base, head))).toBe(patch);
  });

  it.each([
    ["equal texts", "a\n", "a\n"],
    ["nothing on either side", null, null],
    ["a new empty file", null, ""],
  ])("%s are no change", (_, base, head) => {
    expect(ownDiff(base, head)).toMatchObject({ kind: "none", reason: "empty" });
  });

  it("over the limit on either side it says so", () => {
    const large = "x".repeat(MAX_DIFFED_CHARACTERS + 1);

    for (const patch of [ownDiff(large, "a"), ownDiff("a", large)]) {
      expect(patch).toEqual({
        kind: "none",
        reason: "too-large",
        detail:
          "there is no patch for it, and its text of 1,048,577 characters is over our own limit of 1,048,576",
      });
    }
    expect(ownDiff("a", large.slice(1)).kind).toBe("hunks");
  });
});

/** Every line of both texts, as the hunks and what lies between them tell it. */
function assertFaithful(patch: Patch, base: string, head: string): void {
  const [before, after] = [splitted(base), splitted(head)];
  const told = { base: [...before].map(() => ""), head: [] as string[] };
  let at = 0;
  for (const hunk of hunksOf(patch)) {
    const start = hunk.baseCount === 0 ? hunk.baseStart : hunk.baseStart - 1;
    for (; at < start; at++) told.head.push((told.base[at] = before[at] ?? ""));
    expect(told.head.length).toBe(hunk.headCount === 0 ? hunk.headStart : hunk.headStart - 1);
    for (const line of hunk.lines) {
      if (line.baseLine !== null) {
        expect(line.baseLine).toBe(at + 1);
        told.base[at] = line.text;
        at += 1;
      }
      if (line.headLine !== null) expect(told.head.push(line.text)).toBe(line.headLine);
    }
    expect(at).toBe(start + hunk.baseCount);
  }
  for (; at < before.length; at++) told.head.push((told.base[at] = before[at] ?? ""));
  expect(told.base).toEqual(before);
  expect(told.head).toEqual(after);
}

function splitted(text: string): string[] {
  const parts = text.split("\n");
  if (parts.at(-1) === "") parts.pop();
  return parts;
}

describe("property: it makes head out of base", () => {
  let patches: readonly GitPatch[] = [];
  beforeAll(() => {
    patches = randomGitPatches(1_000, 404);
  });

  test("over 1,000 random edits, with no more changed lines than git shows, but for a few", () => {
    let [own, gits] = [0, 0];
    for (const { base, head, patch } of patches) {
      const ours = ownDiff(base, head);
      assertFaithful(ours, base, head);
      own += changed(ours);
      gits += changed(parsePatch(patch));
    }

    expect(own).toBeLessThanOrEqual(gits * 1.02);
  });

  test("over texts of few different lines, where nothing is unique", () => {
    const random = aRandom(5);
    for (let n = 0; n < 200; n++) {
      const text = () => manyLines(random(120), () => ["{", "}", "", "x"][random(4)] ?? "");
      const [base, head] = [text(), text()];
      if (base !== head) assertFaithful(ownDiff(base, head), base, head);
    }
  });
});

function changed(patch: Patch): number {
  return hunksOf(patch)
    .flatMap((hunk) => hunk.lines)
    .filter((line) => line.kind !== "context").length;
}

describe("the work is bounded, and still every line is told", () => {
  it.each([
    ["nothing in common", manyLines(20_000, (at) => `a${at}`), manyLines(20_000, (at) => `b${at}`)],
    [
      "two words only",
      manyLines(50_000, (at) => "ab"[((at * 7919) >> 3) & 1] ?? ""),
      manyLines(50_000, (at) => "ab"[((at * 104_729) >> 2) & 1] ?? ""),
    ],
    [
      "every eleventh line",
      manyLines(20_000, (at) => `a${at}`),
      manyLines(20_000, (at) => (at % 11 === 0 ? "c" : `a${at}`)),
    ],
    ["a line of 1 MB", "x".repeat(MAX_DIFFED_CHARACTERS), "y".repeat(MAX_DIFFED_CHARACTERS)],
    ["200,000 empty lines", "\n".repeat(200_000), `${"\n".repeat(199_990)}x\n`],
    ["turned round", manyLines(5_000, (at) => `l${at}`), manyLines(5_000, (at) => `l${4_999 - at}`)],
  ])("%s", (_, base, head) => {
    assertFaithful(ownDiff(base, head), base, head);
  });

  it("a stretch that is dear to search counts as replaced", () => {
    const base = Array.from({ length: 1_000 }, (_, at) => (at % 2 === 0 ? "a" : "b"));
    const head = Array.from({ length: 1_000 }, (_, at) => (at % 3 === 0 ? "b" : "c"));

    expect(lineChanges(base, head)).toEqual([{ baseFrom: 0, baseTo: 999, headFrom: 0, headTo: 999 }]);
  });

  it("one that is not is searched", () => {
    expect(lineChanges(["a", "b", "a", "b"], ["a", "b", "b", "a", "b"])).toEqual([
      { baseFrom: 2, baseTo: 2, headFrom: 2, headTo: 3 },
    ]);
  });
});
