/** Everything that is known before the first question: what will be read, what stands around it, what the checks found. */

import type { ChunkContext } from "../domain/chunk-text.ts";
import type { SourceOutline } from "../domain/outline.ts";
import { planReview, type ReviewPlan } from "../domain/plan.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { CheckReport } from "./checks.ts";
import { readKnownFiles } from "./file-facts.ts";
import { lookAround } from "./gathering.ts";
import type { ReviewPorts, ReviewRequest } from "./ports.ts";
import type { RepositoryView } from "./repository-view.ts";

export interface Survey {
  /** As its door lists it: only where the door has hunks itself can a comment stand. */
  readonly listed: PullRequest;
  /** With our own hunks for files whose patch the door left out: for reading, not for placing. */
  readonly pullRequest: PullRequest;
  readonly plan: ReviewPlan;
  readonly view: RepositoryView;
  /** Of the changed files at head, as far as a grammar reads them. */
  readonly outlines: ReadonlyMap<string, SourceOutline>;
  /** By chunk number. */
  readonly contexts: ReadonlyMap<number, ChunkContext>;
  readonly checked: CheckReport;
}

export async function surveyPullRequest(
  ports: Pick<ReviewPorts, "library" | "syntax" | "checks" | "observe">,
  request: Pick<ReviewRequest, "scope" | "signal">,
  listed: PullRequest,
  view: RepositoryView,
): Promise<Survey> {
  const { signal } = request;
  const { library, syntax } = ports;
  const checks = await ports.checks();
  const { pullRequest, facts, changed } = await readKnownFiles(view, listed, checks.comparesBase, signal);
  const plan = planReview(pullRequest, request.scope, library, facts);
  const checked = await checks.run({ files: changed, view, signal });
  const { outlines, contexts } = await lookAround({ view, syntax, signal }, pullRequest, plan.chunks);
  ports.observe({
    stage: "surveyed",
    outlines: outlines.size,
    findings: checked.findings.length,
    skips: checked.skips.length,
  });
  return { listed, pullRequest, plan, view, outlines, contexts, checked };
}
