/** What the server tells Prometheus about itself. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Usage } from "../domain/usage.ts";
import type { ReviewEvent } from "../review/review-events.ts";

/** What a review has to tell; plain data, since it tells it from another process. */
export interface ReviewMetrics {
  readonly review: (outcome: string) => void;
  readonly observe: (event: ReviewEvent) => void;
  readonly stage: (stage: ReviewEvent["stage"], seconds: number) => void;
  readonly modelCall: (outcome: "answered" | "failed", usage: Usage) => void;
  readonly githubCall: (status: number | "unreachable" | "held back") => void;
  readonly githubQuota: (installationId: number, remaining: number) => void;
}

export interface Metrics extends ReviewMetrics {
  readonly delivery: (event: string, status: number, ms: number) => void;
  /** Resident bytes of the process that reviews; 0 when there is none. */
  readonly reviewMemory: (bytes: number) => void;
  readonly text: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Asked when the metrics are read. */
export interface QueueState {
  /** Jobs of the queue by what they do: waiting, parked, running, failed. */
  readonly jobs: () => Promise<readonly { readonly state: string; readonly count: number }[]>;
  readonly pauses: () => Promise<readonly { readonly scope: string }[]>;
}

const STATES = ["waiting", "parked", "running", "failed"] as const;
/** A label for each installation, but not without end. */
const MAX_INSTALLATIONS = 200;

export function openMetrics(queue: QueueState): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const deliveries = deliveryMetrics(registry);
  const reviews = reviewMetrics(registry);
  const model = modelMetrics(registry);
  const github = githubMetrics(registry);
  const jobs = gauge(registry, "plumbline_jobs", "Review jobs by state", ["state"]);
  const storeUp = gauge(registry, "plumbline_store_up", "1 while the store answers", []);
  const installations = gauge(
    registry,
    "plumbline_paused_installations",
    "Installations that have to pause",
    [],
  );
  const breakerOpen = gauge(registry, "plumbline_model_breaker_open", "1 while the model is not asked", []);
  const memory = gauge(
    registry,
    "plumbline_review_process_resident_bytes",
    "Resident memory of the process that reviews; 0 while there is none",
    [],
  );
  return {
    reviewMemory: (bytes) => memory.set(bytes),
    ...deliveries,
    ...reviews,
    ...model,
    ...github,
    text: async () => {
      const [states, scopes] = await Promise.allSettled([queue.jobs(), queue.pauses()]);
      const counts = states.status === "fulfilled" ? states.value : null;
      const current = scopes.status === "fulfilled" ? scopes.value : null;
      storeUp.set(counts === null ? 0 : 1);
      for (const state of STATES)
        jobs.set(
          { state },
          known(counts, (all) => all.find((one) => one.state === state)?.count ?? 0),
        );
      const paused = (prefix: string) =>
        known(current, (all) => all.filter(({ scope }) => scope.startsWith(prefix)).length);
      installations.set(paused("installation/"));
      breakerOpen.set(Math.min(paused("model/"), 1));
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

/** A store that does not answer is not a store without jobs. */
function known<T>(value: T | null, read: (value: T) => number): number {
  return value === null ? Number.NaN : read(value);
}

function counter(registry: Registry, name: string, help: string, labelNames: readonly string[]) {
  return new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
}

function gauge(registry: Registry, name: string, help: string, labelNames: readonly string[]) {
  return new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
}

function deliveryMetrics(registry: Registry): Pick<Metrics, "delivery"> {
  const total = counter(registry, "plumbline_deliveries_total", "Webhook deliveries answered", [
    "event",
    "status",
  ]);
  const seconds = new Histogram({
    name: "plumbline_delivery_seconds",
    help: "From the first byte of a delivery to its answer",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  return {
    delivery: (event, status, ms) => {
      total.inc({ event: knownEvent(event), status: String(status) });
      seconds.observe(ms / 1000);
    },
  };
}

const STAGES: Readonly<Record<ReviewEvent["stage"], string>> = {
  loaded: "load",
  surveyed: "survey",
  planned: "plan",
  pass: "ask",
  placed: "place",
  verified: "verify",
  joined: "join",
  summarised: "summarise",
  posting: "publish",
  published: "publish",
};

function reviewMetrics(registry: Registry): Pick<ReviewMetrics, "review" | "observe" | "stage"> {
  const reviews = counter(registry, "plumbline_reviews_total", "Review runs by outcome", ["outcome"]);
  const passes = counter(registry, "plumbline_passes_total", "Passes over one chunk", ["pass", "outcome"]);
  const dropped = counter(
    registry,
    "plumbline_dropped_findings_total",
    "Findings whose quote was not in the code",
    [],
  );
  const seconds = new Histogram({
    name: "plumbline_review_seconds",
    help: "From the start of an attempt to the review posted",
    buckets: [1, 5, 15, 30, 60, 120, 300, 600, 1800],
    registers: [registry],
  });
  const stageSeconds = new Histogram({
    name: "plumbline_stage_seconds",
    help: "Time of a review by stage; ask is one value for each answered pass",
    labelNames: ["stage"],
    buckets: [0.05, 0.25, 1, 5, 15, 60, 300, 1800],
    registers: [registry],
  });
  return {
    review: (outcome) => reviews.inc({ outcome }),
    observe: (event) => {
      if (event.stage === "pass")
        for (const pass of event.passes) passes.inc({ pass, outcome: event.outcome });
      if (event.stage === "placed") dropped.inc(event.dropped);
      if (event.stage === "published") seconds.observe(event.durationMs / 1000);
    },
    stage: (stage, seconds) => stageSeconds.observe({ stage: STAGES[stage] }, seconds),
  };
}

function modelMetrics(registry: Registry): Pick<ReviewMetrics, "modelCall"> {
  const calls = counter(registry, "plumbline_model_calls_total", "Calls to the model service", ["outcome"]);
  const tokens = counter(registry, "plumbline_model_tokens_total", "Tokens by kind", ["kind"]);
  const money = counter(registry, "plumbline_model_cost_usd_total", "Estimated cost of the model calls", []);
  const share = gauge(
    registry,
    "plumbline_model_cache_share",
    "Part of all input tokens that came from the provider's cache, since the start",
    [],
  );
  let [read, all] = [0, 0];
  return {
    modelCall: (outcome, usage) => {
      calls.inc({ outcome });
      money.inc(usage.costUsd);
      tokens.inc({ kind: "input" }, usage.inputTokens);
      tokens.inc({ kind: "output" }, usage.outputTokens);
      tokens.inc({ kind: "cache_read" }, usage.cacheReadTokens);
      tokens.inc({ kind: "cache_write" }, usage.cacheWriteTokens);
      read += usage.cacheReadTokens;
      all += usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
      if (all > 0) share.set(read / all);
    },
  };
}

function githubMetrics(registry: Registry): Pick<ReviewMetrics, "githubCall" | "githubQuota"> {
  const calls = counter(registry, "plumbline_github_calls_total", "Requests to GitHub by status", ["status"]);
  const quota = gauge(
    registry,
    "plumbline_github_quota_remaining",
    "Requests that GitHub's primary limit leaves, by installation",
    ["installation"],
  );
  const known = new Set<number>();
  return {
    githubCall: (status) => calls.inc({ status: String(status) }),
    githubQuota: (installationId, remaining) => {
      known.add(installationId);
      if (known.size > MAX_INSTALLATIONS) {
        quota.reset();
        known.clear();
      }
      quota.set({ installation: String(installationId) }, remaining);
    },
  };
}

/** A label's values must be few, and the header is the sender's. */
const EVENTS: ReadonlySet<string> = new Set([
  "pull_request",
  "issue_comment",
  "check_run",
  "check_suite",
  "installation",
  "installation_repositories",
  "ping",
]);

function knownEvent(event: string): string {
  return EVENTS.has(event) ? event : "other";
}
