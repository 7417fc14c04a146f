// GitHub's API as one installation sees it, with nock in its place: our client, with Octokit's retries and throttling on.
import nock from "nock";
import { pino } from "pino";
import { Probot } from "probot";
import type { PullRequestLocator } from "../../src/domain/pull-request.ts";
import { redactSecrets } from "../../src/domain/secret-redaction.ts";
import { type GitHubClient, installationClient } from "../../src/github/client.ts";
import { pacedOctokit } from "../../src/github/pacing.ts";
import { openTraffic } from "../../src/github/traffic.ts";
import { appPrivateKey } from "../github-double/app-auth.ts";

const API = "https://api.github.example";
export const REPOSITORY = "/repos/acme/shop";
export const HEAD = "a".repeat(40);
export const BASE = "b".repeat(40);
export const NEVER = new AbortController().signal;

export const LOCATOR: PullRequestLocator = {
  installationId: 1,
  repositoryId: 7,
  owner: "acme",
  name: "shop",
  number: 3,
};

const quietTraffic = openTraffic({ called: () => undefined, quota: () => undefined }, redactSecrets);

/** Octokit spaces out writes of one installation by seconds, also those of another test. */
let installations = 0;

/** Answers the token, whatever else is asked must be foreseen by the test. */
export async function aClient(): Promise<GitHubClient> {
  installations += 1;
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  github()
    .post(`/app/installations/${installations}/access_tokens`)
    .reply(201, { token: "ghs_of_this_test", expires_at, permissions: {}, repository_selection: "all" });
  const probot = new Probot({
    appId: 1,
    privateKey: appPrivateKey(),
    secret: "s",
    baseUrl: API,
    Octokit: pacedOctokit(),
    log: pino({ level: "silent" }),
  });
  return installationClient(probot, installations, quietTraffic);
}

export function github(): nock.Scope {
  return nock(API);
}
