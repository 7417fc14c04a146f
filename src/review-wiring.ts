/** The objects that every review of the server works with, built once in the process that reviews. */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import { claude } from "./anthropic/claude.ts";
import { allChecks } from "./checks/all-checks.ts";
import { type MarkerKey, markerKey } from "./domain/marker.ts";
import type { PromptLibrary } from "./domain/prompt-library.ts";
import type { PullRequestLocator } from "./domain/pull-request.ts";
import type { Redactor } from "./domain/secret-redaction.ts";
import type { ReviewEnv, ServerEnv } from "./env.ts";
import type { ReviewMetrics } from "./http/metrics.ts";
import type { InstallationWiring } from "./installations.ts";
import type { ServerCalls } from "./process-calls.ts";
import { loadPrompts } from "./prompts.ts";
import { replyMemory } from "./queue/reply-memory.ts";
import { type RunLedger, runLedger } from "./queue/run-ledger.ts";
import { spendBook } from "./queue/spend-book.ts";
import { type Admission, type Breaker, breaker } from "./review/breaker.ts";
import type { Checks } from "./review/checks.ts";
import { meteredModel } from "./review/metered-model.ts";
import { missingModel } from "./review/missing-model.ts";
import type { Model, ReplyMemory, SpendBook } from "./review/ports.ts";
import type { Syntax } from "./review/repository-view.ts";
import { startSyntax } from "./syntax/syntax-pool.ts";
import { wireInstallations } from "./wiring.ts";

export interface ReviewWiring extends InstallationWiring {
  readonly ledger: RunLedger;
  readonly breaker: Breaker;
  readonly modelFor: (admission: Admission) => Model;
  readonly memoryOf: (pull: string) => ReplyMemory;
  readonly spendBookOf: (locator: PullRequestLocator) => SpendBook;
  readonly review: ReviewEnv;
  readonly checks: () => Promise<Checks>;
  readonly syntax: Syntax;
  readonly library: PromptLibrary;
  readonly redact: Redactor;
  readonly markerKey: MarkerKey;
  readonly webUrl: string;
  readonly log: Logger;
  readonly metrics: ReviewMetrics;
  /** Jobs of an installation that is gone. Returns how many there were. */
  readonly dropInstallation: (installationId: number) => Promise<number>;
  /** A check run may have been left in progress: the sweeper looks soon, and not only at its next round. */
  readonly checkLeft: () => void;
}

export function wireReviews(
  env: ServerEnv,
  log: Logger,
  redact: Redactor,
  server: ServerCalls,
): ReviewWiring {
  const checks = allChecks();
  const installations = wireInstallations({
    env,
    redact,
    database: server,
    metrics: server,
    tellPause: (installationId, until) => server.pause(installationId, until.getTime()),
  });
  return {
    ...installations,
    ledger: runLedger(server),
    breaker: breaker({
      book: installations.pauses,
      scope: breakerScope(env.review),
      now: () => new Date(),
      notice: (state, reason, until) => {
        log[state === "open" ? "error" : "info"]({ reason, until: until?.toISOString() }, `breaker ${state}`);
      },
    }),
    modelFor: modelFor(env.review, server),
    memoryOf: (pull) => replyMemory(server, pull),
    spendBookOf: (locator) => spendBook(server, locator),
    review: env.review,
    checks: async () => checks,
    syntax: startSyntax(),
    library: loadPrompts(),
    redact,
    markerKey: markerKey(env.webhookSecret),
    webUrl: env.webUrl,
    log,
    metrics: server,
    dropInstallation: (installationId) => server.dropInstallation(installationId),
    checkLeft: () => server.checkLeft(),
  };
}

function modelFor({ apiKey, ...model }: ReviewEnv, metrics: ReviewMetrics): (admission: Admission) => Model {
  // Without a key there is no service to be left alone.
  if (apiKey === undefined) return () => missingModel(model.model);
  const service = meteredModel(claude({ ...model, apiKey }), metrics.modelCall);
  return (admission) => admission.guard(service);
}

/** Another key, model or gateway is another breaker, so that a corrected one is asked at once. */
function breakerScope({ apiKey = "", baseUrl = "", model }: ReviewEnv): string {
  const digest = createHash("sha256").update(`${baseUrl}\n${model}\n${apiKey}`).digest("hex");
  return `model/${digest.slice(0, 16)}`;
}
