/** What the answering and the reviewing process ask of each other (docs/adr/0035): plain data only, since it is copied. */
import type { ReviewJob } from "./domain/job.ts";
import type { ReviewMetrics } from "./http/metrics.ts";
import type { Ending } from "./queue/claim.ts";
import type { Rows } from "./queue/database.ts";
import type { Attempt, Halt } from "./queue/worker.ts";

/** An attempt without what cannot be copied. `ticket` names it: its job may come again before it has ended. */
export interface ReviewTicket extends Pick<Attempt<ReviewJob>, "id" | "job" | "number" | "isLast"> {
  readonly ticket: number;
}

/** Of the process that reviews. */
export interface ReviewCalls {
  run(attempt: ReviewTicket): Promise<Ending>;
  halt(ticket: number, why: Halt["why"]): void;
  /** The installation need not pause any more. */
  lift(installationId: number): void;
}

/** Of the process that answers, which has the store. */
export interface ServerCalls extends Rows, ReviewMetrics {
  holds(ticket: number): Promise<boolean>;
  /** Returns how many jobs there were. */
  dropInstallation(installationId: number): Promise<number>;
  checkLeft(): void;
}

/** Told without waiting for an answer. */
export const REVIEW_EVENTS = ["halt", "lift"] as const satisfies readonly (keyof ReviewCalls)[];
export const SERVER_EVENTS = [
  "checkLeft",
  "review",
  "observe",
  "stage",
  "modelCall",
  "githubCall",
  "githubQuota",
  "reviewMemory",
] as const satisfies readonly (keyof ServerCalls)[];
