/** Everything that is known before the first question: the repository, what will be read, what stands around it, what checks found. */
import type { SourceOutline } from "../domain/outline.ts";
import { planReview, type ReviewPlan } from "../domain/plan.ts";
import type { ChunkContext } from "../domain/prompt.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { CheckReport } from "./checks.ts";
import { lookAround } from "./gathering.ts";
import { type FileFacts, readFacts } from "./file-facts.ts";
import type { ReviewPorts, ReviewRequest } from "./ports.ts";
import type { RepositoryView } from "./repository-view.ts";

export interface Survey {
  /** With our own hunks for files whose patch GitHub left out. */
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
  ports: Pick<ReviewPorts, "library" | "syntax" | "checks">,
  request: Pick<ReviewRequest, "scope" | "signal">,
  listed: PullRequest,
  view: RepositoryView,
): Promise<Survey> {
  const { signal } = request;
  const { pullRequest, facts } = await readFacts(listed, view, signal);
  const plan = planReview(pullRequest, request.scope, ports.library, facts);
  const checked = await runChecks(ports, pullRequest, facts, view, signal);
  const { outlines, contexts } = await lookAround({ view, syntax: ports.syntax, signal }, pullRequest, plan.chunks);
  return { pullRequest, plan, view, outlines, contexts, checked };
}

async function runChecks(
  { checks }: Pick<ReviewPorts, "checks">,
  pullRequest: PullRequest,
  facts: FileFacts,
  view: RepositoryView,
  signal: AbortSignal,
): Promise<CheckReport> {
  const files = pullRequest.files.map((diff) => ({ diff, ...facts.textsOf(diff) }));
  return checks.run({ files, view, signal });
}
