/** Work that waits in the queue: a locator and a reason, never a payload. Read back with zod, because a row outlives a release. */
import { z } from "zod";
import { PASSES } from "./pass.ts";

const locator = z.object({
  installationId: z.int(),
  repositoryId: z.int(),
  owner: z.string(),
  name: z.string(),
  number: z.int(),
});

const scope = z.object({ passes: z.array(z.enum(PASSES)), paths: z.array(z.string()) });

/** Review this pull request as it is when the job runs. */
export const reviewJobSchema = z.object({
  locator,
  trigger: z.enum(["event", "command", "rerequest"]),
  scope,
  memory: z.enum(["keep", "forget"]),
});
export type ReviewJob = z.infer<typeof reviewJobSchema>;

const commandSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("review"), scope, memory: z.enum(["keep", "forget"]) }),
  z.object({ kind: z.literal("help") }),
  z.object({ kind: z.literal("mistake"), word: z.string(), nearest: z.string() }),
]);

/** Find out whether this person may ask, acknowledge, and queue the review. */
export const commandJobSchema = z.object({
  locator,
  commentId: z.int(),
  login: z.string(),
  byAuthor: z.boolean(),
  command: commandSchema,
});
export type CommandJob = z.infer<typeof commandJobSchema>;

/** A pull request by ids, because names change: there is one waiting and one running review of each. */
export function pullKey(locator: { readonly repositoryId: number; readonly number: number }): string {
  return `${locator.repositoryId}#${locator.number}`;
}

/** The newest request wins, except that it takes nothing back that is still owed: a whole review, or one by request. */
export function combineJobs(waiting: ReviewJob, arriving: ReviewJob): ReviewJob {
  return {
    locator: arriving.locator,
    scope: isWhole(waiting) && !isWhole(arriving) ? waiting.scope : arriving.scope,
    trigger: arriving.trigger === "event" ? waiting.trigger : arriving.trigger,
    memory: waiting.memory === "forget" ? "forget" : arriving.memory,
  };
}

/** Whether a running review does all that is asked for: then another one would say the same again. */
export function covers(running: ReviewJob, asked: ReviewJob): boolean {
  const { passes, paths } = asked.scope;
  const isSame =
    passes.length === running.scope.passes.length &&
    passes.every((pass) => running.scope.passes.includes(pass)) &&
    paths.join("\n") === running.scope.paths.join("\n");
  return (isWhole(running) || isSame) && (asked.memory === "keep" || running.memory === "forget");
}

function isWhole({ scope: asked }: ReviewJob): boolean {
  return asked.paths.length === 0 && (asked.passes.length === 0 || asked.passes.length === PASSES.length);
}
