// The queue on the embedded store, as it really behaves: one waiting and one running, the newest wins, nothing is lost.
import { rmSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { UserError } from "../../src/domain/errors.ts";
import type { CommandJob, ReviewJob } from "../../src/domain/job.ts";
import { type Attempt, openQueue, workCommands, workReviews } from "../../src/queue/durable-queue.ts";
import { migrate } from "../../src/queue/migrations.ts";
import { replyMemory } from "../../src/queue/reply-memory.ts";
import { openStore, type Store } from "../../src/queue/store.ts";
import { tempFolder } from "../builders-git.ts";
import { prepareStore } from "../builders-store.ts";

const opened: Store[] = [];
const folders: (() => void)[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close(0);
  for (const remove of folders.splice(0)) remove();
});

function aFolder(): string {
  const folder = tempFolder("queue");
  folders.push(folder.remove);
  return folder.path;
}

/** In a folder of its own whose database is made already, unless one is named. */
async function aStore(named?: string): Promise<Store> {
  const dataDir = named ?? aFolder();
  if (named === undefined) await prepareStore(dataDir);
  const faults: unknown[] = [];
  const store = await openStore({ databaseUrl: undefined, dataDir, onFault: (error) => faults.push(error) });
  opened.push(store);
  return store;
}

async function close(store: Store): Promise<void> {
  opened.splice(opened.indexOf(store), 1);
  await store.close(5_000);
}

function aJob(fields: { number?: number; paths?: string[] } = {}): ReviewJob {
  return {
    locator: { installationId: 1, repositoryId: 7, owner: "acme", name: "shop", number: fields.number ?? 1 },
    trigger: "event",
    scope: { passes: [], paths: fields.paths ?? [] },
    memory: "keep",
  };
}

function aCommand(commentId: number): CommandJob {
  return { locator: aJob().locator, commentId, login: "ann", byAuthor: false, command: { kind: "help" } };
}

const readable = () => {
  throw new Error("every row of this test can be read");
};

/** A worker whose runs the test ends itself. */
async function heldWorker(store: Store) {
  const runs: {
    readonly attempt: Attempt<ReviewJob>;
    readonly end: () => void;
    readonly fail: (e: Error) => void;
  }[] = [];
  await workReviews(store, {
    concurrency: 4,
    onUnreadable: readable,
    run: async (attempt) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      runs.push({ attempt, end: resolve, fail: reject });
      await promise;
    },
  });
  return runs;
}

/** As if the pause before another attempt were over. */
async function endPause(store: Store, queue: string): Promise<void> {
  await store.boss
    .getDb()
    .executeSql("UPDATE pgboss.job SET start_after = now() WHERE name = $1 AND state = 'retry'", [queue]);
}

const SLOWLY = { timeout: 20_000, interval: 50 };

