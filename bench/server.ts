// npm run bench:server: a real server under load. How long it takes to answer, to work off, to start; what it holds.
import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { type Result, tableOf } from "./result.ts";
import { measureReceiving } from "./server-receiving.ts";
import { measureStart } from "./server-start.ts";
import { openStores, STORE_KINDS, type StoreKind } from "./server-store.ts";
import { measureWork } from "./server-work.ts";

const HELP = `npm run bench:server                       all three parts on both stores, in less than six minutes
npm run bench:server -- --only PART        receive, work or start
npm run bench:server -- --store STORE      embedded or postgresql
npm run bench:server -- --full             payloads of both sizes; 200 reviews for each setting (half an hour)
npm run bench:server -- --json FILE        also writes the numbers as JSON

Progress goes to standard error, the tables to standard output. It asserts nothing: a missed target is still exit code 0.`;

const PARTS = ["receive", "work", "start"] as const;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    store: { type: "string" },
    full: { type: "boolean" },
    json: { type: "string" },
    help: { type: "boolean" },
  },
});
if (values.help) console.log(HELP);
else await measure();

async function measure(): Promise<void> {
  const parts = chosen("--only", PARTS, values.only);
  const kinds = chosen("--store", STORE_KINDS, values.store);
  const machine = `Node ${process.versions.node}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB; load ${loadavg()[0]?.toFixed(1)} before; server, stand-ins and database share them`;
  const progress = (text: string) =>
    process.stderr.write(
      `${new Date().toISOString().slice(11, 19)} ${text}; load ${loadavg()[0]?.toFixed(1)}\n`,
    );
  const stores = openStores();
  const results: Result[] = [];
  console.log(`${machine}\n`);
  try {
    for (const part of parts) {
      const result = await measurePart(part, stores, kinds, progress);
      results.push(result);
      console.log(tableOf(result));
    }
  } finally {
    await stores.close();
  }
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
}

function measurePart(
  part: (typeof PARTS)[number],
  stores: ReturnType<typeof openStores>,
  kinds: readonly StoreKind[],
  progress: (text: string) => void,
): Promise<Result> {
  switch (part) {
    case "receive":
      return measureReceiving(stores, kinds, values.full ? ["small", "full"] : ["small"], progress);
    case "work":
      return measureWork(stores, kinds, values.full ? "full" : "short", progress);
    case "start":
      return measureStart(stores, kinds, progress);
  }
}

function chosen<const T extends string>(
  option: string,
  all: readonly T[],
  given: string | undefined,
): readonly T[] {
  if (given === undefined) return all;
  const found = all.filter((one) => one === given);
  if (found.length === 0) {
    console.error(`${option} must be one of ${all.join(", ")}`);
    process.exit(2);
  }
  return found;
}
