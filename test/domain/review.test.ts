import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { reviewed, skipped } from "../../src/domain/coverage.ts";
import { mergeFindings, type PlacedFinding } from "../../src/domain/merge.ts";
import { placeInDiff } from "../../src/domain/placement.ts";
import { reportJsonSchema, toReport } from "../../src/domain/report.ts";
import {
  composeReview,
  countBySeverity,
  ownFindings,
  type Review,
  type ReviewFinding,
  type ReviewParts,
} from "../../src/domain/review.ts";
import { toSarif } from "../../src/domain/sarif.ts";
import { EVERYTHING } from "../../src/domain/scope.ts";
import {
  aCoverage,
  aFinding,
  aNewFile,
  aPullRequest,
  aReview,
  aReviewFinding,
  aUsage,
  BASE_SHA,
  HEAD_SHA,
} from "../builders.ts";

function composed(over: Partial<ReviewParts> = {}): Review {
  return composeReview({
    pullRequest: aPullRequest(),
    model: "claude-sonnet-5-5",
    scope: EVERYTHING,
    depth: "standard",
    reading: { kind: "model" },
    words: { summary: "A sound change.", praise: [] },
    findings: [],
    proofs: new Map(),
    dropped: 0,
    refuted: 0,
    notes: [],
    erDiagram: null,
    coverage: aCoverage(),
    usage: aUsage(),
    durationMs: 1_234.5,
    ...over,
  });
}

/** Nit findings on so many lines of one new file, placed and merged as in a run. */
function placed(count: number, over: Parameters<typeof aFinding>[0] = {}): readonly PlacedFinding[] {
  const file = aNewFile(
    "src/a.ts",
    Array.from({ length: count }, (_, at) => `line number ${at};`),
  );
  const findings = Array.from({ length: count }, (_, at) =>
    aFinding({ severity: "nit", evidence: `line number ${at};`, title: `title${at}`, ...over }),
  );
  return mergeFindings(
    findings.map((finding) => ({
      finding,
      placement: placeInDiff(finding, new Map([["src/a.ts", file]])) ?? {
        kind: "dropped",
        reason: "quote not found",
      },
    })),
    () => "",
  );
}

describe("where a finding is shown", () => {
  it("30 inline, the rest in the summary", () => {
    const reasons = composed({ findings: placed(33) }).findings.map((finding) => finding.summaryReason);

    expect(reasons.filter((reason) => reason === null)).toHaveLength(30);
    expect(reasons.slice(30)).toEqual(["over the limit", "over the limit", "over the limit"]);
  });

  it("what is old or outside the diff takes no inline place", () => {
    const [first, ...rest] = placed(32);
    if (first === undefined) throw new Error("no finding");
    const findings = [{ ...first, preExisting: true }, { ...first, placement: "outside" as const }, ...rest];

    const reasons = composed({ findings }).findings.map((finding) => finding.summaryReason);

    expect(reasons.slice(0, 2)).toEqual(["pre-existing", "outside the diff"]);
    expect(reasons.filter((reason) => reason === null)).toHaveLength(30);
  });

  it("what is old is old wherever it stands", () => {
    const [first] = placed(1);
    if (first === undefined) throw new Error("no finding");

    expect(
      composed({ findings: [{ ...first, preExisting: true, placement: "outside" }] }).findings,
    ).toMatchObject([{ summaryReason: "pre-existing" }]);
  });

  it("what was there before is listed, never counted", () => {
    const review = composed({ findings: placed(2, { preExisting: true, severity: "critical" }) });

    expect(review.findings).toHaveLength(2);
    expect(ownFindings(review)).toEqual([]);
    expect(countBySeverity(review.findings)).toEqual({ critical: 0, suggestion: 0, nit: 0 });
  });
});