describe("a job", () => {
  it("survives the end of the process and is run by the next one, and only once", async () => {
    const folder = aFolder();
    const first = await aStore(folder);
    const queue = await openQueue(first);
    await queue.addReview(aJob({ number: 1 }));
    await queue.addReview(aJob({ number: 2 }));
    await close(first);

    const second = await aStore(folder);
    await openQueue(second);
    const done: number[] = [];
    await workReviews(second, {
      concurrency: 1,
      onUnreadable: readable,
      run: async ({ job }) => void done.push(job.locator.number),
    });
    await expect.poll(() => done.toSorted((a, b) => a - b), SLOWLY).toEqual([1, 2]);
    await close(second);

    const third = await aStore(folder);
    await openQueue(third);
    expect(await third.boss.findJobs("reviews", { queued: true })).toEqual([]);
  });

  it("waits once while another of its pull request runs, and the newest of many is the one that waits", async () => {
    const store = await aStore();
    const queue = await openQueue(store);
    const runs = await heldWorker(store);
    await queue.addReview(aJob({ paths: ["first"] }));
    await expect.poll(() => runs.length, SLOWLY).toBe(1);

    for (const paths of [["second"], ["third"], ["fourth"]]) await queue.addReview(aJob({ paths }));
    // Another pull request does not wait for this one.
    await queue.addReview(aJob({ number: 2, paths: ["other"] }));
    await expect.poll(() => runs.length, SLOWLY).toBe(2);
    const waiting = await store.boss.findJobs<ReviewJob>("reviews", { queued: true });

    expect(runs.map((run) => run.attempt.job.scope.paths)).toEqual([["first"], ["other"]]);
    expect(waiting.map((job) => job.data.scope.paths)).toEqual([["fourth"]]);

    for (const run of runs) run.end();
    await expect.poll(() => runs.length, SLOWLY).toBe(3);
    expect(runs[2]?.attempt.job.scope.paths).toEqual(["fourth"]);
    runs[2]?.end();
  });

  it("is tried again under its own id after a fault", async () => {
    const store = await aStore();
    const queue = await openQueue(store);
    const runs = await heldWorker(store);
    await queue.addReview(aJob());
    await expect.poll(() => runs.length, SLOWLY).toBe(1);

    runs[0]?.fail(new Error("GitHub could not be reached"));
    const states = async () => (await store.boss.findJobs("reviews")).map((job) => job.state);
    await expect.poll(states, SLOWLY).toEqual(["retry"]);
    await endPause(store, "reviews");
    await expect.poll(() => runs.length, SLOWLY).toBe(2);

    expect(runs.map(({ attempt }) => attempt.number)).toEqual([0, 1]);
    expect(runs[1]?.attempt.id).toBe(runs[0]?.attempt.id);
    expect(runs.map(({ attempt }) => attempt.isLast)).toEqual([false, false]);
    runs[1]?.end();
  });

  it("of a release that this one cannot read is told and completed, and the next one is run", async () => {
    const store = await aStore();
    const queue = await openQueue(store);
    await store.boss.send("reviews", { locator: "acme/shop#1", from: "version 0" });
    const unreadable: string[] = [];
    const done: number[] = [];
    await workReviews(store, {
      concurrency: 1,
      onUnreadable: (id, error) => unreadable.push(`${id} ${error.issues[0]?.path.join(".") ?? ""}`),
      run: async ({ job }) => void done.push(job.locator.number),
    });
    await queue.addReview(aJob({ number: 3 }));

    await expect.poll(() => done, SLOWLY).toEqual([3]);

    expect(unreadable).toHaveLength(1);
    expect(unreadable[0]).toMatch(/^[0-9a-f-]{36} locator$/);
    await expect
      .poll(async () => (await store.boss.findJobs("reviews")).map((job) => job.state), SLOWLY)
      .toEqual(["completed", "completed"]);
  });
});

describe("a command", () => {
  it("is one job however often its webhook comes, also after it is done; another comment is another job", async () => {
    const store = await aStore();
    const queue = await openQueue(store);
    const done: number[] = [];
    await workCommands(store, {
      concurrency: 2,
      onUnreadable: readable,
      run: async ({ job }) => void done.push(job.commentId),
    });
    await queue.accept("delivery-1", { kind: "command", job: aCommand(11) });
    await queue.accept("delivery-2", { kind: "command", job: aCommand(11) });
    await expect.poll(() => done, SLOWLY).toEqual([11]);
    await expect
      .poll(async () => (await store.boss.findJobs("commands")).map((job) => job.state), SLOWLY)
      .toEqual(["completed"]);

    await queue.accept("delivery-3", { kind: "command", job: aCommand(11) });
    await queue.accept("delivery-4", { kind: "command", job: aCommand(12) });

    await expect.poll(() => done, SLOWLY).toEqual([11, 12]);
    expect(await store.boss.findJobs("commands")).toHaveLength(2);
  });

  it("that failed for good is tried anew when GitHub delivers it again", async () => {
    const store = await aStore();
    const queue = await openQueue(store);
    await queue.accept("delivery-5", { kind: "command", job: aCommand(11) });
    const [job] = await store.boss.fetch("commands");
    for (const _ of Array.from({ length: 5 })) {
      await store.boss.fail("commands", job?.id ?? "");
      await store.boss
        .getDb()
        .executeSql("UPDATE pgboss.job SET start_after = now() WHERE name = 'commands'");
      await store.boss.fetch("commands");
    }
    expect((await store.boss.findJobs("commands"))[0]?.state).toBe("failed");

    await queue.accept("delivery-6", { kind: "command", job: aCommand(11) });

    const jobs = await store.boss.findJobs("commands");
    expect(jobs.map((one) => one.state)).toEqual(["retry"]);
  });
});

