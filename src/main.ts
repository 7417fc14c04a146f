/** Starts the server: environment, store, Probot, workers, HTTP. And stops it again without losing a job. */
import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { createNodeMiddleware } from "probot";
import { runCommandJob } from "./command-job.ts";
import { messageOf, UserError } from "./domain/errors.ts";
import type { Redactor } from "./domain/secret-redaction.ts";
import { readServerEnv, type ServerEnv } from "./env.ts";
import { plumblineApp } from "./github/app.ts";
import { removeAbandonedStores } from "./github/text-store.ts";
import type { Traffic } from "./github/traffic.ts";
import { listen, WEBHOOK_PATH, webhookServer } from "./http/webhook-server.ts";
import { openJobControl } from "./job-control.ts";
import { openLog } from "./log.ts";
import { serverRedactor } from "./own-secrets.ts";
import { loadPrompts } from "./prompts.ts";
import { type JobQueue, openQueue } from "./queue/durable-queue.ts";
import { openStore, type Store } from "./queue/store.ts";
import type { Intake } from "./review/intake.ts";
import { type ReviewRunner, reviewRunner } from "./review-runner.ts";
import { startSweeper } from "./sweeper.ts";
import { VERSION } from "./version.ts";
import { type ServerWiring, wireServer } from "./wiring.ts";

/** `SIGTERM` to exit takes at most 30 seconds: this long running reviews may finish, then they go back to the queue. */
const FINISH_MS = 20_000;
const STOP_MS = 25_000;
/** The reviewing process is given 2 seconds to go. */
const SETTLE_MS = 1_000;
const EXIT_MS = 29_000;
const COMMAND_CONCURRENCY = 2;

/** Runs until a signal ends it. Returns the exit code. @throws UserError when it is not configured. */
export async function serve(raw: Readonly<Record<string, string | undefined>>): Promise<number> {
  const env = readServerEnv(raw);
  const redact = serverRedactor(env);
  const log = openLog(env, redact);
  const stop = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop.resolve);
  const running = await start(raw, env, log, redact);
  const signal = await stop.promise;
  log.info({ signal }, "draining");
  // Whatever hangs by then: what is not settled is taken up again by its heartbeat.
  setTimeout(() => process.exit(0), EXIT_MS).unref();
  await running.stop();
  log.info("stopped");
  return 0;
}

async function start(
  raw: Readonly<Record<string, string | undefined>>,
  env: ServerEnv,
  log: Logger,
  redact: Redactor,
): Promise<{ readonly stop: () => Promise<void> }> {
  const library = loadPrompts();
  await removeLeftovers(log);
  const store = await openStore({
    databaseUrl: env.databaseUrl,
    dataDir: env.dataDir,
    onFault: (error) => log.error({ reason: messageOf(error) }, "queue fault"),
  });
  const queue = await openQueue(store);
  const lifecycle: Lifecycle = { draining: false, sweepSoon: () => undefined };
  const checkLeft = () => lifecycle.sweepSoon();
  const tellPause: Traffic["pause"] = (installationId, until) => reviews.pause(installationId, until);
  const wiring = wireServer({ env, log, redact, store, queue, tellPause });
  const reviews = reviewRunner({
    // The key as it was read at the start: the file may have another place, or another key, by the first review.
    environment: { ...raw, PRIVATE_KEY: env.privateKey },
    database: store.database,
    wiring,
    checkLeft,
    onBroken: () => void removeLeftovers(log),
  });
  const server = await openServer(store, wiring, reviews, lifecycle);
  const port = await listenOrClose(server, store, env);
  if (env.review.apiKey === undefined)
    log.warn("ANTHROPIC_API_KEY is not set: only the built-in checks will run");
  startWorkers(wiring, reviews, env.concurrency);
  const rehearsing = rehearse(queue, log);
  const control = await openJobControl(store, env.dataDir, log);
  const sweeper = startSweeper({ server: wiring, store });
  lifecycle.sweepSoon = sweeper.soon;
  log.info(
    {
      port,
      host: env.host,
      store: store.kind,
      version: VERSION,
      prompts: library.digest,
      model: env.review.model,
      depth: env.review.depth,
    },
    "listening",
  );
  return {
    stop: async () => {
      lifecycle.draining = true;
      await Promise.all([
        sweeper.stop(),
        control.close(),
        drain({ server, store, queue, reviews, rehearsing }),
      ]);
    },
  };
}

/** Of processes that were killed while they reviewed. What cannot be removed is untidy, and no reason not to start. */
async function removeLeftovers(log: Logger): Promise<void> {
  try {
    const removed = await removeAbandonedStores();
    if (removed > 0) log.info({ removed }, "left-over repository texts removed");
  } catch (error) {
    log.warn({ reason: messageOf(error) }, "left-over repository texts could not be removed");
  }
}

