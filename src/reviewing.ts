/**
 * What the process that reviews does: it builds what reviews need, and runs the attempts that it is told to. It has its
 * environment from the server, asks its store, and ends with it.
 */
import { readdirSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";
import { createBirpc } from "birpc";
import type { Logger } from "pino";
import { messageOf } from "./domain/errors.ts";
import { readServerEnv } from "./env.ts";
import { openLog } from "./log.ts";
import { serverRedactor } from "./own-secrets.ts";
import {
  ALIVE_MS,
  type ReviewCalls,
  type ReviewTicket,
  SERVER_EVENTS,
  type ServerCalls,
} from "./process-calls.ts";
import type { Ending } from "./queue/claim.ts";
import { Halt } from "./queue/worker.ts";
import { runReviewJob } from "./review-job.ts";
import { wireReviews } from "./review-wiring.ts";

const env = readServerEnv(process.env);
const redact = serverRedactor(env);
const log = openLog(env, redact);
giveWay(log);

const running = new Map<number, AbortController>();
const calls: ReviewCalls = {
  run,
  halt: (ticket, why) => running.get(ticket)?.abort(new Halt(why)),
  lift: (installationId) => reviews.traffic.lift(installationId),
  pause: (installationId, until) => reviews.hearPause(installationId, new Date(until)),
};
const server = createBirpc<ServerCalls, ReviewCalls>(calls, {
  // Nobody hears what is said after the server has gone, and this process is about to go: no fault of either.
  post: (message) => process.connected && process.send?.(message, undefined, undefined, () => undefined),
  on: (hear) => void process.on("message", hear),
  eventNames: [...SERVER_EVENTS],
  timeout: -1,
});
const reviews = wireReviews(env, log, redact, server);
setInterval(() => {
  void server.alive(process.memoryUsage.rss());
}, ALIVE_MS).unref();
void server.ready();

/** Whatever the attempt leaves under way, such as questions to the model, ends with it. */
async function run({ ticket, ...attempt }: ReviewTicket): Promise<Ending> {
  const stop = new AbortController();
  running.set(ticket, stop);
  try {
    return await runReviewJob(reviews, {
      ...attempt,
      signal: stop.signal,
      holds: () => server.holds(ticket),
    });
  } finally {
    running.delete(ticket);
    stop.abort(new Halt("over"));
  }
}

/**
 * Webhooks are answered in milliseconds, reviews take minutes. Linux counts by thread, and some are there before this
 * line. It is for speed alone: where it is not allowed, reviews run all the same.
 */
function giveWay(log: Logger): void {
  const { PRIORITY_BELOW_NORMAL } = constants.priority;
  try {
    const threads = process.platform === "linux" ? readdirSync("/proc/self/task").map(Number) : [process.pid];
    for (const thread of threads)
      if (getPriority(thread) < PRIORITY_BELOW_NORMAL) setPriority(thread, PRIORITY_BELOW_NORMAL);
  } catch (error) {
    log.debug({ reason: messageOf(error) }, "reviews keep the priority of the server");
  }
}
