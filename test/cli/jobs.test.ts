// `plumbline jobs` as people call it: behind a running server, in the folder of a stopped one, and in PostgreSQL.
import { statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ReviewJob } from "../../src/domain/job.ts";
import { openControlServer } from "../../src/http/control-server.ts";
import { renderJobs } from "../../src/local/job-table.ts";
import type { Paint } from "../../src/local/terminal.ts";
import { openStore, type Store } from "../../src/queue/store.ts";
import { startServer } from "../app/server-process.ts";
import { tempFolder } from "../builders-git.ts";
import { prepareStore } from "../builders-store.ts";
import { appPrivateKey } from "../github-double/app-auth.ts";
import { startPostgres } from "../postgres.ts";
import { plumbline } from "./command.ts";

const folders: (() => void)[] = [];
afterEach(() => {
  for (const remove of folders.splice(0)) remove();
});

function aFolder(): string {
  const folder = tempFolder("jobs-data");
  folders.push(folder.remove);
  return folder.path;
}

function aJob(number: number): ReviewJob {
  return {
    locator: { installationId: 5, repositoryId: 7, owner: "acme", name: "shop", number },
    trigger: "event",
    scope: { passes: [], paths: [] },
    memory: "keep",
  };
}

const FAILED = "00000000-0000-4000-8000-000000000001";
const COVERED = "00000000-0000-4000-8000-000000000002";
const WAITING = "00000000-0000-4000-8000-000000000003";

/** Two that failed, and one that waits for tomorrow in the place of the second. */
async function seed(store: Store): Promise<void> {
  await store.boss.createQueue("reviews", { policy: "stately", retryLimit: 4 });
  await store.boss.createQueue("commands", { policy: "short" });
  for (const [id, number] of [
    [FAILED, 1],
    [COVERED, 2],
  ] as const) {
    await store.boss.send("reviews", aJob(number), { id, singletonKey: `7#${number}` });
    await store.database.rows(
      `UPDATE pgboss.job SET state = 'failed', started_on = now(), completed_on = now(), output = $2::jsonb
       WHERE id = $1::uuid`,
      [id, JSON.stringify({ reason: "GitHub answered 422 \u009b31m" })],
    );
  }
  const tomorrow = { singletonKey: "7#2", startAfter: 86_400 };
  await store.boss.send("reviews", aJob(2), { id: WAITING, ...tomorrow });
}

async function withStore(options: { dataDir: string; databaseUrl?: string }): Promise<void> {
  const { dataDir, databaseUrl } = options;
  const store = await openStore({ databaseUrl, dataDir, onFault: () => undefined });
  await seed(store);
  await store.close();
}

async function aSeededFolder(): Promise<string> {
  const dataDir = aFolder();
  await prepareStore(dataDir);
  await withStore({ dataDir });
  return dataDir;
}

function jobs(args: readonly string[], env: Readonly<Record<string, string>>) {
  return plumbline(["jobs", ...args], { env });
}

/** The same, whatever the jobs are asked through. `env` names the store. */
async function expectListAndRetry(env: Readonly<Record<string, string>>): Promise<void> {
  const listed = await jobs(["--state", "failed"], env);
  expect(listed).toMatchObject({ code: 0, stderr: "" });
  const [heading, ...rows] = listed.stdout.trimEnd().split("\n");
  expect(heading).toMatch(/^ID {36}STATE +PULL REQUEST +INSTALLATION +ASKED BY +ATTEMPTS +AGE +REASON$/);
  expect(rows).toHaveLength(2);
  expect(rows.find((row) => row.startsWith(FAILED))).toMatch(
    /^\S+ {2}failed \d+\w {2,}acme\/shop#1 +5 +event +1 +\d+\w +GitHub answered 422 \\u\{9B\}31m$/,
  );

  expect(await jobs(["retry", FAILED], env)).toEqual({
    code: 0,
    stdout: `${FAILED} waits for a worker again\n`,
    stderr: "",
  });
  expect(await jobs(["retry", COVERED], env)).toEqual({
    code: 0,
    stdout: `nothing to do: ${WAITING} waits for the same pull request already\n`,
    stderr: "",
  });
  expect(await jobs(["retry", WAITING], env)).toMatchObject({
    code: 2,
    stderr: `plumbline: job ${WAITING} is parked: only one that has failed can be retried\n`,
  });
  expect(await jobs(["retry", "none"], env)).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("there is no job none"),
  });

  const json = await jobs(["--format", "json"], env);
  const { jobs: found } = JSON.parse(json.stdout) as { jobs: { id: string; state: string }[] };
  const states = Object.fromEntries(found.map(({ id, state }) => [id, state]));
  expect(states).toMatchObject({ [COVERED]: "failed", [WAITING]: "parked" });
  expect(states[FAILED]).not.toBe("failed");
}

describe("of a stopped server", () => {
  it("are listed and retried in its folder", async () => {
    const env = { PLUMBLINE_DATA_DIR: await aSeededFolder() };
    expect(await jobs(["retry", FAILED], env)).toMatchObject({ code: 0, stderr: "" });

    const listed = await jobs([], env);
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(`${FAILED}  waiting`) });
    expect(listed.stdout).toMatch(`${COVERED}  failed`);
  });

  it("are none, and it says so", async () => {
    const dataDir = aFolder();
    await prepareStore(dataDir);
    const ran = await jobs([], { PLUMBLINE_DATA_DIR: dataDir });
    expect(ran).toEqual({ code: 0, stdout: "no jobs\n", stderr: "" });
  });

  it("are not looked for where no server ever was, and none is made up", async () => {
    const ran = await jobs([], { PLUMBLINE_DATA_DIR: join(aFolder(), "data") });
    expect(ran).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("holds no jobs") });
  });
});

