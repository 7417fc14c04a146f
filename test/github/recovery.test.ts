// What the sweep asks of GitHub, against the stand-in: pages, filters, the app's own credentials, check runs.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import nock from "nock";
import { pino } from "pino";
import { Probot } from "probot";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FinalError, RetryableError } from "../../src/domain/errors.ts";
import { redactSecrets } from "../../src/domain/secret-redaction.ts";
import { installationClient } from "../../src/github/client.ts";
import { pacedOctokit } from "../../src/github/pacing.ts";
import { checkCloser, deliveryRecord, installedCode } from "../../src/github/recovery.ts";
import { openTraffic } from "../../src/github/traffic.ts";
import type { AbandonedCheck, DeliveryAttempt } from "../../src/review/sweep-ports.ts";
import { branchedRepository, type TempRepository } from "../builders-git.ts";
import { appPrivateKey } from "../github-double/app-auth.ts";
import {
  type GitHubDouble,
  type PullRequestState,
  type Repository,
  startGitHubDouble,
} from "../github-double/server.ts";

const NEVER = new AbortController().signal;
const LONG_AGO = new Date("2020-01-01T00:00:00Z");
/** Another API, for answers that the stand-in does not give. */
const ELSEWHERE = "https://api.github.example";
/** Nobody listens there. */
const NOWHERE = "http://127.0.0.1:9/";

let github: GitHubDouble;
let git: TempRepository;
beforeAll(() => {
  git = branchedRepository({ "a.ts": "1\n" }, { "a.ts": "2\n" });
});
afterAll(() => {
  git.dispose();
  nock.restore();
});
afterEach(async () => {
  await github.close();
  expect(github.violations).toEqual([]);
});

async function aGitHub() {
  github = await startGitHubDouble({ webhookSecret: "secret", webhookTarget: NOWHERE });
  return { ...doors(github.apiUrl, github.app), github };
}

function doors(baseUrl: string, app: { readonly id: number; readonly privateKey: string }) {
  const log = pino({ level: "silent" });
  const Octokit = pacedOctokit();
  const probot = new Probot({
    appId: app.id,
    privateKey: app.privateKey,
    secret: "secret",
    baseUrl,
    Octokit,
    log,
  });
  const traffic = openTraffic({ called: () => undefined, quota: () => undefined }, redactSecrets);
  const appClient = () => probot.auth();
  const clientOf = (id: number) => installationClient(probot, id, traffic);
  return {
    deliveries: deliveryRecord(appClient),
    code: installedCode(appClient, clientOf),
    checks: checkCloser(clientOf),
    clientOf,
  };
}

function aRepository(name: string, installationId: number): Repository {
  return github.addRepository({
    owner: "acme",
    name,
    directory: git.directory,
    installationId,
    defaultBranch: "main",
  });
}

function aPull(repository: Repository, title = "Change"): PullRequestState {
  return github.openPullRequest({
    repository: repository.fullName,
    title,
    baseRef: "main",
    headRef: "topic",
  });
}

/** Fails, because nobody listens. */
async function missDelivery(guid: string, event = "pull_request"): Promise<void> {
  await expect(github.deliver(event, { action: "opened" }, { guid })).rejects.toThrow(/failed/);
}

async function all(pages: AsyncIterable<readonly DeliveryAttempt[]>): Promise<readonly DeliveryAttempt[][]> {
  const found: DeliveryAttempt[][] = [];
  for await (const page of pages) found.push([...page]);
  return found;
}

