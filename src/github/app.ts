/** The Probot app: which events are heard. A webhook is only translated and queued, never worked on. */
import type { Probot } from "probot";
import { type Incoming, type Intake, takeIn } from "../review/intake.ts";
import { fromCheckRun, fromInstallation, fromIssueComment, fromPullRequest } from "./events.ts";

export interface Reception {
  /** Stores the job before the webhook is answered. */
  readonly accept: (delivery: string, intake: Intake) => Promise<void>;
}

/** Anything that the reception could not store is answered with this, so that GitHub lists the delivery as failed. */
const STORE_IS_DOWN = 503;

export function plumblineApp(reception: Reception): (app: Probot) => void {
  const accept = async (delivery: string, incoming: Incoming) => {
    try {
      await reception.accept(delivery, takeIn(incoming));
    } catch (error) {
      // Octokit answers the webhook with the `status` of what a handler throws.
      throw Object.assign(new Error("the job could not be stored", { cause: error }), {
        status: STORE_IS_DOWN,
      });
    }
  };
  return (app) => {
    app.on("pull_request", ({ id, payload }) => accept(id, fromPullRequest(payload)));
    app.on("issue_comment", ({ id, payload }) => accept(id, fromIssueComment(payload)));
    app.on("check_run", ({ id, payload }) => accept(id, fromCheckRun(payload)));
    app.on("installation", ({ id, payload }) => accept(id, fromInstallation(payload)));
    app.on("installation_repositories", ({ id, payload }) => accept(id, fromInstallation(payload)));
  };
}
