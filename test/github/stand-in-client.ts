// Our own client, as the server has it, for an installation of the GitHub stand-in.
import { pino } from "pino";
import { Probot } from "probot";
import { redactSecrets } from "../../src/domain/secret-redaction.ts";
import { type GitHubClient, installationClient } from "../../src/github/client.ts";
import { pacedOctokit } from "../../src/github/pacing.ts";
import { openTraffic } from "../../src/github/traffic.ts";
import type { GitHubDouble } from "../github-double/server.ts";

/** `called` hears each call that the server's own counter would count. */
export function standInClient(
  github: GitHubDouble,
  installationId: number,
  called: (status: unknown) => void = () => undefined,
): Promise<GitHubClient> {
  const probot = new Probot({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    secret: "s",
    baseUrl: github.apiUrl,
    Octokit: pacedOctokit(),
    log: pino({ level: "silent" }),
  });
  return installationClient(
    probot,
    installationId,
    openTraffic({ called, quota: () => undefined }, redactSecrets),
  );
}
