/** What is known of each run beyond its job: which head it reads, the check run it has open, how it ended. */
import type { ReviewJob } from "../domain/job.ts";
import type { PullRequestLocator } from "../domain/pull-request.ts";
import type { Rows } from "./database.ts";

/** How earlier attempts at the same run left it. */
export interface RunRecord {
  /** False for the first attempt ever. */
  readonly isRepeated: boolean;
  readonly begunAt: Date;
  /** A check run of ours that is still in progress. */
  readonly check: OpenCheckRun | null;
  /** How often the run has told that the model service refuses everything. */
  readonly breaks: number;
  /** How often it waited for the model service, and since when, about this head. */
  readonly parks: number;
  readonly parkedSince: Date | null;
}

export interface OpenCheckRun {
  readonly id: number;
  /** The commit that it is about. */
  readonly head: string;
}

/** A check run that nobody works on any more. */
export interface OpenCheck {
  readonly runId: string;
  readonly locator: PullRequestLocator;
  readonly checkRunId: number;
  readonly reason: string;
}

export interface RunLedger {
  begin(runId: string, job: ReviewJob): Promise<RunRecord>;
  reads(runId: string, head: string): Promise<void>;
  /** Null when it has been concluded. */
  hasCheck(runId: string, check: OpenCheckRun | null): Promise<void>;
  parked(runId: string, reason: string): Promise<void>;
  broken(runId: string, reason: string): Promise<void>;
  /** From here on nothing stops it for a minute. */
  posts(runId: string): Promise<void>;
  ended(runId: string, outcome: string, reason: string | null): Promise<void>;
  /** Why somebody withdrew the job while it ran. */
  stopReason(runId: string): Promise<string | null>;
  /** Check runs in progress whose job neither waits nor runs. */
  abandonedChecks(): Promise<readonly OpenCheck[]>;
  /** Which of these heads of one repository have had a run, or a job that waits or runs. `failed`: whether failed runs count. */
  knownHeads(
    repositoryId: number,
    pulls: readonly { readonly number: number; readonly head: string }[],
    failed: "count" | "do not count",
  ): Promise<ReadonlySet<number>>;
}

export function runLedger(database: Rows): RunLedger {
  return {
    begin: (runId, job) => begin(database, runId, job),
    reads: async (runId, head) => {
      await database.rows(
        `UPDATE plumbline.run SET head = $2,
           parks = CASE WHEN head = $2 THEN parks ELSE 0 END,
           parked_since = CASE WHEN head = $2 THEN parked_since END
         WHERE id = $1`,
        [runId, head],
      );
    },
    hasCheck: async (runId, check) => {
      await database.rows("UPDATE plumbline.run SET check_run_id = $2, check_head = $3 WHERE id = $1", [
        runId,
        check?.id ?? null,
        check?.head ?? null,
      ]);
    },
    parked: async (runId, reason) => {
      await database.rows(
        `UPDATE plumbline.run SET parks = parks + 1, parked_since = coalesce(parked_since, now()), reason = $2
         WHERE id = $1`,
        [runId, reason],
      );
    },
    posts: async (runId) => {
      await database.rows("UPDATE plumbline.run SET posting_at = now() WHERE id = $1", [runId]);
    },
    broken: async (runId, reason) => {
      await database.rows("UPDATE plumbline.run SET breaks = breaks + 1, reason = $2 WHERE id = $1", [
        runId,
        reason,
      ]);
    },
    ended: async (runId, outcome, reason) => {
      await database.rows(
        `UPDATE plumbline.run SET outcome = $2, reason = $3, ended_at = now(), parked_since = NULL
         WHERE id = $1`,
        [runId, outcome, reason],
      );
    },
    stopReason: async (runId) => {
      const [row] = await database.rows<{ stop_reason: string | null }>(
        "SELECT stop_reason FROM plumbline.run WHERE id = $1",
        [runId],
      );
      return row?.stop_reason ?? null;
    },
    abandonedChecks: () => abandonedChecks(database),
    knownHeads: (repositoryId, pulls, failed) => knownHeads(database, repositoryId, pulls, failed),
  };
}

