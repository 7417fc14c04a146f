import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { changedFile } from "../../src/domain/changed-path.ts";
import { shownText } from "../../src/domain/chunk.ts";
import type { FileDiff } from "../../src/domain/diff.ts";
import { acceptReply, type Finding } from "../../src/domain/finding.ts";
import { type Placement, placeByContent, placeInDiff } from "../../src/domain/placement.ts";
import { aDiff, aFinding, aNewFile, aRandom, aReplyFinding, SMALL_PATCH } from "../builders.ts";
import { anchorFault, readPatch } from "../github-double/commentable-lines.ts";
import { randomGitPatches } from "./random-git-diffs.ts";

const NOT_IN_FILE: Placement = { kind: "dropped", reason: "quote not found" };

function byPath(files: readonly FileDiff[]): ReadonlyMap<string, FileDiff> {
  return new Map(files.map((file) => [file.path, file]));
}

/** As the story places, with a file that cannot be read; null where the quote is not in the diff. */
function place(finding: Partial<Finding>, ...files: readonly FileDiff[]): Placement | null {
  const given = byPath(files.length === 0 ? [aDiff()] : files);
  const placement = placeInDiff(aFinding(finding), given);
  if (placement !== null) return placement;
  const second = placeByContent(aFinding(finding), { kind: "absent" }, given);
  return second.kind === "dropped" ? null : second;
}

function inline(side: "RIGHT" | "LEFT", line: number, startLine = line): Placement {
  return { kind: "inline", anchor: { side, startLine, line } };
}

const TWO_HUNKS = [
  "@@ -1,4 +1,5 @@",
  " start();",
  "-old(one);",
  "+fresh(one);",
  "+fresh(two);",
  " same(text);",
  " ",
  "@@ -20,4 +21,4 @@",
  " same(text);",
  "-old(one);",
  "+fresh(one);",
  "",
  " finish();",
].join("\n");

