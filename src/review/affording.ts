/** Makes a review fit into what may be spent: shallower first, then only the riskiest parts, then none. */
import type { Chunk } from "../domain/chunk.ts";
import { contextTokens, NO_CONTEXT } from "../domain/chunk-text.ts";
import { checkedOnly, skipped } from "../domain/coverage.ts";
import type { Depth } from "../domain/depth.ts";
import type { ReviewPlan } from "../domain/plan.ts";
import type { Reading } from "../domain/review.ts";
import { riskOf } from "../domain/risk.ts";
import { type Allowance, estimateCost, fitToBudget } from "../domain/spending.ts";
import { estimateTokens } from "../domain/usage.ts";
import type { ReviewRequest } from "./ports.ts";
import type { Session } from "./session.ts";
import type { Survey } from "./surveying.ts";

export interface Afforded {
  readonly survey: Survey;
  readonly depth: Depth;
  readonly estimateUsd: number;
  /** A sentence for people where the review is less than it was asked to be; else null. */
  readonly note: string | null;
}

export function affordReview(
  session: Session,
  survey: Survey,
  request: Pick<ReviewRequest, "depth" | "reading">,
  allowance: Allowance,
): Afforded {
  const { plan } = survey;
  const { prefix } = session;
  const wanted = request.depth;
  if (request.reading.kind === "checks") return withoutModel(survey, wanted, request.reading);
  const sizes = {
    prefix: estimateTokens(prefix.system.text.length + prefix.outline.text.length),
    // The texts themselves are written when they are sent: all of a large review at once would stop the other requests.
    blockOf: (chunk: Chunk) => chunk.tokens + contextTokens(survey.contexts.get(chunk.number) ?? NO_CONTEXT),
  };
  const model = session.asking.model.id;
  const fit = fitToBudget(
    wanted,
    plan.chunks,
    allowance.leftUsd,
    (depth, chunks) => estimateCost(model, depth, plan.passes.length, chunks, sizes),
    chunkRisk(survey),
  );
  const { depth, estimateUsd } = fit;
  if (fit.chunks.length === plan.chunks.length) {
    const note =
      depth === wanted
        ? null
        : `Reviewed at the depth \`${depth}\` instead of \`${wanted}\`: ${allowance.limit}.`;
    return { survey, depth, estimateUsd, note };
  }
  return {
    survey: { ...survey, plan: planOf(plan, fit.chunks, allowance.limit) },
    depth,
    estimateUsd,
    note: null,
  };
}

const NO_KEY = "built-in checks only: no ANTHROPIC_API_KEY is set";
const NO_MODEL = "built-in checks only, as asked";

function withoutModel(survey: Survey, depth: Depth, reading: Extract<Reading, { kind: "checks" }>): Afforded {
  const paths = new Set(survey.plan.chunks.flatMap((chunk) => chunk.files.map((file) => file.path)));
  const asked = reading.because === "asked";
  const seen = [...paths].map((path) =>
    checkedOnly(path, asked ? "scope" : "limit", asked ? NO_MODEL : NO_KEY),
  );
  const plan = { ...survey.plan, chunks: [], leftOut: [...survey.plan.leftOut, ...seen], cut: new Map() };
  return { survey: { ...survey, plan }, depth, estimateUsd: 0, note: null };
}

/** A chunk is as risky as the riskiest of its files. */
function chunkRisk({ pullRequest }: Survey): (chunk: Chunk) => number {
  const risks = new Map(pullRequest.files.map((file) => [file.path, riskOf(file)] as const));
  return (chunk) => Math.max(0, ...chunk.files.map((file) => risks.get(file.path) ?? 0));
}

/** What is left out for money is listed file by file, like everything that is left out. */
function planOf(plan: ReviewPlan, chunks: readonly Chunk[], limit: string): ReviewPlan {
  const kept = new Set(chunks.flatMap((chunk) => chunk.files.map((file) => file.path)));
  const lost = new Set(
    plan.chunks
      .filter((chunk) => !chunks.includes(chunk))
      .flatMap((chunk) => chunk.files.map((file) => file.path)),
  );
  const reason = `over ${limit}; riskier files came first`;
  return {
    ...plan,
    chunks,
    leftOut: [
      ...plan.leftOut,
      ...[...lost].filter((path) => !kept.has(path)).map((path) => skipped(path, "limit", reason)),
    ],
    cut: new Map([
      ...plan.cut,
      ...[...lost].filter((path) => kept.has(path)).map((path) => [path, reason] as const),
    ]),
  };
}
