// Runs cases: a few side by side, because they mostly wait, and fewer of those that measure something.
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
  /** How it failed at first, where it was run once more. */
  readonly before: string | null;
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
const SIDE_BY_SIDE = 4;
/** A core for each: what they measure is their own servers' memory, and answers that may take a second. */
const MEASURED_SIDE_BY_SIDE = 2;
/** More failures than these are no accident of a busy machine. */
const MOST_REPEATED = 3;
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
  const inCompany = (company: FaultCase["company"]) =>
    trials.filter(({ fault }) => fault.company === company).toSorted(longestFirst);
  await inLanes(inCompany("alone"), MEASURED_SIDE_BY_SIDE, run);
  await inLanes(inCompany("others"), SIDE_BY_SIDE, run);
  return verdicts;
}

async function inLanes(
  trials: readonly Trial[],
  count: number,
  run: (trial: Trial) => Promise<void>,
): Promise<void> {
  const waiting = [...trials];
  const lane = async () => {
    for (let trial = waiting.shift(); trial !== undefined; trial = waiting.shift()) await run(trial);
  };
  await Promise.all(Array.from({ length: count }, lane));
}

/** Once more, one by one. What passes then is told from what passed at once. */
export async function repeatFailed(
  verdicts: readonly Verdict[],
  schedule: Schedule,
): Promise<readonly Verdict[]> {
  const failed = verdicts.filter(({ failure }) => failure !== null);
  if (failed.length > MOST_REPEATED) return verdicts;
  const final: Verdict[] = [];
  for (const verdict of verdicts) {
    if (verdict.failure === null) final.push(verdict);
    else {
      const [second] = await runTrials([verdict], schedule);
      final.push(second === undefined ? verdict : { ...second, before: verdict.failure });
    }
  }
  return final;
}

/** Cases that wait for long in real time; begun late, they would be waited for at the end. */
const LONGEST: readonly number[] = [4, 29, 30, 12, 20, 26, 22, 19, 13, 14];

function longestFirst(a: Trial, b: Trial): number {
  const rank = ({ fault }: Trial) => [...LONGEST, fault.number].indexOf(fault.number);
  return rank(a) - rank(b);
}

async function runTrial(trial: Trial, schedule: Schedule): Promise<Verdict> {
  const started = performance.now();
  const context = openContext(trial.store, schedule.postgres);
  schedule.open.add(context);
  const { fault, store } = trial;
  const verdict = { fault, store, seen: null, failure: null, before: null, log: "" };
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const seen = await withDeadline(fault.run(context));
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
