// Working off: how many reviews a minute does a process get through, next to what the model's own time allows?
import { setTimeout as pause } from "node:timers/promises";
import type { PullRequestState } from "../test/github-double/server.ts";
import { round } from "./distribution.ts";
import { CALLS_PER_REVIEW, isReviewed, openWorld, type PullRequestWorld } from "./pull-request-world.ts";
import type { Result, Row } from "./result.ts";
import { afterFirstSweep, type ServerProcess, startServer } from "./server-process.ts";
import { type MeasuredStore, type StoreKind, type Stores, tableSizes } from "./server-store.ts";

const MODEL_ANSWER_MS = 2_000;
const FULL_REVIEWS = 200;
/** Octokit paces writes for each installation, so one installation would be measured instead of the server. */
const MAX_INSTALLATIONS = 100;
/** Rounds of `concurrency` reviews in a short run. */
const ROUNDS = { 4: 2, 16: 2 } as const;
const TIMEOUT_MS = 15 * 60_000;

interface Setting {
  readonly kind: StoreKind;
  readonly concurrency: keyof typeof ROUNDS;
  readonly replicas: number;
}

const SETTINGS: readonly Setting[] = [
  { kind: "embedded", concurrency: 4, replicas: 1 },
  { kind: "embedded", concurrency: 16, replicas: 1 },
  { kind: "postgresql", concurrency: 4, replicas: 1 },
  { kind: "postgresql", concurrency: 16, replicas: 1 },
  { kind: "postgresql", concurrency: 4, replicas: 2 },
  { kind: "postgresql", concurrency: 16, replicas: 2 },
];

export async function measureWork(
  stores: Stores,
  kinds: readonly StoreKind[],
  length: "short" | "full",
  progress: (text: string) => void,
): Promise<Result> {
  const rows: Row[] = [];
  const notes = [
    `A review is ${CALLS_PER_REVIEW} calls one after another, ${MODEL_ANSWER_MS / 1000} s each; ideal is replicas × concurrency / ${idealSeconds()} s.`,
    "Measured from the first delivery to the end of the last review. MB and CPU are of the server, the largest of the replicas.",
  ];
  for (const setting of SETTINGS.filter(({ kind }) => kinds.includes(kind))) {
    const reviews =
      length === "full" ? FULL_REVIEWS : ROUNDS[setting.concurrency] * setting.concurrency * setting.replicas;
    progress(`working off: ${describe(setting)}, ${reviews} reviews`);
    rows.push(await workOff(await stores.fresh(setting.kind), setting, reviews, notes));
  }
  return { title: "Working off", rows, notes };
}

async function workOff(
  store: MeasuredStore,
  setting: Setting,
  reviews: number,
  notes: string[],
): Promise<Row> {
  const world = await openWorld(MODEL_ANSWER_MS);
  const servers: ServerProcess[] = [];
  const variables = {
    ...world.variables,
    ...store.variables,
    PLUMBLINE_CONCURRENCY: String(setting.concurrency),
  };
  try {
    while (servers.length < setting.replicas) servers.push(await startServer(variables));
    await afterFirstSweep(servers);
    const pulls = world.openPulls(reviews, Math.min(reviews, MAX_INSTALLATIONS));
    const before = servers.map((server) => server.use().cpuSeconds);
    const begun = performance.now();
    await deliverAll(world, pulls, servers);
    await reviewed(pulls);
    const minutes = (performance.now() - begun) / 60_000;
    const uses = servers.map((server) => server.use());
    const cpu = uses.reduce((sum, use, at) => sum + use.cpuSeconds - (before[at] ?? 0), 0);
    await Promise.all(servers.map((server) => server.stop()));
    if (setting.replicas === 1 && setting.concurrency === 16) notes.push(...(await sizesOf(store)));
    return {
      setting: describe(setting),
      reviews,
      "a minute": round(reviews / minutes),
      ideal: round((setting.replicas * setting.concurrency * 60) / idealSeconds()),
      "of the ideal": `${Math.round((reviews / minutes / ((setting.replicas * setting.concurrency * 60) / idealSeconds())) * 100)} %`,
      "peak MB": round(Math.max(...uses.map((use) => use.peakMb))),
      "CPU s a review": round(cpu / reviews),
      "model calls a review": round(world.model.calls() / reviews),
      ...gitHubCells(world, reviews),
      "errors logged": servers.reduce((sum, server) => sum + server.errors(), 0),
    };
  } finally {
    for (const server of servers) await server.stop();
    await world.close();
    store.remove();
  }
}

function describe({ kind, concurrency, replicas }: Setting): string {
  return `${kind}, ${replicas} × ${concurrency}`;
}

function idealSeconds(): number {
  return (CALLS_PER_REVIEW * MODEL_ANSWER_MS) / 1000;
}

/** Each replica is told of its share, as a load balancer would deal them out. */
async function deliverAll(
  { github }: PullRequestWorld,
  pulls: readonly PullRequestState[],
  servers: readonly ServerProcess[],
): Promise<void> {
  for (const [at, pull] of pulls.entries()) {
    github.setWebhookTarget(servers[at % servers.length]?.webhookUrl ?? "");
    const { status } = await github.deliverPullRequest(pull, "opened");
    if (status !== 200) throw new Error(`a delivery was answered with ${status}`);
  }
}

async function reviewed(pulls: readonly PullRequestState[]): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!pulls.every(isReviewed)) {
    if (performance.now() > deadline)
      throw new Error(`${pulls.filter(isReviewed).length} of ${pulls.length} reviews in time`);
    await pause(20);
  }
}

/** From the stand-in's log of requests: what a review takes from the installation's quota. */
function gitHubCells({ github }: PullRequestWorld, reviews: number): Row {
  const tokens = github.requests.filter(({ path }) => path.endsWith("/access_tokens")).length;
  const writes = github.requests.filter(({ method }) => method !== "GET").length - tokens;
  return {
    "GitHub reads a review": round((github.requests.length - writes - tokens) / reviews),
    "GitHub writes a review": round(writes / reviews),
    "GitHub tokens a review": round(tokens / reviews),
  };
}

async function sizesOf(store: MeasuredStore): Promise<readonly string[]> {
  const sizes = await store.look(tableSizes);
  return sizes.map(
    ({ table, rows, bytes }) =>
      `${store.kind}: ${table} ${rows} rows, ${Math.round(bytes / rows)} bytes each`,
  );
}
