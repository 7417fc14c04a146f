// Jobs as people see them, on the embedded store: each state and its reason, and another chance for one that failed.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ReviewJob } from "../../src/domain/job.ts";
import { jobDesk } from "../../src/queue/job-list.ts";
import { deleteOldRows } from "../../src/queue/retention.ts";
import { runLedger } from "../../src/queue/run-ledger.ts";
import { openStore, type Store } from "../../src/queue/store.ts";
import { sweepRecords } from "../../src/queue/sweep-records.ts";
import { tempFolder } from "../builders-git.ts";
import { prepareStore } from "../builders-store.ts";

const folder = tempFolder("jobs");
const RETRY_LIMIT = 4;
const PARKED = 3_600;
let store: Store;
beforeAll(async () => {
  await prepareStore(folder.path);
  store = await openStore({ databaseUrl: undefined, dataDir: folder.path, onFault: () => undefined });
  await store.boss.createQueue("reviews", { policy: "stately", retryLimit: RETRY_LIMIT });
  await store.boss.createQueue("commands", { policy: "short" });
});
afterAll(async () => {
  await store.close();
  folder.remove();
});
beforeEach(async () => {
  for (const table of ["pgboss.job", "plumbline.run", "plumbline.delivery", "plumbline.model_reply"])
    await store.database.rows(`DELETE FROM ${table}`);
});

function aJob(number: number): ReviewJob {
  return {
    locator: { installationId: 5, repositoryId: 7, owner: "acme", name: "shop", number },
    trigger: "event",
    scope: { passes: [], paths: [] },
    memory: "keep",
  };
}

async function send(number: number, startAfter = 0): Promise<string> {
  const id = await store.boss.send("reviews", aJob(number), { singletonKey: `7#${number}`, startAfter });
  return id ?? "";
}

async function fetchOne(): Promise<{ readonly id: string; readonly retryCount: number }> {
  const [job] = await store.boss.fetch("reviews", { includeMetadata: true });
  if (job === undefined) throw new Error("no job waits");
  return job;
}

/** As a worker gives one up, at its last attempt. */
async function giveUp(id: string, reason: string | null): Promise<void> {
  await store.database.rows(
    `UPDATE pgboss.job SET state = 'failed', completed_on = now(), retry_count = retry_limit, output = $2::jsonb
     WHERE id = $1::uuid`,
    [id, reason === null ? null : JSON.stringify({ reason })],
  );
}

async function aFailedJob(number = 1): Promise<string> {
  await send(number);
  const { id } = await fetchOne();
  await giveUp(id, "GitHub answered 422");
  return id;
}

const desk = () => jobDesk(store.database);
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe("a job is listed", () => {
  const common = {
    kind: "review",
    pull_request: "acme/shop#1",
    installation: 5,
    trigger: "event",
    created_at: ISO,
    parked_until: null,
    running_since: null,
    failed_at: null,
    reason: null,
  };

  it("while it waits", async () => {
    const id = await send(1);
    expect(await desk().list(null)).toEqual([{ ...common, id, state: "waiting", attempts: 0 }]);
  });

  it("while it is parked, with the time it waits for and why", async () => {
    const id = await send(1, PARKED);
    await store.database.rows("UPDATE pgboss.job SET output = $1::jsonb", [
      JSON.stringify({ reason: "limit" }),
    ]);
    const [job] = await desk().list(null);
    expect(job).toEqual({ ...common, id, state: "parked", attempts: 0, parked_until: ISO, reason: "limit" });
    expect(Date.parse(job?.parked_until ?? "") - Date.now()).toBeGreaterThan((PARKED - 60) * 1000);
  });

  it("while it runs, without what went wrong before", async () => {
    const id = await send(1);
    await store.database.rows("UPDATE pgboss.job SET output = $1::jsonb", [
      JSON.stringify({ reason: "limit" }),
    ]);
    await fetchOne();
    const expected = { ...common, id, state: "running", attempts: 1, running_since: ISO };
    expect(await desk().list(null)).toEqual([expected]);
  });

  it("when it was given up, with the reason", async () => {
    const id = await aFailedJob();
    const expected = { ...common, id, state: "failed", attempts: RETRY_LIMIT + 1, failed_at: ISO };
    expect(await desk().list(null)).toEqual([{ ...expected, reason: "GitHub answered 422" }]);
  });

  it.each<[name: string, output: object | null, run: string | null, reason: string | null]>([
    ["the run's own words when the job has none", null, "no pass came through", "no pass came through"],
    ["the job's words before those of the run", { reason: "late" }, "early", "late"],
    [
      "pg-boss's words for a worker that died",
      { value: { message: "job heartbeat timeout" } },
      null,
      "job heartbeat timeout",
    ],
    ["its words for a job that was failed by name", { message: "by hand" }, null, "by hand"],
    ["nothing where nobody said anything", null, null, null],
  ])("with %s", async (_, output, run, reason) => {
    const id = await aFailedJob();
    await store.database.rows("UPDATE pgboss.job SET output = $1::jsonb", [output && JSON.stringify(output)]);
    const ledger = runLedger(store.database);
    await ledger.begin(id, aJob(1));
    if (run !== null) await ledger.ended(id, "failed", run);
    expect(await desk().list("failed")).toMatchObject([{ reason }]);
  });

  it("also when it is a command", async () => {
    await store.boss.send("commands", { ...aJob(4), trigger: undefined, commentId: 1 });
    expect(await desk().list(null)).toMatchObject([
      { kind: "command", pull_request: "acme/shop#4", trigger: null },
    ]);
  });

  it("also when nobody can read it any more", async () => {
    await store.boss.send("reviews", { version: 0 });
    expect(await desk().list(null)).toMatchObject([{ pull_request: null, installation: null }]);
  });

  it("not when it is done or was withdrawn", async () => {
    const [done, withdrawn] = [await send(1), await send(2)];
    await store.boss.complete("reviews", (await fetchOne()).id);
    await store.boss.cancel("reviews", [done, withdrawn]);
    expect(await desk().list(null)).toEqual([]);
  });

  it("among the newest 200 of its state only", async () => {
    await aFailedJob(999);
    const jobs = Array.from({ length: 205 }, (_, at) => ({ data: aJob(at), singletonKey: `7#${at}` }));
    await store.boss.insert("reviews", jobs);
    await store.database.rows(
      "UPDATE pgboss.job SET created_on = now() - interval '1 day' WHERE state = 'failed'",
    );
    expect(await desk().list(null)).toHaveLength(200);
    expect(await desk().list("failed")).toHaveLength(1);
    expect(await desk().list("waiting")).toHaveLength(200);
    expect(await desk().list("parked")).toEqual([]);
  });
});