describe("the quote decides where a finding stands", () => {
  it.each<[name: string, finding: Partial<Finding>, at: Placement | null]>([
    ["on its line", {}, inline("RIGHT", 11)],
    ["whatever line was claimed: 0", { line: 0, startLine: 0 }, inline("RIGHT", 11)],
    ["whatever line was claimed: -1", { line: -1, startLine: -1 }, inline("RIGHT", 11)],
    ["whatever line was claimed: 1e9", { line: 1e9, startLine: 1 }, inline("RIGHT", 11)],
    ["a context line on the right", { evidence: "const a = 1;" }, inline("RIGHT", 10)],
    ["a deleted line on the LEFT", { evidence: "const b = 2;", side: "LEFT" }, inline("LEFT", 11)],
    [
      "a deleted line on the LEFT even when the right was claimed",
      { evidence: "const b = 2;" },
      inline("LEFT", 11),
    ],
    ["an added line on the right even when the LEFT was claimed", { side: "LEFT" }, inline("RIGHT", 11)],
    ["a context line never on the LEFT", { evidence: "const a = 1;", side: "LEFT" }, inline("RIGHT", 10)],
    ["white space does not matter", { evidence: "  const\tb  =   3;\r" }, inline("RIGHT", 11)],
    [
      "a part of a line, when it is long enough to mean something",
      { evidence: "const b =" },
      inline("RIGHT", 11),
    ],
    ["a short part of a line means nothing", { evidence: "b = 3" }, null],
    ["several lines", { evidence: "const a = 1;\nconst b = 3;" }, inline("RIGHT", 11, 10)],
    [
      "several lines with blank ones between",
      { evidence: "\nconst a = 1;\n\n\nconst b = 3;\n" },
      inline("RIGHT", 11, 10),
    ],
    [
      "base lines in a row",
      { evidence: "const a = 1;\nconst b = 2;\nconst c = 4;", side: "LEFT" },
      inline("LEFT", 12, 10),
    ],
    ["lines that are not neighbours are no quote", { evidence: "const a = 1;\nconst c = 4;" }, null],
    [
      "lines of both sides on the claimed side: right",
      { evidence: "const b = 2;\nconst b = 3;" },
      inline("RIGHT", 11),
    ],
    [
      "lines of both sides on the claimed side: LEFT",
      { evidence: "const a = 1;\nconst b = 2;\nconst b = 3;", side: "LEFT" },
      inline("LEFT", 11),
    ],
    ["a quote that is not there", { evidence: "const z = 26;" }, null],
    ["no quote", { evidence: "" }, { kind: "dropped", reason: "quote not found" }],
    ["a quote of blanks", { evidence: " \n\t\n" }, { kind: "dropped", reason: "quote not found" }],
    ["another file", { path: "src/b.ts" }, { kind: "dropped", reason: "unknown path" }],
    ["a path with a dot before it", { path: "./src/a.ts" }, inline("RIGHT", 11)],
    ["a name of an object's own", { path: "__proto__" }, { kind: "dropped", reason: "unknown path" }],
  ])("%s", (_, finding, at) => {
    expect(place(finding)).toEqual(at);
  });

  it.each<[name: string, claimed: number, side: "RIGHT" | "LEFT", quote: string, at: Placement | null]>([
    ["the first of two equal lines", 2, "RIGHT", "fresh(one);", inline("RIGHT", 2)],
    ["the second of two equal lines", 19, "RIGHT", "fresh(one);", inline("RIGHT", 22)],
    ["the nearer one of two deleted lines", 1e9, "LEFT", "old(one);", inline("LEFT", 21)],
    ["the first where both are as far", 12, "RIGHT", "fresh(one);", inline("RIGHT", 2)],
    ["a run over an empty context line", 22, "RIGHT", "fresh(one);\nfinish();", inline("RIGHT", 24, 22)],
    ["no run over two hunks", 5, "RIGHT", "same(text);\nsame(text);", null],
    ["the exact line before one that only holds the quote", 1, "RIGHT", "same(text);", inline("RIGHT", 4)],
  ])("the claimed line chooses between equals: %s", (_, line, side, evidence, at) => {
    expect(place({ line, startLine: line, side, evidence }, aDiff(TWO_HUNKS))).toEqual(at);
  });

  it.each<[name: string, finding: Partial<Finding>, at: Placement]>([
    ["is kept around the quote", { startLine: 10, line: 12 }, inline("RIGHT", 12, 10)],
    ["is cut where it leaves the hunk at the top", { startLine: 9, line: 12 }, inline("RIGHT", 11)],
    ["is cut where it leaves the hunk at the bottom", { startLine: 10, line: 13 }, inline("RIGHT", 11)],
    ["is cut where it does not hold the quote", { startLine: 12, line: 12 }, inline("RIGHT", 11)],
    [
      "is cut where it is on the other side",
      { startLine: 10, line: 12, evidence: "const b = 2;" },
      inline("LEFT", 11),
    ],
  ])("a claimed range %s", (_, finding, at) => {
    expect(place(finding)).toEqual(at);
  });

  it("keeps a claimed range of 20 lines and no longer one", () => {
    const file = aNewFile(
      "src/a.ts",
      Array.from({ length: 60 }, (_, at) => `line number ${at + 1};`),
    );
    const ranged = (startLine: number, line: number) =>
      place({ startLine, line, evidence: "line number 30;" }, file);

    expect(ranged(21, 40)).toEqual(inline("RIGHT", 40, 21));
    expect(ranged(20, 40)).toEqual(inline("RIGHT", 30));
  });

  it("never makes a range of two hunks", () => {
    const at = place({ startLine: 2, line: 22, evidence: "fresh(two);" }, aDiff(TWO_HUNKS));

    expect(at).toEqual(inline("RIGHT", 3));
  });

  it.each([
    ["the raw characters", "const a\u200Bdmin = true;"],
    ["the form that the model was shown", "const a\\u{200B}dmin = true;"],
  ])("finds a line with an invisible character by %s", (_, evidence) => {
    expect(place({ evidence }, aNewFile("src/a.ts", ["const a\u200Bdmin = true;"]))).toEqual(
      inline("RIGHT", 1),
    );
  });

  it("finds a line with a return inside by the form that the model was shown", () => {
    expect(place({ evidence: "good();\\u{D}evil();" }, aNewFile("src/a.ts", ["good();\revil();"]))).toEqual(
      inline("RIGHT", 1),
    );
  });

  it("finds the beginning of a line of 5 MB", () => {
    const file = aNewFile("src/a.ts", [`const blob = "${"x".repeat(5_000_000)}";`]);

    expect(place({ evidence: `const blob = "${"x".repeat(100)}` }, file)).toEqual(inline("RIGHT", 1));
  });

  it("asks for the file where the diff shows nothing", () => {
    const renamed = aDiff("", { status: "renamed" });

    expect(place({}, renamed)).toBeNull();
  });
});