describe("webhook deliveries", () => {
  it("are listed over all pages, newest first", async () => {
    const { deliveries } = await aGitHub();
    for (let at = 0; at < 130; at += 1) await missDelivery(`guid-${at}`);

    const pages = await all(deliveries.attempts(LONG_AGO, NEVER));
    expect(pages.map((page) => page.length)).toEqual([100, 30]);
    expect(pages[0]?.[0]).toMatchObject({ guid: "guid-129", event: "pull_request", outcome: "failed" });
    expect(pages[1]?.at(-1)?.guid).toBe("guid-0");
    expect(github.requests.map(({ path }) => path.includes("status="))).not.toContain(true);
  });

  it("are listed no further back than was asked for", async () => {
    const { deliveries } = await aGitHub();
    github.clock.offsetMs = -2 * 3_600_000;
    for (let at = 0; at < 101; at += 1) await missDelivery(`old-${at}`);
    github.clock.offsetMs = 0;
    await missDelivery("new");

    const pages = await all(deliveries.attempts(new Date(Date.now() - 3_600_000), NEVER));
    expect(pages.map((page) => page.map(({ guid }) => guid))).toEqual([["new"]]);
  });

  it("are told apart by what became of them, and one is sent again under its own id", async () => {
    const { deliveries } = await aGitHub();
    await missDelivery("guid-1", "issue_comment");
    const [[missed] = []] = await all(deliveries.attempts(LONG_AGO, NEVER));
    const receiver = createServer((_, response) => response.end()).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    github.setWebhookTarget(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);

    await deliveries.repeat(missed?.id ?? "", NEVER);
    const listed = async () => (await all(deliveries.attempts(LONG_AGO, NEVER))).flat();
    await expect
      .poll(async () => (await listed()).map(({ guid, outcome }) => `${guid} ${outcome}`))
      .toEqual(["guid-1 delivered", "guid-1 failed"]);
    expect(new Set((await listed()).map(({ id }) => id)).size).toBe(2);
    receiver.close();
  });

  it("have ids that are kept to the last digit", async () => {
    await aGitHub();
    const api = nock(ELSEWHERE);
    const id = "9007199254740993"; // 2^53 + 1
    const row = `{"id":${id},"guid":"g","event":"pull_request","status":"OK","delivered_at":"2026-11-22T12:00:00Z"}`;
    api
      .get("/app/hook/deliveries")
      .query(true)
      .reply(200, `[${row}]`, { "content-type": "application/json" });
    api.post(`/app/hook/deliveries/${id}/attempts`).reply(202, {});
    const { deliveries } = doors(ELSEWHERE, { id: 1, privateKey: appPrivateKey() });

    const [[attempt] = []] = await all(deliveries.attempts(LONG_AGO, NEVER));
    expect(attempt).toMatchObject({ id, outcome: "delivered" });
    await deliveries.repeat(attempt?.id ?? "", NEVER);
    expect(nock.pendingMocks()).toEqual([]);
  });

  it("that are gone are refused for good, and asking is not repeated", async () => {
    const { deliveries } = await aGitHub();

    await expect(deliveries.repeat("1", NEVER)).rejects.toThrow(FinalError);
    github.failNext({ method: "POST", path: /attempts/, effect: { kind: "status", status: 502 }, times: 9 });
    await expect(deliveries.repeat("1", NEVER)).rejects.toThrow(RetryableError);
    expect(github.requests.filter(({ method }) => method === "POST")).toHaveLength(2);
  });
});

