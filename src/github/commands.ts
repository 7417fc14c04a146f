/** What a `/review` comment needs from GitHub: may this person ask, the 👀, and an answer in words. */
import type { CommandJob } from "../domain/job.ts";
import { answerMarker, type MarkerKey } from "../domain/marker.ts";
import type { CommandDesk } from "../review/ports.ts";
import { type GitHubClient, reach, statusOf } from "./client.ts";
import { everyRow } from "./pages.ts";

/** `author_association` is computed without a viewer and calls private members NONE, so the permission is asked for. */
const MAY_COMMAND: ReadonlySet<string> = new Set(["admin", "write"]);

export interface CommandDeskOptions {
  readonly client: GitHubClient;
  readonly job: CommandJob;
  readonly markerKey: MarkerKey;
  /** Whether this attempt still owns the job: asked right before it answers. */
  readonly holds: () => Promise<boolean>;
}

export function commandDesk({ client, job, markerKey, holds }: CommandDeskOptions): CommandDesk {
  const where = { owner: job.locator.owner, repo: job.locator.name };
  const mark = answerMarker(markerKey, job.locator, job.commentId);
  return {
    mayCommand: (signal) =>
      reach("asking for a permission", signal, async () => {
        try {
          const { data } = await client.rest.repos.getCollaboratorPermissionLevel({
            ...where,
            username: job.login,
            request: { signal },
          });
          return MAY_COMMAND.has(data.permission);
        } catch (error) {
          if (statusOf(error) === 404) return false;
          throw error;
        }
      }),
    // Answered with 200 instead of 201 when it is there already, so a repetition does no harm.
    acknowledge: async (signal) => {
      const reaction = { ...where, comment_id: job.commentId, content: "eyes" as const, request: { signal } };
      await reach("acknowledging the command", signal, () =>
        client.rest.reactions.createForIssueComment(reaction),
      );
    },
    reply: async (text, signal) => {
      const thread = { ...where, issue_number: job.locator.number };
      // An earlier attempt may have got this far and no further.
      if (await isAnswered(client, thread, mark, signal)) return;
      if (!(await holds())) return;
      const comment = { ...thread, body: `${text}\n\n${mark}`, request: { signal, retries: 0 } };
      await reach("answering the command", signal, () => client.rest.issues.createComment(comment));
    },
  };
}

async function isAnswered(
  client: GitHubClient,
  thread: { readonly owner: string; readonly repo: string; readonly issue_number: number },
  mark: string,
  signal: AbortSignal,
): Promise<boolean> {
  const comments = await everyRow("listing comments", signal, (place) =>
    client.rest.issues.listComments({ ...thread, ...place, request: { signal } }),
  );
  return comments.some(({ body }) => body?.includes(mark) === true);
}
