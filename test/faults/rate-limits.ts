// Cases 19 and 20: GitHub says "not now". The wait belongs to the queue, and to one installation alone.
import assert from "node:assert/strict";
import type { Project } from "../app/project.ts";
import type { FaultEffect } from "../github-double/fault-rule.ts";
import { aWhile, eventually, inParts } from "./eventually.ts";
import {
  assertOneReview,
  logLines,
  opened,
  ownReviews,
  pathOf,
  requestsAbout,
  reviewed,
  skipWaits,
} from "./evidence.ts";
import { type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";

const MINUTE_MS = 60_000;

function primaryLimit(resetSeconds: number): FaultEffect {
  const reset = String(Math.ceil(Date.now() / 1000) + resetSeconds);
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
  return {
    kind: "status",
    status: 403,
    headers,
    body: { message: "API rate limit exceeded for installation." },
  };
}

function secondaryLimit(status: number, retryAfter?: number): FaultEffect {
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  return { kind: "status", status, headers, body: { message } };
}

/** Milliseconds until which the latest run of this pull request is put back, seen from now. */
async function parkedFor(app: FaultApp, pull: Project["pull"], times = 1): Promise<number> {
  const line = await eventually(`${pull.repository.fullName} is parked`, () =>
    logLines(app, "review parked", pull).at(times - 1),
  );
  assert.match(String(line["reason"]), /rate limit/i);
  return new Date(String(line["until"])).getTime() - Date.now();
}

/** Requests that left after GitHub had said no; those that were on their way at that moment do not count. */
function requestsSince(app: FaultApp, project: Project, at: number) {
  return requestsAbout(app, project.repository).filter((request) => request.at > at + 500);
}

function refusedAt(app: FaultApp, { repository }: Project): number {
  const refused = requestsAbout(app, repository).findLast(({ status }) => status === 403 || status === 429);
  assert.ok(refused, "a refused request");
  return refused.at;
}

export const primaryRateLimit: FaultCase = {
  number: 19,
  title: "Primary rate limit of an installation",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    // One worker: whoever waits in it keeps all others out.
    const app = await context.startApp({ PLUMBLINE_CONCURRENCY: "1" });
    const [long, short, other] = [app.openPull(), app.openPull(), app.openPull()];
    // A second repository of the installation that has to wait.
    const sibling = app.openPull({ installationId: long.repository.installationId });
    app.github.failNext({ path: pathOf(long.pull, "/pulls/1$"), effect: primaryLimit(40 * 60) });
    await opened(app, long.pull);
    const waits = await parkedFor(app, long.pull);
    assert.ok(waits > 39 * MINUTE_MS && waits < 45 * MINUTE_MS, `parked for ${waits} ms`);
    await opened(app, sibling.pull);
    app.github.failNext({ path: pathOf(short.pull, "/pulls/1$"), effect: primaryLimit(6) });
    await opened(app, short.pull);
    await opened(app, other.pull);
    await reviewed(app, other.pull);
    await reviewed(app, short.pull);
    assertOneReview(short.pull);
    assertResumedAfterReset(app, short);
    const since = refusedAt(app, long);
    assert.deepEqual(requestsSince(app, long, since), [], "requests during the wait");
    const ofSibling = requestsAbout(app, sibling.repository).filter(({ path }) => path.startsWith("/repos/"));
    assert.deepEqual(ofSibling, [], "requests of the same installation");
    await skipWaits(app);
    await Promise.all([reviewed(app, long.pull), reviewed(app, sibling.pull)]);
    assertOneReview(long.pull);
    assertOneReview(sibling.pull);
    return "40 min: 0 requests of the installation, worker free for others; 6 s: 1 review after the reset";
  },
};

function assertResumedAfterReset(app: FaultApp, project: Project): void {
  const since = refusedAt(app, project);
  const [first] = requestsSince(app, project, since);
  // The reset is told in whole seconds, and was up to 7 s away.
  assert.ok(first && first.at - since > 4_500, "the first request after the refusal comes after the reset");
}

export const secondaryRateLimit: FaultCase = {
  number: 20,
  title: "Secondary rate limits",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const [app, lasting] = [await context.startApp(), await context.startApp()];
    await inParts({
      "403 with retry-after": () => waitsAsTold(app, secondaryLimit(403, 4)),
      "429 with retry-after": () => waitsAsTold(app, secondaryLimit(429, 4)),
      "403 without": () => waitsAMinute(app, secondaryLimit(403)),
      "429 without": () => waitsAMinute(app, secondaryLimit(429)),
      "without end": () => givesUp(lasting),
    });
    return "with retry-after: not a request before it; without: 1 min, then 2, 4, …; in the end it fails visibly";
  },
};

async function waitsAsTold(app: FaultApp, effect: FaultEffect): Promise<void> {
  const project = app.openPull();
  app.github.failNext({ path: pathOf(project.pull, "/pulls/1$"), effect });
  await opened(app, project.pull);
  await reviewed(app, project.pull);
  assertOneReview(project.pull);
  const since = refusedAt(app, project);
  const [first] = requestsSince(app, project, since);
  assert.ok(
    first && first.at - since >= 4_000,
    "the first request after the refusal comes after retry-after",
  );
}

async function waitsAMinute(app: FaultApp, effect: FaultEffect): Promise<void> {
  const project = app.openPull();
  app.github.failNext({ path: pathOf(project.pull, "/pulls/1$"), effect });
  await opened(app, project.pull);
  const waits = await parkedFor(app, project.pull);
  assert.ok(waits > 55_000 && waits < 1.6 * MINUTE_MS, `parked for ${waits} ms`);
  await aWhile();
  assert.deepEqual(requestsSince(app, project, refusedAt(app, project)), []);
}

/** One refusal in a row more than are waited for. */
const MOST_STRIKES = 7;

/** Each wait is skipped; the limit is still there afterwards. */
async function givesUp(app: FaultApp): Promise<void> {
  const project = app.openPull();
  const { pull } = project;
  app.github.failNext({ path: pathOf(pull, "/pulls/1$"), times: 100, effect: secondaryLimit(403) });
  await opened(app, pull);
  const waits: number[] = [];
  for (let strike = 1; strike < MOST_STRIKES && logLines(app, "review failed", pull).length === 0; strike++) {
    waits.push(await parkedFor(app, pull, strike));
    await skipWaits(app);
  }
  await eventually("it gives up", () => logLines(app, "review failed", pull).length > 0);
  const [first = 0, second = 0, third = 0] = waits;
  assert.ok(second > 1.6 * first && third > 1.6 * second, `waits of ${waits.join(", ")} ms`);
  const before = requestsAbout(app, project.repository).length;
  await aWhile();
  assert.equal(requestsAbout(app, project.repository).length, before, "requests after it gave up");
  assert.equal(ownReviews(pull).length, 0);
}
