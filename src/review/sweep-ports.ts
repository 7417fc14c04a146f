/** What the sweep needs from the world, and what it remembers from one time to the next. */
import type { ReviewJob } from "../domain/job.ts";
import type { PullRequestLocator } from "../domain/pull-request.ts";

/** One attempt at a webhook delivery. Attempts at the same delivery share its `guid`. */
export interface DeliveryAttempt {
  /** Text, because it may be larger than a number holds exactly. */
  readonly id: string;
  readonly guid: string;
  readonly event: string;
  /** Empty where the event has none. */
  readonly action: string;
  readonly outcome: "delivered" | "failed";
  readonly at: Date;
}

/** Rejects with FinalError, LimitError or RetryableError, like everything here that asks the outside world. */
export interface DeliveryRecord {
  /** Newest first, page by page, as far back as `since`. */
  attempts(since: Date, signal: AbortSignal): AsyncIterable<readonly DeliveryAttempt[]>;
  /** Has the delivery of this attempt sent once more. */
  repeat(attemptId: string, signal: AbortSignal): Promise<void>;
}

export interface Installation {
  readonly id: number;
  /** Null when nobody says. */
  readonly createdAt: Date | null;
}

export interface InstalledRepository {
  readonly installationId: number;
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

export interface OpenPull {
  readonly number: number;
  readonly head: string;
  readonly createdAt: Date | null;
  readonly draft: boolean;
  readonly locked: boolean;
}

export interface InstalledCode {
  /** Without those that are suspended. */
  installations(signal: AbortSignal): Promise<readonly Installation[]>;
  /** Without those that nobody can write to. */
  repositories(installationId: number, signal: AbortSignal): Promise<readonly InstalledRepository[]>;
  /** The ones that moved last come first. */
  openPulls(repository: InstalledRepository, signal: AbortSignal): Promise<readonly OpenPull[]>;
}

/** A check run that nobody works on any more. */
export interface AbandonedCheck {
  readonly runId: string;
  readonly locator: PullRequestLocator;
  readonly checkRunId: number;
  readonly reason: string;
}

export interface CheckCloser {
  /** Leaves alone what has been concluded. */
  close(check: AbandonedCheck, signal: AbortSignal): Promise<void>;
}

export interface SweepRecords {
  /** Which of these deliveries were accepted. */
  recordedDeliveries(guids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Which of these pull requests of one repository had a run before. */
  knownPulls(repositoryId: number, numbers: readonly number[]): Promise<ReadonlySet<number>>;
  /** Which of these heads have had a run, or a job that waits or runs. */
  knownHeads(
    repositoryId: number,
    pulls: readonly Pick<OpenPull, "number" | "head">[],
    failed: "count" | "do not count",
  ): Promise<ReadonlySet<number>>;
  abandonedChecks(): Promise<readonly AbandonedCheck[]>;
  forgetCheck(runId: string): Promise<void>;
  deleteOldRows(): Promise<void>;
}

export interface SweepPorts {
  readonly deliveries: DeliveryRecord;
  readonly code: InstalledCode;
  readonly checks: CheckCloser;
  readonly records: SweepRecords;
  readonly addReview: (job: ReviewJob) => Promise<void>;
  readonly now: () => Date;
  readonly random: () => number;
}

/** Lost with the process, which costs no more than a request made twice. Times are milliseconds since 1970. */
export interface SweepMemory {
  /** When each delivery was asked for again: it takes a while until the list shows the new attempt. */
  readonly repeatedAt: Map<string, number>;
  /** When each repository was looked at. */
  readonly lookedAt: Map<number, number>;
}
