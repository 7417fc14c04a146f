/** What will be reviewed, what is left out and why: decided before the first model call. */
import {
  CHUNK_TOKEN_BUDGET,
  type Chunk,
  type ChunkFile,
  cutIntoChunks,
  MAX_SHOWN_LINE_CHARACTERS,
  tokensOf,
} from "./chunk.ts";
import { type FileCoverage, skipped } from "./coverage.ts";
import type { FileDiff } from "./diff.ts";
import { natureOf } from "./file-kind.ts";
import type { Pass } from "./pass.ts";
import { type Guide, guidesFor, type PromptLibrary } from "./prompt-library.ts";
import type { PullRequest } from "./pull-request.ts";
import { pathFilter, type ReviewScope } from "./scope.ts";

/** The most diff that one review reads; what is beyond it is listed as not reviewed. */
export const REVIEW_TOKEN_BUDGET = 400_000;

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

export function planReview(pullRequest: PullRequest, scope: ReviewScope, library: PromptLibrary): ReviewPlan {
  const inScope = pathFilter(scope);
  const leftOut: FileCoverage[] = [];
  const chosen: FileDiff[] = [];
  let tokens = 0;
  for (const file of pullRequest.files) {
    const excluded = exclusionOf(file, inScope);
    const size = file.patch.kind === "hunks" ? tokensOf(file.patch.hunks) : 0;
    if (excluded !== null) leftOut.push(excluded);
    else if (tokens + size > REVIEW_TOKEN_BUDGET) leftOut.push(skipped(file.path, "limit", overBudget(size)));
    else {
      chosen.push(file);
      tokens += size;
    }
  }
  return {
    passes: scope.passes,
    chunks: cutIntoChunks(chosen, CHUNK_TOKEN_BUDGET),
    guides: guidesFor(
      library,
      chosen.map((file) => file.path),
    ),
    leftOut,
    cut: new Map(chosen.flatMap((file) => cutLines(file))),
    gaps: pullRequest.filesMissing === null ? [] : [pullRequest.filesMissing],
  };
}

function exclusionOf(file: FileDiff, inScope: (path: string) => boolean): FileCoverage | null {
  if (!inScope(file.path)) return skipped(file.path, "scope", "outside the paths asked for");
  const nature = natureOf(file);
  if (nature !== null) return skipped(file.path, "nature", nature);
  if (file.patch.kind === "none") return skipped(file.path, "limit", file.patch.detail);
  return null;
}

function overBudget(tokens: number): string {
  return `over the review budget of ${REVIEW_TOKEN_BUDGET.toLocaleString("en")} tokens (this file has about ${tokens.toLocaleString("en")})`;
}

function cutLines(file: FileDiff): readonly (readonly [string, string])[] {
  if (file.patch.kind !== "hunks") return [];
  const long = file.patch.hunks
    .flatMap((hunk) => hunk.lines)
    .filter((line) => line.text.length > MAX_SHOWN_LINE_CHARACTERS).length;
  if (long === 0) return [];
  const what = long === 1 ? "1 line" : `${long} lines`;
  return [
    [
      file.path,
      `${what} longer than ${MAX_SHOWN_LINE_CHARACTERS.toLocaleString("en")} characters shown only up to there`,
    ],
  ];
}

/** The plan as plain data for `--show plan`. */
export function describePlan(plan: ReviewPlan) {
  return {
    passes: plan.passes,
    guides: plan.guides.map((guide) => guide.title),
    model_calls: plan.chunks.length * plan.passes.length + (plan.chunks.length > 0 ? 1 : 0),
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
