/** Which files, and which parts of large ones, one review can read: the riskiest first, as far as the tokens go. */
import { CHUNK_TOKEN_BUDGET, sliceHunk, tokensOf } from "./chunk.ts";
import { countChanges, type FileDiff, type Hunk } from "./diff.ts";
import { byRisk, riskOfHunk } from "./risk.ts";

/** What becomes of one file. Hunks of a `part` may be slices of larger ones; `what` is a sentence for people. */
export type Share =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly hunks: readonly Hunk[]; readonly what: string }
  | { readonly kind: "none"; readonly tokens: number };

/** A smaller part of a file tells too little about it. */
const MIN_PART_TOKENS = 4_000;

/**
 * A file that does not fit any more gets half of what is left, at most: its riskiest hunks are read, and one file of
 * 100,000 lines does not keep all those behind it from being read.
 */
export function shareOut(files: readonly FileDiff[], budget: number): ReadonlyMap<FileDiff, Share> {
  const shares = new Map<FileDiff, Share>();
  let left = budget;
  for (const file of byRisk(files)) {
    const hunks = file.patch.kind === "hunks" ? file.patch.hunks : [];
    const tokens = tokensOf(hunks);
    const share: Share = tokens <= left ? { kind: "whole" } : partOf(hunks, tokens, Math.floor(left / 2));
    shares.set(file, share);
    if (share.kind === "whole") left -= tokens;
    else if (share.kind === "part") left -= tokensOf(share.hunks);
  }
  return shares;
}

function partOf(hunks: readonly Hunk[], tokens: number, allowance: number): Share {
  if (allowance < MIN_PART_TOKENS) return { kind: "none", tokens };
  const chosen = riskiest(
    hunks.flatMap((hunk) => sliceHunk(hunk, CHUNK_TOKEN_BUDGET)),
    allowance,
  );
  return chosen.length === 0
    ? { kind: "none", tokens }
    : { kind: "part", hunks: chosen, what: describePart(chosen, hunks) };
}

/** In the order of the file. */
function riskiest(hunks: readonly Hunk[], allowance: number): readonly Hunk[] {
  const ranked = hunks
    .map((hunk, at) => ({ hunk, at, risk: riskOfHunk(hunk) }))
    .toSorted((a, b) => b.risk - a.risk || a.at - b.at);
  const chosen: typeof ranked = [];
  let left = allowance;
  for (const one of ranked) {
    const tokens = tokensOf([one.hunk]);
    if (tokens > left) continue;
    chosen.push(one);
    left -= tokens;
  }
  return chosen.toSorted((a, b) => a.at - b.at).map(({ hunk }) => hunk);
}

/** A slice is no hunk of the change, so only hunks that were taken whole are counted as such. */
function describePart(chosen: readonly Hunk[], all: readonly Hunk[]): string {
  const kept = new Set(chosen);
  const whole = all.filter((hunk) => kept.has(hunk)).length;
  return `${count(changesIn(chosen))} of ${count(changesIn(all))} changed lines read (${count(whole)} of ${count(all.length)} hunks in full)`;
}

function changesIn(hunks: readonly Hunk[]): number {
  const { additions, deletions } = countChanges(hunks);
  return additions + deletions;
}

function count(number: number): string {
  return number.toLocaleString("en");
}