const CALLS = [
  "@@ -1,7 +1,8 @@",
  " function pay(order) {",
  "-  charge(order.total);",
  "+  charge(order.total); // cents",
  "+  if (order.gift) return wrap(order);",
  " \t",
  "   const receipt = print(order, {",
  "     copies: 2,",
  "   });",
  "-  return null;",
  "+  return receipt;",
].join("\n");

describe("a careless quote is read as it was meant", () => {
  const NEAR = { line: 3, startLine: 3 };
  it.each<[name: string, finding: Partial<Finding>, at: Placement | null]>([
    ["without the comment behind the code", { evidence: "charge(order.total);" }, inline("RIGHT", 2)],
    [
      "the deleted line itself, where that side was claimed",
      { evidence: "charge(order.total);", side: "LEFT" },
      inline("LEFT", 2),
    ],
    ["with a bare mark", { evidence: "+  if (order.gift) return wrap(order);" }, inline("RIGHT", 3)],
    [
      "with bare marks on both sides",
      { evidence: "-  return null;\n+  return receipt;" },
      inline("RIGHT", 8),
    ],
    [
      "with bare marks on both sides, LEFT claimed",
      { evidence: "-  return null;\n+  return receipt;", side: "LEFT" },
      inline("LEFT", 7),
    ],
    ["with a mark on some lines only", { evidence: "});\n-  return null;" }, inline("LEFT", 7, 6)],
    [
      "with an ellipsis for lines left out",
      { evidence: "const receipt = print(order, {\n  ...\n});" },
      inline("RIGHT", 7, 5),
    ],
    [
      "with an ellipsis in a comment",
      { evidence: "function pay(order) {\n  // ...\n  return receipt;" },
      inline("RIGHT", 8, 1),
    ],
    ["with an ellipsis at the end of a line", { evidence: "const receipt = print(…" }, inline("RIGHT", 5)],
    [
      "over a context line of white space",
      { evidence: "return wrap(order);\n\t\nconst receipt = print(order, {" },
      inline("RIGHT", 5, 3),
    ],
    [
      "with spaces for tabs and the other way round",
      { evidence: "\tif (order.gift)\treturn  wrap(order);" },
      inline("RIGHT", 3),
    ],
    ["only unchanged lines", { evidence: "copies: 2,\n});" }, inline("RIGHT", 7, 6)],
    ["but not in another order", { evidence: "return receipt;\nfunction pay(order) {" }, null],
    ["and not when all of it is an ellipsis", { evidence: "...\n…" }, null],
  ])("%s", (_, finding, at) => {
    expect(place({ ...NEAR, ...finding }, aDiff(CALLS))).toEqual(at);
  });

  it.each([
    ["with all characters", "say(\u200Bone\u202E);"],
    ["one raw, one as shown", "say(\u200Bone\\u{202E});"],
    ["without them", "say(one);"],
  ])("with invisible characters: %s", (_, evidence) => {
    expect(place({ evidence }, aNewFile("src/a.ts", ["say(\u200Bone\u202E);"]))).toEqual(inline("RIGHT", 1));
  });

  it("an exact line on the other side wins over a part of a line on the claimed one", () => {
    const patch = "@@ -1,2 +1,2 @@\n-return false;\n+if (known) return false; else wait();\n end();";

    expect(place({ evidence: "return false;", line: 1, startLine: 1 }, aDiff(patch))).toEqual(
      inline("LEFT", 1),
    );
  });

  it("a cut long line is found with our remark about the cut", () => {
    const text = `const blob = "${"x".repeat(3_000)}";`;

    expect(place({ evidence: shownText(text) }, aNewFile("src/a.ts", [text]))).toEqual(inline("RIGHT", 1));
  });

  it("a quote of 4,000 equal lines costs no more than its first 40", () => {
    const file = aNewFile(
      "src/a.ts",
      Array.from({ length: 20_000 }, () => "}"),
    );

    expect(place({ evidence: "}\n".repeat(4_000), line: 1 }, file)).toMatchObject({
      anchor: { startLine: 1, line: 40 },
    });
  });
});

