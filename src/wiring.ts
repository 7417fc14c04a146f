/** The objects that every job of the server works with, built once from its environment. */
import { createHash } from "node:crypto";
import { type Logger, pino } from "pino";
import { Probot } from "probot";
import { claudeOnDemand } from "./anthropic/claude-on-demand.ts";
import { checksOnDemand } from "./checks/checks-on-demand.ts";
import { markerKey } from "./domain/marker.ts";
import type { PromptLibrary } from "./domain/prompt-library.ts";
import type { Redactor } from "./domain/secret-redaction.ts";
import type { ServerEnv } from "./env.ts";
import { pacedOctokit } from "./github/pacing.ts";
import { openTraffic } from "./github/traffic.ts";
import { type Metrics, openMetrics } from "./http/metrics.ts";
import type { JobWiring } from "./jobs.ts";
import type { JobQueue } from "./queue/durable-queue.ts";
import { pauses } from "./queue/pauses.ts";
import { replyMemory } from "./queue/reply-memory.ts";
import { runLedger } from "./queue/run-ledger.ts";
import { spendBook } from "./queue/spend-book.ts";
import type { Store } from "./queue/store.ts";
import { breaker } from "./review/breaker.ts";
import { meteredModel } from "./review/metered-model.ts";
import { missingModel } from "./review/missing-model.ts";
import { startSyntax } from "./syntax/syntax-pool.ts";

export interface WiringParts {
  readonly env: ServerEnv;
  readonly log: Logger;
  readonly redact: Redactor;
  readonly store: Store;
  readonly queue: JobQueue;
  readonly library: PromptLibrary;
  readonly checkLeft: () => void;
}

export function wire({ env, log, redact, store, queue, library, checkLeft }: WiringParts): JobWiring {
  const book = pauses(store.database);
  const metrics = openMetrics({ jobs: queue.count, pauses: book.current });
  const guard = breaker({
    book,
    scope: breakerScope(env.review),
    now: () => new Date(),
    notice: (state, reason, until) => {
      log[state === "open" ? "error" : "info"]({ reason, until: until?.toISOString() }, `breaker ${state}`);
    },
  });
  if (env.review.apiKey === undefined)
    log.warn("ANTHROPIC_API_KEY is not set: only the built-in checks will run");
  return {
    // Probot logs whole payloads with its errors; what happened is logged here instead, in fields that hold no code.
    probot: new Probot({
      appId: env.appId,
      privateKey: env.privateKey,
      secret: env.webhookSecret,
      baseUrl: env.apiUrl,
      Octokit: pacedOctokit(),
      log: pino({ level: "silent" }),
    }),
    traffic: openTraffic({ called: metrics.githubCall, quota: metrics.githubQuota }, redact),
    queue,
    ledger: runLedger(store.database),
    pauses: book,
    breaker: guard,
    modelFor: modelFor(env.review, metrics),
    review: env.review,
    checks: checksOnDemand(),
    syntax: startSyntax(),
    spendBookOf: (locator) => spendBook(store.database, locator),
    memoryOf: (pull) => replyMemory(store.database, pull),
    library,
    redact,
    markerKey: markerKey(env.webhookSecret),
    webUrl: env.webUrl,
    log,
    metrics,
    checkLeft,
  };
}

function modelFor({ apiKey, ...model }: ServerEnv["review"], metrics: Metrics): JobWiring["modelFor"] {
  // Without a key there is no service to be left alone.
  if (apiKey === undefined) return () => missingModel(model.model);
  const service = meteredModel(claudeOnDemand({ ...model, apiKey }), metrics.modelCall);
  return (admission) => admission.guard(service);
}

/** Another key, model or gateway is another breaker, so that a corrected one is asked at once. */
function breakerScope({ apiKey = "", baseUrl = "", model }: ServerEnv["review"]): string {
  const digest = createHash("sha256").update(`${baseUrl}\n${model}\n${apiKey}`).digest("hex");
  return `model/${digest.slice(0, 16)}`;
}
