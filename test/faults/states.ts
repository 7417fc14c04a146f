// Cases 10 and 11: the pull request is closed, drafted or aimed at another base while it is being reviewed.
import assert from "node:assert/strict";
import { writeAll } from "../builders-git.ts";
import { aWhile, inParts } from "./eventually.ts";
import { asked, assertOneReview, concluded, jobsOf, opened, ownReviews, reviewed } from "./evidence.ts";
import { type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";
import { holdModel } from "./heads.ts";

export const closedMeanwhile: FaultCase = {
  number: 10,
  title: "Closed or merged during the run",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const projects = { closed: app.openPull(), merged: app.openPull() };
    const ends = async (merged: boolean) => {
      const { pull } = merged ? projects.merged : projects.closed;
      const model = holdModel(app, { pull });
      await opened(app, pull);
      await asked(app, pull);
      Object.assign(pull, { state: "closed", merged });
      await app.github.deliverPullRequest(pull, "closed");
      await concluded(pull, "neutral", /closed during the review/i);
      model.release();
      await aWhile();
      assert.equal(ownReviews(pull).length, 0);
    };
    await inParts({ closed: () => ends(false), merged: () => ends(true) });
    const { pull } = projects.closed;
    pull.state = "open";
    await app.github.deliverPullRequest(pull, "reopened");
    await reviewed(app, pull);
    assertOneReview(pull);
    assert.deepEqual(
      (await jobsOf(app, projects.merged.pull)).map((job) => job.state),
      ["cancelled"],
    );
    return "nothing posted, check neutral, job cancelled; reopened: reviewed";
  },
};

export const draftsAndBases: FaultCase = {
  number: 11,
  title: "Draft, converted to draft, base changed",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    await inParts({
      draft: () => draftThenReady(app),
      "converted to draft": () => convertedToDraft(app),
      "base changed": () => baseChanged(app),
    });
    return "draft skipped, ready reviewed; converted: stopped, neutral; base changed: read anew";
  },
};

async function draftThenReady(app: FaultApp): Promise<void> {
  const { pull } = app.openPull({ draft: true });
  await opened(app, pull);
  await aWhile();
  assert.equal(app.askedAbout(pull).length, 0);
  pull.draft = false;
  await app.github.deliverPullRequest(pull, "ready_for_review");
  await reviewed(app, pull);
  assertOneReview(pull);
}

async function convertedToDraft(app: FaultApp): Promise<void> {
  const { pull } = app.openPull();
  const model = holdModel(app, { pull });
  await opened(app, pull);
  await asked(app, pull);
  pull.draft = true;
  await app.github.deliverPullRequest(pull, "converted_to_draft");
  await concluded(pull, "neutral", /converted to a draft/i);
  model.release();
  await aWhile();
  assert.equal(ownReviews(pull).length, 0);
}

async function baseChanged(app: FaultApp): Promise<void> {
  const project = app.openPull();
  const { pull, git } = project;
  const from = pull.baseSha;
  git.git("checkout", "--quiet", "-b", "release", "main");
  writeAll(git, { "README.md": "Release\n" });
  git.commit("On the release branch");
  git.git("checkout", "--quiet", "topic");
  const model = holdModel(app, project);
  await opened(app, pull);
  await asked(app, pull);
  pull.baseRef = "release";
  const changes = { base: { ref: { from: "main" }, sha: { from } } };
  await app.github.deliverPullRequest(pull, "edited", { changes });
  await concluded(pull, "neutral", /superseded/i);
  model.release();
  await reviewed(app, pull);
  assertOneReview(pull);
  assert.match(ownReviews(pull)[0]?.body ?? "", new RegExp(`base=${pull.baseSha}`));
}
