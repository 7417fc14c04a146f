// The webhooks a test sends: what happens to a pull request, as GitHub would tell it.
import { installationPayload, installationRepositoriesPayload } from "./installation-payload.ts";
import type { ContractCheck } from "./openapi.ts";
import { addIssueComment, addReply } from "./seed.ts";
import type { PullRequestState, Repository } from "./state.ts";
import { sendWebhook } from "./webhook-delivery.ts";
import {
  checkRunPayload,
  issueCommentPayload,
  type Payload,
  pullRequestPayload,
  reviewCommentPayload,
} from "./webhook-payload.ts";
import { installationNumbered, type World } from "./world.ts";

export interface DeliveryOptions {
  readonly guid?: string;
  readonly secret?: string;
  /** Another receiver than the one that was set: GitHub does not know replicas, but a load balancer has several. */
  readonly target?: string;
}

export interface CommentOptions extends DeliveryOptions {
  readonly login?: string;
  readonly type?: "User" | "Bot";
  readonly action?: string;
  /** Id of a review comment: the comment is a reply to it and the event is `pull_request_review_comment`. */
  readonly inReplyTo?: number;
}

export interface Delivering {
  /** What GitHub would tell now, for a test that delivers it later. */
  payloadOf(pull: PullRequestState, action: string): Promise<Payload>;
  deliver(event: string, payload: unknown, options?: DeliveryOptions): Promise<Response>;
  /** The last attempt of this delivery once more, as somebody does who presses "Redeliver". */
  redeliver(guid: string, options?: DeliveryOptions): Promise<Response>;
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
  deliverInstallation(id: number, action: string, options?: DeliveryOptions): Promise<Response>;
  deliverRepositories(
    id: number,
    action: "added" | "removed",
    repositories: readonly Repository[],
    options?: DeliveryOptions,
  ): Promise<Response>;
}

/** What the stand-in builds itself is held to GitHub's description; what a test makes up in `deliver` is not. */
export function delivering(world: World, target: () => string, contract: ContractCheck | null): Delivering {
  function deliver(event: string, payload: unknown, options: DeliveryOptions = {}): Promise<Response> {
    const { guid, secret } = options;
    return sendWebhook(world, options.target ?? target(), { event, payload, guid, secret });
  }
  function deliverBuilt(event: string, payload: Payload, options?: DeliveryOptions): Promise<Response> {
    contract?.checkWebhook(event, payload);
    return deliver(event, payload, options);
  }
  return {
    payloadOf: (pull, action) => pullRequestPayload(world, pull, action),
    deliver,
    redeliver: (guid, options = {}) => {
      const known = world.deliveries.findLast((delivery) => delivery.guid === guid);
      if (!known) throw new Error(`no delivery ${guid}`);
      const { event, payload } = known;
      return sendWebhook(world, options.target ?? target(), { event, payload, guid, redelivery: true });
    },
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
    deliverInstallation: (id, action, options) =>
      deliverBuilt(
        "installation",
        installationPayload(world, installationNumbered(world, id), action),
        options,
      ),
    deliverRepositories: (id, action, repositories, options) => {
      const installation = installationNumbered(world, id);
      const payload = installationRepositoriesPayload(world, installation, action, repositories);
      return deliverBuilt("installation_repositories", payload, options);
    },
  };
}
