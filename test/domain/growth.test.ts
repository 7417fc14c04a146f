// The cost of a large change grows with its lines, not with their square: told by how often the text of a line is read.
import { describe, expect, it } from "vitest";
import type { FileDiff } from "../../src/domain/diff.ts";
import { NO_FACTS, natureOf } from "../../src/domain/file-kind.ts";
import { placeInDiff } from "../../src/domain/placement.ts";
import { planReview } from "../../src/domain/plan.ts";
import { riskOf } from "../../src/domain/risk.ts";
import { EVERYTHING } from "../../src/domain/scope.ts";
import { aFinding, aLibrary, aNewFile, aPullRequest } from "../builders.ts";

interface Counter {
  reads: number;
}

function aCountedFile(path: string, lines: number, counter: Counter): FileDiff {
  const file = aNewFile(
    path,
    Array.from({ length: lines }, (_, at) => `const value${at} = 1;`),
  );
  if (file.patch.kind === "none") throw new Error(file.patch.detail);
  const hunks = file.patch.hunks.map((hunk) => ({
    ...hunk,
    lines: hunk.lines.map(({ text, ...line }) => ({
      ...line,
      get text() {
        counter.reads += 1;
        return text;
      },
    })),
  }));
  return { ...file, patch: { kind: "hunks", hunks } };
}

describe("placing", () => {
  it.each([500, 5_000])("50 findings about %i lines read each line once", (lines) => {
    const counter = { reads: 0 };
    const files = new Map([["src/a.ts", aCountedFile("src/a.ts", lines, counter)]]);

    for (let line = 1; line <= 50; line++) {
      placeInDiff(aFinding({ evidence: `const value${line} = 1;`, line, startLine: line }), files);
    }

    expect(counter.reads).toBe(lines);
  });
});

describe("planning", () => {
  const readsOfPlan = (files: number, lines: number): number => {
    const counter = { reads: 0 };
    const changed = Array.from({ length: files }, (_, at) => aCountedFile(`src/${at}.js`, lines, counter));
    planReview(aPullRequest({ files: changed }), EVERYTHING, aLibrary());
    return counter.reads;
  };

  it.each<[name: string, files: number, lines: number]>([
    ["many files", 3_001, 10],
    ["a file that is cut into chunks", 1, 20_000],
    ["a file larger than the budget", 1, 100_000],
    ["files beyond the budget", 40, 2_500],
  ])("%s: each line is read a few times", (_, files, lines) => {
    expect(readsOfPlan(files, lines)).toBeLessThan(15 * files * lines);
  });

  it("four times the lines are read four times as often", () => {
    const ratio = readsOfPlan(1, 100_000) / readsOfPlan(1, 25_000);

    expect(ratio).toBeLessThan(5);
  });

  it("the risk of a file is told without reading it", () => {
    const counter = { reads: 0 };

    riskOf(aCountedFile("src/a.ts", 10_000, counter));

    expect(counter.reads).toBe(0);
  });

  it("its nature by its first lines, when it is no minified code", () => {
    const counter = { reads: 0 };

    natureOf(aCountedFile("src/a.js", 10_000, counter), NO_FACTS);

    expect(counter.reads).toBeLessThan(30);
  });
});
