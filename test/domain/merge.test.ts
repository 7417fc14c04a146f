import { describe, expect, it } from "vitest";
import { acceptReply, type Finding } from "../../src/domain/finding.ts";
import { mergeFindings as merge, type Placed, type PlacedFinding } from "../../src/domain/merge.ts";
import { PASSES } from "../../src/domain/pass.ts";
import type { Anchor } from "../../src/domain/placement.ts";
import { aFinding, aReplyFinding } from "../builders.ts";

function mergeFindings(placed: readonly Placed[]): readonly PlacedFinding[] {
  return merge(placed, () => "");
}

function at(finding: Partial<Finding>, line = 11, over: Partial<Anchor> = {}): Placed {
  const anchor: Anchor = { side: "RIGHT", startLine: line, line, ...over };
  return { finding: aFinding(finding), placement: { kind: "inline", anchor } };
}

function idsOf(...placed: readonly Placed[]): readonly string[] {
  return mergeFindings(placed)
    .toSorted((a, b) => a.anchor.line - b.anchor.line)
    .map((finding) => finding.id);
}

function titles(findings: readonly PlacedFinding[]): readonly string[] {
  return findings.map((finding) => finding.title);
}

describe("a fingerprint", () => {
  const original = idsOf(at({}))[0] ?? "";

  it("is sixteen hex digits", () => {
    expect(original).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each<[name: string, placed: Placed]>([
    ["the line moves", at({}, 4_711)],
    ["the wording changes", at({ title: "Another title", why: "Other words", fix: "Otherwise" })],
    ["the severity changes", at({ severity: "critical" })],
    ["the indentation changes", at({ evidence: "\n\t  const  b = 3;\r\n" })],
    ["the side changes", at({}, 11, { side: "LEFT" })],
    ["the model wants a wider range", at({}, 12, { startLine: 10 })],
  ])("stays when %s", (_, placed) => {
    expect(idsOf(placed)).toEqual([original]);
  });

  it.each<[name: string, placed: Placed]>([
    ["another file", at({ path: "src/b.ts" })],
    ["another pass", at({ pass: "security" })],
    ["another quote", at({ evidence: "const b = 4;" })],
  ])("differs for %s", (_, placed) => {
    expect(idsOf(placed)).not.toEqual([original]);
  });

  it("differs between equal quotes in one file, and each keeps its own when both move", () => {
    const before = idsOf(at({}, 5), at({}, 50));
    const after = idsOf(at({}, 90), at({}, 45));

    expect(new Set(before).size).toBe(2);
    expect(after).toEqual(before);
  });

  it("stays when the model copied the line numbers along", () => {
    const quoted = (evidence: string) =>
      acceptReply({ findings: [aReplyFinding({ evidence })] }, "correctness").findings.map((finding) =>
        at(finding),
      );

    expect(idsOf(...quoted("    11 |+ const b = 3;"))).toEqual([original]);
    expect(idsOf(...quoted("    99 |+ const b = 3;"))).toEqual([original]);
  });

  it("cannot be forged by moving text between its parts", () => {
    expect(idsOf(at({ path: "a\0security", evidence: "x" }))).not.toEqual(
      idsOf(at({ path: "a", evidence: "x" })),
    );
  });
});

describe("one defect is one finding", () => {
  it("when two passes say the same about the same lines: the more severe speaks and names the other", () => {
    const findings = mergeFindings([
      at({ pass: "security", severity: "nit", title: "Query built from input" }),
      at({ pass: "correctness", severity: "critical", title: "The query is built from user input" }),
    ]);

    expect(findings).toMatchObject([
      { pass: "correctness", severity: "critical", alsoFoundBy: ["security"] },
    ]);
  });

  it("between equals the earlier pass speaks, whoever came first", () => {
    const findings = mergeFindings([
      at({ pass: "security" }),
      at({ pass: "performance" }),
      at({ pass: "correctness" }),
    ]);

    expect(findings).toMatchObject([{ pass: "security", alsoFoundBy: ["correctness", "performance"] }]);
  });

  it("when one pass reports one quote twice in other words", () => {
    const findings = mergeFindings([at({ title: "Alpha beta" }), at({ title: "Gamma delta" })]);

    expect(titles(findings)).toEqual(["Alpha beta"]);
  });

  it.each<[name: string, other: Placed]>([
    ["other lines", at({}, 12)],
    ["the other side", at({}, 11, { side: "LEFT" })],
    ["another file", at({ path: "src/b.ts" })],
    ["another matter", at({ pass: "performance", title: "Nothing bounds this loop" })],
  ])("but two for %s", (_, other) => {
    expect(mergeFindings([at({}), other])).toHaveLength(2);
  });

  it("ranges that touch are the same lines", () => {
    expect(mergeFindings([at({}, 12, { startLine: 9 }), at({}, 14, { startLine: 12 })])).toHaveLength(1);
  });

  it("and titles without a word of three letters are never the same", () => {
    const findings = [at({ title: "N+1", pass: "performance" }), at({ title: "??", pass: "security" })];

    expect(mergeFindings(findings)).toHaveLength(2);
  });

  it("a pass is never named beside itself", () => {
    const findings = mergeFindings([at({ pass: "security" }), at({ pass: "security" })]);

    expect(findings).toMatchObject([{ alsoFoundBy: [] }]);
  });
});

it("reads from the most severe to the least, then by pass, path and line", () => {
  const findings = mergeFindings([
    at({ severity: "nit", title: "five", evidence: "v", pass: "security" }, 1),
    at({ severity: "suggestion", title: "four", evidence: "u", path: "src/b.ts" }, 1),
    at({ severity: "suggestion", title: "three", evidence: "t" }, 9),
    at({ severity: "suggestion", title: "two", evidence: "s" }, 8),
    at({ severity: "critical", title: "one", evidence: "r", pass: "maintainability" }, 7),
  ]);

  expect(titles(findings)).toEqual(["one", "two", "three", "four", "five"]);
});

it("leaves out what was dropped and keeps what stands outside the diff", () => {
  const findings = mergeFindings([
    { finding: aFinding(), placement: { kind: "dropped", reason: "quote not found" } },
    { finding: aFinding(), placement: { kind: "outside", anchor: { side: "RIGHT", startLine: 3, line: 3 } } },
  ]);

  expect(findings).toMatchObject([{ placement: "outside", anchor: { line: 3 } }]);
});

it("gives every finding of a large review its own id", () => {
  const many = PASSES.flatMap((pass) =>
    Array.from({ length: 200 }, (_, n) => at({ pass, title: `${pass}${n}`, evidence: `x${n % 7}` }, n * 3)),
  );

  const findings = mergeFindings(many);

  expect(new Set(findings.map((finding) => finding.id)).size).toBe(findings.length);
  expect(findings.length).toBe(many.length);
});
