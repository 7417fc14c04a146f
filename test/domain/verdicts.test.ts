import { describe, expect, it } from "vitest";
import { checkTitle, closingSummary, closingTitle } from "../../src/domain/check-words.ts";
import {
  coverageCounts,
  type FileCoverage,
  isComplete,
  isWhole,
  reviewed,
  skipped,
} from "../../src/domain/coverage.ts";
import type { Severity } from "../../src/domain/pass.ts";
import { checkConclusion, type Review, reaches } from "../../src/domain/review.ts";
import { reviewScope } from "../../src/domain/scope.ts";
import { aReview, aReviewFinding } from "../builders.ts";

const FAILED: FileCoverage = {
  path: "f",
  state: "failed",
  cause: "failure",
  reason: "security failed: overloaded",
};
const PARTIAL: FileCoverage = {
  path: "p",
  state: "partial",
  cause: "failure",
  reason: "performance failed: overloaded",
};
const CUT: FileCoverage = { path: "c", state: "partial", cause: "limit", reason: "1 line longer" };
const LOCK = skipped("l", "nature", "lock file");
const OTHER = skipped("o", "scope", "outside the paths asked for");
const LARGE = skipped("x", "limit", "GitHub shows no patch for it");
const READ = reviewed("r");

/** A review whose coverage is this; completeness follows from it, as in the product. */
function covering(
  files: readonly FileCoverage[],
  over: Partial<Review> = {},
  gaps: readonly string[] = [],
): Review {
  const coverage = { files, gaps };
  return aReview({ coverage, complete: isComplete(coverage), ...over });
}

function found(...severities: readonly Severity[]): Partial<Review> {
  return { findings: severities.map((severity) => aReviewFinding({ severity })) };
}

describe("coverage", () => {
  it.each<
    [name: string, files: readonly FileCoverage[], gaps: readonly string[], complete: boolean, whole: boolean]
  >([
    ["all read", [READ, READ], [], true, true],
    ["no files at all", [], [], true, true],
    ["a lock file beside code", [READ, LOCK], [], true, false],
    ["other paths were asked for", [READ, OTHER], [], true, false],
    ["a file over a limit", [READ, LARGE], [], false, false],
    ["a file cut", [READ, CUT], [], false, false],
    ["a file read in part", [READ, PARTIAL], [], false, false],
    ["a file failed", [READ, FAILED], [], false, false],
    ["everything failed", [FAILED], [], false, false],
    ["nothing read, only lock files", [LOCK], [], true, false],
    ["paths asked for that match nothing", [OTHER], [], false, false],
    ["paths asked for that match only a lock file", [OTHER, LOCK], [], false, false],
    ["a lock file and a file over a limit", [LOCK, LARGE], [], false, false],
    ["a lock file and a gap of the whole", [LOCK], ["files missing"], false, false],
    ["a gap of the whole", [READ], ["files missing"], false, false],
    ["a gap without files", [], ["files missing"], false, false],
  ])("%s", (_, files, gaps, complete, whole) => {
    expect([isComplete({ files, gaps }), isWhole({ files, gaps })]).toEqual([complete, whole]);
  });

  it.each<[counts: string, files: readonly FileCoverage[]]>([
    ["no changed files", []],
    ["2 reviewed, 1 partial, 1 skipped, 1 failed", [LOCK, READ, FAILED, READ, PARTIAL]],
    ["1 skipped", [LOCK]],
  ])("counts %s", (counts, files) => {
    expect(coverageCounts({ files, gaps: [] })).toBe(counts);
  });
});

