// Case 21: tokens that end in the middle of a job, and clocks that differ.
import assert from "node:assert/strict";
import type { Project } from "../app/project.ts";
import { nothingFound } from "../model-double.ts";
import { inParts } from "./eventually.ts";
import {
  assertOneReview,
  logLines,
  opened,
  ownReviews,
  pathOf,
  quietAfter,
  requestsAbout,
  reviewed,
} from "./evidence.ts";
import { type CaseContext, type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";

const MINUTE_MS = 60_000;

export const endedTokens: FaultCase = {
  number: 21,
  title: "Tokens ended or revoked, clocks apart",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const parts = await inParts({
      "revoked during the model call": () => endedMeanwhile(context, (app) => app.github.revokeTokens()),
      "expired during the model call": () =>
        endedMeanwhile(context, (app) => void (app.github.clock.offsetMs += 61 * MINUTE_MS)),
      "GitHub's clock 5 min ahead": () => clockApart(context, 5 * MINUTE_MS),
      "GitHub's clock 5 min behind": () => clockApart(context, -5 * MINUTE_MS),
      "401 for good": () => refusedForGood(context),
    });
    return `${parts} parts: one new token and on; 401 again is final; no token in any log`;
  },
};

function tokensOf(app: FaultApp, { repository }: Project): number {
  return requestsAbout(app, repository).filter(
    ({ path, status }) => path.endsWith("/access_tokens") && status === 201,
  ).length;
}

async function endedMeanwhile(context: CaseContext, end: (app: FaultApp) => void): Promise<void> {
  const app = await context.startApp();
  const project = app.openPull();
  app.answerAbout(project.pull, (asked) => {
    if (asked.question === "summary") end(app);
    return nothingFound(asked);
  });
  await opened(app, project.pull);
  const check = await reviewed(app, project.pull);
  assertOneReview(project.pull);
  assert.equal(check.conclusion, "success");
  assert.equal(tokensOf(app, project), 2, "tokens: the first one and a new one");
  assert.equal(logLines(app, "review will be tried again", project.pull).length, 0);
}

async function clockApart(context: CaseContext, offsetMs: number): Promise<void> {
  const app = await context.startApp();
  app.github.clock.offsetMs = offsetMs;
  const { pull } = app.openPull();
  await opened(app, pull);
  await reviewed(app, pull);
  assertOneReview(pull);
}

async function refusedForGood(context: CaseContext): Promise<void> {
  const app = await context.startApp();
  const project = app.openPull();
  const { pull } = project;
  const effect = { kind: "status", status: 401, body: { message: "Bad credentials" } } as const;
  app.github.failNext({ path: pathOf(pull, "/pulls/"), times: 1_000, effect });
  await opened(app, pull);
  const count = await quietAfter(app, pull);
  assert.ok(count <= 20, `${count} requests`);
  assert.ok(tokensOf(app, project) <= 2, `${tokensOf(app, project)} tokens`);
  assert.equal(ownReviews(pull).length, 0);
}
