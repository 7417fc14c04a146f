/** What our tables tell the sweep. */
import type { SweepRecords } from "../review/sweep-ports.ts";
import type { Database } from "./database.ts";
import { deleteOldRows } from "./retention.ts";
import type { RunLedger } from "./run-ledger.ts";

export function sweepRecords(database: Database, ledger: RunLedger): SweepRecords {
  return {
    recordedDeliveries: (guids) => recordedDeliveries(database, guids),
    knownPulls: (repositoryId, numbers) => knownPulls(database, repositoryId, numbers),
    knownHeads: (repositoryId, pulls, failed) => ledger.knownHeads(repositoryId, pulls, failed),
    abandonedChecks: () => ledger.abandonedChecks(),
    forgetCheck: (runId) => ledger.hasCheck(runId, null),
    deleteOldRows: () => deleteOldRows(database),
  };
}

async function recordedDeliveries(
  database: Database,
  guids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database.rows<{ guid: string }>(
    "SELECT guid FROM plumbline.delivery WHERE guid = ANY($1::text[])",
    [guids],
  );
  return new Set(rows.map(({ guid }) => guid));
}

async function knownPulls(
  database: Database,
  repositoryId: number,
  numbers: readonly number[],
): Promise<ReadonlySet<number>> {
  const rows = await database.rows<{ number: number }>(
    "SELECT DISTINCT number FROM plumbline.run WHERE repository_id = $1 AND number = ANY($2::int[])",
    [repositoryId, numbers],
  );
  return new Set(rows.map(({ number }) => number));
}
