/** The check run named Plumbline: in progress while a review runs or waits, concluded by it. */
import { CHECK_NAME, CHECK_RUNNING, closingSummary, closingTitle } from "../domain/check-words.ts";
import type { PullRequestLocator } from "../domain/pull-request.ts";
import type { CheckConclusion } from "../domain/review.ts";
import { type GitHubClient, reach } from "./client.ts";
import { checkExternalId } from "./events.ts";

export interface CheckRun {
  begin(headSha: string, signal: AbortSignal): Promise<void>;
  /** Says why nothing happens. Does nothing when no check run is in progress. */
  wait(words: CheckWords, signal: AbortSignal): Promise<void>;
  /** Does nothing when no check run is in progress. */
  conclude(end: CheckEnd, signal: AbortSignal): Promise<void>;
}

export interface CheckWords {
  readonly title: string;
  readonly summary: string;
}

export interface CheckEnd extends CheckWords {
  readonly conclusion: CheckConclusion;
}

/** How earlier attempts at the same run left it. */
export interface CheckBefore {
  readonly isRepeated: boolean;
  /** A check run that is in progress, and the commit that it is about. */
  readonly check: { readonly id: number; readonly head: string } | null;
}

export interface CheckRunOptions {
  readonly client: GitHubClient;
  readonly locator: PullRequestLocator;
  readonly runId: string;
  readonly before: CheckBefore;
  /** Told whenever a check run is in progress or no longer is, so that it can be found again. */
  readonly remember: (check: CheckBefore["check"]) => Promise<void>;
}

/** `output.summary` is refused above 65,535 characters (REST description, checks/create). */
const MAX_SUMMARY_CHARACTERS = 65_000;

/** The pull request moved on while the job waited. */
const OVERTAKEN: CheckEnd = {
  conclusion: "neutral",
  title: closingTitle("superseded", "superseded by a newer push"),
  summary: closingSummary("superseded", "superseded by a newer push"),
};

export function checkRun(options: CheckRunOptions): CheckRun {
  let id = options.before.check?.id ?? null;
  const update = async (change: object, signal: AbortSignal) => {
    if (id === null) return;
    const where = { ...whereOf(options), check_run_id: id };
    await reach("updating the check run", signal, () =>
      options.client.rest.checks.update({ ...where, ...change, request: { signal } }),
    );
  };
  const conclude: CheckRun["conclude"] = async ({ conclusion, ...words }, signal) => {
    if (id === null) return;
    const completed_at = new Date().toISOString();
    await update({ status: "completed", conclusion, completed_at, output: clipped(words) }, signal);
    id = null;
    await options.remember(null);
  };
  return {
    begin: async (headSha, signal) => {
      if (options.before.check?.head !== headSha) await conclude(OVERTAKEN, signal);
      if (id === null) {
        id = await findOrCreate(options, headSha, signal);
        await options.remember({ id, head: headSha });
      } else await update({ status: "in_progress", output: CHECK_RUNNING }, signal);
    },
    wait: (words, signal) => update({ output: clipped(words) }, signal),
    conclude,
  };
}

function whereOf({ locator }: CheckRunOptions) {
  return { owner: locator.owner, repo: locator.name };
}

function clipped({ title, summary }: CheckWords): CheckWords {
  return { title, summary: summary.slice(0, MAX_SUMMARY_CHARACTERS).toWellFormed() };
}

/** An earlier attempt may have begun one and died before it could remember it. */
async function findOrCreate(options: CheckRunOptions, headSha: string, signal: AbortSignal): Promise<number> {
  const externalId = checkExternalId(options.locator.number, options.runId);
  const found = options.before.isRepeated ? await findBegun(options, headSha, externalId, signal) : null;
  if (found !== null) return found;
  const created = await reach("creating the check run", signal, () =>
    options.client.rest.checks.create({
      ...whereOf(options),
      name: CHECK_NAME,
      head_sha: headSha,
      external_id: externalId,
      status: "in_progress",
      started_at: new Date().toISOString(),
      output: CHECK_RUNNING,
      // Not interrupted: what was created but is not known of would stay in progress.
      request: { retries: 0 },
    }),
  );
  return created.data.id;
}

async function findBegun(
  options: CheckRunOptions,
  ref: string,
  externalId: string,
  signal: AbortSignal,
): Promise<number | null> {
  const { data } = await reach("listing check runs", signal, () =>
    options.client.rest.checks.listForRef({
      ...whereOf(options),
      ref,
      check_name: CHECK_NAME,
      filter: "all",
      per_page: 100,
      request: { signal },
    }),
  );
  const open = data.check_runs.find((run) => run.external_id === externalId && run.status !== "completed");
  return open?.id ?? null;
}