describe("the check run", () => {
  it.each<[conclusion: string, title: string, review: Review]>([
    ["success", "No findings", covering([READ])],
    ["success", "1 suggestion, 2 nits", covering([READ], found("suggestion", "nit", "nit"))],
    [
      "success",
      "No findings",
      covering([READ], { findings: [aReviewFinding({ severity: "critical", preExisting: true })] }),
    ],
    ["success", "No findings", covering([])],
    ["failure", "1 critical", covering([READ], found("critical"))],
    [
      "failure",
      "2 critical, 1 suggestion, 1 nit",
      covering([READ], found("critical", "critical", "suggestion", "nit")),
    ],
    [
      "failure",
      "1 critical; incomplete: 1 of 2 files failed (security failed: overloaded)",
      covering([READ, FAILED], found("critical")),
    ],
    [
      "neutral",
      "No findings; incomplete: 1 of 2 files failed (security failed: overloaded)",
      covering([READ, FAILED]),
    ],
    [
      "neutral",
      "No findings; incomplete: 1 of 1 file only in part (performance failed: overloaded)",
      covering([PARTIAL]),
    ],
    [
      "neutral",
      "1 nit; incomplete: 1 of 2 files only in part (1 line longer)",
      covering([CUT, READ], found("nit")),
    ],
    ["neutral", "No findings; incomplete: files missing", covering([READ], {}, ["files missing"])],
    ["neutral", "No findings; 1 of 2 files not reviewed (lock file)", covering([READ, LOCK])],
    [
      "neutral",
      "No findings; 1 of 2 files not reviewed (GitHub shows no patch for it)",
      covering([READ, LARGE]),
    ],
    [
      "neutral",
      "No findings; 1 of 2 files not reviewed (outside the paths asked for)",
      covering([READ, OTHER]),
    ],
    [
      "neutral",
      "No findings; only security, performance",
      covering([READ], { scope: reviewScope(["performance", "security"], []) }),
    ],
  ])("concludes %s: %s", (conclusion, title, review) => {
    expect([checkConclusion(review), checkTitle(review)]).toEqual([conclusion, title]);
  });

  it("success needs every file, every pass and no critical: no other combination has it", () => {
    const coverages = [
      [READ],
      [READ, LOCK],
      [READ, OTHER],
      [READ, LARGE],
      [CUT],
      [PARTIAL],
      [FAILED],
      [LOCK],
    ];
    const severities: readonly (readonly Severity[])[] = [[], ["nit"], ["suggestion"], ["critical"]];
    const scopes = [reviewScope([], []), reviewScope(["security"], [])];
    const green = coverages.flatMap((files) =>
      severities.flatMap((found) =>
        scopes.flatMap((scope) =>
          [[], ["a gap"]].flatMap((gaps) => {
            const findings = found.map((severity) => aReviewFinding({ severity }));
            const review = covering(files, { findings, scope }, gaps);
            return checkConclusion(review) === "success"
              ? [{ files, found, passes: scope.passes.length, gaps }]
              : [];
          }),
        ),
      ),
    );

    expect(green).toEqual(
      [[], ["nit"], ["suggestion"]].map((found) => ({ files: [READ], found, passes: 5, gaps: [] })),
    );
  });

  it("a review that calls itself incomplete is never green", () => {
    expect(checkConclusion(aReview({ complete: false }))).toBe("neutral");
  });

  it.each([
    ["failed", "the key was refused", "Not reviewed: the key was refused"],
    ["superseded", "superseded by a newer push", "Superseded by a newer push"],
    ["declined", "the pull request is a draft", "The pull request is a draft"],
  ] as const)("%s is titled with its reason", (kind, reason, title) => {
    expect(closingTitle(kind, reason)).toBe(title);
    expect(closingSummary(kind, reason)).toContain(reason);
    expect(closingSummary(kind, reason)).toMatch(
      kind === "failed" ? /was \*\*not\*\* reviewed/ : /^No review was posted/,
    );
  });

  it("a reason does nothing on GitHub and a long one is cut to valid text", () => {
    expect(closingSummary("failed", "@octocat #1 <img src=x>")).not.toMatch(/@octocat|#1|^<img/);
    expect(closingTitle("failed", "🎉".repeat(200))).toHaveLength(140);
    for (const start of ["", "x"]) {
      expect(closingTitle("failed", `${start}${"🎉".repeat(200)}`).isWellFormed()).toBe(true);
    }
  });
});

describe("a finding at or above a floor", () => {
  it.each<[severity: Severity, floor: Severity, reached: boolean]>([
    ["critical", "critical", true],
    ["suggestion", "critical", false],
    ["nit", "critical", false],
    ["critical", "suggestion", true],
    ["suggestion", "suggestion", true],
    ["nit", "suggestion", false],
    ["nit", "nit", true],
    ["critical", "nit", true],
  ])("%s reaches %s: %s", (severity, floor, reached) => {
    expect(reaches(aReview(found(severity)), floor)).toBe(reached);
  });

  it("what was there before reaches nothing", () => {
    const findings = [aReviewFinding({ severity: "critical", preExisting: true })];

    expect(reaches(aReview({ findings }), "nit")).toBe(false);
  });
});