describe("of a running server", () => {
  /** Nobody listens there, so no job of it can be done. */
  const NOWHERE = "127.0.0.1:9";

  it("are listed and retried through its socket, which only its owner may open", async () => {
    const dataDir = await aSeededFolder();
    // Left behind by one that was killed.
    writeFileSync(join(dataDir, "control.sock"), "");
    const server = await startServer({
      APP_ID: "1",
      PRIVATE_KEY: appPrivateKey(),
      WEBHOOK_SECRET: "secret",
      GHE_HOST: NOWHERE,
      GHE_PROTOCOL: "http",
      PLUMBLINE_DATA_DIR: dataDir,
    });
    try {
      expect(statSync(join(dataDir, "control.sock")).mode & 0o777).toBe(0o600);
      await expectListAndRetry({ PLUMBLINE_DATA_DIR: dataDir });
    } finally {
      await server.kill();
    }
    // Its socket stays behind, and nobody answers.
    const after = await jobs(["--format", "json"], { PLUMBLINE_DATA_DIR: dataDir });
    expect(after).toMatchObject({ code: 0, stdout: expect.stringContaining(WAITING) });
  });

  it("are not guessed at when its socket is missing", async () => {
    const dataDir = await aSeededFolder();
    const store = await openStore({ databaseUrl: undefined, dataDir, onFault: () => undefined });
    const ran = await jobs([], { PLUMBLINE_DATA_DIR: dataDir });
    await store.close();
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("another process is using it") });
  });

  it.each<[name: string, answer: string, said: string]>([
    ["no JSON", "hello", "cannot read: hello"],
    ["other JSON", '{"jobs":[{"id":1}]}', "cannot read"],
  ])("are not made of an answer that is %s", async (_, answer, said) => {
    const dataDir = aFolder();
    const server = createServer((_request, response) => response.end(answer));
    await new Promise<void>((resolve) => server.listen(join(dataDir, "control.sock"), resolve));
    const ran = await jobs([], { PLUMBLINE_DATA_DIR: dataDir });
    server.close();
    expect(ran).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(said) });
  });

  it("are told with the reason when they cannot be listed", async () => {
    const dataDir = aFolder();
    const fails = async () => Promise.reject(new Error("the disk is full"));
    const server = await openControlServer(join(dataDir, "control.sock"), { list: fails, retry: fails });
    const ran = await jobs([], { PLUMBLINE_DATA_DIR: dataDir });
    await server.close();
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("the disk is full") });
  });
});

describe("in PostgreSQL", () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.close());

  it("are listed and retried beside its servers", async () => {
    const databaseUrl = await postgres.createDatabase();
    await withStore({ dataDir: aFolder(), databaseUrl });
    await expectListAndRetry({ DATABASE_URL: databaseUrl });
  });

  it.each<[name: string, change: string, said: string]>([
    ["is empty", "SELECT 1", "there are no jobs yet"],
    ["is of another pg-boss", "UPDATE pgboss.version SET version = version - 1", "another release"],
    ["is of an older release", "DROP TABLE plumbline.run", "another release"],
  ])("are not guessed at when it %s, and it stays as it is", async (_, change, said) => {
    const databaseUrl = await postgres.createDatabase();
    if (said === "another release") await withStore({ dataDir: aFolder(), databaseUrl });
    await postgres.query(databaseUrl, change);
    const tables = "SELECT table_schema, table_name FROM information_schema.tables ORDER BY 1, 2";
    const before = await postgres.query(databaseUrl, tables);

    const ran = await jobs([], { DATABASE_URL: databaseUrl });
    expect(ran).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(said) });
    expect(await postgres.query(databaseUrl, tables)).toEqual(before);
  });

  it("are told to be out of reach, without the password", async () => {
    const ran = await jobs([], { DATABASE_URL: "postgresql://plumbline:hunter2@127.0.0.1:9/none" });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("could not be opened") });
    expect(ran.stderr).not.toContain("hunter2");
  });
});

describe("the table", () => {
  const paint: Paint = (style, text) => `<${style}>${text}</>`;

  it("is aligned below its colours", () => {
    const common = {
      kind: "review" as const,
      pull_request: "acme/shop#1",
      installation: 5,
      trigger: "rerequest",
      attempts: 1,
      created_at: "2026-11-22T10:00:00Z",
      parked_until: null,
      running_since: null,
      failed_at: null,
      reason: null,
    };
    const now = new Date("2026-11-22T12:00:00Z");
    const text = renderJobs(
      "pretty",
      [
        { ...common, id: "a", state: "parked", parked_until: "2026-11-22T12:04:00Z", reason: "rate limit" },
        { ...common, id: "b", state: "running", running_since: "2026-11-22T11:59:48Z" },
        {
          ...common,
          id: "c",
          state: "waiting",
          kind: "command",
          trigger: null,
          created_at: "2026-11-19T11:00:00Z",
        },
      ],
      now,
      paint,
    );
    const plain = text.replaceAll(/<[^>]*>/g, "").split("\n");
    expect(plain).toEqual([
      "ID  STATE        PULL REQUEST  INSTALLATION  ASKED BY   ATTEMPTS  AGE  REASON",
      "a   parked 4m    acme/shop#1   5             rerequest  1         2h   rate limit",
      "b   running 12s  acme/shop#1   5             rerequest  1         2h",
      "c   waiting      acme/shop#1   5             comment    1         3d",
      "",
    ]);
    expect(text).toContain("<yellow>parked 4m  </>");
    expect(text).toContain("<bold>ID</>");
  });
});