/** It is only for speed; whatever is wrong with the store shows with the first delivery. */
async function rehearse(queue: JobQueue, log: Logger): Promise<void> {
  try {
    await queue.rehearse();
  } catch (error) {
    log.warn({ reason: messageOf(error) }, "arrivals could not be rehearsed");
  }
}

interface Lifecycle {
  draining: boolean;
  /** Does nothing until the sweeper is there. */
  sweepSoon: (installationId?: number) => void;
}

async function listenOrClose(server: Server, store: Store, env: ServerEnv): Promise<number> {
  try {
    return await listen(server, env.host, env.port);
  } catch (error) {
    await store.close();
    throw new UserError(`PORT ${env.port} on ${env.host} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function openServer(
  store: Store,
  wiring: ServerWiring,
  reviews: ReviewRunner,
  lifecycle: Lifecycle,
): Promise<Server> {
  const { probot, metrics, log } = wiring;
  const app = plumblineApp({
    accept: (delivery, intake) => acceptIntake(wiring, reviews, lifecycle, delivery, intake),
  });
  return webhookServer({
    webhooks: await createNodeMiddleware(app, { probot, webhooksPath: WEBHOOK_PATH }),
    isReady: () => isReady(store, log, lifecycle),
    metrics: metrics.text,
    onRequest: (request) => {
      if (request.path !== WEBHOOK_PATH) return;
      metrics.delivery(request.event ?? "", request.status, request.ms);
      log[request.status >= 400 ? "warn" : "info"](request, "delivery");
    },
  });
}

async function acceptIntake(
  { queue, traffic, log }: ServerWiring,
  reviews: ReviewRunner,
  lifecycle: Lifecycle,
  delivery: string,
  intake: Intake,
): Promise<void> {
  if (intake.kind === "ignored") {
    log.debug({ delivery, reason: intake.reason }, "ignored");
    return;
  }
  const outcome = await queue.accept(delivery, intake);
  if (intake.kind === "installation") {
    const { installationId, standing } = intake;
    if (standing === "back") {
      traffic.lift(installationId);
      reviews.lift(installationId);
      lifecycle.sweepSoon(installationId);
    }
    log.info({ delivery, installation: installationId, standing }, outcome);
    return;
  }
  // A withdrawn job that was parked has a check run that nobody else concludes.
  if (intake.kind === "withdrawal") lifecycle.sweepSoon();
  const { owner, name, number } = intake.kind === "withdrawal" ? intake.locator : intake.job.locator;
  log.info({ delivery, job: intake.kind, repository: `${owner}/${name}`, pull: number }, outcome);
}

async function isReady(
  store: Store,
  log: Logger,
  lifecycle: { readonly draining: boolean },
): Promise<boolean> {
  if (lifecycle.draining) return false;
  try {
    await store.ping();
    return true;
  } catch (error) {
    log.warn({ reason: messageOf(error) }, "store is not reachable");
    return false;
  }
}

/** One installation never takes all of a process, so that the others are not kept waiting by its burst. */
const MOST_OF_ONE_INSTALLATION = 8;

function startWorkers(wiring: ServerWiring, reviews: ReviewRunner, concurrency: number): void {
  const { queue, log } = wiring;
  const common = {
    onUnreadable: (job: string, error: Error) =>
      log.error({ job, reason: error.message }, "job cannot be read"),
    onFault: (error: unknown) => log.error({ reason: messageOf(error) }, "queue fault"),
  };
  queue.workReviews({
    ...common,
    concurrency,
    perInstallation: Math.min(MOST_OF_ONE_INSTALLATION, Math.max(1, concurrency - 1)),
    run: (attempt) => reviews.run(attempt),
  });
  queue.workCommands({
    ...common,
    concurrency: COMMAND_CONCURRENCY,
    perInstallation: 1,
    run: (attempt) => runCommandJob(wiring, attempt),
  });
}

interface Running {
  readonly server: Server;
  readonly store: Store;
  readonly queue: JobQueue;
  readonly reviews: ReviewRunner;
  readonly rehearsing: Promise<void>;
}

async function drain({ server, store, queue, reviews, rehearsing }: Running): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const stopped = Promise.all([queue.stop(FINISH_MS), rehearsing]);
  await Promise.race([stopped, sleep(STOP_MS, undefined, { ref: false })]);
  await reviews.close();
  // What hung there has its ending by now, and it is written down while there is a store.
  await Promise.race([stopped, sleep(SETTLE_MS, undefined, { ref: false })]);
  await store.close();
  server.closeAllConnections();
  await closed;
}
