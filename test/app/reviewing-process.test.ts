// Reviews run in a process of their own: what becomes of them when it breaks, and of it when the server does.
import { readdirSync } from "node:fs";
import { constants, getPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ReviewJob } from "../../src/domain/job.ts";
import type { Attempt } from "../../src/queue/worker.ts";
import { type ChildOptions, type ProcessEnd, startChild } from "../../src/review-child.ts";
import { type ReviewRunner, reviewRunner } from "../../src/review-runner.ts";
import type { ServerWiring } from "../../src/wiring.ts";
import { nothingFound } from "../model-double.ts";
import { processTree } from "../process-tree.ts";
import { until } from "./until.ts";
import { opened, startWholeApp, type WholeApp } from "./whole-app.ts";

function reviewProcess(parent: number): number | undefined {
  return processTree(parent).find(({ command }) => command.includes("review-process"))?.pid;
}

function isThere(pid: number): boolean {
  return processTree(pid).length > 0;
}

describe("the reviewing process", () => {
  let app: WholeApp;
  beforeAll(async () => {
    app = await startWholeApp();
  });
  afterAll(() => app.close());

  /** A review whose summary is not answered: all passes are stored by then. */
  async function heldReview() {
    const project = app.openPull();
    const { pull } = project;
    app.answerAbout(pull, (asked) => (asked.question === "summary" ? { kind: "hang" } : nothingFound(asked)));
    await app.github.deliverPullRequest(pull, "opened");
    await until("the last question", () =>
      app.askedAbout(pull).some(({ question }) => question === "summary"),
    );
    const pid = reviewProcess(app.server.pid);
    if (pid === undefined) throw new Error("there is no reviewing process");
    return { pull, pid };
  }

  it("is not there before the first review", () => {
    expect(reviewProcess(app.server.pid)).toBeUndefined();
  });

  it("may be killed: the server stays, the review is posted once and asks nothing twice that was answered", async () => {
    const { pull, pid } = await heldReview();
    const before = app.askedAbout(pull).length;
    app.answerAbout(pull, nothingFound);

    process.kill(pid, "SIGKILL");

    await until("the review", () => pull.reviews.length > 0, app.server.output);
    expect((await fetch(`${app.server.origin}/healthz`)).status).toBe(200);
    expect(app.server.logs()).toContainEqual(
      expect.objectContaining({ msg: "the reviewing process broke", during: "work", attempts: 1 }),
    );
    expect(pull.reviews).toHaveLength(1);
    expect(app.askedAbout(pull).length).toBe(before + 1);
    await until("its verdict", () => pull.checkRuns.every(({ status }) => status === "completed"));
    expect(pull.checkRuns).toHaveLength(1);
  });

  it.runIf(process.platform === "linux")("gives way to the server, with all of its threads", async () => {
    const { pid } = await heldReview();
    const threads = readdirSync(`/proc/${pid}/task`).map(Number);

    expect(threads.length).toBeGreaterThan(4);
    expect(new Set(threads.map(getPriority))).toEqual(new Set([constants.priority.PRIORITY_BELOW_NORMAL]));
    expect(getPriority(app.server.pid)).toBe(0);
  });

  it("leaves its end to the server, whoever else signals it", async () => {
    const { pull, pid } = await heldReview();

    for (const signal of ["SIGTERM", "SIGINT"] as const) process.kill(pid, signal);
    const next = app.openPull().pull;
    await opened(app, next);

    await until("a review", () => next.reviews.length === 1, app.server.output);
    expect(reviewProcess(app.server.pid)).toBe(pid);
    expect(pull.reviews).toHaveLength(0);
  });

  it("ends with the server, even one that is killed", async () => {
    const { pid } = await heldReview();

    await app.fleet.kill();

    await until("its end", () => !isThere(pid));
  });
});

const SETTINGS = {
  APP_ID: "1",
  WEBHOOK_SECRET: "s",
  PRIVATE_KEY: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
};

