/** What a `/review` comment needs from GitHub: may this person ask, the 👀, and an answer in words. */
import type { CommandJob } from "../domain/job.ts";
import type { CommandDesk } from "../review/ports.ts";
import { type GitHubClient, reach, statusOf } from "./client.ts";

/** `author_association` is computed without a viewer and calls private members NONE, so the permission is asked for. */
const MAY_COMMAND: ReadonlySet<string> = new Set(["admin", "write"]);

export function commandDesk(client: GitHubClient, job: CommandJob): CommandDesk {
  const where = { owner: job.locator.owner, repo: job.locator.name };
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
      const comment = {
        ...where,
        issue_number: job.locator.number,
        body: text,
        request: { signal, retries: 0 },
      };
      await reach("answering the command", signal, () => client.rest.issues.createComment(comment));
    },
  };
}
