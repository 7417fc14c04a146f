// Cases 7 to 9: the head moves while it is being reviewed; only what it is now counts.
import assert from "node:assert/strict";
import type { Project } from "../app/project.ts";
import { writeAll } from "../builders-git.ts";
import { nothingFound } from "../model-double.ts";
import { aWhile, eventually, inParts } from "./eventually.ts";
import {
  asked,
  assertNoneInProgress,
  assertOneReview,
  checksOf,
  opened,
  ownReviews,
  reviewed,
} from "./evidence.ts";
import { type FaultApp, type FaultCase, PGLITE, STORES } from "./fault-case.ts";

/** Another commit on the topic branch; GitHub knows it, and has told nobody yet. */
export function push(app: FaultApp, project: Project, content: string): void {
  app.github.pushHead(project.pull, commitOn(project, content));
}

function commitOn({ git }: Project, content: string): string {
  writeAll(git, { "src/price.ts": content });
  return git.commit("Another change");
}

/** The topic branch is written anew: its old head is not among its commits any more. */
function forcePush(app: FaultApp, { pull, git }: Project, content: string): void {
  writeAll(git, { "src/price.ts": content });
  git.git("commit", "--quiet", "--all", "--amend", "--message", "The change, again");
  app.github.pushHead(pull, git.git("rev-parse", "HEAD").trim());
}

/** The model answers nothing about this pull request until it is let go. */
export function holdModel(app: FaultApp, { pull }: Pick<Project, "pull">): { readonly release: () => void } {
  const gate = Promise.withResolvers<void>();
  app.answerAbout(pull, async (question) => {
    await gate.promise;
    return nothingFound(question);
  });
  return { release: gate.resolve };
}

export const outOfOrder: FaultCase = {
  number: 7,
  title: "Deliveries out of order",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const project = app.openPull();
    const { pull } = project;
    const stale = await app.github.payloadOf(pull, "opened");
    push(app, project, "export const vat = 20;\n");
    await app.github.deliverPullRequest(pull, "synchronize");
    await app.github.deliver("pull_request", stale);
    await reviewed(app, pull);
    // Once more when all is done: it tells of a head that is gone.
    await app.github.deliver("pull_request", stale);
    await aWhile();
    assertOneReview(pull);
    assertNoneInProgress(pull);
    return "synchronize before opened: 1 review, of the current head";
  },
};

export const burst: FaultCase = {
  number: 8,
  title: "20 pushes in 5 seconds",
  stores: STORES,
  // Pushes that come slower than meant are another case.
  company: "alone",
  run: async (context) => {
    const app = await context.startApp();
    const project = app.openPull();
    const { pull } = project;
    const commits = Array.from({ length: 20 }, (_, at) =>
      commitOn(project, `export const vat = ${100 + at};\n`),
    );
    const targets = app.fleet.servers.map((server) => server.webhookUrl);
    await opened(app, pull);
    let mostJobs = 0;
    for (const [at, commit] of commits.entries()) {
      app.github.pushHead(pull, commit);
      const target = targets[at % targets.length] ?? app.server.webhookUrl;
      await app.github.deliverPullRequest(pull, "synchronize", {}, { target });
      if (app.line !== null) mostJobs = Math.max(mostJobs, (await openJobs(app)).length);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    await reviewed(app, pull);
    const before = ownReviews(pull).length;
    const runs = app.askedAbout(pull).filter((question) => question.question === "security").length;
    await aWhile();
    assert.equal(ownReviews(pull).filter((review) => review.commit_id === pull.headSha).length, 1);
    assert.equal(ownReviews(pull).length, before);
    assert.ok(before <= 2, `${before} reviews: of the final head, and at most of the first`);
    assert.ok(runs <= 2, `the model was asked by ${runs} runs`);
    assert.ok(mostJobs <= 2, `${mostJobs} jobs at the same time`);
    assertNoneInProgress(pull);
    return `20 pushes: final head reviewed once, the model asked by ${runs} run(s), no check run left open`;
  },
};

function openJobs(app: FaultApp): Promise<readonly unknown[]> {
  return app.query(
    "SELECT 1 FROM pgboss.job WHERE name = 'reviews' AND state IN ('created', 'retry', 'active')",
  );
}

export const forcePushed: FaultCase = {
  number: 9,
  title: "Force-push while the model reads, and after",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const during = async () => {
      const project = app.openPull();
      const { pull } = project;
      const old = pull.headSha;
      const model = holdModel(app, project);
      await opened(app, pull);
      await asked(app, pull);
      forcePush(app, project, "export const vat = 21;\n");
      await app.github.deliverPullRequest(pull, "synchronize");
      // The run of the old head is stopped by the push alone, not by an answer of the model.
      await eventually("the old check run is concluded", () =>
        checksOf(pull).find((run) => run.head_sha === old && run.conclusion === "neutral"),
      );
      model.release();
      await reviewed(app, pull);
      assertOneReview(pull);
      assertNoneInProgress(pull);
    };
    const after = async () => {
      const project = app.openPull();
      const { pull } = project;
      await opened(app, pull);
      await reviewed(app, pull);
      forcePush(app, project, "export const vat = 22;\n");
      // GitHub points the old review at the new head (max-sixty/tend#884); that is no review of it.
      assert.equal(ownReviews(pull)[0]?.shownCommitId, pull.headSha);
      await app.github.deliverPullRequest(pull, "synchronize");
      await reviewed(app, pull);
      assert.equal(ownReviews(pull).length, 2);
    };
    await inParts({ "during the model call": during, "after the review": after });
    return "old result not posted, new head reviewed, also where GitHub re-pointed the old review";
  },
};
