/** What came in → a job, or the reason why not. */
import type { Command } from "../domain/command.ts";
import type { CommandJob, ReviewJob } from "../domain/job.ts";
import type { PullRequestLocator } from "../domain/pull-request.ts";
import { EVERYTHING } from "../domain/scope.ts";

export type Incoming =
  | {
      readonly kind: "pull-request";
      readonly action: string;
      readonly locator: PullRequestLocator;
      readonly state: "open" | "closed";
      readonly draft: boolean;
      readonly baseChanged: boolean;
    }
  | {
      readonly kind: "comment";
      readonly action: string;
      readonly locator: PullRequestLocator;
      readonly state: "open" | "closed";
      readonly commentId: number;
      readonly login: string;
      /** Written by a bot or through an app, our own included: never obeyed, or two bots talk for ever. */
      readonly byMachine: boolean;
      readonly byAuthor: boolean;
      readonly command: Command | null;
    }
  | { readonly kind: "rerequest"; readonly action: string; readonly locator: PullRequestLocator }
  | { readonly kind: "ignored"; readonly reason: string };

export type Intake =
  | { readonly kind: "review"; readonly job: ReviewJob }
  | { readonly kind: "command"; readonly job: CommandJob }
  | { readonly kind: "ignored"; readonly reason: string };

const REVIEWED_ACTIONS: ReadonlySet<string> = new Set([
  "opened",
  "reopened",
  "synchronize",
  "ready_for_review",
]);

export function takeIn(incoming: Incoming): Intake {
  switch (incoming.kind) {
    case "ignored":
      return incoming;
    case "pull-request":
      return takePullRequest(incoming);
    case "comment":
      return takeComment(incoming);
    case "rerequest":
      return incoming.action === "rerequested"
        ? review(incoming.locator, "rerequest")
        : ignored(`check_run ${incoming.action}`);
  }
}

function takePullRequest(incoming: Extract<Incoming, { kind: "pull-request" }>): Intake {
  const { action, locator } = incoming;
  const asks = REVIEWED_ACTIONS.has(action) || (action === "edited" && incoming.baseChanged);
  if (!asks) return ignored(`pull_request ${action}`);
  if (incoming.state === "closed") return ignored("the pull request is closed");
  if (incoming.draft) return ignored("the pull request is a draft");
  return review(locator, "event");
}

function takeComment(incoming: Extract<Incoming, { kind: "comment" }>): Intake {
  if (incoming.action !== "created") return ignored(`issue_comment ${incoming.action}`);
  if (incoming.byMachine) return ignored("the comment was written by a machine");
  if (incoming.command === null) return ignored("the comment holds no command");
  if (incoming.state === "closed") return ignored("the pull request is closed");
  const { locator, commentId, login, byAuthor } = incoming;
  return {
    kind: "command",
    job: { locator, commentId, login, byAuthor, command: plainCommand(incoming.command) },
  };
}

/** The same command as mutable JSON, which is what the queue's schema speaks. */
function plainCommand(command: Command): CommandJob["command"] {
  if (command.kind !== "review") return command;
  return { ...command, scope: { passes: [...command.scope.passes], paths: [...command.scope.paths] } };
}

function review(locator: PullRequestLocator, trigger: ReviewJob["trigger"]): Intake {
  const scope = { passes: [...EVERYTHING.passes], paths: [...EVERYTHING.paths] };
  return { kind: "review", job: { locator, trigger, scope, memory: "keep" } };
}

function ignored(reason: string): Intake {
  return { kind: "ignored", reason };
}
