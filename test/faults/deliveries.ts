// Cases 1, 2 and 6: a delivery is recorded once, and answered whatever the rest of the world does.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Project } from "../app/project.ts";
import { aWhile, eventually, inParts } from "./eventually.ts";
import { asked, assertOneReview, jobsOf, logLines, opened, QUESTIONS, reviewed } from "./evidence.ts";
import { type CaseContext, type FaultApp, type FaultCase, STORES } from "./fault-case.ts";

export const duplicateDelivery: FaultCase = {
  number: 1,
  title: "The same delivery again and again",
  stores: STORES,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const [sequential, concurrent] = [app.openPull(), app.openPull()];
    const targets = app.fleet.servers.map((server) => server.webhookUrl);
    const send = ({ pull }: Project, guid: string, at: number) => {
      const target = targets[at % targets.length] ?? app.server.webhookUrl;
      return app.github.deliverPullRequest(pull, "opened", {}, { guid, target });
    };
    const guids = [randomUUID(), randomUUID()] as const;
    const answers: number[] = [];
    for (let at = 0; at < 3; at++) answers.push((await send(sequential, guids[0], at)).status);
    const together = Array.from({ length: 20 }, (_, at) => send(concurrent, guids[1], at));
    for (const answer of await Promise.all(together)) answers.push(answer.status);
    await Promise.all([reviewed(app, sequential.pull), reviewed(app, concurrent.pull)]);
    answers.push((await send(concurrent, guids[1], 1)).status);
    await aWhile();
    for (const { pull } of [sequential, concurrent]) {
      assertOneReview(pull);
      assert.equal(app.askedAbout(pull).length, QUESTIONS, "one review's questions");
      assert.deepEqual(
        (await jobsOf(app, pull)).map((job) => job.state),
        ["completed"],
      );
    }
    assert.deepEqual(
      answers,
      answers.map(() => 200),
    );
    return `${answers.length} answers 2XX, 1 job, 1 review and ${QUESTIONS} model calls for each of 2 deliveries`;
  },
};

export const failedDelivery: FaultCase = {
  number: 2,
  title: "A delivery that could not be stored comes again",
  stores: STORES,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const { pull } = app.openPull();
    const guid = randomUUID();
    const failure = await failDelivery(app, () =>
      app.github.deliverPullRequest(pull, "opened", {}, { guid }),
    );
    const again = await eventually("the delivery is taken", async () => {
      const { status } = await app.github.redeliver(guid);
      return status === 200 && status;
    });
    await reviewed(app, pull);
    assert.equal((await app.github.redeliver(guid)).status, 200);
    await aWhile();
    assertOneReview(pull);
    assert.equal(app.askedAbout(pull).length, QUESTIONS);
    assert.equal(logLines(app, "known", pull).length >= 1, true, "the later ones are known");
    // A server that starts finds the pull request by itself as well; the second job then sees that it is done.
    const mostJobs = app.line === null ? 2 : 1;
    const states = (await jobsOf(app, pull)).map((job) => job.state);
    assert.ok(states.length >= 1 && states.length <= mostJobs, `${states.length} jobs`);
    assert.ok(
      states.every((state) => state === "completed"),
      states.join(", "),
    );
    return `${failure}, then ${again}: ${states.length} job(s), 1 review; after it a no-op`;
  },
};

/** An embedded store cannot be away without its server, so there the whole receiver is. */
async function failDelivery(app: FaultApp, deliver: () => Promise<Response>): Promise<string> {
  if (app.line === null) {
    await app.fleet.kill();
    await assert.rejects(deliver(), /webhook pull_request to .* failed/);
    await app.start();
    return "receiver down";
  }
  app.line.cut();
  const { status } = await deliver();
  assert.equal(status, 503);
  app.line.restore();
  return "database down, answered 503";
}

export const slowSurroundings: FaultCase = {
  number: 6,
  title: "Model hung, database slow, silent, gone",
  stores: STORES,
  company: "alone",
  run: async (context: CaseContext) => {
    const app = await context.startApp();
    const hung = app.openPull();
    app.answerAbout(hung.pull, () => ({ kind: "hang" }));
    await opened(app, hung.pull);
    await asked(app, hung.pull);
    const withModelHung = await slowestOf(app, 30);
    const seen = [`model hung: slowest of 30 answers ${withModelHung} ms`];
    if (app.line !== null) seen.push(await onBadLine(app, app.line));
    return seen.join("; ");
  },
};

async function onBadLine(app: FaultApp, line: NonNullable<FaultApp["line"]>): Promise<string> {
  line.delay(50);
  const slow = await slowestOf(app, 30);
  line.delay(0);
  line.cut();
  const { pull } = app.openPull();
  const away = await app.github.deliverPullRequest(pull, "opened");
  assert.equal(away.status, 503, "the database is gone");
  line.restore();
  await eventually("it is ready again", () => isReady(app));
  line.silence();
  const silent = await app.github.deliverPullRequest(pull, "opened");
  assert.equal(silent.status, 503, "the database does not answer, within the 10 s that GitHub waits");
  line.restore();
  await eventually("it is ready again", () => isReady(app));
  await inParts({ "after the outage": () => opened(app, pull).then(() => reviewed(app, pull)) });
  assertOneReview(pull);
  return `100 ms to the database and back: ${slow} ms; gone and silent: 503; back: reviewed`;
}

async function isReady(app: FaultApp): Promise<boolean> {
  return (await fetch(`${app.server.origin}/readyz`)).status === 200;
}

/** Milliseconds, of deliveries one after another; none may take two seconds. */
async function slowestOf(app: FaultApp, count: number): Promise<number> {
  const { pull } = app.openPull();
  app.answerAbout(pull, () => ({ kind: "hang" }));
  const times: number[] = [];
  for (let at = 0; at < count; at++) {
    const before = performance.now();
    await opened(app, pull);
    times.push(performance.now() - before);
  }
  const slowest = Math.round(Math.max(...times));
  assert.ok(slowest < 2_000, `answered after ${slowest} ms`);
  return slowest;
}
