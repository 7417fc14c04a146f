// Starting and being idle: from the start of the process to `listening`, and what it holds when nothing happens.
import { setTimeout as pause } from "node:timers/promises";
import { medianAndRange, round } from "./distribution.ts";
import { openWorld, type PullRequestWorld } from "./pull-request-world.ts";
import type { Result, Row } from "./result.ts";
import { startServer } from "./server-process.ts";
import type { MeasuredStore, StoreKind, Stores } from "./server-store.ts";

const STARTS = 5;
/** By then what the start left behind has been collected, and pg-boss has polled a few times. */
const IDLE_MS = 15_000;
const TARGETS = {
  embedded: { "start ms": "< 1500", "idle MB": "< 350" },
  postgresql: { "start ms": "", "idle MB": "< 150" },
} as const;

export async function measureStart(
  stores: Stores,
  kinds: readonly StoreKind[],
  progress: (text: string) => void,
): Promise<Result> {
  const world = await openWorld(0);
  const rows: Row[] = [];
  try {
    for (const kind of kinds) {
      progress(`start and idle: ${kind}`);
      rows.push({ setting: `target ${kind}`, ...TARGETS[kind] });
      rows.push(await start(await stores.fresh(kind), world));
    }
  } finally {
    await world.close();
  }
  return {
    title: "Start and idle",
    rows,
    notes: [
      `Milliseconds from the start of the process to its line \`listening\`: median and range of ${STARTS} on an existing store.`,
      `Resident memory of the server's own process ${IDLE_MS / 1000} s after that line; nothing was collected by force.`,
    ],
  };
}

async function start(store: MeasuredStore, world: PullRequestWorld): Promise<Row> {
  const variables = { ...world.variables, ...store.variables };
  try {
    const first = await startServer(variables);
    await first.stop();
    const times: number[] = [];
    while (times.length < STARTS) {
      const server = await startServer(variables);
      times.push(server.startMs);
      await server.stop();
    }
    const idle = await startServer(variables);
    await pause(IDLE_MS);
    const use = idle.use();
    await idle.stop();
    return {
      setting: store.kind,
      "start ms": medianAndRange(times),
      "start on a new store ms": round(first.startMs),
      "idle MB": round(use.residentMb),
      "peak MB": round(use.peakMb),
      "CPU s to idle": round(use.cpuSeconds),
    };
  } finally {
    store.remove();
  }
}