describe("a delivery", () => {
  const review = { kind: "review", job: aJob({ number: 7 }) } as const;

  it("is accepted once, however often and however concurrently it comes", async () => {
    const store = await aStore();
    const queue = await openQueue(store);

    const answers = await Promise.all(Array.from({ length: 20 }, () => queue.accept("guid-1", review)));

    expect(answers.filter((answer) => answer === "queued")).toHaveLength(1);
    expect(await store.boss.findJobs("reviews")).toHaveLength(1);
  });

  it("whose job could not be added leaves no trace, so that it can come again", async () => {
    const store = await aStore();
    const queue = await openQueue(store);
    await store.database.rows("ALTER TABLE pgboss.job ADD CONSTRAINT refused CHECK (false) NOT VALID");
    await expect(queue.accept("guid-1", review)).rejects.toThrow();
    await store.database.rows("ALTER TABLE pgboss.job DROP CONSTRAINT refused");

    expect(await queue.accept("guid-1", review)).toBe("queued");
  });

  it("whose job failed for good is taken up again when GitHub delivers it again", async () => {
    const store = await aStore();
    const queue = await openQueue(store);
    await queue.accept("guid-1", review);
    expect(await queue.accept("guid-1", review)).toBe("known");
    await store.database.rows("UPDATE pgboss.job SET state = 'failed' WHERE name = 'reviews'");

    expect(await queue.accept("guid-1", review)).toBe("queued");

    const states = (await store.boss.findJobs("reviews")).map((job) => job.state);
    expect(states.toSorted()).toEqual(["created", "failed"]);
  });
});

describe("our own tables", () => {
  it("go down and up again", async () => {
    const { database } = await aStore();
    const tables = async () =>
      (
        await database.rows<{ name: string }>(
          "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'plumbline' ORDER BY 1",
        )
      ).map((row) => row.name);
    expect(await tables()).toEqual(["delivery", "migration", "model_reply"]);

    await migrate(database, 0);
    expect(await tables()).toEqual(["migration"]);

    await migrate(database);
    expect(await tables()).toEqual(["delivery", "migration", "model_reply"]);
  });

  it("keep the replies of a run apart from those of another, until they are forgotten", async () => {
    const { database } = await aStore();
    const reply = {
      text: '{"findings":[]}',
      usage: {
        calls: 1,
        inputTokens: 5,
        outputTokens: 2,
        cacheReadTokens: 3,
        cacheWriteTokens: 4,
        costUsd: 0.5,
      },
    };
    const [mine, other] = [replyMemory(database, "run-1"), replyMemory(database, "run-2")];

    await mine.keep("question", reply);

    expect(await mine.find("question")).toEqual(reply);
    expect(await replyMemory(database, "run-1").find("question")).toEqual(reply);
    expect(await mine.find("another")).toBeNull();
    expect(await other.find("question")).toBeNull();
    await mine.forget();
    expect(await mine.find("question")).toBeNull();
    expect(await replyMemory(database, "run-1").find("question")).toBeNull();
  });
});

describe("the folder of the embedded store", () => {
  it("is refused to a second store, and free again when the first is closed", async () => {
    const folder = aFolder();
    await prepareStore(folder);
    const first = await aStore(folder);

    await expect(aStore(folder)).rejects.toThrow(UserError);
    await expect(aStore(folder)).rejects.toThrow(/another process is using it/);
    await first.ping();

    await close(first);
    await (await aStore(folder)).ping();
  });

  it("is free again when the database in it could not be opened", async () => {
    const folder = aFolder();
    writeFileSync(`${folder}/pglite`, "not a folder");

    await expect(aStore(folder)).rejects.toThrow();
    rmSync(`${folder}/pglite`);
    await prepareStore(folder);

    await (await aStore(folder)).ping();
  });
});
