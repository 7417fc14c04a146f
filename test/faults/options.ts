// What the fault matrix can be asked on the command line.
import { parseArgs } from "node:util";
import { STORES, type StoreKind } from "./fault-case.ts";

export interface FaultOptions {
  /** Empty: all. */
  readonly numbers: readonly number[];
  readonly stores: readonly StoreKind[];
  /** What failed beside others is run once more with the machine for itself. */
  readonly again: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm run faults -- [options] [case numbers]

Runs the fault matrix: 30 cases of what goes wrong around a server that reviews pull requests. Each starts the app
as real processes beside stand-ins for GitHub and the model service, and ends with what they saw.

  --store pglite|postgresql   only on this store (PostgreSQL: two servers on one database, where a case has that)
  --ci                        a case that failed is run once more by itself; the table says so, and why it failed
  --help                      this text

Examples: npm run faults -- 12 13
          npm run faults -- --store postgresql
Exit code: 0 all passed, 1 a case failed, 2 wrong usage.
`;

/** @throws TypeError with a sentence for the person who typed. */
export function readOptions(args: readonly string[]): FaultOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      store: { type: "string" },
      ci: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { store } = values;
  const stores = STORES.filter((kind) => store === undefined || kind === store);
  if (stores.length === 0) throw new TypeError(`--store ${store}: must be ${STORES.join(" or ")}`);
  const wrong = positionals.find((text) => !/^\d+$/.test(text));
  if (wrong !== undefined) throw new TypeError(`${wrong}: is not the number of a case`);
  return { numbers: positionals.map(Number), stores, again: values.ci, help: values.help };
}
