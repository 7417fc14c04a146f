/** What the server and the process that reviews ask of each other (docs/adr/0035): plain data only, since it is copied. */
import type { ReviewJob } from "./domain/job.ts";
import type { ReviewMetrics } from "./http/metrics.ts";
import type { Ending } from "./queue/claim.ts";
import type { Rows } from "./queue/database.ts";
import type { Attempt, Halt } from "./queue/worker.ts";

/** An attempt without what cannot be copied. `ticket` names it: its job may come again before it has ended. */
export interface ReviewTicket extends Pick<Attempt<ReviewJob>, "id" | "job" | "number" | "isLast"> {
  readonly ticket: number;
}

/** An installation has to pause, or need not any more: each of the two hears it from the other. */
interface PauseCalls {
  /** `until`: milliseconds since the epoch. */
  pause(installationId: number, until: number): void;
}

/** Of the process that reviews. */
export interface ReviewCalls extends PauseCalls {
  run(attempt: ReviewTicket): Promise<Ending>;
  halt(ticket: number, why: Halt["why"]): void;
  lift(installationId: number): void;
}

/** Of the server, which has the store. */
export interface ServerCalls extends Rows, ReviewMetrics, PauseCalls {
  /** What can be wrong at the start of a process is not. */
  ready(): void;
  /** Told every `ALIVE_MS`, with the resident bytes. */
  alive(bytes: number): void;
  holds(ticket: number): Promise<boolean>;
  /** Returns how many jobs there were. */
  dropInstallation(installationId: number): Promise<number>;
  checkLeft(): void;
}

export const ALIVE_MS = 5_000;

/** Told without waiting for an answer. */
export const REVIEW_EVENTS = ["halt", "lift", "pause"] as const satisfies readonly (keyof ReviewCalls)[];
export const SERVER_EVENTS = [
  "ready",
  "alive",
  "pause",
  "checkLeft",
  "review",
  "observe",
  "stage",
  "modelCall",
  "githubCall",
  "githubQuota",
] as const satisfies readonly (keyof ServerCalls)[];
