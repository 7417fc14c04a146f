// Case 29: `/review` from people, machines and places that must not start anything.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { CommentOptions } from "../github-double/webhook-events.ts";
import { aWhile, eventually, inParts } from "./eventually.ts";
import {
  asked,
  assertOneReview,
  counter,
  logLines,
  opened,
  ownReviews,
  pathOf,
  requestsAbout,
  reviewed,
} from "./evidence.ts";
import { type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";
import { holdModel } from "./heads.ts";

export const commandAbuse: FaultCase = {
  number: 29,
  title: "Abuse of commands",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const bot = `${app.github.app.slug}[bot]`;
    const silent =
      (text: string, options: CommentOptions = {}) =>
      () =>
        startsNothing(app, text, options);
    const parts = await inParts({
      "a stranger": silent("/review", { login: "stranger" }),
      "a reader": silent("/review", { login: "reader" }),
      "another bot": silent("/review", { login: "other[bot]", type: "Bot" }),
      "the App itself": silent("/review", { login: bot, type: "Bot" }),
      "an edited comment": silent("/review", { login: "maintainer", action: "edited" }),
      "a deleted comment": silent("/review", { login: "maintainer", action: "deleted" }),
      "a quote": silent("> /review", { login: "maintainer" }),
      "a code block": silent("```\n/review\n```", { login: "maintainer" }),
      "the middle of a line": silent("please /review", { login: "maintainer" }),
      "a plain issue": () => plainIssue(app),
      "a closed pull request": () => closedPull(app),
      "100 times in a minute": async () => hundredTimes(await context.startApp()),
      "permission cannot be learnt": () => permissionUnknown(app),
      "the delivery twice, and again by hand": () => acknowledgedOnce(app),
      "the author": () => mayCommand(app, "author"),
      "a maintainer": () => mayCommand(app, "maintainer"),
    });
    const runs = await counter(app, "plumbline_reviews_total", 'outcome="published"');
    return `${parts} kinds: only those who may start a run (${runs} in all), 100 comments 1 run, 1 reaction each`;
  },
};

function assertNothingStarted(app: FaultApp, { pull }: ReturnType<FaultApp["openPull"]>): void {
  assert.equal(app.askedAbout(pull).length, 0, "questions to the model");
  assert.deepEqual(pull.reactions, []);
  assert.equal(pull.repository.checkRuns.length, 0);
  assert.equal(ownReviews(pull).length, 0);
  const answers = pull.issueComments.filter(({ user }) => user.login === `${app.github.app.slug}[bot]`);
  assert.ok(
    answers.every(({ body }) => body.includes("/review")),
    "it says nothing of its own",
  );
}

async function startsNothing(app: FaultApp, text: string, options: CommentOptions): Promise<void> {
  const project = app.openPull();
  const { response } = await app.github.deliverComment(project.pull, text, options);
  assert.equal(response.status, 200);
  await aWhile();
  assertNothingStarted(app, project);
}

async function plainIssue(app: FaultApp): Promise<void> {
  const project = app.openPull();
  const { repository } = project;
  const { status } = await app.github.deliver("issue_comment", {
    action: "created",
    repository: { id: repository.id, name: repository.name, owner: { login: repository.owner } },
    installation: { id: repository.installationId },
    issue: { number: 1, state: "open", user: { login: "author" } },
    comment: { id: 77, body: "/review", user: { login: "maintainer", type: "User" } },
  });
  assert.equal(status, 200);
  await aWhile();
  assertNothingStarted(app, project);
}

async function closedPull(app: FaultApp): Promise<void> {
  const project = app.openPull();
  project.pull.state = "closed";
  await app.github.deliverComment(project.pull, "/review", { login: "maintainer" });
  await aWhile();
  assertNothingStarted(app, project);
}

/** While the first is being answered the other 99 arrive: they ask for what is under way. */
async function hundredTimes(app: FaultApp): Promise<void> {
  const project = app.openPull();
  const { pull } = project;
  const model = holdModel(app, project);
  for (let batch = 0; batch < 10; batch++)
    await Promise.all(
      Array.from({ length: 10 }, () => app.github.deliverComment(pull, "/review", { login: "maintainer" })),
    );
  await asked(app, pull);
  const commands = () => logLines(app, "command", pull).length;
  // Each is acknowledged, and that is paced as GitHub asks for: about one a second.
  await eventually("all commands have been looked at", () => commands() === 100, 140_000);
  model.release();
  await reviewed(app, pull);
  await aWhile();
  await aWhile();
  assertOneReview(pull);
  assert.equal(app.askedAbout(pull).filter(({ question }) => question === "security").length, 1, "runs");
}

/** Not granted, and not asked for ever. */
async function permissionUnknown(app: FaultApp): Promise<void> {
  const project = app.openPull();
  const { pull } = project;
  const path = pathOf(pull, "/collaborators/");
  app.github.failNext({ path, times: 1_000, effect: { kind: "status", status: 500 } });
  await app.github.deliverComment(pull, "/review", { login: "maintainer" });
  const tries = () =>
    requestsAbout(app, pull.repository).filter(({ path }) => path.includes("/collaborators/"));
  await eventually("the permission is asked for", () => tries().length > 0);
  await aWhile();
  await aWhile();
  assertNothingStarted(app, project);
  assert.ok(tries().length <= 10, `${tries().length} tries within seconds`);
}

async function acknowledgedOnce(app: FaultApp): Promise<void> {
  const { pull } = app.openPull();
  const guid = randomUUID();
  await app.github.deliverComment(pull, "/review", { login: "maintainer", guid });
  await Promise.all([app.github.redeliver(guid), app.github.redeliver(guid)]);
  await reviewed(app, pull);
  await app.github.redeliver(guid);
  await aWhile();
  assertOneReview(pull);
  assert.equal(pull.reactions.length, 1);
}

async function mayCommand(app: FaultApp, login: string): Promise<void> {
  const { pull } = app.openPull();
  await opened(app, pull);
  await reviewed(app, pull);
  await app.github.deliverComment(pull, "/review", { login });
  await eventually("a second review", () => ownReviews(pull).length === 2);
  assert.equal(pull.reactions.length, 1);
}
