// One call that fails: sent how often, told as what, with which wait. Octokit's retries and throttling are on.
import nock from "nock";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FinalError, LimitError } from "../../src/domain/errors.ts";
import { answerMarker, markerKey, reviewMarker } from "../../src/domain/marker.ts";
import type { Review } from "../../src/domain/review.ts";
import { EVERYTHING } from "../../src/domain/scope.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";
import { reach } from "../../src/github/client.ts";
import { commandDesk } from "../../src/github/commands.ts";
import { pullRequestSource } from "../../src/github/pull-request-source.ts";
import { githubSink } from "../../src/github/review-sink.ts";
import { aClient, BASE, github, HEAD, LOCATOR, NEVER, REPOSITORY } from "./api.ts";

beforeAll(() => nock.disableNetConnect());
afterEach(() => {
  const pending = nock.pendingMocks();
  nock.cleanAll();
  expect(pending).toEqual([]);
});
afterAll(() => nock.restore());

const KEY = markerKey("secret");
const unheard = async () => undefined;
const REVIEWS = `${REPOSITORY}/pulls/3/reviews`;

const REVIEW: Review = {
  base: BASE,
  head: HEAD,
  model: "claude-sonnet-5-5",
  scope: EVERYTHING,
  depth: "standard",
  reading: { kind: "model" },
  refuted: 0,
  notes: [],
  erDiagram: null,
  summary: "Sound.",
  praise: [],
  findings: [],
  dropped: 0,
  coverage: { files: [], gaps: [] },
  usage: NO_USAGE,
  durationMs: 1,
  complete: true,
};

async function aSink() {
  return githubSink({
    client: await aClient(),
    locator: LOCATOR,
    markerKey: KEY,
    runId: "run-1",
    check: { begin: async () => undefined, wait: async () => undefined, conclude: async () => undefined },
    webUrl: "https://github.example",
  });
}

async function post() {
  return (await aSink()).post({ review: REVIEW, inline: new Set(), stillOpen: new Set() });
}

function listedReviews(...bodies: readonly string[]): void {
  github()
    .get(REVIEWS)
    .query(true)
    .reply(
      200,
      bodies.map((body, id) => ({ id, body })),
    );
  github().get(`${REPOSITORY}/pulls/3/comments`).query(true).reply(200, []);
}

function mark(runId: string, key = KEY, number = LOCATOR.number): string {
  const place = { repositoryId: LOCATOR.repositoryId, number };
  return `Text\n\n${reviewMarker(key, place, { runId, head: HEAD, base: BASE, complete: true })}`;
}

describe("the POST of a review", () => {
  it.each([502, 500, 503])("is sent once on %i, and nobody knows what became of it", async (status) => {
    let posts = 0;
    // Would answer again and again, if it were asked.
    github()
      .persist()
      .post(REVIEWS)
      .reply(() => [status, `${(posts += 1)}`]);

    expect(await post()).toMatchObject({ kind: "unknown" });

    expect(posts).toBe(1);
    nock.cleanAll();
  });

  it("is sent once when the connection breaks, too", async () => {
    github().post(REVIEWS).replyWithError(new TypeError("fetch failed"));

    expect(await post()).toEqual({
      kind: "unknown",
      reason: "GitHub could not be reached (posting the review)",
    });
  });

  it.each([
    ["User can only have one pending review per pull request", "pending"],
    ["Pull request review thread line must be part of the diff", "content"],
  ])("that is refused with 422 says why: %s", async (message, because) => {
    github()
      .post(REVIEWS)
      .reply(422, { message: "Unprocessable Entity", errors: [message] });

    expect(await post()).toMatchObject({
      kind: "refused",
      because,
      reason: expect.stringContaining(message),
    });
  });

  it("that runs into a limit is no refusal of the review", async () => {
    github().post(REVIEWS).reply(403, { message: "slow down" }, { "retry-after": "61" });

    await expect(post()).rejects.toMatchObject({ name: "LimitError", retryAfterMs: 61_000 });
  });

  it("is refused for good in a locked conversation", async () => {
    github().post(REVIEWS).reply(403, { message: "Unable to create comment because issue is locked." });

    await expect(post()).rejects.toThrow(FinalError);
  });
});

describe("what stands on the pull request", () => {
  const reviews = async () => (await (await aSink()).earlier(NEVER)).reviews.map(({ runId }) => runId);

  it("is known by its marks", async () => {
    listedReviews("Somebody else's review", mark("run-1"), mark("run-2"));

    expect(await reviews()).toEqual(["run-1", "run-2"]);
  });

  it("is not looked for among comments where only people have reviewed", async () => {
    github()
      .get(REVIEWS)
      .query(true)
      .reply(200, [{ id: 1, body: "Fine", user: { login: "ann", type: "User" } }]);

    // Nock would refuse a second request.
    expect(await (await aSink()).earlier(NEVER)).toEqual({ reviews: [], findings: new Set() });
  });

  it.each([
    ["another key", mark("run-1", markerKey("guessed"))],
    ["another pull request", mark("run-1", KEY, 4)],
    [
      "a quotation without a seal",
      `<!-- plumbline:review run=run-1 head=${HEAD} base=${BASE} complete=yes -->`,
    ],
  ])("is not believed by a mark of %s", async (_what, body) => {
    listedReviews(body);

    expect(await reviews()).toEqual([]);
  });
});

describe("unfinished reviews", () => {
  it("are deleted, and no other", async () => {
    github()
      .get(REVIEWS)
      .query(true)
      .reply(200, [
        { id: 1, state: "COMMENTED", body: "" },
        { id: 2, state: "PENDING", body: "" },
      ]);
    github().delete(`${REVIEWS}/2`).reply(200, {});

    await (await aSink()).discardPending(NEVER);
  });
});

