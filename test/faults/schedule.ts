// Runs cases: a few side by side, because they mostly wait, and those that measure something one by one.
import { performance } from "node:perf_hooks";
import type { Postgres } from "../postgres.ts";
import { type OpenContext, openContext } from "./case-context.ts";
import { textOf } from "./eventually.ts";
import type { FaultCase, StoreKind } from "./fault-case.ts";

export interface Trial {
  readonly fault: FaultCase;
  readonly store: StoreKind;
}

export interface Verdict extends Trial {
  readonly seconds: number;
  /** What was seen; null when the case failed. */
  readonly seen: string | null;
  readonly failure: string | null;
  /** The last lines of the servers, when it failed. */
  readonly log: string;
}

export interface Schedule {
  readonly postgres: () => Promise<Postgres>;
  readonly onStart: (trial: Trial) => void;
  readonly onEnd: (verdict: Verdict) => void;
  /** Contexts that are open now, for whoever has to end before the cases do. */
  readonly open: Set<OpenContext>;
}

/** More would make the processes of two cores wait for each other instead of for what the case is about. */
const SIDE_BY_SIDE = 6;
const CASE_DEADLINE_MS = 200_000;
const LOG_LINES = 40;

export async function runTrials(trials: readonly Trial[], schedule: Schedule): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const run = async (trial: Trial) => {
    schedule.onStart(trial);
    const verdict = await runTrial(trial, schedule);
    schedule.onEnd(verdict);
    verdicts.push(verdict);
  };
  for (const trial of trials.filter(({ fault }) => fault.company === "alone")) await run(trial);
  const waiting = trials.filter(({ fault }) => fault.company === "others").toSorted(longestFirst);
  const lane = async () => {
    for (let trial = waiting.shift(); trial !== undefined; trial = waiting.shift()) await run(trial);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  return verdicts;
}

/** Cases that wait for long in real time; begun late, they would be waited for at the end. */
const LONGEST: readonly number[] = [29, 30, 12, 20, 26, 22, 19, 13, 14];

function longestFirst(a: Trial, b: Trial): number {
  const rank = ({ fault }: Trial) => [...LONGEST, fault.number].indexOf(fault.number);
  return rank(a) - rank(b);
}

async function runTrial(trial: Trial, schedule: Schedule): Promise<Verdict> {
  const started = performance.now();
  const context = openContext(trial.store, schedule.postgres);
  schedule.open.add(context);
  const verdict = { ...trial, seen: null, failure: null, log: "" };
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const seen = await withDeadline(trial.fault.run(context));
    context.check();
    return { ...verdict, seen, seconds: seconds() };
  } catch (error) {
    return { ...verdict, failure: textOf(error), log: lastLines(context), seconds: seconds() };
  } finally {
    await context.close();
    schedule.open.delete(context);
  }
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`the case took longer than ${CASE_DEADLINE_MS / 1000} s`)),
    CASE_DEADLINE_MS,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function lastLines({ apps }: OpenContext): string {
  return apps.flatMap((app) => app.fleet.output().trimEnd().split("\n").slice(-LOG_LINES)).join("\n");
}
