/** Plan + outcomes → what was covered, file by file. */
import { type Coverage, type FileCoverage, reviewed } from "../domain/coverage.ts";
import type { ReviewPlan } from "../domain/plan.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { PassOutcome } from "./pass-runner.ts";

/** Every changed file is in the answer, in the order of the pull request. */
export function coverageOf(
  pullRequest: PullRequest,
  plan: ReviewPlan,
  outcomes: readonly PassOutcome[],
  gaps: readonly string[],
): Coverage {
  const leftOut = new Map(plan.leftOut.map((file) => [file.path, file]));
  const byPath = outcomesByPath(outcomes);
  const files = pullRequest.files.map(
    (file) =>
      leftOut.get(file.path) ?? stateOf(file.path, byPath.get(file.path) ?? [], plan.cut.get(file.path)),
  );
  return { files, gaps: [...plan.gaps, ...gaps] };
}

function outcomesByPath(outcomes: readonly PassOutcome[]): ReadonlyMap<string, readonly PassOutcome[]> {
  const byPath = new Map<string, PassOutcome[]>();
  for (const outcome of outcomes) {
    for (const path of new Set(outcome.chunk.files.map((file) => file.path))) {
      const known = byPath.get(path);
      if (known === undefined) byPath.set(path, [outcome]);
      else known.push(outcome);
    }
  }
  return byPath;
}

function stateOf(path: string, outcomes: readonly PassOutcome[], cut: string | undefined): FileCoverage {
  const failures = outcomes.filter((outcome) => outcome.kind === "failed");
  const [failure] = failures;
  if (failure === undefined && outcomes.length > 0) {
    return cut === undefined ? reviewed(path) : { path, state: "partial", cause: "limit", reason: cut };
  }
  const reason = failure === undefined ? "no pass ran over it" : reasonOf(failures);
  const state = failures.length === outcomes.length ? "failed" : "partial";
  return { path, state, cause: "failure", reason };
}

function reasonOf(failures: readonly Extract<PassOutcome, { kind: "failed" }>[]): string {
  const passes = [...new Set(failures.flatMap((failure) => failure.passes))];
  const reasons = [...new Set(failures.map(({ failure }) => failure.reason))];
  return `${passes.join(", ")} failed: ${reasons.join("; ")}`;
}
