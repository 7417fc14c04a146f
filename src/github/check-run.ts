/** The check run named Plumbline: in progress while a review runs, concluded by it. */
import { CHECK_NAME, CHECK_RUNNING } from "../domain/check-words.ts";
import type { PullRequestLocator } from "../domain/pull-request.ts";
import type { CheckConclusion } from "../domain/review.ts";
import { type GitHubClient, reach } from "./client.ts";
import { checkExternalId } from "./events.ts";

export interface CheckRun {
  begin(headSha: string, signal: AbortSignal): Promise<void>;
  /** Does nothing when no check run was begun. */
  conclude(end: CheckEnd, signal: AbortSignal): Promise<void>;
}

export interface CheckEnd {
  readonly conclusion: CheckConclusion;
  readonly title: string;
  readonly summary: string;
}

/** `output.summary` is refused above 65,535 characters (REST description, checks/create). */
const MAX_SUMMARY_CHARACTERS = 65_000;

/** `attempt` counts from 0; only a repeated one has a check run of its own to find again. */
export function checkRun(
  client: GitHubClient,
  locator: PullRequestLocator,
  runId: string,
  attempt: number,
): CheckRun {
  const where = { owner: locator.owner, repo: locator.name };
  const externalId = checkExternalId(locator.number, runId);
  let id: number | null = null;
  return {
    begin: async (headSha, signal) => {
      id = attempt === 0 ? null : await findBegun(client, where, headSha, externalId, signal);
      if (id !== null) return;
      const created = await reach("creating the check run", signal, () =>
        client.rest.checks.create({
          ...where,
          name: CHECK_NAME,
          head_sha: headSha,
          external_id: externalId,
          status: "in_progress",
          started_at: new Date().toISOString(),
          output: CHECK_RUNNING,
          request: { signal, retries: 0 },
        }),
      );
      id = created.data.id;
    },
    conclude: async (end, signal) => {
      if (id === null) return;
      const check_run_id = id;
      const output = {
        title: end.title,
        summary: end.summary.slice(0, MAX_SUMMARY_CHARACTERS).toWellFormed(),
      };
      const completed = {
        status: "completed",
        conclusion: end.conclusion,
        completed_at: new Date().toISOString(),
        output,
      } as const;
      await reach("concluding the check run", signal, () =>
        client.rest.checks.update({ ...where, check_run_id, ...completed, request: { signal } }),
      );
    },
  };
}

async function findBegun(
  client: GitHubClient,
  where: { owner: string; repo: string },
  ref: string,
  externalId: string,
  signal: AbortSignal,
): Promise<number | null> {
  const { data } = await reach("listing check runs", signal, () =>
    client.rest.checks.listForRef({
      ...where,
      ref,
      check_name: CHECK_NAME,
      filter: "all",
      per_page: 100,
      request: { signal },
    }),
  );
  return data.check_runs.find((run) => run.external_id === externalId)?.id ?? null;
}