describe("a careless path is read as it was meant", () => {
  const FILES = [
    aDiff(undefined, { path: "src/a.ts" }),
    aDiff(undefined, { path: "lib/new-name.ts", previousPath: "lib/old-name.ts", status: "renamed" }),
    aDiff(undefined, { path: "lib/deep/a/x.ts" }),
    aDiff(undefined, { path: "lib/x.ts" }),
    aDiff(undefined, { path: "Docs/Read.md" }),
  ];
  it.each<[claimed: string, meant: string | null]>([
    ["src/a.ts", "src/a.ts"],
    ["./src/a.ts", "src/a.ts"],
    ["/src/a.ts", "src/a.ts"],
    ["a/src/a.ts", "src/a.ts"],
    ["b/src/a.ts", "src/a.ts"],
    ["src\\a.ts", "src/a.ts"],
    ["src/a.ts:11", "src/a.ts"],
    ["src/a.ts:11-12", "src/a.ts"],
    ["SRC/A.ts", "src/a.ts"],
    ["docs/read.md", "Docs/Read.md"],
    ["lib/old-name.ts", "lib/new-name.ts"],
    ["a/lib/old-name.ts", "lib/new-name.ts"],
    ["new-name.ts", "lib/new-name.ts"],
    ["my-repo/lib/new-name.ts", "lib/new-name.ts"],
    ["a/x.ts", "lib/deep/a/x.ts"],
    ["x.ts", null],
    ["name.ts", null],
    ["", null],
    ["/", null],
    ["src", null],
    ["../src/a.ts", "src/a.ts"],
  ])("%j means %j", (claimed, meant) => {
    expect(changedFile(claimed, byPath(FILES))?.path ?? null).toBe(meant);
  });

  it("an exact path wins over another file's old name", () => {
    const files = [
      aDiff(undefined, { path: "b.ts", previousPath: "a.ts", status: "renamed" }),
      aDiff(undefined, { path: "a.ts", previousPath: "b.ts", status: "renamed" }),
    ];

    expect(changedFile("a.ts", byPath(files))?.path).toBe("a.ts");
  });
});

describe("a margin that the model copied along is no part of the quote", () => {
  it.each([
    ["an added line", "    11 |+ const b = 3;"],
    ["a deleted line", "L   11 |- const b = 3;"],
    ["a line of any number", "  9999 |  const b = 3;"],
    ["a margin without its padding", "11 |+const b = 3;"],
    ["several lines", "    10 |  const a = 1;\n    11 |+ const b = 3;"],
    ["a blank line between", "    10 |  const a = 1;\n\n    11 |+ const b = 3;"],
  ])("%s", (_, evidence) => {
    const [finding] = acceptReply({ findings: [aReplyFinding({ evidence })] }, "security").findings;

    expect(finding?.evidence).not.toContain("|");
    expect(finding && place(finding)).toMatchObject({ kind: "inline", anchor: { side: "RIGHT", line: 11 } });
  });

  it("only some of the lines have one: then it is code", () => {
    const evidence = "10 | mask\nconst b = 3;";

    const [finding] = acceptReply({ findings: [aReplyFinding({ evidence })] }, "security").findings;

    expect(finding?.evidence).toBe(evidence);
  });
});

