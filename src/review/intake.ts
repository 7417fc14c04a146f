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
      readonly headSha: string | null;
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
  | { readonly kind: "installation"; readonly action: string; readonly installationId: number }
  | { readonly kind: "ignored"; readonly reason: string };

export type Intake =
  /** `head`: the commit that a push brought, so that a running review of another one is stopped. Null stops nothing. */
  | { readonly kind: "review"; readonly job: ReviewJob; readonly head: string | null }
  | { readonly kind: "command"; readonly job: CommandJob }
  /** `event`: only the reviews that nobody asked for by name. */
  | {
      readonly kind: "withdrawal";
      readonly locator: PullRequestLocator;
      readonly which: "all" | "event";
      readonly reason: string;
    }
  | { readonly kind: "installation"; readonly installationId: number; readonly standing: "gone" | "back" }
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
        ? review(incoming.locator, "rerequest", null)
        : ignored(`check_run ${incoming.action}`);
    case "installation":
      return takeInstallation(incoming.action, incoming.installationId);
  }
}

function takePullRequest(incoming: Extract<Incoming, { kind: "pull-request" }>): Intake {
  const { action, locator } = incoming;
  if (action === "closed") return withdrawal(locator, "all", "the pull request was closed during the review");
  if (action === "converted_to_draft")
    return withdrawal(locator, "event", "the pull request was converted to a draft");
  const asks = REVIEWED_ACTIONS.has(action) || (action === "edited" && incoming.baseChanged);
  if (!asks) return ignored(`pull_request ${action}`);
  if (incoming.state === "closed") return ignored("the pull request is closed");
  if (incoming.draft) return ignored("the pull request is a draft");
  // A changed base is another diff of the same head, so no running review is of the right one.
  return review(locator, "event", action === "edited" ? "" : incoming.headSha);
}

const STANDING: Readonly<Record<string, "gone" | "back">> = {
  deleted: "gone",
  suspend: "gone",
  created: "back",
  unsuspend: "back",
  new_permissions_accepted: "back",
  added: "back",
};

function takeInstallation(action: string, installationId: number): Intake {
  const standing = STANDING[action];
  if (standing === undefined) return ignored(`installation ${action}`);
  return { kind: "installation", installationId, standing };
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

function review(locator: PullRequestLocator, trigger: ReviewJob["trigger"], head: string | null): Intake {
  return { kind: "review", job: wholeReview(locator, trigger), head };
}

export function wholeReview(locator: PullRequestLocator, trigger: ReviewJob["trigger"]): ReviewJob {
  const scope = { passes: [...EVERYTHING.passes], paths: [...EVERYTHING.paths] };
  return { locator, trigger, scope, memory: "keep" };
}

function withdrawal(locator: PullRequestLocator, which: "all" | "event", reason: string): Intake {
  return { kind: "withdrawal", locator, which, reason };
}

function ignored(reason: string): Intake {
  return { kind: "ignored", reason };
}
