// Cases 13 and 14: the POST of the review fails, and nobody knows whether it landed.
import assert from "node:assert/strict";
import type { FaultEffect } from "../github-double/fault-rule.ts";
import { aWhile, eventually, inParts } from "./eventually.ts";
import {
  assertNoneInProgress,
  assertOneReview,
  concluded,
  logLines,
  opened,
  ownReviews,
  pathOf,
  QUESTIONS,
  requestsAbout,
  reviewed,
  reviewPosts,
  skipWaits,
} from "./evidence.ts";
import { type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";

const POST_OF_REVIEW = "/pulls/1/reviews$";

export const landedUnheard: FaultCase = {
  number: 13,
  title: "The review lands, but GitHub says it failed",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const landed = (effect: FaultEffect) => async () => {
      const { pull } = app.openPull();
      app.github.failNext({ method: "POST", path: pathOf(pull, POST_OF_REVIEW), effect });
      await opened(app, pull);
      const check = await reviewed(app, pull);
      await aWhile();
      assert.equal(reviewPosts(app, pull).length, 1, "POSTs that reached GitHub");
      assertOneReview(pull);
      assert.equal(check.conclusion, "success");
      assert.equal(app.askedAbout(pull).length, QUESTIONS);
    };
    await inParts({
      "502": landed({ kind: "handle-then-status", status: 502 }),
      "504": landed({ kind: "handle-then-status", status: 504 }),
      "connection reset": landed({ kind: "handle-then-reset" }),
      "no answer": landed({ kind: "handle-then-hang" }),
    });
    return "502, 504, reset, time-out: 1 POST, found by its mark, 1 review each";
  },
};

export const notLanded: FaultCase = {
  number: 14,
  title: "The review does not land",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const apps = { passing: await context.startApp(), lasting: await context.startApp() };
    const passing = (effect: FaultEffect) => () => repeated(apps.passing, effect);
    await inParts({
      "502 once": passing({ kind: "status", status: 502 }),
      "reset once": passing({ kind: "reset" }),
      "502 for good": () => failsVisibly(apps.lasting),
    });
    return "once: looked for twice, 2 POSTs, 1 review; for good: 5 POSTs, then the check says so";
  },
};

async function repeated(app: FaultApp, effect: FaultEffect): Promise<void> {
  const { pull } = app.openPull();
  app.github.failNext({ method: "POST", path: pathOf(pull, POST_OF_REVIEW), effect });
  await opened(app, pull);
  await reviewed(app, pull);
  const requests = requestsAbout(app, pull.repository);
  const [first, second] = reviewPosts(app, pull);
  assert.ok(first && second, "two POSTs");
  assert.equal(reviewPosts(app, pull).length, 2);
  const between = requests.slice(requests.indexOf(first) + 1, requests.indexOf(second));
  const reads = between.filter(({ method, path }) => method === "GET" && /\/pulls\/1\/reviews/.test(path));
  assert.ok(reads.length >= 2, `${reads.length} looks at the list of reviews before the second POST`);
  assertOneReview(pull);
  assert.equal(app.askedAbout(pull).length, QUESTIONS, "no question was asked twice");
}

const ATTEMPTS = 5;

async function failsVisibly(app: FaultApp): Promise<void> {
  const { pull } = app.openPull();
  const effect = { kind: "status", status: 502 } as const;
  app.github.failNext({ method: "POST", path: pathOf(pull, POST_OF_REVIEW), times: 100, effect });
  await opened(app, pull);
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    await eventually(`attempt ${attempt} is put back`, () => reviewPosts(app, pull).length >= attempt);
    await eventually("it waits", () => logLines(app, "review will be tried again", pull).length >= attempt);
    await skipWaits(app);
  }
  await concluded(pull, "neutral", /^Not reviewed: .*502/);
  await aWhile();
  assert.equal(reviewPosts(app, pull).length, ATTEMPTS);
  assert.equal(ownReviews(pull).length, 0);
  assert.equal(logLines(app, "review failed", pull).length, 1);
  assertNoneInProgress(pull);
}
