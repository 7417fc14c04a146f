/** Prometheus counters of what the server does. */
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { ReviewEvent } from "../review/ports.ts";

export interface Metrics {
  readonly delivery: (event: string, status: number) => void;
  readonly review: (outcome: string) => void;
  readonly observe: (event: ReviewEvent) => void;
  readonly text: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

export function openMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: "plumbline_deliveries_total",
    help: "Webhook deliveries answered",
    labelNames: ["event", "status"],
    registers,
  });
  const reviews = new Counter({
    name: "plumbline_reviews_total",
    help: "Review runs by outcome",
    labelNames: ["outcome"],
    registers,
  });
  const passes = new Counter({
    name: "plumbline_passes_total",
    help: "Passes over one chunk",
    labelNames: ["pass", "outcome"],
    registers,
  });
  const tokens = new Counter({
    name: "plumbline_model_tokens_total",
    help: "Tokens by kind",
    labelNames: ["kind"],
    registers,
  });
  const money = new Counter({
    name: "plumbline_model_cost_usd_total",
    help: "Estimated cost of the model calls",
    registers,
  });
  const calls = new Counter({
    name: "plumbline_model_calls_total",
    help: "Calls to the model service",
    registers,
  });
  const dropped = new Counter({
    name: "plumbline_dropped_findings_total",
    help: "Findings whose quote was not in the code",
    registers,
  });
  const seconds = new Histogram({
    name: "plumbline_review_seconds",
    help: "From job start to review posted",
    buckets: [1, 5, 15, 30, 60, 120, 300, 600, 1800],
    registers,
  });

  const observe = (event: ReviewEvent) => {
    if (event.stage === "pass" || event.stage === "summarised") {
      const { usage } = event;
      calls.inc(usage.calls);
      money.inc(usage.costUsd);
      tokens.inc({ kind: "input" }, usage.inputTokens);
      tokens.inc({ kind: "output" }, usage.outputTokens);
      tokens.inc({ kind: "cache_read" }, usage.cacheReadTokens);
      tokens.inc({ kind: "cache_write" }, usage.cacheWriteTokens);
    }
    if (event.stage === "pass") passes.inc({ pass: event.pass, outcome: event.outcome });
    if (event.stage === "placed") dropped.inc(event.dropped);
    if (event.stage === "published") seconds.observe(event.durationMs / 1000);
  };
  return {
    delivery: (event, status) => deliveries.inc({ event: knownEvent(event), status: String(status) }),
    review: (outcome) => reviews.inc({ outcome }),
    observe,
    text: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
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
