/**
 * The process that reviews, seen from the one that answers (docs/adr/0035). Parsing, planning and checking take seconds of
 * processor time, which webhooks and probes would have to wait for, and what breaks over a hostile change does not take
 * the server along. It starts with the first review and goes when there has been none for a while.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import { fileURLToPath } from "node:url";
import { type BirpcReturn, createBirpc } from "birpc";
import { messageOf } from "./domain/errors.ts";
import type { ReviewJob } from "./domain/job.ts";
import { backoffEnd } from "./domain/patience.ts";
import { REVIEW_EVENTS, type ReviewCalls, type ServerCalls } from "./process-calls.ts";
import type { Ending } from "./queue/claim.ts";
import type { Rows } from "./queue/database.ts";
import { type Attempt, Halt } from "./queue/worker.ts";
import type { ServerWiring } from "./wiring.ts";

export interface ReviewRunner {
  /** Rejects when the store does. A process that breaks is the reason of an ending. */
  run(attempt: Attempt<ReviewJob>): Promise<Ending>;
  lift(installationId: number): void;
  /** To be called when nothing runs any more. */
  close(): Promise<void>;
}

export interface ReviewRunnerOptions {
  /** Of this process; the other one reads its own settings from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly database: Rows;
  readonly wiring: ServerWiring;
  readonly checkLeft: () => void;
}

/** Parsers, rules and what reviews leave behind are most of what a server holds; the next review is a second later for it. */
const IDLE_MS = 5 * 60_000;
const LEAVE_MS = 2_000;
/** The source runs as it is, `dist/` holds JavaScript. */
const PROGRAM = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./review-process.ts" : "./review-process.js", import.meta.url),
);
/** Small young generations: a review of 3,000 files takes 150 MB less and no more time (bench/pulls.ts). */
const OPTIONS = ["--max-semi-space-size=16", "--disable-warning=ExperimentalWarning"];

/** The process ended while it had attempts. */
class Broken extends Error {
  override name = "Broken";
}

/** One process while it lives. */
interface Life {
  readonly child: ChildProcess;
  readonly calls: BirpcReturn<ReviewCalls, ServerCalls>;
  readonly attempts: Map<number, Attempt<ReviewJob>>;
  idle: NodeJS.Timeout | undefined;
}

export function reviewRunner(options: ReviewRunnerOptions): ReviewRunner {
  let life: Life | null = null;
  let tickets = 0;
  const begin = (): Life => {
    const begun = startProcess(options, () => {
      clearTimeout(begun.idle);
      if (life === begun) life = null;
    });
    return begun;
  };
  const end = async () => {
    const ending = life;
    life = null;
    if (ending === null) return;
    clearTimeout(ending.idle);
    await endProcess(ending);
  };
  return {
    run: async (attempt) => {
      life ??= begin();
      const current = life;
      clearTimeout(current.idle);
      const ticket = ++tickets;
      try {
        return await runIn(current, ticket, attempt);
      } catch (error) {
        if (error instanceof Broken) return afterBreak(options, attempt, error.message);
        throw error;
      } finally {
        current.attempts.delete(ticket);
        if (life === current && current.attempts.size === 0)
          current.idle = setTimeout(() => void end(), IDLE_MS).unref();
      }
    },
    lift: (installationId) => void life?.calls.lift(installationId),
    close: end,
  };
}

function startProcess(
  { environment, database, wiring, checkLeft }: ReviewRunnerOptions,
  onEnd: () => void,
): Life {
  const cache = getCompileCacheDir();
  const child = fork(PROGRAM, [], {
    env: cache === undefined ? environment : { ...environment, NODE_COMPILE_CACHE: cache },
    execArgv: OPTIONS,
    serialization: "advanced",
  });
  const attempts: Life["attempts"] = new Map();
  const offered: ServerCalls = {
    ...wiring.metrics,
    rows: (text, values) => database.rows(text, values),
    holds: async (ticket) => (await attempts.get(ticket)?.holds()) ?? false,
    dropInstallation: (installationId) => wiring.queue.dropInstallation(installationId),
    checkLeft,
  };
  const calls = createBirpc<ReviewCalls, ServerCalls>(offered, {
    // What cannot be sent is answered by the end of the process, which is near.
    post: (message) => child.connected && child.send(message),
    on: (hear) => child.on("message", hear),
    eventNames: [...REVIEW_EVENTS],
    timeout: -1,
  });
  const ended = (how: string) => {
    if (calls.$closed) return;
    onEnd();
    wiring.metrics.reviewMemory(0);
    if (attempts.size > 0)
      wiring.log.error({ reason: how, attempts: attempts.size }, "the reviewing process broke");
    calls.$close(new Broken(`the reviewing process broke: ${how}`));
  };
  child.on("error", (error) => ended(messageOf(error)));
  child.on("exit", (code, signal) => ended(signal ?? `exit code ${code}`));
  return { child, calls, attempts, idle: undefined };
}

/** It goes by itself when nobody is there for it, and keeps what it has compiled for the next one. */
async function endProcess({ child }: Life): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit", { signal: AbortSignal.timeout(LEAVE_MS) });
  if (child.connected) child.disconnect();
  try {
    await gone;
  } catch (error) {
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    child.kill("SIGKILL");
  }
}

async function runIn(life: Life, ticket: number, attempt: Attempt<ReviewJob>): Promise<Ending> {
  const { calls, attempts } = life;
  const { id, job, number, isLast, signal } = attempt;
  attempts.set(ticket, attempt);
  const halt = () => {
    const reason: unknown = signal.reason;
    if (reason instanceof Halt && !calls.$closed) void calls.halt(ticket, reason.why);
  };
  const ending = calls.run({ ticket, id, job, number, isLast });
  signal.addEventListener("abort", halt, { once: true });
  if (signal.aborted) halt();
  try {
    return await ending;
  } finally {
    signal.removeEventListener("abort", halt);
  }
}

/** As after the death of the whole server: it costs an attempt, so that a review that breaks the process ends one day. */
async function afterBreak(
  { wiring, checkLeft }: ReviewRunnerOptions,
  attempt: Attempt<ReviewJob>,
  reason: string,
): Promise<Ending> {
  // Its check run is in progress, and nobody else concludes it if the job does not come again.
  checkLeft();
  if (!attempt.isLast)
    return { kind: "again", at: backoffEnd(new Date(), attempt.number), reason, counts: true };
  wiring.metrics.review("failed");
  await wiring.ledger.ended(attempt.id, "failed", reason);
  return { kind: "given-up", reason };
}