describe("installed code", () => {
  it("is that of the installations that are not suspended, with their age", async () => {
    const { code } = await aGitHub();
    for (let id = 1; id <= 101; id += 1) aRepository(`shop-${id}`, id);
    github.installation(2).suspended = true;
    github.installation(3).deleted = true;

    const found = await code.installations(NEVER);
    expect(found).toHaveLength(99);
    expect(found[0]).toEqual({ id: 1, createdAt: new Date(github.installation(1).createdAt) });
    expect(found.map(({ id }) => id)).not.toContain(2);
  });

  it("is all repositories of an installation, over pages, without the archived ones", async () => {
    const { code } = await aGitHub();
    for (let id = 1; id <= 102; id += 1) aRepository(`shop-${id}`, 5);
    aRepository("other", 6);

    const found = await code.repositories(5, NEVER);
    expect(found).toHaveLength(102);
    expect(found[0]).toEqual({ installationId: 5, id: expect.any(Number), owner: "acme", name: "shop-1" });
  });

  it("leaves out a repository that nobody can write to", async () => {
    const { code } = await aGitHub();
    aRepository("shop", 5).archived = true;

    expect(await code.repositories(5, NEVER)).toEqual([]);
  });

  it("has open pull requests, those that moved last first, and no closed ones", async () => {
    const { code } = await aGitHub();
    const repository = aRepository("shop", 5);
    const [first, second, third] = [aPull(repository), aPull(repository), aPull(repository)];
    first.updatedAt = "2036-01-01T00:00:00Z";
    first.draft = true;
    second.state = "closed";
    third.locked = true;

    const open = await code.openPulls(
      { installationId: 5, id: repository.id, owner: "acme", name: "shop" },
      NEVER,
    );
    expect(open).toEqual([
      { number: 1, head: first.headSha, createdAt: new Date(first.createdAt), draft: true, locked: false },
      { number: 3, head: third.headSha, createdAt: new Date(third.createdAt), draft: false, locked: true },
    ]);
  });

  it("has the pull requests of the first three pages, whatever there is", async () => {
    await aGitHub();
    const api = nock(ELSEWHERE);
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    api.post("/app/installations/5/access_tokens").reply(201, { token: "ghs_of_this_test", expires_at });
    const row = { number: 1, head: { sha: "a" }, created_at: "?", locked: false };
    const link = `<${ELSEWHERE}/repos/acme/shop/pulls?page=2>; rel="next"`;
    api.persist().get("/repos/acme/shop/pulls").query(true).reply(200, [row], { link });
    const { code } = doors(ELSEWHERE, { id: 1, privateKey: appPrivateKey() });

    const where = { installationId: 5, id: 7, owner: "acme", name: "shop" };
    const open = await code.openPulls(where, NEVER);
    expect(open).toHaveLength(3);
    expect(open[0]).toEqual({ number: 1, head: "a", createdAt: null, draft: false, locked: false });
    nock.cleanAll();
  });

  it("is asked for once more when the service fails, and no longer once the sweep is broken off", async () => {
    const { code } = await aGitHub();
    aRepository("shop", 5);
    github.failNext({ path: /repositories/, effect: { kind: "status", status: 502 } });
    expect(await code.repositories(5, NEVER)).toHaveLength(1);

    github.failNext({ path: /repositories/, effect: { kind: "status", status: 502 }, times: 2 });
    await expect(code.repositories(5, NEVER)).rejects.toThrow(RetryableError);

    github.failNext({ path: /repositories/, effect: { kind: "hang" } });
    const stop = AbortSignal.timeout(100);
    await expect(code.repositories(5, stop)).rejects.toMatchObject({ name: "TimeoutError" });
    github.failNext({ path: /installations/, effect: { kind: "hang" } });
    await expect(code.installations(AbortSignal.timeout(100))).rejects.toMatchObject({
      name: "TimeoutError",
    });
  });

  it("of a suspended installation is refused for good", async () => {
    const { code } = await aGitHub();
    aRepository("shop", 5);
    github.installation(5).suspended = true;

    await expect(code.repositories(5, NEVER)).rejects.toMatchObject({ name: "FinalError", kind: "gone" });
  });
});

describe("a check run that nobody works on", () => {
  async function aCheck(status: "in_progress" | "completed") {
    const all = await aGitHub();
    const repository = aRepository("shop", 5);
    const pull = aPull(repository);
    const client = await all.clientOf(5);
    const { data } = await client.rest.checks.create({
      owner: "acme",
      repo: "shop",
      name: "Plumbline",
      head_sha: pull.headSha,
      ...(status === "completed" ? { status, conclusion: "success" } : { status }),
    });
    const locator = {
      installationId: 5,
      repositoryId: repository.id,
      owner: "acme",
      name: "shop",
      number: 1,
    };
    const reason = "the review was <b>interrupted</b>";
    const check: AbandonedCheck = { runId: "run-1", locator, checkRunId: data.id, reason };
    return { ...all, check, run: pull.checkRuns[0] };
  }

  it("is concluded as neutral, and says that nobody knows how far it got", async () => {
    const { checks, check, run } = await aCheck("in_progress");

    await checks.close(check, NEVER);
    expect(run).toMatchObject({
      status: "completed",
      conclusion: "neutral",
      output: {
        title: "Not finished: the review was <b>interrupted</b>",
        summary: expect.stringMatching(/^The work on this check has ended early: .*Unless a review/s),
      },
    });
    expect(run?.output.summary).toContain("the review was `<b>`interrupted`</b>`");
  });

  it("keeps the verdict that it was given", async () => {
    const { checks, check, run } = await aCheck("completed");

    await checks.close(check, NEVER);
    expect(run).toMatchObject({ status: "completed", conclusion: "success" });
  });

  it("is out of reach for good when it is not there", async () => {
    const { checks, check } = await aCheck("in_progress");

    const other = { ...check, checkRunId: 1 };
    await expect(checks.close(other, NEVER)).rejects.toMatchObject({ name: "FinalError", kind: "absent" });
  });
});
