/** Starts the server: environment, store, Probot, workers, HTTP. And stops it again without losing a job. */
import type { Server } from "node:http";
import { type Logger, pino } from "pino";
import pretty from "pino-pretty";
import { createNodeMiddleware, Probot } from "probot";
import { claude } from "./anthropic/claude.ts";
import { messageOf, UserError } from "./domain/errors.ts";
import { markerKey } from "./domain/marker.ts";
import { readServerEnv, type ServerEnv } from "./env.ts";
import { plumblineApp } from "./github/app.ts";
import { pacedOctokit } from "./github/pacing.ts";
import { type Metrics, openMetrics } from "./http/metrics.ts";
import { listen, WEBHOOK_PATH, webhookServer } from "./http/webhook-server.ts";
import { type JobWiring, runCommandJob, runReviewJob } from "./jobs.ts";
import { loadPrompts } from "./prompts.ts";
import { type JobQueue, openQueue, workCommands, workReviews } from "./queue/durable-queue.ts";
import { replyMemory } from "./queue/reply-memory.ts";
import { openStore, type Store } from "./queue/store.ts";
import type { Intake } from "./review/intake.ts";
import { missingModel } from "./review/missing-model.ts";
import { VERSION } from "./version.ts";

/** `SIGTERM` to exit takes at most 30 seconds: this long running reviews may finish, then they go back to the queue. */
const FINISH_MS = 20_000;
const STOP_MS = 27_000;
const COMMAND_CONCURRENCY = 2;

/** Runs until a signal ends it. Returns the exit code. @throws UserError when it is not configured. */
export async function serve(raw: Readonly<Record<string, string | undefined>>): Promise<number> {
  const env = readServerEnv(raw);
  const log = logger(env);
  const stop = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop.resolve);
  const running = await start(env, log);
  const signal = await stop.promise;
  log.info({ signal }, "draining");
  await running.stop();
  log.info("stopped");
  return 0;
}

async function start(env: ServerEnv, log: Logger): Promise<{ readonly stop: () => Promise<void> }> {
  const metrics = openMetrics();
  const library = loadPrompts();
  const store = await openStore({
    databaseUrl: env.databaseUrl,
    dataDir: env.dataDir,
    onFault: (error) => log.error({ reason: messageOf(error) }, "queue fault"),
  });
  const queue = await openQueue(store);
  // Probot logs whole payloads with its errors; what happened is logged here instead, in fields that hold no code.
  const probot = new Probot({
    appId: env.appId,
    privateKey: env.privateKey,
    secret: env.webhookSecret,
    baseUrl: env.apiUrl,
    Octokit: pacedOctokit(),
    log: pino({ level: "silent" }),
  });
  const stopping = new AbortController();
  const model =
    env.model.apiKey === undefined
      ? missingModel(env.model.model)
      : claude({ ...env.model, apiKey: env.model.apiKey });
  const wiring: JobWiring = {
    probot,
    queue,
    model,
    memoryOf: (runId) => replyMemory(store.database, runId),
    library,
    markerKey: markerKey(env.webhookSecret),
    webUrl: env.webUrl,
    log,
    metrics,
    stopping: stopping.signal,
  };
  if (env.model.apiKey === undefined)
    log.warn("ANTHROPIC_API_KEY is not set: every review will end as not reviewed");

  const lifecycle = { draining: false };
  const server = await openServer(store, queue, probot, metrics, log, lifecycle);
  const port = await listenOrClose(server, store, env);
  await startWorkers(store, wiring, env.concurrency);
  log.info(
    { port, host: env.host, store: store.kind, version: VERSION, prompts: library.digest, model: model.id },
    "listening",
  );
  return {
    stop: async () => {
      lifecycle.draining = true;
      await drain(server, store, stopping);
    },
  };
}

async function listenOrClose(server: Server, store: Store, env: ServerEnv): Promise<number> {
  try {
    return await listen(server, env.host, env.port);
  } catch (error) {
    await store.close(0);
    throw new UserError(`PORT ${env.port} on ${env.host} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function openServer(
  store: Store,
  queue: JobQueue,
  probot: Probot,
  metrics: Metrics,
  log: Logger,
  lifecycle: { readonly draining: boolean },
): Promise<Server> {
  const accept = (delivery: string, intake: Intake) => acceptIntake(queue, log, delivery, intake);
  return webhookServer({
    webhooks: await createNodeMiddleware(plumblineApp({ accept }), { probot, webhooksPath: WEBHOOK_PATH }),
    isReady: () => isReady(store, log, lifecycle),
    metrics: metrics.text,
    onRequest: (request) => {
      if (request.path !== WEBHOOK_PATH) return;
      metrics.delivery(request.event ?? "", request.status);
      log[request.status >= 400 ? "warn" : "info"](request, "delivery");
    },
  });
}

async function acceptIntake(queue: JobQueue, log: Logger, delivery: string, intake: Intake): Promise<void> {
  if (intake.kind === "ignored") {
    log.debug({ delivery, reason: intake.reason }, "ignored");
    return;
  }
  const outcome = await queue.accept(delivery, intake);
  const { owner, name, number } = intake.job.locator;
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

async function startWorkers(store: Store, wiring: JobWiring, concurrency: number): Promise<void> {
  const onUnreadable = (job: string, error: Error) =>
    wiring.log.error({ job, reason: error.message }, "job cannot be read");
  await workReviews(store, { concurrency, onUnreadable, run: (attempt) => runReviewJob(wiring, attempt) });
  await workCommands(store, {
    concurrency: COMMAND_CONCURRENCY,
    onUnreadable,
    run: (attempt) => runCommandJob(wiring, attempt),
  });
}

async function drain(server: Server, store: Store, stopping: AbortController): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const interrupt = setTimeout(() => stopping.abort(new Error("the server is stopping")), FINISH_MS);
  await store.close(STOP_MS);
  clearTimeout(interrupt);
  server.closeAllConnections();
  await closed;
}

function logger(env: ServerEnv): Logger {
  const options = { level: env.logLevel, base: null };
  return env.logFormat === "pretty" ? pino(options, pretty({ sync: true })) : pino(options);
}
