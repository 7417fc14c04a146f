// What was lost while nobody listened is found again: by the list of deliveries, and by the open pull requests.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres } from "../postgres.ts";
import { until } from "./until.ts";
import { closeClean, opened, startWholeApp, type WholeApp } from "./whole-app.ts";

let app: WholeApp;
beforeAll(async () => {
  app = await startWholeApp();
});
afterAll(() => closeClean(app));

type Pull = ReturnType<WholeApp["openPull"]>["pull"];

/** One review, and a check run that has its verdict. */
function reviewedOnce(pull: Pull): Promise<unknown> {
  return until(
    `one review of ${pull.title}`,
    () => pull.reviews.length === 1 && pull.checkRuns.every(({ status }) => status === "completed"),
    () => app.server.output(),
  );
}

function sweeps(): number {
  return app.server.logs().filter(({ msg }) => msg === "swept").length;
}

describe("after an outage", () => {
  it("every open pull request is reviewed once: known, missed, and never told of", async () => {
    const known = app.openPull().pull;
    await opened(app, known);
    await app.fleet.stop();
    const missed = app.openPull().pull;
    await expect(app.github.deliverPullRequest(missed, "opened")).rejects.toThrow(/failed/);
    const untold = app.openPull().pull;
    const draft = app.openPull({ draft: true }).pull;
    await app.start();

    await Promise.all([missed, untold].map(reviewedOnce));
    await until("a sweep", () => sweeps() > 0);
    const [swept] = app.server.logs().filter(({ msg }) => msg === "swept");
    expect(swept).toMatchObject({ scope: "everything", repeated: 1, faults: 0 });
    expect(known.reviews).toHaveLength(1);
    expect(draft.reviews).toHaveLength(0);
    const repeated = app.github.requests.filter(({ path }) => path.endsWith("/attempts"));
    expect(repeated).toHaveLength(1);
  });

  it("nothing is left to do for the next one", async () => {
    await app.restart();
    await until("a sweep", () => sweeps() > 0);
    const [swept] = app.server.logs().filter(({ msg }) => msg === "swept");
    // The delivery may be asked for again: the stand-in sent it to where the server was before its restart.
    expect(swept).toMatchObject({ added: 0, closed: 0, faults: 0 });
  });
});

describe("after a suspension", () => {
  it("the open pull requests of that installation are looked for", async () => {
    const { pull, repository } = app.openPull();
    const before = sweeps();
    await app.github.deliverInstallation(repository.installationId, "unsuspend");

    await reviewedOnce(pull);
    expect(sweeps()).toBe(before + 1);
    const last = app.server.logs().findLast(({ msg }) => msg === "swept");
    expect(last).toMatchObject({ scope: "some", repositories: 1, added: 1 });
  });
});

describe("two replicas that start after an outage", () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.close());

  it("review each open pull request once between them", async () => {
    const pair = await startWholeApp({}, { databaseUrl: await postgres.createDatabase(), replicas: 2 });
    await pair.fleet.stop();
    const missed = Array.from({ length: 3 }, () => pair.openPull().pull);
    for (const pull of missed)
      await expect(pair.github.deliverPullRequest(pull, "opened")).rejects.toThrow(/failed/);
    const untold = Array.from({ length: 3 }, () => pair.openPull().pull);
    await pair.start();

    const all = [...missed, ...untold];
    const isDone = (pull: Pull) =>
      pull.reviews.length > 0 && pull.checkRuns.every(({ status }) => status === "completed");
    await until(
      "reviews of all",
      () => all.every(isDone),
      () => pair.fleet.output(),
    );
    expect(all.map(({ reviews }) => reviews.length)).toEqual([1, 1, 1, 1, 1, 1]);
    const calls = all.map((pull) => pair.askedAbout(pull).length);
    expect(new Set(calls).size).toBe(1);
    await closeClean(pair);
  });
});
