// The connections for arrivals on a real PostgreSQL: what fails is rolled back, and what breaks is replaced.
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ArrivalPool, arrivalPool } from "../../src/queue/arrival-pool.ts";
import { openQueue } from "../../src/queue/durable-queue.ts";
import { openStore } from "../../src/queue/store.ts";
import { startPostgres } from "../postgres.ts";

let postgres: Awaited<ReturnType<typeof startPostgres>>;
let url: string;
beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  await postgres.query(url, "CREATE TABLE note (text text)");
});
afterAll(() => postgres.close());

const pools: ArrivalPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

function aPool() {
  const faults: unknown[] = [];
  const pool = arrivalPool(url, 1, (error) => faults.push(error));
  pools.push(pool);
  return { pool, faults };
}

const notes = async (pool: ArrivalPool) =>
  (await pool.rows<{ text: string }>("SELECT text FROM note ORDER BY text")).map(({ text }) => text);

describe("a transaction on the connections for arrivals", () => {
  it("is committed when its work resolves, and bounded while it lasts", async () => {
    const { pool } = aPool();

    const bounds = await pool.transaction(async (sql) => {
      await sql.rows("INSERT INTO note VALUES ($1)", ["kept"]);
      return sql.rows(
        "SELECT current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle",
      );
    });

    expect(bounds).toEqual([{ lock: "10s", idle: "1min" }]);
    expect(await notes(pool)).toEqual(["kept"]);
    expect(await pool.rows("SHOW lock_timeout")).toEqual([{ lock_timeout: "0" }]);
  });

  it("is rolled back when its work rejects, and the connection goes on", async () => {
    const { pool, faults } = aPool();
    const [before] = await pool.rows<{ pid: number }>("SELECT pg_backend_pid() AS pid");

    const failing = pool.transaction(async (sql) => {
      await sql.rows("INSERT INTO note VALUES ('lost')");
      await sql.rows("SELECT 1/0");
    });

    await expect(failing).rejects.toThrow(/division by zero/);
    expect(await notes(pool)).not.toContain("lost");
    expect(await pool.rows("SELECT pg_backend_pid() AS pid")).toEqual([before]);
    expect(faults).toEqual([]);
  });

  it("rejects when its connection is cut, and the next one gets another", async () => {
    const { pool, faults } = aPool();

    const cut = pool.transaction(async (sql) => {
      const [own] = await sql.rows<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      await postgres.query(url, `SELECT pg_terminate_backend(${own?.pid})`);
      await sql.rows("INSERT INTO note VALUES ('never')");
    });

    await expect(cut).rejects.toThrow();
    expect(faults.length).toBeGreaterThan(0);
    expect(await notes(pool)).not.toContain("never");
  });
});

describe("connections that have silently gone", () => {
  /** As behind a firewall that has forgotten them: what is sent on those that were open is swallowed. */
  async function aForgetfulProxy() {
    const { port } = new URL(url);
    const open: Socket[] = [];
    const proxy = createServer((inner) => {
      const outer = connect(Number(port), "127.0.0.1");
      inner.pipe(outer).pipe(inner);
      for (const socket of [inner, outer]) socket.on("error", () => undefined);
      open.push(inner, outer);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const through = new URL(url);
    through.port = String((proxy.address() as AddressInfo).port);
    return {
      url: through.href,
      forget: () => {
        for (const socket of open.splice(0)) socket.unpipe().resume();
      },
      close: () => {
        for (const socket of open) socket.destroy();
        proxy.close();
      },
    };
  }

  it("are replaced, and the transaction that met them is carried out", async () => {
    const proxy = await aForgetfulProxy();
    const faults: unknown[] = [];
    const pool = arrivalPool(proxy.url, 1, (error) => faults.push(error));
    pools.push(pool);
    await pool.rows("SELECT 1");
    proxy.forget();

    await pool.transaction((sql) => sql.rows("INSERT INTO note VALUES ('behind a firewall')"));

    expect(await notes(pool)).toContain("behind a firewall");
    expect(faults.map(String)).toContainEqual(expect.stringMatching(/did not answer within 2 s/));
    proxy.close();
  });
});

describe("a rehearsal of arrivals on PostgreSQL", () => {
  it("opens all of their connections, and stores nothing", async () => {
    const database = await postgres.createDatabase();
    const store = await openStore({ databaseUrl: database, dataDir: "", onFault: () => undefined });
    const queue = await openQueue(store);

    await queue.rehearse();

    const [open] = (await postgres.query(
      database,
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'plumbline-arrivals' AND datname = current_database()",
    )) as readonly { readonly count: number }[];
    expect(open?.count).toBe(store.arrivals.lanes);
    expect(await store.database.rows("SELECT guid FROM plumbline.delivery")).toEqual([]);
    expect(await store.database.rows("SELECT id FROM pgboss.job")).toEqual([]);
    await queue.stop(0);
    await store.close();
  });
});
