// A GitHub stand-in on 127.0.0.1: the REST API under /api/v3 over real git repositories, and signed webhooks.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { appPrivateKey } from "./app-auth.ts";
import { appRoutes } from "./app-routes.ts";
import { checkRunRoutes } from "./check-run-routes.ts";
import { commitRoutes } from "./commit-routes.ts";
import { contentRoutes } from "./content-routes.ts";
import { compileRoutes } from "./dispatch.ts";
import { type FaultRule, pendingFaults } from "./fault-rule.ts";
import { graphqlRoutes } from "./graphql-routes.ts";
import { createHttpServer, type Exchange, type RecordedRequest } from "./http-server.ts";
import { issueCommentRoutes } from "./issue-comment-routes.ts";
import { pullRoutes } from "./pull-routes.ts";
import { repositoryRoutes } from "./repository-routes.ts";
import { reviewCommentRoutes } from "./review-comment-routes.ts";
import { reviewRoutes } from "./review-routes.ts";
import {
  addRepository,
  addReview,
  openPullRequest,
  type PullRequestSeed,
  pushHead,
  type RepositorySeed,
  type ReviewSeed,
  renameRepository,
} from "./seed.ts";
import type { App, Installation, PullRequestState, Repository, Review } from "./state.ts";
import { type Background, deliveryRoutes } from "./webhook-delivery.ts";
import { type Delivering, delivering } from "./webhook-events.ts";
import { createWorld, installationNumbered, type World } from "./world.ts";

// Tests name these beside GitHubDouble, so they can be had from here, too.
export type { FaultRule } from "./fault-rule.ts";
export type { RecordedRequest } from "./http-server.ts";
export type { PullRequestState, Repository } from "./state.ts";

/** What a test puts into the world, and what it changes there later. */
export interface Seeding {
  addRepository(seed: RepositorySeed): Repository;
  openPullRequest(seed: PullRequestSeed): PullRequestState;
  pushHead(pull: PullRequestState, sha: string): void;
  /** From now on the old address answers 301 / 307. */
  renameRepository(repository: Repository, owner: string, name: string): void;
  /** A review by somebody else; pending without an event. */
  addReview(pull: PullRequestState, seed: ReviewSeed): Review;
  /** To suspend it, take a repository or a permission away, or uninstall. */
  installation(id: number): Installation;
  /** All tokens handed out so far answer 401. */
  revokeTokens(): void;
}

export interface GitHubDouble extends Seeding, Delivering {
  readonly host: string;
  readonly apiUrl: string;
  readonly app: App;
  readonly requests: readonly RecordedRequest[];
  /** Every difference from GitHub's own description so far. */
  readonly violations: readonly string[];
  /** Set `offsetMs` to expire tokens or to skew the clocks (also of the `Date` header). */
  readonly clock: { offsetMs: number };
  setWebhookTarget(url: string): void;
  failNext(rule: FaultRule): void;
  close(): Promise<void>;
}

export interface GitHubDoubleOptions {
  readonly webhookSecret: string;
  readonly webhookTarget?: string;
  readonly appId?: number;
  readonly slug?: string;
  readonly port?: number;
  /**
   * Checks every request and answer against GitHub's OpenAPI description: `record` (default) collects violations,
   * `throw` also answers 400 and lets `close` reject, `off` does not even load it.
   */
  readonly validate?: "throw" | "record" | "off";
}

export async function startGitHubDouble(options: GitHubDoubleOptions): Promise<GitHubDouble> {
  const mode = options.validate ?? "record";
  // Imported only when wanted: ajv and the description are development dependencies.
  const contract = mode === "off" ? null : (await import("./openapi.ts")).createContractCheck(mode);
  const target = { url: options.webhookTarget ?? "" };
  const background: Background = new Set();
  const webhooks = deliveryRoutes(() => target.url, background);
  const routes = compileRoutes([...ROUTES, ...webhooks]);
  const app = { id: options.appId ?? 4242, slug: options.slug ?? "plumbline", privateKey: appPrivateKey() };
  const { world, listenAt } = createWorld(app, options.webhookSecret);
  const exchange: Exchange = { world, routes, faults: pendingFaults(), requests: [], contract };
  const server = createHttpServer(exchange);
  listenAt(await listen(server, options.port ?? 0));

  return {
    host: world.htmlUrl.replace("http://", ""),
    apiUrl: world.apiUrl,
    app: world.app,
    requests: exchange.requests,
    violations: contract?.violations ?? [],
    clock: world.clock,
    ...seeding(world),
    ...delivering(world, () => target.url, contract),
    setWebhookTarget: (url) => void (target.url = url),
    failNext: (rule) => exchange.faults.add(rule),
    async close() {
      await Promise.all(background);
      await closeServer(server);
      for (const repository of world.repositories) repository.git.blobs.close();
      if (mode === "throw" && contract && contract.violations.length > 0) {
        throw new Error(`differs from GitHub's description:\n${contract.violations.join("\n")}`);
      }
    },
  };
}

// Order matters: a `{ref+}` takes any number of segments, so the longer paths come before it.
const ROUTES = [
  ...appRoutes,
  ...repositoryRoutes,
  ...pullRoutes,
  ...reviewRoutes,
  ...reviewCommentRoutes,
  ...issueCommentRoutes,
  ...checkRunRoutes,
  ...contentRoutes,
  ...commitRoutes,
  ...graphqlRoutes,
];

function seeding(world: World): Seeding {
  return {
    addRepository: (seed) => addRepository(world, seed),
    openPullRequest: (seed) => openPullRequest(world, seed),
    pushHead: (pull, sha) => pushHead(world, pull, sha),
    renameRepository: (repository, owner, name) => renameRepository(world, repository, owner, name),
    addReview: (pull, seed) => addReview(world, pull, seed),
    installation: (id) => installationNumbered(world, id),
    revokeTokens: () => world.tokens.clear(),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // A TCP server's address is an object once it listens.
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
