// Cases 16 to 18: GitHub refuses the review for what the pull request, or an older review, is.
import assert from "node:assert/strict";
import type { Project, ProjectSeed } from "../app/project.ts";
import { aClaim, finds } from "../app/whole-app.ts";
import { nothingFound } from "../model-double.ts";
import { aWhile, eventually, inParts } from "./eventually.ts";
import {
  asked,
  assertOneReview,
  concluded,
  logLines,
  opened,
  ownReviews,
  pathOf,
  requestsAbout,
  reviewed,
  reviewPosts,
} from "./evidence.ts";
import { type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";

export const pendingReview: FaultCase = {
  number: 16,
  title: "A pending review is left over",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const { pull } = app.openPull();
    const own = app.github.addReview(pull, { login: `${app.github.app.slug}[bot]`, body: "left over" });
    const other = app.github.addReview(pull, { login: "maintainer", body: "not done yet" });
    await opened(app, pull);
    await reviewed(app, pull);
    await aWhile();
    assert.equal(pull.reviews.includes(own), false, "the own one is gone");
    assert.equal(other.state, "PENDING", "the other's is untouched");
    assertOneReview(pull);
    assert.ok(reviewPosts(app, pull).length <= 2);
    return "own pending review deleted, 1 review; another's untouched";
  },
};

export const ownPullRequest: FaultCase = {
  number: 17,
  title: "The App's own pull request",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const { pull } = app.openPull({ author: `${app.github.app.slug}[bot]` });
    const evidence = "export const gross = (net: number) => net + vat;";
    finds(app, pull, "security", aClaim({ path: "src/price.ts", line: 2, evidence, severity: "critical" }));
    await opened(app, pull);
    const check = await reviewed(app, pull);
    assertOneReview(pull);
    assert.equal(ownReviews(pull)[0]?.event, "COMMENT");
    assert.equal(reviewPosts(app, pull).length, 1);
    assert.equal(check.conclusion, "failure");
    return "a critical finding is a COMMENT, which GitHub takes: 1 POST, check failed";
  },
};

export const terminalRefusals: FaultCase = {
  number: 18,
  title: "Locked, archived, gone, forbidden by law",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const parts = await inParts({
      "locked before": () => lockedBefore(app),
      "locked meanwhile": () => endsAtPosting(app, ({ pull }) => void (pull.locked = true), 403),
      "archived meanwhile": () => archived(app),
      "451": () => endsAtPosting(app, refusesWith(app, 451), 451),
      "410": () => endsAtPosting(app, refusesWith(app, 410), 410),
      "the comment of a command is deleted": () => deletedComment(app),
    });
    return `${parts} refusals: no retry, at most 1 line about the failure, check neutral where GitHub lets it be written`;
  },
};

function refusesWith(app: FaultApp, status: number) {
  return ({ pull }: Project) => {
    const body = { message: status === 451 ? "Repository access blocked" : "Gone" };
    const effect = { kind: "status", status, body } as const;
    app.github.failNext({ method: "POST", path: pathOf(pull, "/pulls/1/reviews$"), times: 100, effect });
  };
}

/** The world changes while the last question is answered: after that only the POST comes. */
function changesAtTheEnd(app: FaultApp, change: (project: Project) => void, seed: ProjectSeed = {}): Project {
  const project = app.openPull(seed);
  app.answerAbout(project.pull, (question) => {
    if (question.question === "summary") change(project);
    return nothingFound(question);
  });
  return project;
}

async function endsAtPosting(
  app: FaultApp,
  change: (project: Project) => void,
  status: number,
): Promise<void> {
  const { pull } = changesAtTheEnd(app, change);
  await opened(app, pull);
  await concluded(pull, "neutral", /\S/);
  await aWhile();
  const posts = reviewPosts(app, pull);
  // Locked is already seen in the look before the POST; the others only by its answer.
  assert.ok(posts.length <= 1, `${posts.length} POSTs`);
  for (const post of posts) assert.equal(post.status, status);
  assertEndedOnce(app, pull);
}

/** Nothing can be written there any more, its check run neither. */
async function archived(app: FaultApp): Promise<void> {
  const { pull } = changesAtTheEnd(app, ({ repository }) => void (repository.archived = true));
  await opened(app, pull);
  await eventually("its run ends", () => endsOf(app, pull).length > 0);
  const before = requestsAbout(app, pull.repository).length;
  await aWhile();
  assert.equal(requestsAbout(app, pull.repository).length, before, "requests after the end");
  assert.ok(reviewPosts(app, pull).length <= 1);
  assertEndedOnce(app, pull);
}

async function lockedBefore(app: FaultApp): Promise<void> {
  const { pull } = app.openPull();
  pull.locked = true;
  await opened(app, pull);
  await eventually("its run ends", () => endsOf(app, pull).length > 0);
  await aWhile();
  assert.equal(app.askedAbout(pull).length, 0, "nothing is paid for");
  assertEndedOnce(app, pull);
}

function endsOf(app: FaultApp, pull: Project["pull"]) {
  return logLines(app, "review ended", pull);
}

function assertEndedOnce(app: FaultApp, pull: Project["pull"]): void {
  assert.equal(ownReviews(pull).length, 0);
  assert.equal(logLines(app, "review will be tried again", pull).length, 0, "retries");
  assert.equal(endsOf(app, pull).length, 1, "ends");
  assert.ok(logLines(app, "review failed", pull).length <= 1, "log lines about its failure");
}

/** The reaction is for a comment that is not there; the review that it asked for is another matter. */
async function deletedComment(app: FaultApp): Promise<void> {
  const { pull } = app.openPull();
  const effect = { kind: "status", status: 404, body: { message: "Not Found" } } as const;
  app.github.failNext({ method: "POST", path: pathOf(pull, "/issues/comments/"), times: 100, effect });
  await app.github.deliverComment(pull, "/review", { login: "maintainer" });
  const reactions = () =>
    requestsAbout(app, pull.repository).filter(({ path }) => path.endsWith("/reactions")).length;
  await eventually("the reaction is tried", () => reactions() > 0);
  await Promise.race([asked(app, pull), aWhile()]);
  await aWhile();
  assert.equal(reactions(), 1, "attempts at the reaction");
}
