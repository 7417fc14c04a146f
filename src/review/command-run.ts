/** The story of a `/review` comment: may they, acknowledge, answer or queue. */
import type { CommandJob, ReviewJob } from "../domain/job.ts";
import { helpReply, mistakeReply } from "../domain/replies.ts";
import type { CommandDesk } from "./ports.ts";

export type CommandOutcome =
  | { readonly kind: "review"; readonly job: ReviewJob }
  | { readonly kind: "answered" }
  | { readonly kind: "denied" };

/** People without the right get silence: an answer to everybody would be an amplifier. */
export async function obeyCommand(
  desk: CommandDesk,
  job: CommandJob,
  signal: AbortSignal,
): Promise<CommandOutcome> {
  const allowed = job.byAuthor || (await desk.mayCommand(signal));
  if (!allowed) return { kind: "denied" };
  await desk.acknowledge(signal);
  const { command } = job;
  switch (command.kind) {
    case "review":
      return {
        kind: "review",
        job: { locator: job.locator, trigger: "command", scope: command.scope, memory: command.memory },
      };
    case "help":
      await desk.reply(helpReply(), signal);
      return { kind: "answered" };
    case "mistake":
      await desk.reply(mistakeReply(command.word, command.nearest), signal);
      return { kind: "answered" };
  }
}