describe("an attempt whose process breaks", () => {
  const runners: Pick<ReviewRunner, "close">[] = [];
  afterEach(async () => {
    for (const runner of runners.splice(0)) await runner.close();
  });

  /** The store never answers, so that the attempt stays where it begins. */
  function aRunner(environment: Readonly<Record<string, string>> = SETTINGS) {
    const said: string[] = [];
    const asked = Promise.withResolvers<void>();
    const note = (word: string) => () => void said.push(word);
    const runner = reviewRunner({
      environment: { PATH: process.env["PATH"], ...environment },
      database: {
        rows: () => {
          asked.resolve();
          return new Promise(() => undefined);
        },
      },
      checkLeft: note("check left"),
      onBroken: note("left-overs"),
      wiring: {
        metrics: { review: (outcome: string) => void said.push(outcome), reviewMemory: () => undefined },
        ledger: {
          ended: async (_: string, outcome: string, reason: string) =>
            void said.push(`${outcome}: ${reason}`),
        },
        log: { error: note("told") },
      } as unknown as ServerWiring,
    });
    runners.push(runner);
    return { runner, said, asked: asked.promise };
  }

  function anAttempt(isLast: boolean): Attempt<ReviewJob> {
    return {
      id: "0e6dbd48-2f5a-4d0c-8a0f-2f0ad4cbbb10",
      job: {
        locator: { installationId: 1, repositoryId: 1, owner: "acme", name: "shop", number: 1 },
        trigger: "event",
        scope: { passes: [], paths: [] },
        memory: "keep",
      },
      number: 0,
      isLast,
      signal: new AbortController().signal,
      holds: async () => true,
    };
  }

  async function breakIt(isLast: boolean) {
    const { runner, said, asked } = aRunner();
    const ending = runner.run(anAttempt(isLast));
    await asked;
    process.kill(reviewProcess(process.pid) ?? 0, "SIGKILL");
    return { ending: await ending, said };
  }

  async function outcomeOf(
    environment: Readonly<Record<string, string>>,
    meanwhile: (runner: ReviewRunner) => unknown,
  ) {
    const { runner, said } = aRunner(environment);
    const ending = runner.run(anAttempt(true));
    await meanwhile(runner);
    return { ending: await ending, said };
  }

  const reason = "the reviewing process broke: SIGKILL";

  it("costs one, and is tried again", async () => {
    const { ending, said } = await breakIt(false);

    expect(ending).toMatchObject({ kind: "again", counts: true, reason });
    expect(said).toEqual(["told", "left-overs", "check left"]);
  });

  it("is given up visibly when it was the last", async () => {
    const { ending, said } = await breakIt(true);

    expect(ending).toEqual({ kind: "given-up", reason });
    expect(said).toEqual(["told", "left-overs", "check left", "failed", `failed: ${reason}`]);
  });

  it("is not to blame for a process that cannot start", async () => {
    const { ending, said } = await outcomeOf({ APP_ID: "1" }, () => undefined);

    expect(ending).toMatchObject({
      kind: "again",
      counts: false,
      reason: expect.stringMatching(/exit code 1/),
    });
    expect(said).toEqual(["told", "left-overs"]);
  });

  it.runIf(process.platform === "linux")("does not wait for one that hangs", async () => {
    const ends: ProcessEnd[] = [];
    const child = startChild(
      {
        environment: { PATH: process.env["PATH"], ...SETTINGS },
        offered: {} as unknown as ChildOptions["offered"],
        onMemory: () => undefined,
        isBusy: () => true,
        onEnd: (end) => ends.push(end),
      },
      { leaveMs: 100, watchMs: 50, silenceMs: 7_000 },
    );
    runners.push({ close: () => child.end() });
    const { id, job } = anAttempt(true);
    const running = child.calls.run({ ticket: 1, id, job, number: 0, isLast: true });
    running.catch(() => undefined);
    await until("the process", () => reviewProcess(process.pid) !== undefined);

    process.kill(reviewProcess(process.pid) ?? 0, "SIGSTOP");

    await expect(running).rejects.toThrow(/it was silent for 7 s/);
    expect(ends).toHaveLength(1);
  });

  it("goes back as it was when the server stops, also before the process has started", async () => {
    const early = await outcomeOf(SETTINGS, (runner) => runner.close());

    expect(early.ending).toMatchObject({ kind: "again", counts: false, reason: "the server was stopped" });
    expect(early.said).toEqual([]);
  });

  it("survives signals to a process that has only begun to load", async () => {
    const { runner, asked } = aRunner();
    const ending = runner.run(anAttempt(true));
    await until("the process", () => reviewProcess(process.pid) !== undefined);
    await sleep(150);

    process.kill(reviewProcess(process.pid) ?? 0, "SIGINT");

    await asked;
    await runner.close();
    expect(await ending).toMatchObject({ counts: false });
  });
});
