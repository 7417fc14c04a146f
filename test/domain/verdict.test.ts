import { describe, expect, it } from "vitest";
import type { Depth } from "../../src/domain/depth.ts";
import type { VerdictReply } from "../../src/domain/finding.ts";
import type { PlacedFinding } from "../../src/domain/merge.ts";
import { afterVerdict, groupsToVerify, readVerdicts, type Verdict } from "../../src/domain/verdict.ts";
import { aReviewFinding } from "../builders.ts";

const CRITICAL = aReviewFinding({ id: "c", severity: "critical" });
const SUGGESTION = aReviewFinding({ id: "s", severity: "suggestion" });
const NIT = aReviewFinding({ id: "n", severity: "nit" });
const CHECKED = aReviewFinding({ id: "r", severity: "critical", rule: "sql-injection-concat" });

describe("which findings are put to the sceptic together", () => {
  it.each<[Depth, readonly PlacedFinding[], readonly string[]]>([
    ["standard", [SUGGESTION, NIT], ["s n"]],
    ["standard", [CRITICAL, SUGGESTION, NIT], ["c", "s n"]],
    ["standard", [CHECKED], []],
    ["standard", [], []],
    ["deep", [CRITICAL, SUGGESTION, NIT, CHECKED], ["c", "s", "n"]],
    ["quick", [CRITICAL, SUGGESTION, NIT, CHECKED], ["c"]],
    ["quick", [SUGGESTION], []],
  ])("%s: %j", (depth, findings, groups) => {
    expect(groupsToVerify(findings, depth).map((group) => group.map(({ id }) => id).join(" "))).toEqual(
      groups,
    );
  });
});

type Given = VerdictReply["verdicts"][number];

function given(over: Partial<Given>): Given {
  return {
    number: 1,
    reason: "Line 3 guards it.",
    verdict: "upheld",
    severity: "suggestion",
    pre_existing: false,
    ...over,
  };
}

describe("a verdict", () => {
  it.each<[what: string, verdicts: readonly Given[], expected: Verdict]>([
    ["upheld", [given({})], { kind: "upheld" }],
    ["refuted", [given({ verdict: "refuted" })], { kind: "refuted", reason: "Line 3 guards it." }],
    [
      "weaker, with a lower severity",
      [given({ verdict: "weaker", severity: "nit" })],
      { kind: "weaker", severity: "nit", reason: "Line 3 guards it." },
    ],
    [
      "upheld with a lower severity is weaker, too",
      [given({ severity: "nit" })],
      { kind: "weaker", severity: "nit", reason: "Line 3 guards it." },
    ],
    ["never raises a severity", [given({ verdict: "weaker", severity: "critical" })], { kind: "upheld" }],
    ["weaker with the same severity changes nothing", [given({ verdict: "weaker" })], { kind: "upheld" }],
    ["left out", [], { kind: "unverified", reason: "the sceptic's reply left it out" }],
    [
      "of a number nobody asked about",
      [given({ number: 7 })],
      { kind: "unverified", reason: "the sceptic's reply left it out" },
    ],
    ["given twice counts as it stands first", [given({}), given({ verdict: "refuted" })], { kind: "upheld" }],
  ])("%s", (_, verdicts, expected) => {
    expect(readVerdicts([SUGGESTION], { verdicts: [...verdicts] })).toEqual([expected]);
  });

  it("goes to its finding by number, in whatever order they come", () => {
    const verdicts = [given({ number: 2, verdict: "refuted" }), given({ number: 1 })];

    expect(readVerdicts([SUGGESTION, SUGGESTION], { verdicts }).map(({ kind }) => kind)).toEqual([
      "upheld",
      "refuted",
    ]);
  });

  it("has a reason of bounded length", () => {
    const [verdict] = readVerdicts([NIT], {
      verdicts: [given({ verdict: "refuted", reason: "x".repeat(100_000) })],
    });

    expect(verdict).toEqual({ kind: "refuted", reason: "x".repeat(600) });
  });

  it.each<[Verdict, severity: string | null]>([
    [{ kind: "upheld" }, "critical"],
    [{ kind: "unasked" }, "critical"],
    [{ kind: "unverified", reason: "r" }, "critical"],
    [{ kind: "weaker", severity: "nit", reason: "r" }, "nit"],
    [{ kind: "refuted", reason: "r" }, null],
  ])("%j leaves a critical as %s", (verdict, severity) => {
    expect(afterVerdict(CRITICAL, verdict)?.severity ?? null).toBe(severity);
  });
});
