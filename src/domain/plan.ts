/** What will be reviewed, what is left out and why: decided before the first model call. */
import { type Share, shareOut } from "./budget.ts";
import {
  CHUNK_TOKEN_BUDGET,
  type Chunk,
  type ChunkFile,
  cutIntoChunks,
  MAX_SHOWN_LINE_CHARACTERS,
} from "./chunk.ts";
import { type FileCoverage, skipped } from "./coverage.ts";
import { type Depth, readingsOf } from "./depth.ts";
import type { FileDiff } from "./diff.ts";
import { type FactsByPath, NO_FACTS, natureOf } from "./file-kind.ts";
import type { Pass } from "./pass.ts";
import { type Guide, guidesFor, type PromptLibrary } from "./prompt-library.ts";
import type { PullRequest } from "./pull-request.ts";
import { pathFilter, type ReviewScope } from "./scope.ts";

/** The most diff that one review reads; what is beyond it is listed as not reviewed. */
export const REVIEW_TOKEN_BUDGET = 400_000;
const OVER_BUDGET = `over the review budget of ${REVIEW_TOKEN_BUDGET.toLocaleString("en")} tokens`;

export interface ReviewPlan {
  readonly passes: readonly Pass[];
  readonly chunks: readonly Chunk[];
  readonly guides: readonly Guide[];
  /** Files that no chunk holds. */
  readonly leftOut: readonly FileCoverage[];
  /** Files that are in a chunk, but not wholly: path → what was cut. */
  readonly cut: ReadonlyMap<string, string>;
  /** Gaps that belong to no single file. */
  readonly gaps: readonly string[];
}

/** `facts` is what is known about files beside their diffs; without it, paths and patches alone decide. */
export function planReview(
  pullRequest: PullRequest,
  scope: ReviewScope,
  library: PromptLibrary,
  facts: FactsByPath = NOTHING_KNOWN,
): ReviewPlan {
  const inScope = pathFilter(scope);
  const excluded = new Map<FileDiff, FileCoverage>();
  for (const file of pullRequest.files) {
    const exclusion = exclusionOf(file, inScope, facts);
    if (exclusion !== null) excluded.set(file, exclusion);
  }
  const candidates = pullRequest.files.filter((file) => !excluded.has(file));
  const shares = shareOut(candidates, REVIEW_TOKEN_BUDGET);
  const chosen = candidates.flatMap((file) => readable(file, shares.get(file)));
  return {
    passes: scope.passes,
    chunks: cutIntoChunks(chosen, CHUNK_TOKEN_BUDGET),
    guides: guidesFor(
      library,
      chosen.map((file) => file.path),
    ),
    leftOut: pullRequest.files.flatMap((file) => excluded.get(file) ?? unread(file, shares.get(file))),
    cut: cutsOf(candidates, shares),
    gaps: pullRequest.filesMissing === null ? [] : [pullRequest.filesMissing],
  };
}

const NOTHING_KNOWN: FactsByPath = new Map();

function exclusionOf(
  file: FileDiff,
  inScope: (path: string) => boolean,
  facts: FactsByPath,
): FileCoverage | null {
  if (!inScope(file.path)) return skipped(file.path, "scope", "outside the paths asked for");
  const nature = natureOf(file, facts.get(file.path) ?? NO_FACTS);
  if (nature !== null) return skipped(file.path, "nature", nature);
  if (file.patch.kind === "none") return skipped(file.path, "limit", file.patch.detail);
  return null;
}

/** In the order of the pull request, so that the files of one folder stay together. */
function readable(file: FileDiff, share: Share | undefined): readonly FileDiff[] {
  switch (share?.kind) {
    case undefined:
    case "none":
      return [];
    case "whole":
      return [file];
    case "part":
      return [{ ...file, patch: { kind: "hunks", hunks: share.hunks } }];
  }
}

function unread(file: FileDiff, share: Share | undefined): readonly FileCoverage[] {
  return share?.kind === "none" ? [skipped(file.path, "limit", overBudget(share.tokens))] : [];
}

function overBudget(tokens: number): string {
  return `${OVER_BUDGET}, riskier files came first (this file has about ${tokens.toLocaleString("en")})`;
}

function cutsOf(
  files: readonly FileDiff[],
  shares: ReadonlyMap<FileDiff, Share>,
): ReadonlyMap<string, string> {
  const cuts = new Map<string, string>();
  for (const file of files) {
    const share = shares.get(file);
    const part = share?.kind === "part" ? [`${OVER_BUDGET}: ${share.what}`] : [];
    const all = [...part, ...readable(file, share).flatMap(longLines)];
    if (all.length > 0) cuts.set(file.path, all.join("; "));
  }
  return cuts;
}

function longLines(file: FileDiff): readonly string[] {
  if (file.patch.kind !== "hunks") return [];
  const long = file.patch.hunks
    .flatMap((hunk) => hunk.lines)
    .filter((line) => line.text.length > MAX_SHOWN_LINE_CHARACTERS).length;
  if (long === 0) return [];
  const what = long === 1 ? "1 line" : `${long} lines`;
  return [
    `${what} longer than ${MAX_SHOWN_LINE_CHARACTERS.toLocaleString("en")} characters shown only up to there`,
  ];
}

/** The plan as plain data for `--show plan`. */
export function describePlan(plan: ReviewPlan, depth: Depth) {
  const readings = readingsOf(depth, plan.passes).length;
  return {
    depth,
    passes: plan.passes,
    guides: plan.guides.map((guide) => guide.title),
    model_calls: plan.chunks.length * readings + (plan.chunks.length > 0 ? 1 : 0),
    chunks: plan.chunks.map((chunk) => ({
      number: chunk.number,
      tokens: chunk.tokens,
      files: chunk.files.map(describePart),
    })),
    left_out: plan.leftOut,
    cut: [...plan.cut].map(([path, reason]) => ({ path, reason })),
    gaps: plan.gaps,
  };
}

function describePart(file: ChunkFile): string {
  return file.parts === 1 ? file.path : `${file.path} (part ${file.part} of ${file.parts})`;
}
