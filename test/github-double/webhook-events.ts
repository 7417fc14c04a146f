// The webhooks a test sends: what happens to a pull request, as GitHub would tell it.
import type { ContractCheck } from "./openapi.ts";
import { addIssueComment, addReply } from "./seed.ts";
import type { PullRequestState } from "./state.ts";
import { sendWebhook } from "./webhook-delivery.ts";
import {
  checkRunPayload,
  issueCommentPayload,
  type Payload,
  pullRequestPayload,
  reviewCommentPayload,
} from "./webhook-payload.ts";
import type { World } from "./world.ts";

export interface DeliveryOptions {
  readonly guid?: string;
  readonly secret?: string;
}

export interface CommentOptions extends DeliveryOptions {
  readonly login?: string;
  readonly type?: "User" | "Bot";
  readonly action?: string;
  /** Id of a review comment: the comment is a reply to it and the event is `pull_request_review_comment`. */
  readonly inReplyTo?: number;
}

export interface Delivering {
  deliver(event: string, payload: unknown, options?: DeliveryOptions): Promise<Response>;
  deliverPullRequest(
    pull: PullRequestState,
    action: string,
    extra?: Record<string, unknown>,
    options?: DeliveryOptions,
  ): Promise<Response>;
  deliverComment(
    pull: PullRequestState,
    body: string,
    options?: CommentOptions,
  ): Promise<{ response: Response; commentId: number }>;
  deliverCheckRerequest(
    pull: PullRequestState,
    checkRunId: number,
    options?: DeliveryOptions,
  ): Promise<Response>;
}

/** What the stand-in builds itself is held to GitHub's description; what a test makes up in `deliver` is not. */
export function delivering(world: World, target: () => string, contract: ContractCheck | null): Delivering {
  function deliver(event: string, payload: unknown, options: DeliveryOptions = {}): Promise<Response> {
    return sendWebhook(world, target(), { event, payload, guid: options.guid, secret: options.secret });
  }
  function deliverBuilt(event: string, payload: Payload, options?: DeliveryOptions): Promise<Response> {
    contract?.checkWebhook(event, payload);
    return deliver(event, payload, options);
  }
  return {
    deliver,
    async deliverPullRequest(pull, action, extra, options) {
      const payload = await pullRequestPayload(world, pull, action);
      return deliverBuilt("pull_request", { ...payload, ...extra }, options);
    },
    async deliverComment(pull, body, options = {}) {
      const user = { login: options.login ?? pull.author, type: options.type ?? "User" } as const;
      const action = options.action ?? "created";
      if (options.inReplyTo !== undefined) {
        const reply = addReply(world, pull, user, body, options.inReplyTo);
        const payload = await reviewCommentPayload(world, pull, reply, action);
        const response = await deliverBuilt("pull_request_review_comment", payload, options);
        return { response, commentId: reply.id };
      }
      const comment = addIssueComment(world, pull, user, body);
      const payload = issueCommentPayload(world, pull, comment, action);
      return { response: await deliverBuilt("issue_comment", payload, options), commentId: comment.id };
    },
    async deliverCheckRerequest(pull, checkRunId, options) {
      const run = pull.repository.checkRuns.find((one) => one.id === checkRunId);
      if (!run) throw new Error(`no check run ${checkRunId}`);
      return deliverBuilt("check_run", checkRunPayload(world, pull.repository, run, "rerequested"), options);
    },
  };
}
