/** A job as whoever runs the server sees it. Checked by zod where it comes out of another process. */
import { z } from "zod";

/** `parked`: waits for a time to come. `failed`: given up, and kept for somebody to look at. */
export const JOB_STATES = ["waiting", "parked", "running", "failed"] as const;
export type JobState = (typeof JOB_STATES)[number];

export const listedJobSchema = z.object({
  id: z.string(),
  kind: z.enum(["review", "command"]),
  state: z.enum(JOB_STATES),
  /** `owner/name#number`, or null when the row was written by a release that nobody can read any more. */
  pull_request: z.string().nullable(),
  installation: z.number().nullable(),
  /** What the review was asked for by; null for a command. */
  trigger: z.string().nullable(),
  /** How many have been begun; being parked is none. */
  attempts: z.number(),
  created_at: z.string(),
  parked_until: z.string().nullable(),
  running_since: z.string().nullable(),
  failed_at: z.string().nullable(),
  reason: z.string().nullable(),
});
export type ListedJob = z.infer<typeof listedJobSchema>;

/** `covered`: another job of the same pull request waits already, and stands for both. */
export const retryOutcomeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("retried") }),
  z.object({ kind: z.literal("covered"), by: z.string() }),
  z.object({ kind: z.literal("not-failed"), state: z.string() }),
  z.object({ kind: z.literal("unknown") }),
]);
export type RetryOutcome = z.infer<typeof retryOutcomeSchema>;

/** Where jobs are looked at and driven again: in the database itself, or through the server that has it. */
export interface JobDesk {
  /** The newest ones; null for every state. */
  list(state: JobState | null): Promise<readonly ListedJob[]>;
  retry(id: string): Promise<RetryOutcome>;
}
