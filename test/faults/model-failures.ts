// Case 26, first half: the model service fails for a while, or at one question, or for long.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Project } from "../app/project.ts";
import type { CutPoint, ModelAnswer } from "../model-answer.ts";
import { nothingFound } from "../model-double.ts";
import { aWhile, eventually, inParts, type Parts } from "./eventually.ts";
import {
  asked,
  assertNoneInProgress,
  assertOneReview,
  checksOf,
  concluded,
  logLines,
  opened,
  ownReviews,
  QUESTIONS,
  reviewed,
  skipWaits,
} from "./evidence.ts";
import type { CaseContext, FaultApp } from "./fault-case.ts";

const OVERLOADED = { kind: "error", status: 529, type: "overloaded_error" } as const;
/** The pauses inside a worker are not what is looked at here. */
const OVERLOADED_LONG = { ...OVERLOADED, headers: { "retry-after-ms": "1" } } as const;

const CUTS: readonly CutPoint[] = [
  "after-headers",
  "between-events",
  "in-event",
  "in-character",
  "before-stop",
];

export function failure(
  status: number,
  type: string,
  more: Partial<Extract<ModelAnswer, { kind: "error" }>> = {},
) {
  return { kind: "error", status, type, ...more } as const;
}

/** What passes by itself: asked again, and the review is whole. */
export function passingFailures(app: FaultApp): Parts {
  const passes =
    (answer: ModelAnswer, times = 1) =>
    async () => {
      const { pull } = app.openPull();
      let left = times;
      app.answerAbout(pull, (question) =>
        question.question === "security" && left-- > 0 ? answer : nothingFound(question),
      );
      await opened(app, pull);
      const check = await reviewed(app, pull);
      assertOneReview(pull);
      assert.equal(check.conclusion, "success");
      assert.equal(app.askedAbout(pull).length, QUESTIONS + times);
    };
  return {
    "429 with retry-after": passes(failure(429, "rate_limit_error", { headers: { "retry-after": "2" } })),
    "500": passes(failure(500, "api_error")),
    "a burst of 529": passes(OVERLOADED, 2),
    "an error inside a stream": passes({ kind: "error-in-stream", type: "overloaded_error" }),
    "connection reset": passes({ kind: "reset" }),
    "a page of a proxy": passes({ kind: "raw", status: 502, contentType: "text/html", body: "<h1>Bad</h1>" }),
    ...Object.fromEntries(CUTS.map((at) => [`stream cut ${at}`, passes({ kind: "cut", at })])),
  };
}

/** What no repetition changes: that pass failed, the others stand, and nobody calls the review complete. */
export function lastingFailures(app: FaultApp): Parts {
  const incomplete = (answer: ModelAnswer) => async () => {
    const { pull } = app.openPull();
    app.answerAbout(pull, (question) => (question.question === "security" ? answer : nothingFound(question)));
    await opened(app, pull);
    const check = await reviewed(app, pull);
    assertOneReview(pull);
    assert.equal(check.conclusion, "neutral");
    assert.match(ownReviews(pull)[0]?.body ?? "", /This review is incomplete/);
    assert.equal(app.askedAbout(pull).filter((one) => one.question === "security").length, 1);
  };
  return {
    "400": incomplete(failure(400, "invalid_request_error")),
    "413": incomplete(failure(413, "request_too_large")),
  };
}

/**
 * Minutes are not waited for in a worker: the run is put back and says so. One is well again after the first wait and
 * goes on where it was; for the others it is 1, 2, 4, 8, 16 minutes, and then it is said what there is, as incomplete,
 * or that there is nothing.
 */
