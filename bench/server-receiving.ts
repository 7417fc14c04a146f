// Receiving: 2,000 deliveries at 200 a second to one server, which reviews at the same time. How long is the answer?
import { type Answers, type Load, makeLoad, type PayloadSize, sendLoad } from "./delivery-load.ts";
import { distributionOf, round } from "./distribution.ts";
import { isReviewed, openWorld } from "./pull-request-world.ts";
import type { Result, Row } from "./result.ts";
import { afterFirstSweep, type ProcessUse, startServer } from "./server-process.ts";
import { type MeasuredStore, type StoreKind, type Stores, tableSizes } from "./server-store.ts";

const DELIVERIES = 2_000;
const PER_SECOND = 200;
/** Sent at the same pace to a process that has answered nothing yet, and told apart: compiling is most of its answer. */
const FIRST_DELIVERIES = 200;
const PULLS = 500;
const INSTALLATIONS = 50;
const MODEL_ANSWER_MS = 2_000;
const TARGET_P99_MS = 50;

export async function measureReceiving(
  stores: Stores,
  kinds: readonly StoreKind[],
  sizes: readonly PayloadSize[],
  progress: (text: string) => void,
): Promise<Result> {
  const rows: Row[] = [{ setting: "target", "p99 ms": `< ${TARGET_P99_MS}` }];
  const notes: string[] = [
    `${DELIVERIES} deliveries at ${PER_SECOND} a second, ${PULLS} pull requests of ${INSTALLATIONS} installations, concurrency 4, model ${MODEL_ANSWER_MS / 1000} s an answer.`,
    `Before them ${FIRST_DELIVERIES} at the same pace as the first work of a fresh process, which are told apart.`,
    "Answer: from the time of the schedule, so that a held up delivery counts. Late: the sender's own delay, included in it.",
    "Sender, stand-ins, PostgreSQL and server share the cores. Lost: answered with 2xx, but without a row.",
  ];
  for (const kind of kinds)
    for (const size of sizes) {
      progress(`receiving: ${kind}, ${size} payloads`);
      rows.push(await receive(await stores.fresh(kind), size, notes));
    }
  return { title: "Receiving", rows, notes };
}

async function receive(store: MeasuredStore, size: PayloadSize, notes: string[]): Promise<Row> {
  const world = await openWorld(MODEL_ANSWER_MS);
  const variables = { ...world.variables, ...store.variables };
  // The store exists, as it does after every deployment but the first.
  await (await startServer(variables)).stop();
  const server = await startServer(variables);
  try {
    await afterFirstSweep([server]);
    const pulls = world.openPulls(PULLS, INSTALLATIONS);
    const load = makeLoad(pulls, size, FIRST_DELIVERIES + DELIVERIES);
    const idle = server.use();
    const first = await sendLoad(server.webhookUrl, part(load, 0, FIRST_DELIVERIES), PER_SECOND);
    const before = server.use();
    const answers = await sendLoad(server.webhookUrl, part(load, FIRST_DELIVERIES), PER_SECOND);
    const after = server.use();
    const reviews = pulls.filter(isReviewed).length;
    world.model.answerAfter(0);
    await server.stop();
    const kilobytes = (load.bodies[0]?.bytes.byteLength ?? 0) / 1000;
    return {
      setting: `${store.kind}, ${round(kilobytes)} kB`,
      ...answerCells(answers),
      "p99 ms, first second": round(distributionOf(first.answerMs).p99),
      ...(await kept(store, [...first.status, ...answers.status], notes)),
      "MB before": round(idle.residentMb),
      ...useCells(before, after),
      "reviews meanwhile": reviews,
      "errors logged": server.errors(),
    };
  } finally {
    await server.stop();
    await world.close();
    store.remove();
  }
}

function part(load: Load, from: number, to?: number): Load {
  return { ...load, deliveries: load.deliveries.slice(from, to) };
}

function answerCells({ answerMs, lateMs, status }: Answers): Row {
  const { p50, p90, p99, max } = distributionOf(answerMs);
  const byStatus = Map.groupBy(status, (code) => code);
  return {
    "p50 ms": round(p50),
    "p90 ms": round(p90),
    "p99 ms": round(p99),
    "max ms": round(max),
    "late p99 ms": round(distributionOf(lateMs).p99),
    answers: [...byStatus].map(([code, all]) => `${all.length} × ${code}`).join(", "),
  };
}

function useCells(before: ProcessUse, after: ProcessUse): Row {
  const cpuMs = ((after.cpuSeconds - before.cpuSeconds) * 1000) / DELIVERIES;
  return {
    "MB after": round(after.residentMb),
    "CPU ms a delivery": round(cpuMs),
  };
}

/** Looked up from outside, after the server has stopped. */
async function kept(store: MeasuredStore, status: readonly number[], notes: string[]): Promise<Row> {
  const taken = status.filter((code) => code >= 200 && code < 300).length;
  return store.look(async (query) => {
    const [deliveries] = await query<{ count: number }>("SELECT count(*)::int FROM plumbline.delivery");
    const [pulls] = await query<{ count: number }>(
      "SELECT count(DISTINCT singleton_key)::int FROM pgboss.job WHERE name = 'reviews'",
    );
    for (const { table, rows, bytes } of await tableSizes(query))
      if (rows >= PULLS)
        notes.push(`${store.kind}: ${table} ${rows} rows, ${Math.round(bytes / rows)} bytes each`);
    const [disk] = await query<{ fsync: string }>("SHOW fsync");
    return {
      // Off: a commit does not wait for the disk. PGlite never does; PostgreSQL should, to be measured as it is run.
      fsync: disk?.fsync ?? "",
      lost: taken - (deliveries?.count ?? 0) + (PULLS - (pulls?.count ?? 0)),
    };
  });
}
