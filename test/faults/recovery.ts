// Case 30: the receiver is away for hours, comes back, and finds out what it has missed.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Project } from "../app/project.ts";
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
import { type CaseContext, type FaultApp, type FaultCase, STORES } from "./fault-case.ts";
import { holdModel, push } from "./heads.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const MISSED_PULLS = 40;
const MISSED_PUSHES = 10;
/** Rows that the list of deliveries has besides, so that it has more than one page of 100. */
const OTHER_ROWS = 70;
const BY_HAND = 5;

export const outage: FaultCase = {
  number: 30,
  title: "Outage and missed deliveries",
  stores: STORES,
  company: "others",
  run: async (context) => {
    await inParts({
      "away for six hours": () => awayForHours(context),
      "SIGTERM while reviews run": () => stopsInOrder(context),
    });
    return `${MISSED_PULLS + MISSED_PUSHES} missed deliveries: each open head reviewed once, as is a pull request of 4 days ago; SIGTERM loses nothing`;
  },
};

async function awayForHours(context: CaseContext): Promise<void> {
  const app = await context.startApp({ PLUMBLINE_CONCURRENCY: "16" });
  const stuck = await diesMidway(app);
  const missed = await missDeliveries(app);
  const lost = openPulls(app, 1, -4 * DAY_MS);
  // GitHub itself is not quite well when the server comes back.
  const effect = { kind: "status", status: 502 } as const;
  app.github.failNext({ path: /^\/app\/hook\/deliveries/, times: 2, effect });
  app.github.failNext({ path: /^\/installation\/repositories/, times: 1, effect });
  // Both replicas start at the same time, and so do their sweepers.
  await app.start();
  const byHand = missed.guids.slice(0, BY_HAND).map((guid) => app.github.redeliver(guid));
  for (const answer of await Promise.all(byHand)) assert.equal(answer.status, 200);
  const all = [...missed.projects, ...lost];
  for (const { pull } of all) await reviewed(app, pull);
  await eventually("the stuck check run is concluded", () =>
    checksOf(stuck.pull).every((run) => run.status === "completed"),
  );
  await aWhile();
  for (const { pull } of all) assertOneReview(pull);
  await noneLeft(app, [...all, stuck]);
  assert.equal(ownReviews(stuck.pull).length, 0);
}

/** One that is left is told with what the servers said of its pull request: there are 42 of them. */
async function noneLeft(app: FaultApp, projects: readonly Project[]): Promise<void> {
  const left = () =>
    projects.filter(({ pull }) => checksOf(pull).some(({ status }) => status !== "completed"));
  try {
    await eventually("no check run is left", () => left().length === 0);
  } catch (error) {
    const names = new Set(left().map(({ pull }) => pull.repository.fullName));
    const lines = app.fleet.logs().filter(({ repository }) => names.has(String(repository)));
    throw new Error(lines.map((line) => JSON.stringify(line)).join("\n"), { cause: error });
  }
}

/** Killed in the middle of a review, and the pull request is closed while nobody hears it. */
async function diesMidway(app: FaultApp): Promise<Project> {
  const project = app.openPull();
  holdModel(app, project);
  await opened(app, project.pull);
  await asked(app, project.pull);
  await app.fleet.kill();
  project.pull.state = "closed";
  return project;
}

/** Opened at another time, in installations of ten repositories each that were there before; nobody is told. */
function openPulls(app: FaultApp, count: number, offsetMs: number): readonly Project[] {
  app.github.clock.offsetMs = offsetMs;
  const first = Math.abs(offsetMs);
  const projects = Array.from({ length: count }, (_, at) =>
    app.openPull({ installationId: first + Math.floor(at / 10) }),
  );
  const installed = new Date(Date.now() - 30 * DAY_MS).toISOString();
  for (const { repository } of projects)
    app.github.installation(repository.installationId).createdAt = installed;
  app.github.clock.offsetMs = 0;
  return projects;
}

async function missDeliveries(app: FaultApp) {
  const projects = openPulls(app, MISSED_PULLS, -6 * HOUR_MS);
  app.github.clock.offsetMs = -6 * HOUR_MS;
  const guids: string[] = [];
  const miss = async (event: string, payload: unknown) => {
    const guid = randomUUID();
    await assert.rejects(app.github.deliver(event, payload, { guid }), /failed/);
    return guid;
  };
  for (const { pull } of projects)
    guids.push(await miss("pull_request", await app.github.payloadOf(pull, "opened")));
  for (const project of projects.slice(0, MISSED_PUSHES)) {
    push(app, project, "export const vat = 23;\n");
    guids.push(await miss("pull_request", await app.github.payloadOf(project.pull, "synchronize")));
  }
  for (let at = 0; at < OTHER_ROWS; at++) await miss("push", { ref: "refs/heads/main" });
  app.github.clock.offsetMs = 0;
  return { projects, guids };
}

/** One review is nearly done when SIGTERM comes and ends; one hangs and goes back to the queue. */
async function stopsInOrder(context: CaseContext): Promise<void> {
  const app = await context.startApp();
  const [quick, slow] = [app.openPull(), app.openPull()];
  const model = holdModel(app, quick);
  app.answerAbout(slow.pull, () => ({ kind: "hang" }));
  await Promise.all([opened(app, quick.pull), opened(app, slow.pull)]);
  await Promise.all([asked(app, quick.pull), asked(app, slow.pull)]);
  const stopped = app.fleet.stop();
  await pause(500);
  model.release();
  for (const exit of await stopped) assert.deepEqual(exit, { code: 0, signal: null });
  assertOneReview(quick.pull);
  assertNoneInProgress(quick.pull);
  app.answerAbout(slow.pull, nothingFound);
  await app.start();
  await reviewed(app, slow.pull);
  assertOneReview(slow.pull);
  assert.equal(checksOf(slow.pull).length, 1);
}