describe("a job that failed", () => {
  it("waits again at once, with as many attempts as a new one, and its attempts count on", async () => {
    const id = await aFailedJob();
    expect(await desk().retry(id)).toEqual({ kind: "retried" });
    expect(await desk().list(null)).toMatchObject([{ id, state: "waiting", reason: "GitHub answered 422" }]);

    const job = await store.boss.fetch("reviews", { includeMetadata: true });
    expect(job).toMatchObject([{ id, retryCount: RETRY_LIMIT + 1, retryLimit: 2 * RETRY_LIMIT + 1 }]);
  });

  it("is found by its id in capitals, too", async () => {
    const id = await aFailedJob();
    expect(await desk().retry(id.toUpperCase())).toEqual({ kind: "retried" });
  });

  it("has all its patience again", async () => {
    const id = await aFailedJob();
    const ledger = runLedger(store.database);
    await ledger.begin(id, aJob(1));
    await ledger.parked(id, "overloaded");
    await desk().retry(id);
    expect(await ledger.begin(id, aJob(1))).toMatchObject({ parks: 0, parkedSince: null });
  });

  it("is kept as long as a new one, however old it is", async () => {
    const id = await aFailedJob();
    await store.database.rows("UPDATE pgboss.job SET keep_until = now() - interval '1 day'");
    await desk().retry(id);
    const [row] = await store.database.rows<{ kept: boolean }>(
      "SELECT keep_until > now() + interval '1 day' AS kept FROM pgboss.job",
    );
    expect(row?.kept).toBe(true);
  });

  it("stays as it is when another of its pull request waits already", async () => {
    const id = await aFailedJob();
    const by = await send(1);
    expect(await desk().retry(id)).toEqual({ kind: "covered", by });
    expect(await desk().list("failed")).toMatchObject([{ id }]);
  });

  it("is not covered by one that runs, or by one of another pull request", async () => {
    const id = await aFailedJob();
    await send(1);
    await fetchOne();
    await send(2);
    expect(await desk().retry(id)).toEqual({ kind: "retried" });
  });

  it("is the only one that can be retried", async () => {
    const id = await send(1);
    expect(await desk().retry(id)).toEqual({ kind: "not-failed", state: "waiting" });
    await fetchOne();
    expect(await desk().retry(id)).toEqual({ kind: "not-failed", state: "running" });
    await store.boss.complete("reviews", id);
    expect(await desk().retry(id)).toEqual({ kind: "not-failed", state: "done" });
  });

  it.each(["", "x", "5b2f31c6", "5b2f31c6-4f0f-4c39-9d6e-0a6f7c1d2e3b", "'; DROP TABLE pgboss.job; --"])(
    "is unknown as %j",
    async (id) => {
      expect(await desk().retry(id)).toEqual({ kind: "unknown" });
    },
  );
});

describe("what the sweep asks of the store", () => {
  const records = () => sweepRecords(store.database, runLedger(store.database));

  it("tells which deliveries were recorded, and which pull requests had a run", async () => {
    await store.database.rows("INSERT INTO plumbline.delivery (guid, job) VALUES ('a', ''), ('b', '')");
    await runLedger(store.database).begin("run-1", aJob(1));
    expect(await records().recordedDeliveries(["a", "c"])).toEqual(new Set(["a"]));
    expect(await records().knownPulls(7, [1, 2])).toEqual(new Set([1]));
    expect(await records().knownPulls(8, [1, 2])).toEqual(new Set());
  });

  it("deletes rows past their time, and no others", async () => {
    const days = [
      ["plumbline.delivery (guid, job, received_at) VALUES ($1, '', ", 8],
      ["plumbline.model_reply (pull, request, reply, stored_at) VALUES ($1, '', '{}', ", 8],
      [
        "plumbline.run (id, installation_id, repository_id, owner, name, number, trigger, begun_at) VALUES ($1, 1, 1, '', '', 1, '', ",
        90,
      ],
      [
        "plumbline.spend (installation_id, repository_id, number, usd, day) VALUES (ascii($1), 1, 1, 1, ",
        400,
      ],
    ] as const;
    for (const [into, kept] of days)
      for (const [name, age] of [
        ["old", kept + 1],
        ["new", kept - 1],
      ] as const)
        await store.database.rows(`INSERT INTO ${into} now() - make_interval(days => $2))`, [name, age]);
    await deleteOldRows(store.database);
    for (const [table, key] of [
      ["delivery", "guid"],
      ["model_reply", "pull"],
      ["run", "id"],
      ["spend", "CASE installation_id WHEN ascii('new') THEN 'new' ELSE 'old' END"],
    ])
      expect(await store.database.rows(`SELECT ${key} AS name FROM plumbline.${table}`)).toEqual([
        { name: "new" },
      ]);
  });
});
