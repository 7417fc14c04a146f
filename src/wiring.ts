/** The objects that the answering process works with, built once from its environment. */
import { type Logger, pino } from "pino";
import { Probot } from "probot";
import type { CommandWiring } from "./command-job.ts";
import { markerKey } from "./domain/marker.ts";
import type { Redactor } from "./domain/secret-redaction.ts";
import type { ServerEnv } from "./env.ts";
import { pacedOctokit } from "./github/pacing.ts";
import { openTraffic, type Traffic } from "./github/traffic.ts";
import { type Metrics, openMetrics, type ReviewMetrics } from "./http/metrics.ts";
import type { InstallationWiring } from "./installations.ts";
import type { Rows } from "./queue/database.ts";
import type { JobQueue } from "./queue/durable-queue.ts";
import { pauses } from "./queue/pauses.ts";
import { type RunLedger, runLedger } from "./queue/run-ledger.ts";
import type { Store } from "./queue/store.ts";

export interface ServerWiring extends CommandWiring {
  readonly ledger: RunLedger;
  readonly metrics: Metrics;
}

export interface WiringParts {
  readonly env: ServerEnv;
  readonly log: Logger;
  readonly redact: Redactor;
  readonly store: Store;
  readonly queue: JobQueue;
  /** To the process that reviews. */
  readonly tellPause: Traffic["pause"];
}

export function wireServer({ env, log, redact, store, queue, tellPause }: WiringParts): ServerWiring {
  const metrics = openMetrics({ jobs: queue.count, pauses: pauses(store.database).current });
  return {
    ...wireInstallations({ env, redact, database: store.database, metrics, tellPause }),
    queue,
    ledger: runLedger(store.database),
    markerKey: markerKey(env.webhookSecret),
    log,
    metrics,
  };
}

export interface InstallationParts {
  readonly env: ServerEnv;
  readonly redact: Redactor;
  readonly database: Rows;
  readonly metrics: Pick<ReviewMetrics, "githubCall" | "githubQuota">;
  /** To the other process of this server. */
  readonly tellPause: Traffic["pause"];
}

/** Once a process: clients, tokens and the pace of writing are not shared, as they are not among replicas. */
export function wireInstallations(parts: InstallationParts): InstallationWiring {
  const { env, redact, database, metrics, tellPause } = parts;
  const traffic = openTraffic({ called: metrics.githubCall, quota: metrics.githubQuota }, redact);
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
    traffic: {
      ...traffic,
      // Requests that are under way in the other process would go on, which GitHub answers with longer limits.
      pause: (installationId, until) => {
        traffic.pause(installationId, until);
        tellPause(installationId, until);
      },
    },
    pauses: pauses(database),
    hearPause: (installationId, until) => traffic.pause(installationId, until),
  };
}
