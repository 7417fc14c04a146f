// What a case of the fault matrix is, and what it is given to run.

import type { Variables } from "../app/server-process.ts";
import type { WholeApp } from "../app/whole-app.ts";
import type { DatabaseLine } from "./database-line.ts";

export const STORES = ["pglite", "postgresql"] as const;
export type StoreKind = (typeof STORES)[number];

export interface FaultCase {
  /** As in the matrix. */
  readonly number: number;
  readonly title: string;
  readonly stores: readonly StoreKind[];
  /** A case that measures time or memory has the machine for itself. */
  readonly company: "others" | "alone";
  /** @returns what was seen, in a short phrase. Rejects when it is not what the matrix says. */
  run(context: CaseContext): Promise<string>;
}

export interface CaseContext {
  readonly store: StoreKind;
  /** An app of the case's own; on PostgreSQL two servers on one database. Checked and closed when the case ends. */
  startApp(variables?: Variables): Promise<FaultApp>;
}

export interface FaultApp extends WholeApp {
  /** Between the servers and PostgreSQL; null where the store is embedded. */
  readonly line: DatabaseLine | null;
  /** One statement on the store. An embedded one opens to others only while no server runs. */
  query<Row>(sql: string): Promise<readonly Row[]>;
}

export const PGLITE = ["pglite"] as const;