interface RunRow {
  readonly repeated: boolean;
  readonly begun_at: string | Date;
  /** PostgreSQL's bigint comes as text, PGlite's as a number. */
  readonly check_run_id: string | number | null;
  readonly check_head: string | null;
  readonly breaks: number;
  readonly parks: number;
  readonly parked_since: string | Date | null;
}

async function begin(database: Rows, runId: string, { locator, trigger }: ReviewJob): Promise<RunRecord> {
  const [row] = await database.rows<RunRow>(
    `INSERT INTO plumbline.run (id, installation_id, repository_id, owner, name, number, trigger)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET outcome = NULL, stop_reason = NULL, ended_at = NULL, posting_at = NULL, trigger = excluded.trigger
     RETURNING xmax <> 0 AS repeated, begun_at, check_run_id, check_head, breaks, parks, parked_since`,
    [
      runId,
      locator.installationId,
      locator.repositoryId,
      locator.owner,
      locator.name,
      locator.number,
      trigger,
    ],
  );
  const since = row?.parked_since ?? null;
  return {
    isRepeated: row?.repeated ?? false,
    begunAt: new Date(row?.begun_at ?? Date.now()),
    check: openCheckOf(row),
    breaks: row?.breaks ?? 0,
    parks: row?.parks ?? 0,
    parkedSince: since === null ? null : new Date(since),
  };
}

function openCheckOf(row: RunRow | undefined): OpenCheckRun | null {
  const { check_run_id: id = null, check_head: head = null } = row ?? {};
  return id === null || head === null ? null : { id: Number(id), head };
}

async function abandonedChecks(database: Rows): Promise<readonly OpenCheck[]> {
  const rows = await database.rows<{
    id: string;
    installation_id: string | number;
    repository_id: string | number;
    owner: string;
    name: string;
    number: number;
    check_run_id: string | number;
    reason: string | null;
  }>(
    `SELECT run.id, installation_id, repository_id, owner, run.name, number, check_run_id,
       coalesce(stop_reason, reason) AS reason
     FROM plumbline.run
     WHERE check_run_id IS NOT NULL AND begun_at > now() - interval '7 days' AND NOT EXISTS (
       SELECT FROM pgboss.job WHERE job.id::text = run.id
         AND (job.state <= 'active' OR job.completed_on > now() - interval '20 seconds'))
     ORDER BY begun_at LIMIT 500`,
  );
  return rows.map((row) => ({
    runId: row.id,
    locator: {
      installationId: Number(row.installation_id),
      repositoryId: Number(row.repository_id),
      owner: row.owner,
      name: row.name,
      number: row.number,
    },
    checkRunId: Number(row.check_run_id),
    reason: row.reason ?? "the review was interrupted",
  }));
}

async function knownHeads(
  database: Rows,
  repositoryId: number,
  pulls: readonly { readonly number: number; readonly head: string }[],
  failed: "count" | "do not count",
): Promise<ReadonlySet<number>> {
  const rows = await database.rows<{ number: number }>(
    `SELECT pull.number FROM jsonb_to_recordset($2::jsonb) AS pull (number int, head text)
     WHERE EXISTS (
         SELECT FROM plumbline.run
         WHERE repository_id = $1 AND run.number = pull.number AND run.head = pull.head
           AND stop_reason IS NULL AND outcome IS DISTINCT FROM 'superseded'
           AND ($3 OR outcome IS DISTINCT FROM 'failed'))
       OR EXISTS (
         SELECT FROM pgboss.job
         WHERE job.name = 'reviews' AND state <= 'active' AND singleton_key = $1::text || '#' || pull.number)`,
    [repositoryId, JSON.stringify(pulls), failed === "count"],
  );
  return new Set(rows.map(({ number }) => number));
}