describe("a quote that is not in the diff is looked for in the file", () => {
  const text = "first();\r\nconst z = 26;\r\n\r\nlast();\r\nconst z = 26;";
  const inFile = (finding: Partial<Finding>) =>
    placeByContent(aFinding(finding), { kind: "text", text }, byPath([aDiff()]));

  it.each<[name: string, finding: Partial<Finding>, at: Placement]>([
    [
      "at its line",
      { evidence: "last();" },
      { kind: "outside", anchor: { side: "RIGHT", startLine: 4, line: 4 } },
    ],
    [
      "at the nearest of equal lines",
      { evidence: "const z = 26;", line: 5 },
      { kind: "outside", anchor: { side: "RIGHT", startLine: 5, line: 5 } },
    ],
    [
      "over blank lines",
      { evidence: "const z = 26;\nlast();" },
      { kind: "outside", anchor: { side: "RIGHT", startLine: 2, line: 4 } },
    ],
    [
      "never on the LEFT",
      { evidence: "last();", side: "LEFT" },
      { kind: "outside", anchor: { side: "RIGHT", startLine: 4, line: 4 } },
    ],
    ["or is dropped", { evidence: "nowhere();" }, { kind: "dropped", reason: "quote not found" }],
    ["or is dropped when it is empty", { evidence: "" }, { kind: "dropped", reason: "quote not found" }],
  ])("%s", (_, finding, at) => {
    expect(inFile(finding)).toEqual(at);
  });

  it.each([{ kind: "absent" } as const, { kind: "unreadable", reason: "too large" } as const])(
    "and is dropped where the file is $kind",
    (content) => {
      const finding = aFinding({ evidence: "const z = 26;" });

      expect(placeByContent(finding, content, byPath([aDiff()]))).toEqual(NOT_IN_FILE);
    },
  );
});

describe("a quote that stands in the diff and in the file", () => {
  // Line 2 of the diff reads like line 100 of the file.
  const file = aDiff("@@ -1,2 +1,3 @@\n first();\n+return null;\n second();");
  const text = [
    "first();",
    "return null;",
    "second();",
    ...Array.from({ length: 96 }, (_, at) => `line${at}();`),
    "return null;",
  ].join("\n");
  const both = (finding: Partial<Finding>) => {
    const claim = aFinding({ evidence: "return null;", ...finding });
    const files = byPath([file]);
    return placeInDiff(claim, files) ?? placeByContent(claim, { kind: "text", text }, files);
  };

  it.each<[name: string, claimed: number, at: Placement]>([
    ["is in the diff when that is near the claimed line", 2, inline("RIGHT", 2)],
    [
      "is where the claim is when that is near",
      100,
      { kind: "outside", anchor: { side: "RIGHT", startLine: 100, line: 100 } },
    ],
    ["is in the diff when the claim is near to neither", 50, inline("RIGHT", 2)],
    ["is in the diff whatever number was made up", 1e9, inline("RIGHT", 2)],
  ])("%s", (_, line, at) => {
    expect(both({ line, startLine: line })).toEqual(at);
  });

  it("is never asked of the file for a deleted line", () => {
    const removed = aDiff("@@ -1,2 +1 @@\n first();\n-return null;");
    const claim = aFinding({ evidence: "return null;", side: "LEFT", line: 900, startLine: 900 });

    expect(placeInDiff(claim, byPath([removed]))).toEqual(inline("LEFT", 2));
  });
});