describe("the words of the model", () => {
  it("are cleaned and bounded", () => {
    const { summary, praise } = composed({
      words: {
        summary: ` a\u202E<!-- x -->${"s".repeat(2_000)}`,
        praise: ["", " \u200B", "one", "p".repeat(500), "three", "four"],
      },
    });

    expect(summary).toMatch(/^a s+… \[cut/);
    expect(summary.length).toBeLessThan(1_550);
    expect(praise).toEqual(["one", expect.stringMatching(/^p{400}… \[cut/), "three"]);
  });

  it.each<[words: string, over: Partial<ReviewParts>]>([
    ["There are no changes to review.", { coverage: { files: [], gaps: [] } }],
    ["None of the changed files was reviewed.", { coverage: { files: [], gaps: ["files missing"] } }],
    ["None of the changed files was reviewed.", { coverage: aCoverage(skipped("a", "limit", "too large")) }],
    [
      "There is nothing to review: none of the changed files holds code to read (see coverage).",
      { coverage: aCoverage(skipped("a", "nature", "lock file")) },
    ],
    [
      "The change has defects that must be fixed before it is merged.",
      { findings: placed(1, { severity: "critical" }) },
    ],
    ["The change has defects that should be fixed.", { findings: placed(1, { severity: "suggestion" }) }],
    ["The change is sound; what is left are small improvements.", { findings: placed(1) }],
    ["No defects were found in the reviewed changes.", {}],
    [
      "No defects were found in the reviewed changes.",
      { findings: placed(1, { severity: "critical", preExisting: true }) },
    ],
  ])("where it has none, the facts speak: %s", (words, over) => {
    expect(composed({ words: { summary: "\n", praise: [] }, ...over }).summary).toBe(words);
  });
});

it("a review is of the commits that it read, and complete when its coverage is", () => {
  expect(composed()).toMatchObject({ base: BASE_SHA, head: HEAD_SHA, complete: true });
  expect(composed({ coverage: aCoverage(skipped("a", "limit", "too large")) }).complete).toBe(false);
});

const HOSTILE = aReviewFinding({
  path: "src/größe [1]/a b%20#\u202E.ts",
  title: "</script>@octocat",
  why: "\u0000",
  suggestion: "",
  anchor: { side: "LEFT", startLine: 3, line: 5 },
});

describe("the report", () => {
  const validate = new Ajv2020({ strict: false }).compile(reportJsonSchema() as object);

  it.each<[name: string, review: Review]>([
    ["an empty review", aReview()],
    ["a full one", composed({ findings: placed(33), dropped: 4, words: { summary: "s", praise: ["p"] } })],
    [
      "a hostile one",
      aReview({ findings: [HOSTILE, aReviewFinding({ preExisting: true, summaryReason: "pre-existing" })] }),
    ],
    [
      "a failed one",
      aReview({
        complete: false,
        coverage: { files: [{ path: "a", state: "failed", cause: "failure", reason: "r" }], gaps: ["g"] },
      }),
    ],
    ["one that cost fractions", aReview({ usage: aUsage({ costUsd: 0.1 + 0.2 }), durationMs: 0.4 })],
  ])("of %s fits its schema, also once it was written and read", (_, review) => {
    const report: unknown = JSON.parse(JSON.stringify(toReport(review)));

    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
  });

  it("says of each finding where it is and where it is shown", () => {
    const ranged = aReviewFinding({
      anchor: { side: "RIGHT", startLine: 9, line: 11 },
      summaryReason: "over the limit",
    });

    expect(toReport(aReview({ findings: [aReviewFinding(), ranged, HOSTILE] })).findings).toMatchObject([
      {
        id: "0123456789abcdef",
        line: 11,
        start_line: null,
        side: "RIGHT",
        placement: "inline",
        pre_existing: false,
      },
      { line: 11, start_line: 9, placement: "summary" },
      { line: 5, start_line: 3, side: "LEFT", path: HOSTILE.path, suggestion: null, rule: null },
    ]);
  });

  it.each<[proof: ReviewFinding["proof"], suggestion: string | null]>([
    [{ kind: "proven", text: "const b = 2;" }, "const b = 2;"],
    [{ kind: "unproven", reason: "the file would no longer parse" }, null],
    [null, null],
  ])("gives a replacement only where it is proven: %j", (proof, suggestion) => {
    const finding = aReviewFinding({ suggestion: "as the model wrote it", proof, rule: "loose-equality" });

    expect(toReport(aReview({ findings: [finding] })).findings).toMatchObject([
      { suggestion, rule: "loose-equality" },
    ]);
  });

  it("says how deep it read, what was refuted and what a reader should know", () => {
    const report = toReport(aReview({ depth: "quick", refuted: 3, notes: ["a limit was met"] }));

    expect(report).toMatchObject({ depth: "quick", refuted_findings: 3 });
    expect(report.coverage.notes).toEqual(["a limit was met"]);
  });

  it("has the keys of the contract and no others", () => {
    expect(Object.keys(toReport(aReview())).toSorted()).toEqual(
      [
        "version",
        "base",
        "head",
        "model",
        "depth",
        "summary",
        "praise",
        "findings",
        "action_items",
        "coverage",
        "dropped_findings",
        "refuted_findings",
        "usage",
        "complete",
      ].toSorted(),
    );
    expect(toReport(aReview()).usage).toEqual({
      calls: 6,
      input_tokens: 1_000,
      output_tokens: 500,
      cache_read_tokens: 9_000,
      cache_write_tokens: 0,
      cost_usd: 0.5,
      duration_ms: 12_345,
    });
  });

  it("rounds money and time", () => {
    const { usage } = toReport(aReview({ usage: aUsage({ costUsd: 0.123_456_789 }), durationMs: 1_234.5 }));

    expect([usage.cost_usd, usage.duration_ms]).toEqual([0.123_457, 1_235]);
  });

  it("leaves out no finding and no file", () => {
    const files = [reviewed("a"), skipped("b", "nature", "lock file")];
    const report = toReport(aReview({ findings: [HOSTILE], coverage: { files, gaps: ["g"] } }));

    expect(report.coverage).toEqual({
      files: [
        { path: "a", state: "reviewed", reason: null },
        { path: "b", state: "skipped", reason: "lock file" },
      ],
      gaps: ["g"],
      notes: [],
    });
  });
});

describe("SARIF", () => {
  const [run] = toSarif(
    aReview({
      findings: [
        aReviewFinding({ severity: "critical", pass: "security" }),
        aReviewFinding({ severity: "suggestion" }),
        aReviewFinding({ severity: "nit" }),
        HOSTILE,
      ],
      complete: false,
      coverage: {
        files: [reviewed("a"), skipped("yarn.lock", "nature", "lock file")],
        gaps: ["files are missing"],
      },
    }),
    "1.2.3",
  ).runs;

  it("names its version, its tool and one rule a pass", () => {
    expect(toSarif(aReview(), "1.2.3")).toMatchObject({
      version: "2.1.0",
      $schema: expect.stringContaining("sarif-2.1.0"),
    });
    expect(run?.tool.driver).toMatchObject({ name: "Plumbline", version: "1.2.3" });
    expect(run?.tool.driver.rules.map((rule) => rule.id)).toEqual([
      "security",
      "correctness",
      "architecture",
      "performance",
      "maintainability",
    ]);
  });

  it("each result has a level, a rule of the list, a text and one location", () => {
    expect(run?.results.map((result) => result.level)).toEqual(["error", "warning", "note", "warning"]);
    for (const result of run?.results ?? []) {
      expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(result.message.text).not.toBe("");
      expect(result.locations).toHaveLength(1);
      expect(result.partialFingerprints).toEqual({ "plumbline/v1": "0123456789abcdef" });
    }
  });

  it("a path is a relative address that leads back to it", () => {
    const uri = run?.results[3]?.locations[0]?.physicalLocation.artifactLocation.uri ?? "";

    expect(uri).toMatch(/^[\w/%.-]+$/);
    expect(decodeURIComponent(new URL(uri, "file:///").pathname)).toBe(`/${HOSTILE.path}`);
  });

  it("a path with half a character does not crash it", () => {
    expect(() => toSarif(aReview({ findings: [aReviewFinding({ path: "a\uD800" })] }), "1")).not.toThrow();
  });

  it("a line of the head has a region, a deleted one has none there", () => {
    const locations = run?.results.map((result) => result.locations[0]?.physicalLocation);

    expect(locations?.[0]).toMatchObject({ region: { startLine: 11, endLine: 11 } });
    expect(locations?.[3]).not.toHaveProperty("region");
  });

  it("says what was not reviewed and that the run was not whole", () => {
    expect(run?.invocations[0]?.executionSuccessful).toBe(false);
    expect(run?.invocations[0]?.toolExecutionNotifications.map((one) => one.message.text)).toEqual([
      "files are missing",
      "yarn.lock: skipped, lock file",
    ]);
  });

  it("its Markdown is safe", () => {
    expect(JSON.stringify(run?.results[3]?.message.markdown)).not.toMatch(/@octocat|[^`]<\/script>/);
  });
});
