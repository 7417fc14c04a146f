// Case 12: SIGKILL at every step of a run. Each pull request is held at its step; then the server dies under all of them.
import assert from "node:assert/strict";
import type { Project } from "../app/project.ts";
import { nothingFound } from "../model-double.ts";
import { aWhile, eventually, inParts } from "./eventually.ts";
import {
  assertNoneInProgress,
  assertOneReview,
  checksOf,
  opened,
  pathOf,
  QUESTIONS,
  requestsAbout,
  reviewed,
  reviewPosts,
} from "./evidence.ts";
import { type FaultApp, type FaultCase, STORES } from "./fault-case.ts";

interface Step {
  /** Holds the run of this pull request when it gets there. */
  readonly hold: (app: FaultApp, project: Project) => void;
  readonly isThere: (app: FaultApp, project: Project) => boolean;
  /** Questions in all, before and after the kill. */
  readonly questions: number;
}

const HANG = { kind: "hang" } as const;
const HANDLED = { kind: "handle-then-hang" } as const;

const STEPS: Readonly<Record<string, Step>> = {
  "after fetch": {
    hold: (app, { pull }) => app.github.failNext({ path: pathOf(pull, "/pulls/1/reviews"), effect: HANG }),
    isThere: (app, { repository }) =>
      requestsAbout(app, repository).some(({ path }) => /\/reviews/.test(path)),
    questions: QUESTIONS,
  },
  "check run created, answer lost": {
    hold: (app, { pull }) =>
      app.github.failNext({ method: "POST", path: pathOf(pull, "/check-runs$"), effect: HANDLED }),
    isThere: (_app, { pull }) => checksOf(pull).length > 0,
    questions: QUESTIONS,
  },
  "mid-LLM": {
    hold: (app, { pull }) => holdQuestion(app, pull),
    isThere: (app, { pull }) => app.askedAbout(pull).some(({ question }) => question === "architecture"),
    // The one that was not answered is asked again, and no other.
    questions: QUESTIONS + 1,
  },
  "after LLM stored": {
    hold: (app, { pull }) =>
      app.answerAbout(pull, (asked) => {
        // By now everything that is read before has been read: the next look is the one before the POST.
        if (asked.question === "summary")
          app.github.failNext({ method: "GET", path: pathOf(pull, "/pulls/1$"), effect: HANG });
        return nothingFound(asked);
      }),
    isThere: (app, { pull }) =>
      app.askedAbout(pull).length === QUESTIONS &&
      requestsAbout(app, pull.repository).filter(({ path }) => path.endsWith("/pulls/1")).length === 2,
    questions: QUESTIONS,
  },
  "POST sent, not arrived": {
    hold: (app, { pull }) => app.github.failNext({ method: "POST", path: postOf(pull), effect: HANG }),
    isThere: (app, { pull }) => reviewPosts(app, pull).length > 0,
    questions: QUESTIONS,
  },
  "POST done, answer lost": {
    hold: (app, { pull }) => app.github.failNext({ method: "POST", path: postOf(pull), effect: HANDLED }),
    isThere: (_app, { pull }) => pull.reviews.length > 0,
    questions: QUESTIONS,
  },
  "after POST, before the commit": {
    hold: (app, { pull }) =>
      app.github.failNext({ method: "PATCH", path: pathOf(pull, "/check-runs/"), effect: HANG }),
    isThere: (app, { repository }) => requestsAbout(app, repository).some(({ method }) => method === "PATCH"),
    questions: QUESTIONS,
  },
};

function postOf(pull: Project["pull"]): RegExp {
  return pathOf(pull, "/pulls/1/reviews$");
}

function holdQuestion(app: FaultApp, pull: Project["pull"]): void {
  let isHeld = false;
  app.answerAbout(pull, (asked) => {
    if (isHeld || asked.question !== "architecture") return nothingFound(asked);
    isHeld = true;
    return HANG;
  });
}

export const killedAtEachStep: FaultCase = {
  number: 12,
  title: "SIGKILL at each step",
  stores: STORES,
  company: "others",
  run: async (context) => {
    const app = await context.startApp({ PLUMBLINE_CONCURRENCY: "12" });
    const victim = await onlyVictim(app);
    const steps = Object.entries(STEPS).map(([name, step]) => ({ name, step, project: app.openPull() }));
    for (const { step, project } of steps) {
      step.hold(app, project);
      await opened(app, project.pull);
    }
    for (const { name, step, project } of steps)
      await eventually(`the step "${name}"`, () => step.isThere(app, project));
    const acked = app.openPull();
    // On PostgreSQL the other replica is there all the time, and has nothing to do with these jobs yet.
    const survivors = app.line === null ? [] : [await app.fleet.add()];
    await opened(app, acked.pull);
    const { signal } = await victim.kill();
    assert.equal(signal, "SIGKILL");
    if (survivors.length === 0) await app.start();
    await inParts({
      "after ack": () => onceReviewed(app, acked, QUESTIONS),
      ...Object.fromEntries(
        steps.map(({ name, step, project }) => [name, () => onceReviewed(app, project, step.questions)]),
      ),
    });
    const after = app.line === null ? "the restart" : "the takeover by the other replica";
    return `killed at ${steps.length + 1} steps: after ${after} 1 review each, no answered question asked again`;
  },
};

/** Of two replicas one is stopped, so that all jobs are with the other; a replica joins again before the kill. */
async function onlyVictim(app: FaultApp) {
  const [victim, ...others] = app.fleet.servers;
  assert.ok(victim);
  await Promise.all(others.map((server) => server.stop()));
  return victim;
}

async function onceReviewed(app: FaultApp, { pull }: Project, questions: number): Promise<void> {
  await reviewed(app, pull);
  await aWhile();
  assertOneReview(pull);
  const count = app.askedAbout(pull).length;
  assert.ok(count <= questions, `${count} questions asked, ${questions} are enough`);
  assertNoneInProgress(pull);
}
