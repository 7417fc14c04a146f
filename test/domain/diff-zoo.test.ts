// Every strange name, content and kind of change that git can print: names to the byte, no exception, anchors legal.
import { afterAll, describe, expect, it } from "vitest";
import { type FileDiff, parsePatch } from "../../src/domain/diff.ts";
import { NO_FACTS, natureOf } from "../../src/domain/file-kind.ts";
import { placeByContent, placeInDiff } from "../../src/domain/placement.ts";
import { gitIn } from "../../src/local/git.ts";
import { readDiff } from "../../src/local/git-diff.ts";
import { aFinding } from "../builders.ts";
import type { TempRepository } from "../builders-git.ts";
import { brokenPatches } from "../faults/broken-patches.ts";
import { strangeContents, strangeKinds, strangeNames } from "../faults/strange-files.ts";
import { checkAnchor, type PrintedLine, printedLines } from "../reference/anchor-checker.ts";

const ZOO: Readonly<Record<string, TempRepository>> = {
  names: strangeNames(),
  contents: strangeContents(),
  kinds: strangeKinds(),
};
afterAll(() => {
  for (const repository of Object.values(ZOO)) repository.dispose();
});

/** The patches as git prints them, cut without any code of the product: one file at a time. */
function gitsPatches(
  repository: TempRepository,
  paths: readonly string[],
): ReadonlyMap<string, string | null> {
  return new Map(
    paths.map((path) => {
      const text = repository.git(
        "diff",
        "--no-color",
        "--find-renames",
        "--text",
        "main",
        "topic",
        "--",
        `:(literal)${path}`,
      );
      const start = /(?<=\n)@@ /.exec(text)?.index;
      return [path, start === undefined ? null : text.slice(start)];
    }),
  );
}

describe.each(Object.keys(ZOO))("strange %s", (name) => {
  const repository = ZOO[name];
  if (repository === undefined) throw new Error(name);
  const read = async () =>
    readDiff(gitIn(repository.directory, process.env), "main", "topic", new AbortController().signal);

  it("every name is git's own, to the byte", async () => {
    const files = await read();

    const listed = repository
      .git("diff", "--name-only", "--find-renames", "-z", "main", "topic")
      .split("\0")
      .slice(0, -1);
    expect(files.map((file) => Buffer.from(file.path).toString("hex"))).toEqual(
      listed.map((path) => Buffer.from(path).toString("hex")),
    );
  });

  it("every file is a diff with git's lines or has a reason, and its kind is told without an exception", async () => {
    for (const file of await read()) {
      natureOf(file, NO_FACTS);
      if (file.patch.kind === "none") expect(file.patch.detail).not.toBe("");
      else expect(file.patch.hunks.length).toBeGreaterThan(0);
    }
  });

  it("a claim about any line stands where GitHub takes it", async () => {
    const files = (await read()).filter((file) => file.patch.kind === "hunks" && file.status !== "renamed");
    const patches = gitsPatches(
      repository,
      files.map((file) => file.path),
    );
    const byPath = new Map(files.map((file) => [file.path, file]));
    let placed = 0;
    for (const [path, patch] of patches) {
      for (const line of printedLines(patch ?? "")) placed += claimed(path, line, byPath, patches);
    }
    expect(placed).toBeGreaterThan(files.length);
  });
});

/** 1 when it was placed in the diff. */
function claimed(
  path: string,
  line: PrintedLine,
  files: ReadonlyMap<string, FileDiff>,
  patches: ReadonlyMap<string, string | null>,
): number {
  const number = line.right ?? line.left ?? 0;
  const side = line.right === null ? "LEFT" : "RIGHT";
  const finding = aFinding({ path, evidence: line.text, side, line: number, startLine: number - 2 });
  const placement = placeInDiff(finding, files) ?? placeByContent(finding, { kind: "absent" }, files);
  if (placement.kind !== "inline") return 0;
  const { anchor } = placement;
  const start =
    anchor.startLine === anchor.line ? {} : { start_line: anchor.startLine, start_side: anchor.side };
  expect(checkAnchor(patches, { path, side: anchor.side, line: anchor.line, ...start })).toEqual({
    kind: "accepted",
  });
  return 1;
}

it.each(Object.entries(brokenPatches()))(
  "a patch that git never printed is refused or adds up: %s",
  (_, patch) => {
    const parsed = parsePatch(patch);

    if (parsed.kind === "none") expect(parsed.detail).not.toBe("");
    else {
      const read = parsed.hunks.flatMap((hunk) =>
        hunk.lines.map((line) => [line.baseLine, line.headLine, line.text]),
      );
      expect(read).toEqual(printedLines(patch).map(({ left, right, text }) => [left, right, text]));
    }
  },
);

describe("what made another reader quadratic (P15) is not looked at", () => {
  it("a section of 1 MB is cut, and the lines under it are read", () => {
    const parsed = parsePatch(`@@ -1 +1 @@ ${"a/ ".repeat(350_000)}\n-a\n+b`);

    expect(parsed).toMatchObject({ kind: "hunks", hunks: [{ lines: [{ text: "a" }, { text: "b" }] }] });
    expect(parsed.kind === "hunks" && parsed.hunks[0]?.section.length).toBe(80);
  });

  it("a line of 5 MB of headers is one line", () => {
    const text = "a/ b/".repeat(1_000_000);

    expect(parsePatch(`@@ -0,0 +1 @@\n+${text}`)).toMatchObject({
      kind: "hunks",
      hunks: [{ lines: [{ kind: "added", headLine: 1, text }] }],
    });
  });
});
