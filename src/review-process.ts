/**
 * The process that reviews: it builds what reviews need, and runs the attempts that it is told to. It has its environment
 * from the one that answers, whose store it asks, and ends with it.
 */
import { readdirSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { createBirpc } from "birpc";
import { readServerEnv } from "./env.ts";
import { openLog } from "./log.ts";
import { serverRedactor } from "./own-secrets.ts";
import { type ReviewCalls, type ReviewTicket, SERVER_EVENTS, type ServerCalls } from "./process-calls.ts";
import type { Ending } from "./queue/claim.ts";
import { Halt } from "./queue/worker.ts";
import { runReviewJob } from "./review-job.ts";
import { wireReviews } from "./review-wiring.ts";

const MEMORY_MS = 5_000;

giveWay();
const running = new Map<number, AbortController>();
const calls: ReviewCalls = {
  run,
  halt: (ticket, why) => running.get(ticket)?.abort(new Halt(why)),
  lift: (installationId) => wiring.traffic.lift(installationId),
};
const server = createBirpc<ServerCalls, ReviewCalls>(calls, {
  // Nobody hears what is said after the other process has gone, and this one is about to go.
  post: (message) => process.connected && process.send?.(message),
  on: (hear) => process.on("message", hear),
  eventNames: [...SERVER_EVENTS],
  timeout: -1,
});
// Nobody is left to hold a job for, or to hear of it.
process.on("disconnect", () => process.exit(0));
// A terminal and some supervisors signal every process. When this one ends is for the other to say, which drains.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);

const env = readServerEnv(process.env);
const redact = serverRedactor(env);
const wiring = wireReviews(env, openLog(env, redact), redact, server);
setInterval(() => {
  void server.reviewMemory(process.memoryUsage.rss());
}, MEMORY_MS).unref();

/** Whatever the attempt leaves under way, such as questions to the model, ends with it. */
async function run({ ticket, ...attempt }: ReviewTicket): Promise<Ending> {
  const stop = new AbortController();
  running.set(ticket, stop);
  try {
    return await runReviewJob(wiring, {
      ...attempt,
      signal: stop.signal,
      holds: () => server.holds(ticket),
    });
  } finally {
    running.delete(ticket);
    stop.abort(new Halt("over"));
  }
}

/** Webhooks are answered in milliseconds, reviews take minutes. Linux counts by thread, and some are there before this line. */
function giveWay(): void {
  const { PRIORITY_BELOW_NORMAL } = constants.priority;
  if (process.platform !== "linux") return setPriority(PRIORITY_BELOW_NORMAL);
  for (const thread of readdirSync("/proc/self/task")) setPriority(Number(thread), PRIORITY_BELOW_NORMAL);
}