describe("a token that was revoked", () => {
  it("is minted anew once, and the request repeated", async () => {
    const client = await aClient();
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    github().get(`${REPOSITORY}/pulls/3`).reply(200, PULL);
    await pullRequestSource(client, LOCATOR, unheard).current(NEVER);
    // Octokit's own login asks again for some seconds with a token that is this new.
    github()
      .persist()
      .get(`${REPOSITORY}/pulls/3`)
      .matchHeader("authorization", "token ghs_of_this_test")
      .reply(401, { message: "Bad credentials" });
    github()
      .post(/access_tokens$/)
      .reply(201, { token: "ghs_another", expires_at, permissions: {}, repository_selection: "all" });
    github().get(`${REPOSITORY}/pulls/3`).matchHeader("authorization", "token ghs_another").reply(200, PULL);

    expect((await pullRequestSource(client, LOCATOR, unheard).current(NEVER)).headSha).toBe(HEAD);
    nock.cleanAll();
  });
});

const PULL = { head: { sha: HEAD }, state: "open", locked: false, draft: false };

describe("a step against GitHub", () => {
  const read = async () => pullRequestSource(await aClient(), LOCATOR, unheard).current(NEVER);

  it.each<[string, number, Record<string, string>, unknown, number | null]>([
    ["429 with retry-after", 429, { "retry-after": "90" }, {}, 90_000],
    ["403 with retry-after", 403, { "retry-after": "61" }, {}, 61_000],
    ["403 of the secondary limit", 403, {}, { message: "You have exceeded a secondary rate limit" }, null],
    ["429 without a word", 429, {}, {}, null],
  ])(
    "is left to the queue with the wait that GitHub asks for: %s",
    async (_what, status, headers, body, wait) => {
      github()
        .get(`${REPOSITORY}/pulls/3`)
        .reply(status, body as nock.Body, headers);

      // Nock would refuse a second request, and waiting here would run into the test's time limit.
      await expect(read()).rejects.toMatchObject({ name: "LimitError", retryAfterMs: wait });
    },
  );

  it("is left to the queue until the primary limit is reset", async () => {
    const reset = Math.ceil(Date.now() / 1000) + 2_400;
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) };
    github().get(`${REPOSITORY}/pulls/3`).reply(403, { message: "API rate limit exceeded" }, headers);

    const fault = await read().catch((error: unknown) => error);

    expect(fault).toBeInstanceOf(LimitError);
    const wait = fault instanceof LimitError ? (fault.retryAfterMs ?? 0) : 0;
    expect(Math.abs(wait - 2_400_000)).toBeLessThan(60_000);
  });

  // 401 is missing here: Octokit's own login repeats it for some seconds, because a new token takes a while to spread.
  it.each([400, 403, 404, 410, 422, 451])(
    "is refused for good with %i, in words without a token",
    async (status) => {
      github()
        .get(`${REPOSITORY}/pulls/3`)

        .reply(status, { message: "Nope" });

      const fault = await read().catch((error: unknown) => error);

      expect(fault).toBeInstanceOf(FinalError);
      expect(String(fault)).toBe(`FinalError: GitHub answered ${status} (reading the pull request: Nope)`);
    },
  );

  it("is ended by the caller's signal with the caller's reason", async () => {
    const stop = new AbortController();
    const running = reach("waiting", stop.signal, async () => {
      stop.abort(new Error("the server is stopping"));
      throw new TypeError("fetch failed");
    });

    await expect(running).rejects.toThrow("the server is stopping");
  });
});

describe("the answer to a command", () => {
  const THREAD = `${REPOSITORY}/issues/3/comments`;
  const answer = async (holds: boolean) => {
    const command = { kind: "help" } as const;
    const job = { locator: LOCATOR, commentId: 1, login: "ann", byAuthor: false, command };
    const desk = commandDesk({ client: await aClient(), job, markerKey: KEY, holds: async () => holds });
    await desk.reply("Help", NEVER);
  };
  const mine = `Help\n\n${answerMarker(KEY, LOCATOR, 1)}`;

  const listed = (...bodies: readonly string[]) =>
    github()
      .get(THREAD)
      .query(true)
      .reply(
        200,
        bodies.map((body) => ({ body })),
      );

  it("bears a mark", async () => {
    listed("Hi", answerMarker(KEY, LOCATOR, 2));
    github().post(THREAD, { body: mine }).reply(201, {});

    await answer(true);
  });

  it("is not given again where it stands already, nor by an attempt that has lost the job", async () => {
    listed("Hi", mine);
    await answer(true);

    listed();
    await answer(false);
  });
});

describe("the permission to command", () => {
  const ask = async () => {
    const client = await aClient();
    const command = { kind: "help" } as const;
    const job = { locator: LOCATOR, commentId: 1, login: "ann", byAuthor: false, command };
    return commandDesk({ client, job, markerKey: KEY, holds: async () => true }).mayCommand(NEVER);
  };

  it.each([
    ["admin", true],
    ["write", true],
    ["read", false],
    ["none", false],
    ["maintain-of-tomorrow", false],
  ])("of %s is %s", async (permission, expected) => {
    github().get(`${REPOSITORY}/collaborators/ann/permission`).reply(200, { permission, role_name: "x" });

    expect(await ask()).toBe(expected);
  });

  it("of nobody whom GitHub knows is none, and without an answer there is none", async () => {
    github().get(`${REPOSITORY}/collaborators/ann/permission`).reply(404, { message: "Not Found" });
    expect(await ask()).toBe(false);

    github()
      .get(`${REPOSITORY}/collaborators/ann/permission`)
      .reply(403, { message: "Resource not accessible" });
    await expect(ask()).rejects.toThrow(FinalError);
  });
});