export async function overloaded(context: CaseContext): Promise<void> {
  const app = await context.startApp();
  const [once, partly, wholly] = [app.openPull(), app.openPull(), app.openPull()];
  let isWell = false;
  app.answerAbout(once.pull, (question) =>
    question.question === "architecture" && !isWell ? OVERLOADED_LONG : nothingFound(question),
  );
  app.answerAbout(partly.pull, (question) =>
    question.question === "security" ? OVERLOADED_LONG : nothingFound(question),
  );
  app.answerAbout(wholly.pull, () => OVERLOADED_LONG);
  const all = [once, partly, wholly];
  for (const { pull } of all) await opened(app, pull);
  await waitingIsSaid(app, once);
  isWell = true;
  for (let parks = 1; parks <= MOST_PARKS && !all.every(isOver); parks++) {
    await eventually(`each has ended or waits for time ${parks}`, () =>
      all.every((one) => isOver(one) || logLines(app, "review parked", one.pull).length >= parks),
    );
    if (!all.every(isOver)) await skipWaits(app);
  }
  await goesOnWhereItWas(app, once);
  const check = await reviewed(app, partly.pull);
  assert.equal(check.conclusion, "neutral");
  assert.match(ownReviews(partly.pull)[0]?.body ?? "", /This review is incomplete/);
  await concluded(wholly.pull, "neutral", /^Not reviewed: .*overloaded/);
  assert.equal(ownReviews(wholly.pull).length, 0);
}

/** 1 + 2 + 4 + 8 + 16 minutes are more than the half hour that a run may wait in all. */
const MOST_PARKS = 6;

async function waitingIsSaid(app: FaultApp, { pull }: Project): Promise<void> {
  const line = await eventually("the run is parked", () => logLines(app, "review parked", pull)[0]);
  assert.match(String(line["reason"]), /overloaded/);
  const check = await eventually("its check run says so", () =>
    checksOf(pull).find(({ output }) => /^Waiting until \d\d:\d\d UTC: /.test(output.title ?? "")),
  );
  assert.equal(check.status, "in_progress");
}

async function goesOnWhereItWas(app: FaultApp, { pull }: Project): Promise<void> {
  const check = await reviewed(app, pull);
  assertOneReview(pull);
  assert.equal(check.conclusion, "success");
  assert.equal(checksOf(pull).length, 1, "one check run for both halves");
  const answered = app.askedAbout(pull).filter((one) => one.question !== "architecture");
  assert.equal(answered.length, QUESTIONS - 1, "answered questions were not asked again");
}

function isOver({ pull }: Project): boolean {
  return checksOf(pull).some((run) => run.status === "completed");
}

/** A stream that begins and then says nothing, as for 20 minutes; the server's timers run fast, so that it takes seconds. */
export async function silentForMinutes(context: CaseContext): Promise<void> {
  const preload = fileURLToPath(new URL("fast-timers.ts", import.meta.url));
  const app = await context.startApp({ NODE_OPTIONS: `--import ${preload}` });
  const { pull } = app.openPull();
  let left = 1;
  app.answerAbout(pull, (question) =>
    question.question === "security" && left-- > 0 ? { kind: "silence" } : nothingFound(question),
  );
  await opened(app, pull);
  await asked(app, pull);
  const check = await reviewed(app, pull);
  assertOneReview(pull);
  assert.equal(check.conclusion, "success");
  assert.equal(app.askedAbout(pull).length, QUESTIONS + 1);
}

/** Nobody can be asked at all: one notice, no further calls, and it goes on by itself when the service is well. */
export async function breakerOpens(context: CaseContext, answer: ModelAnswer, reason: RegExp): Promise<void> {
  const app = await context.startApp();
  const [first, second] = [app.openPull(), app.openPull()];
  let isWell = false;
  app.answerOthers((question) => (isWell ? nothingFound(question) : answer));
  await opened(app, first.pull);
  await concluded(first.pull, "neutral", /^Not reviewed: /);
  const calls = app.model.asked.length;
  assert.equal(calls, 1, "calls until the breaker opened");
  await opened(app, second.pull);
  const { output } = await concluded(second.pull, "neutral", /^Not reviewed: /);
  assert.match(output.title ?? "", reason);
  await aWhile();
  assert.equal(app.model.asked.length, calls, "calls while the breaker was open");
  const notices = logLines(app, "breaker open");
  assert.equal(notices.length, 1, "notices");
  assert.match(String(notices[0]?.["reason"]), reason);
  isWell = true;
  await skipWaits(app);
  await inParts({
    "the first goes on": () => reviewed(app, first.pull),
    "the second goes on": () => reviewed(app, second.pull),
  });
  for (const { pull } of [first, second]) {
    assertOneReview(pull);
    assertNoneInProgress(pull);
  }
  assert.equal(logLines(app, "breaker closed").length, 1);
}
