// 5,000 diffs that git printed: every line has its number, and no anchor is one that GitHub refuses.
import { beforeAll, describe, expect, it } from "vitest";
import { type FileDiff, type Hunk, parsePatch } from "../../src/domain/diff.ts";
import type { Finding } from "../../src/domain/finding.ts";
import { type Placement, placeByContent, placeInDiff, standsInDiff } from "../../src/domain/placement.ts";
import { aDiff, aFinding, aRandom } from "../builders.ts";
import {
  type AnchorClaim,
  checkAnchor,
  type PrintedLine,
  printedLines,
} from "../reference/anchor-checker.ts";
import { type GitPatch, randomGitPatches } from "./random-git-diffs.ts";

const DIFFS = 5_000;
const CLAIMS_PER_DIFF = 8;

let patches: readonly GitPatch[] = [];
/** Seconds on an idle machine; ten thousand files are written, on a disk that others may be using. */
const PATIENCE_MS = 240_000;
beforeAll(() => {
  patches = randomGitPatches(DIFFS, 2026);
}, PATIENCE_MS);

it("nearly every random edit is a diff", () => {
  expect(patches.length).toBeGreaterThan(DIFFS * 0.95);
});

describe("every line of the diff is accounted for", { timeout: PATIENCE_MS }, () => {
  it("appears once, on its side, with its number and its text", () => {
    for (const { patch } of patches) {
      const wanted = printedLines(patch).map(({ mark, left, right, text }) => [mark, left, right, text]);
      const MARKS = { added: "+", deleted: "-", context: " " } as const;
      const read = hunksOf(patch).flatMap((hunk) =>
        hunk.lines.map((line) => [MARKS[line.kind], line.baseLine, line.headLine, line.text]),
      );
      if (JSON.stringify(read) !== JSON.stringify(wanted)) expect(read).toEqual(wanted);
    }
  });

  it("makes head out of base", () => {
    for (const { patch, base, head } of patches) {
      expect(applied(linesOf(base), hunksOf(patch))).toEqual(linesOf(head));
    }
  });
});

describe("no anchor is refused", { timeout: PATIENCE_MS }, () => {
  it("whatever the model quotes and claims", () => {
    const random = aRandom(77);
    const counts = { inline: 0, outside: 0, dropped: 0, ranges: 0 };
    for (const { patch, head } of patches) {
      const file = aDiff(patch);
      const printed = printedLines(patch);
      for (let n = 0; n < CLAIMS_PER_DIFF; n++) {
        const finding = aClaim(random, printed, head);
        const placement = placed(finding, file, head);
        counts[placement.kind] += 1;
        if (placement.kind !== "inline") continue;
        const { anchor } = placement;
        if (anchor.startLine !== anchor.line) counts.ranges += 1;
        const answer = checkAnchor(new Map([["src/a.ts", patch]]), claimOf(anchor));
        if (answer.kind === "refused") expect({ answer, finding, patch }).toBeNull();
        expect(standsInDiff(anchor, file)).toBe(true);
      }
    }

    expect(counts.inline).toBeGreaterThan(10_000);
    expect(counts.ranges).toBeGreaterThan(3_000);
    expect(counts.outside).toBeGreaterThan(1_000);
    expect(counts.dropped).toBeGreaterThan(1_000);
  });

  it("and a whole added or deleted line that says something stands where its text stands", () => {
    for (const { patch, head } of patches.slice(0, 1_500)) {
      const file = aDiff(patch);
      for (const line of printedLines(patch)) {
        if (line.mark === " " || !/\w{4}/.test(line.text)) continue;
        const side = line.mark === "+" ? "RIGHT" : "LEFT";
        const number = line.right ?? line.left ?? 0;
        const placement = placed(
          aFinding({ evidence: line.text, side, line: number, startLine: number }),
          file,
          head,
        );
        const wanted = { kind: "inline", anchor: { side, startLine: number, line: number } };
        if (JSON.stringify(placement) !== JSON.stringify(wanted))
          expect({ placement, line, patch }).toEqual({ placement: wanted, line, patch });
      }
    }
  });
});

function hunksOf(patch: string): readonly Hunk[] {
  const parsed = parsePatch(patch);
  if (parsed.kind === "none") throw new Error(`${parsed.detail}:\n${patch}`);
  return parsed.hunks;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Takes from base what no hunk names, and from hunks what stands at head. */
function applied(base: readonly string[], hunks: readonly Hunk[]): readonly string[] {
  const head: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    const start = hunk.baseCount === 0 ? hunk.baseStart : hunk.baseStart - 1;
    head.push(...base.slice(at, start));
    for (const line of hunk.lines) if (line.kind !== "deleted") head.push(line.text);
    at = start + hunk.baseCount;
  }
  return [...head, ...base.slice(at)];
}

function placed(finding: Finding, file: FileDiff, head: string): Placement {
  const files = new Map([[file.path, file]]);
  return placeInDiff(finding, files) ?? placeByContent(finding, { kind: "text", text: head }, files);
}

function claimOf(anchor: Extract<Placement, { kind: "inline" }>["anchor"]): AnchorClaim {
  const { side, startLine, line } = anchor;
  const start = startLine === line ? {} : { start_line: startLine, start_side: side };
  return { path: "src/a.ts", side, line, ...start };
}

type Random = ReturnType<typeof aRandom>;

/** True quotes of one side, of both, with marks, with gaps; cut and invented ones; lines and ranges of any kind. */
function aClaim(random: Random, printed: readonly PrintedLine[], head: string): Finding {
  const line = random(90) - 8;
  return aFinding({
    evidence: aQuote(random, printed, head),
    line,
    startLine: line - [0, 0, 1, 5, 25, 60][random(6)]!,
    side: random(2) === 0 ? "LEFT" : "RIGHT",
  });
}

function aQuote(random: Random, printed: readonly PrintedLine[], head: string): string {
  const from = random(printed.length);
  const run = printed.slice(from, from + 1 + random(5));
  const texts = run.map(({ text }) => text);
  switch (random(8)) {
    case 0:
      return run
        .filter(({ left }) => left !== null)
        .map(({ text }) => text)
        .join("\n");
    case 1:
      return run
        .filter(({ right }) => right !== null)
        .map(({ text }) => text)
        .join("\n");
    case 2:
      return run.map(({ mark, text }) => mark + text).join("\n");
    case 3:
      return [texts[0], "...", texts.at(-1)].join("\n");
    case 4:
      return texts.join("\n").slice(2, 14);
    case 5: {
      const lines = head.split("\n");
      const at = random(lines.length);
      return lines.slice(at, at + 1 + random(3)).join("\n");
    }
    case 6:
      return `${texts.join("\n")} but not here`;
    default:
      return texts.join("\n");
  }
}