/** As git prints it, for the strict reader: an empty context line has its space, and no newline ends the patch. */
function strictly(patch: string): string {
  const lines = patch.replace(/\n$/, "").split("\n");
  return lines.map((line) => (line === "" ? " " : line)).join("\n");
}

/** What GitHub would answer to this placement, by the stand-in's own rules. */
function faultOf(patch: string, placement: Placement | null): string | null {
  if (placement?.kind !== "inline") return null;
  const { side, startLine, line } = placement.anchor;
  return anchorFault(strictly(patch), {
    line,
    side,
    ...(startLine === line ? {} : { start_line: startLine, start_side: side }),
  });
}

function quotesOf(patch: string): readonly string[] {
  return readPatch(strictly(patch))
    .filter((row) => row.left !== null || row.right !== null)
    .map((row) => row.text.slice(1));
}

describe("every inline placement is a line that GitHub takes a comment on", () => {
  const ZOO = [
    SMALL_PATCH,
    TWO_HUNKS,
    "@@ -1 +1 @@\n-a line of text\n+b line of text",
    "@@ -0,0 +1,2 @@\n+a line of text\n+a line of text",
    "@@ -1,2 +0,0 @@\n-a line of text\n-a line of text",
    "@@ -1,2 +1,2 @@\n--- a line of x\n-- y\n+++ a line of x\n+@@ -1 +1 @@",
    "@@ -1,2 +1,2 @@\n a line\n-b line of text\n\\ No newline at end of file\n+c line of text\n\\ No newline at end of file",
    "@@ -5,0 +6,2 @@ f\n+one line here\n+two line here\n@@ -9,2 +11,0 @@\n-one line here\n-two line here",
  ];

  test("property: over the zoo, whatever the model claims", () => {
    const anyLine = fc.oneof(fc.integer({ min: -2, max: 30 }), fc.constantFrom(0, -1, 1e9, -1e9));
    fc.assert(
      fc.property(
        fc.constantFrom(...ZOO),
        anyLine,
        anyLine,
        fc.constantFrom("RIGHT" as const, "LEFT" as const),
        fc.nat(12),
        fc.integer({ min: 1, max: 4 }),
        (patch, line, startLine, side, from, length) => {
          const evidence = quotesOf(patch)
            .slice(from, from + length)
            .join("\n");
          const placement = place(
            { evidence, line, startLine: Math.min(startLine, line), side },
            aDiff(patch),
          );

          expect(faultOf(patch, placement)).toBeNull();
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("over 120 random diffs of real git with 30 random findings each", () => {
    const random = aRandom(7);
    let placed = 0;
    for (const { patch } of randomGitPatches(120, 11)) {
      const files = new Map([["src/a.ts", aDiff(patch)]]);
      const quotes = quotesOf(patch);
      for (let n = 0; n < 30; n++) {
        const from = random(quotes.length);
        const evidence = quotes.slice(from, from + 1 + random(3)).join("\n");
        const line = random(80) - 5;
        const finding = aFinding({
          evidence: random(4) === 0 ? evidence.slice(2, 12) : evidence,
          line,
          startLine: line - random(25),
          side: random(2) === 0 ? "LEFT" : "RIGHT",
        });
        const placement = placeInDiff(finding, files);
        expect(faultOf(patch, placement)).toBeNull();
        if (placement?.kind === "inline") placed += 1;
      }
    }

    expect(placed).toBeGreaterThan(1_000);
  });

  test("a quote of one whole added line of a random diff is always placed on a line with that text", () => {
    for (const { patch } of randomGitPatches(40, 5)) {
      const files = new Map([["src/a.ts", aDiff(patch)]]);
      const rows = readPatch(strictly(patch));
      for (const row of rows.filter((one) => one.kind === "added" && /\w{4}/.test(one.text))) {
        const placement = placeInDiff(
          aFinding({ evidence: row.text.slice(1), line: row.right ?? 0, startLine: row.right ?? 0 }),
          files,
        );
        expect(placement).toEqual(inline("RIGHT", row.right ?? 0));
      }
    }
  });
});
