// The apps of one case: on its store, with what it may look into, closed and checked when it ends.
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Variables } from "../app/server-process.ts";
import { startWholeApp, type WholeApp } from "../app/whole-app.ts";
import type { Postgres } from "../postgres.ts";
import { openDatabaseLine } from "./database-line.ts";
import { queryEmbedded } from "./embedded-query.ts";
import type { CaseContext, FaultApp, StoreKind } from "./fault-case.ts";

export interface OpenContext extends CaseContext {
  readonly apps: readonly FaultApp[];
  /** Rejects when a stand-in saw something that the real service would have refused, or a secret was logged. */
  check(): void;
  /** Kills what still runs: the case is over, and a server that drains would only take time. */
  close(): Promise<void>;
}

const REPLICAS = 2;

export function openContext(store: StoreKind, postgres: () => Promise<Postgres>): OpenContext {
  const apps: FaultApp[] = [];
  return {
    store,
    apps,
    startApp: async (variables = {}) => {
      const app =
        store === "pglite" ? await embeddedApp(variables) : await replicatedApp(variables, await postgres());
      apps.push(app);
      return app;
    },
    check: () => apps.forEach(checkApp),
    close: async () => {
      await Promise.all(
        apps.map(async (app) => {
          await app.fleet.end();
          await app.close();
          await app.line?.close();
        }),
      );
    },
  };
}

async function embeddedApp(variables: Variables): Promise<FaultApp> {
  const app = await startWholeApp(variables);
  const dataDir = join(String(app.variables["PLUMBLINE_DATA_DIR"]), "pglite");
  return extended(app, null, (sql) => queryEmbedded(dataDir, sql));
}

async function replicatedApp(variables: Variables, postgres: Postgres): Promise<FaultApp> {
  const url = await postgres.createDatabase();
  const line = await openDatabaseLine(url);
  const app = await startWholeApp(variables, { databaseUrl: line.url, replicas: REPLICAS });
  return extended(app, line, (sql) => postgres.query(url, sql));
}

/** Some fields of an app are read at the time of asking, so it is extended and not copied. */
function extended(app: WholeApp, line: FaultApp["line"], query: FaultApp["query"]): FaultApp {
  return Object.assign(app, { line, query });
}

function checkApp(app: FaultApp): void {
  assert.deepEqual(app.github.violations, [], "requests that GitHub's own description does not know");
  assert.deepEqual(app.model.violations, [], "requests that the model service would refuse");
  const key = app.github.app.privateKey.split("\n")[1] ?? "";
  const secrets = ["ghs_", "Bearer ", app.model.apiKey, "Secret to Everybody", key];
  const output = app.fleet.output();
  assert.deepEqual(
    secrets.filter((secret) => output.includes(secret)).map((secret) => `${secret.slice(0, 4)}…`),
    [],
    "secrets in the log",
  );
}
