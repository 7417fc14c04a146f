// The queue on the embedded store, as it really behaves: one waiting and one running, the newest wins, nothing is lost.
import { rmSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { UserError } from "../../src/domain/errors.ts";
import { type CommandJob, type ReviewJob } from "../../src/domain/job.ts";
import type { Arrival } from "../../src/queue/arrival.ts";
import type { Ending } from "../../src/queue/claim.ts";
import { type JobQueue, openQueue } from "../../src/queue/durable-queue.ts";
import { migrate } from "../../src/queue/migrations.ts";
import { replyMemory } from "../../src/queue/reply-memory.ts";
import { runLedger } from "../../src/queue/run-ledger.ts";
import { openStore, type Store } from "../../src/queue/store.ts";
import { type Attempt, Halt } from "../../src/queue/worker.ts";
import type { RememberedReply } from "../../src/review/ports.ts";
import { tempFolder } from "../builders-git.ts";
import { prepareStore } from "../builders-store.ts";

const opened: Store[] = [];
const queues: JobQueue[] = [];
const folders: (() => void)[] = [];
afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.stop(0);
  for (const store of opened.splice(0)) await store.close();
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

async function aQueue(store: Store): Promise<JobQueue> {
  const queue = await openQueue(store);
  queues.push(queue);
  return queue;
}

async function close(store: Store, queue?: JobQueue): Promise<void> {
  if (queue !== undefined) {
    queues.splice(queues.indexOf(queue), 1);
    await queue.stop(5_000);
  }
  opened.splice(opened.indexOf(store), 1);
  await store.close();
}

const A_REPLY: RememberedReply = {
  kind: "answered",
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

function aJob(
  fields: { number?: number; paths?: string[]; installation?: number; trigger?: ReviewJob["trigger"] } = {},
): ReviewJob {
  const installationId = fields.installation ?? 1;
  return {
    locator: { installationId, repositoryId: 7, owner: "acme", name: "shop", number: fields.number ?? 1 },
    trigger: fields.trigger ?? "event",
    scope: { passes: [], paths: fields.paths ?? ["."] },
    memory: "keep",
  };
}

/** What a push of this head asks for. */
function aPush(head: string, fields: Parameters<typeof aJob>[0] = {}): Arrival {
  return { kind: "review", job: aJob(fields), head };
}

function aCommand(commentId: number): CommandJob {
  return { locator: aJob().locator, commentId, login: "ann", byAuthor: false, command: { kind: "help" } };
}

const DONE: Ending = { kind: "done" };
const again = (at: Date, counts: boolean): Ending => ({ kind: "again", at, reason: "for a test", counts });

interface HeldRun {
  readonly attempt: Attempt<ReviewJob>;
  readonly end: (ending?: Ending) => void;
}

/** A worker whose runs the test ends itself; one that is halted ends by itself. */
function heldWorker(queue: JobQueue, perInstallation = 8) {
  const runs: HeldRun[] = [];
  queue.workReviews({
    ...SILENT,
    concurrency: 4,
    perInstallation,
    run: (attempt) => {
      const { promise, resolve } = Promise.withResolvers<Ending>();
      runs.push({ attempt, end: (ending = DONE) => resolve(ending) });
      attempt.signal.addEventListener("abort", () => resolve(again(new Date(), false)));
      return promise;
    },
  });
  return runs;
}

const SILENT = {
  onUnreadable: () => {
    throw new Error("every row of this test can be read");
  },
  onFault: (error: unknown) => {
    throw error;
  },
};

function quickWorker(queue: JobQueue, run: (attempt: Attempt<ReviewJob>) => void, concurrency = 1): void {
  queue.workReviews({
    ...SILENT,
    concurrency,
    perInstallation: 8,
    run: async (attempt) => {
      run(attempt);
      return DONE;
    },
  });
}

interface Row {
  readonly state: string;
  readonly attempts: number;
  readonly delay: number;
  readonly data: ReviewJob;
}

async function rowsOf(store: Store, queue = "reviews"): Promise<readonly Row[]> {
  return store.database.rows<Row>(
    `SELECT state, retry_count AS attempts, data, extract(epoch FROM start_after - now())::float AS delay
     FROM pgboss.job WHERE name = $1 ORDER BY created_on, state`,
    [queue],
  );
}

const statesOf = async (store: Store, queue?: string) =>
  (await rowsOf(store, queue)).map(({ state }) => state).toSorted();

/** As if the time until another attempt were over. */
async function endPause(store: Store): Promise<void> {
  await store.database.rows("UPDATE pgboss.job SET start_after = now() WHERE state = 'created'");
}

const SLOWLY = { timeout: 20_000, interval: 50 };

describe("a job", () => {
  it("survives the end of the process and is run by the next one, and only once", async () => {
    const folder = aFolder();
    const first = await aStore(folder);
    const queue = await aQueue(first);
    await queue.addReview(aJob({ number: 1 }));
    await queue.addReview(aJob({ number: 2 }));
    await close(first, queue);

    const second = await aStore(folder);
    const next = await aQueue(second);
    const done: number[] = [];
    quickWorker(next, ({ job }) => done.push(job.locator.number));
    await expect.poll(() => done.toSorted((a, b) => a - b), SLOWLY).toEqual([1, 2]);
    await close(second, next);

    expect(await statesOf(await aStore(folder))).toEqual(["completed", "completed"]);
  });

  it("waits once while another of its pull request runs, and the newest of many is the one that waits", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.addReview(aJob({ paths: ["first"] }));
    await expect.poll(() => runs.length, SLOWLY).toBe(1);

    for (const paths of [["second"], ["third"], ["fourth"]]) await queue.addReview(aJob({ paths }));
    // Another pull request does not wait for this one.
    await queue.addReview(aJob({ number: 2, paths: ["other"] }));
    await expect.poll(() => runs.length, SLOWLY).toBe(2);
    const waiting = (await rowsOf(store)).filter(({ state }) => state === "created");

    expect(runs.map((run) => run.attempt.job.scope.paths)).toEqual([["first"], ["other"]]);
    expect(waiting.map((job) => job.data.scope.paths)).toEqual([["fourth"]]);

    for (const run of runs) run.end();
    await expect.poll(() => runs.length, SLOWLY).toBe(3);
    expect(runs[2]?.attempt.job.scope.paths).toEqual(["fourth"]);
    runs[2]?.end();
  });

  it("is tried again under its own id after a fault, until its attempts are used up", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.addReview(aJob());

    for (let attempt = 0; attempt < 5; attempt++) {
      await expect.poll(() => runs.length, SLOWLY).toBe(attempt + 1);
      runs[attempt]?.end(again(new Date(), true));
    }

    await expect.poll(() => runs.length, SLOWLY).toBe(6);
    expect(runs.map((run) => run.attempt.number)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(runs.map((run) => run.attempt.isLast)).toEqual([false, false, false, false, true, true]);
    expect(new Set(runs.map((run) => run.attempt.id)).size).toBe(1);
    runs[5]?.end({ kind: "given-up", reason: "enough" });
    await expect.poll(() => statesOf(store), SLOWLY).toEqual(["failed"]);
  });

  it("that is parked leaves its place to others, uses up no attempt, and goes on at its time", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.addReview(aJob());
    await expect.poll(() => runs.length, SLOWLY).toBe(1);

    runs[0]?.end(again(new Date(Date.now() + 3_600_000), false));
    await expect.poll(() => statesOf(store), SLOWLY).toEqual(["created"]);
    const [parked] = await rowsOf(store);
    expect(parked?.delay).toBeGreaterThan(3_500);
    expect(await queue.count()).toEqual([{ state: "parked", count: 1 }]);

    await endPause(store);
    await expect.poll(() => runs.length, SLOWLY).toBe(2);
    expect(runs.map((run) => run.attempt.number)).toEqual([0, 0]);
    runs[1]?.end();
  });

  it("that is put back while a newer one waits leaves it to that one", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.addReview(aJob({ paths: ["old"] }));
    await expect.poll(() => runs.length, SLOWLY).toBe(1);
    await queue.addReview(aJob({ paths: ["new"] }));

    runs[0]?.end(again(new Date(), true));

    await expect.poll(() => runs.length, SLOWLY).toBe(2);
    expect(runs[1]?.attempt.job.scope.paths).toEqual(["new"]);
    expect(await statesOf(store)).toEqual(["active", "cancelled"]);
    runs[1]?.end();
  });

  it("that is put back leaves to the one that waits what it still had to do", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.addReview(aJob({ paths: [] }));
    await expect.poll(() => runs.length, SLOWLY).toBe(1);
    await queue.addReview({ ...aJob({ paths: ["src"], trigger: "command" }), memory: "forget" });

    runs[0]?.end(again(new Date(), false));

    await expect.poll(() => runs.length, SLOWLY).toBe(2);
    expect(runs[1]?.attempt.job).toMatchObject({ trigger: "command", scope: { paths: [] } });
    runs[1]?.end();
  });

  it("takes the stored replies of its pull request with it when it is done", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.addReview(aJob());
    await expect.poll(() => runs.length, SLOWLY).toBe(1);
    for (const pull of ["1#1", "1#2"]) await replyMemory(store.database, pull).keep("question", A_REPLY);

    runs[0]?.end({ kind: "done", forget: "1#1" });

    await expect.poll(() => statesOf(store), SLOWLY).toEqual(["completed"]);
    expect(await store.database.rows("SELECT pull FROM plumbline.model_reply")).toEqual([{ pull: "1#2" }]);
    // Whatever it left under way, such as a question to the model, ends with it.
    expect(runs[0]?.attempt.signal.reason).toMatchObject({ why: "over" });
  });

  it("is not among those that a rehearsal has tried out", async () => {
    const store = await aStore();
    const queue = await aQueue(store);

    await queue.rehearse();

    expect(await statesOf(store)).toEqual([]);
    expect(await store.database.rows("SELECT guid FROM plumbline.delivery")).toEqual([]);
  });

  it("that is asked for once more has all its attempts before it again", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.addReview(aJob());
    for (let attempt = 0; attempt < 4; attempt++) {
      await expect.poll(() => runs.length, SLOWLY).toBe(attempt + 1);
      runs[attempt]?.end(again(new Date(Date.now() + (attempt === 3 ? 3_600_000 : 0)), true));
    }
    await expect.poll(() => statesOf(store), SLOWLY).toEqual(["created"]);

    await queue.addReview(aJob());

    await expect.poll(() => runs.length, SLOWLY).toBe(5);
    expect(runs[4]?.attempt).toMatchObject({ number: 4, isLast: false });
    runs[4]?.end();
  });

  it("of a release that this one cannot read is told and given up, and the next one is run", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    await store.boss.send("reviews", { locator: "acme/shop#1", from: "version 0" });
    const unreadable: string[] = [];
    const done: number[] = [];
    queue.workReviews({
      ...SILENT,
      concurrency: 1,
      perInstallation: 1,
      onUnreadable: (id, error) => unreadable.push(`${id} ${error.issues[0]?.path.join(".") ?? ""}`),
      run: async ({ job }) => {
        done.push(job.locator.number);
        return DONE;
      },
    });
    await queue.addReview(aJob({ number: 3 }));

    await expect.poll(() => done, SLOWLY).toEqual([3]);

    expect(unreadable).toHaveLength(1);
    expect(unreadable[0]).toMatch(/^[0-9a-f-]{36} locator$/);
    await expect.poll(() => statesOf(store), SLOWLY).toEqual(["completed", "failed"]);
  });

  it("goes back uncounted when the queue is stopped before it has ended", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.addReview(aJob());
    await expect.poll(() => runs.length, SLOWLY).toBe(1);

    await queue.stop(50);

    expect(runs[0]?.attempt.signal.reason).toMatchObject({ why: "stopping" });
    expect(await rowsOf(store)).toMatchObject([{ state: "created", attempts: 0 }]);
  });

  it("that ran when the process died waits again at the next start, one attempt less", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    await queue.addReview(aJob());
    await store.boss.fetch("reviews");

    const next = await aQueue(store);
    const runs = heldWorker(next);

    await expect.poll(() => runs.length, SLOWLY).toBe(1);
    expect(runs[0]?.attempt.number).toBe(1);
    runs[0]?.end();
  });
});

describe("the jobs of one installation", () => {
  it("never run more at a time than allowed, and leave room for those of others", async () => {
    const store = await aStore();
    const [queue, replica] = [await aQueue(store), await aQueue(store)];
    for (let number = 1; number <= 6; number++) await queue.addReview(aJob({ number, installation: 1 }));
    await queue.addReview(aJob({ number: 7, installation: 2 }));

    const runs = [heldWorker(queue, 2), heldWorker(replica, 2)];

    const running = () => runs.flat().map((run) => run.attempt.job.locator.installationId);
    await expect.poll(() => running().toSorted((a, b) => a - b), SLOWLY).toEqual([1, 1, 2]);
    runs
      .flat()
      .find((run) => run.attempt.job.locator.installationId === 1)
      ?.end();
    await expect.poll(() => running().length, SLOWLY).toBe(4);
    expect((await statesOf(store)).filter((state) => state === "active")).toHaveLength(3);
    for (const run of runs.flat()) run.end();
  });

  it("are dropped together when it is gone, the running ones too", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue, 1);
    await queue.addReview(aJob({ number: 1 }));
    await queue.addReview(aJob({ number: 2 }));
    await queue.addReview(aJob({ number: 3, installation: 2 }));
    await expect.poll(() => runs.length, SLOWLY).toBe(2);

    await queue.accept("gone", { kind: "installation", installationId: 1, standing: "gone" });

    expect(runs[0]?.attempt.signal.reason).toMatchObject({ why: "withdrawn" });
    expect(await statesOf(store)).toEqual(["active", "cancelled", "cancelled"]);
    runs[1]?.end();
  });
});

describe("a push", () => {
  const settled = async (store: Store) =>
    (await rowsOf(store))
      .filter(({ state }) => state === "created")
      .map(({ delay }) => Math.max(0, Math.ceil(delay)));

  it("stops the review of another head at once, and waits a moment for more of its kind", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.accept("1", aPush("a"));
    await expect.poll(() => runs.length, SLOWLY).toBe(1);
    await runLedger(store.database).begin(runs[0]?.attempt.id ?? "", aJob());
    await runLedger(store.database).reads(runs[0]?.attempt.id ?? "", "a");

    for (const head of ["b", "c", "d"]) await queue.accept(head, aPush(head));

    expect(runs[0]?.attempt.signal.reason).toBeInstanceOf(Halt);
    expect(await runLedger(store.database).stopReason(runs[0]?.attempt.id ?? "")).toBe(
      "superseded by a newer push",
    );
    expect(await settled(store)).toEqual([3]);
    await expect.poll(() => runs.length, SLOWLY).toBe(2);
    runs[1]?.end();
    await expect.poll(() => statesOf(store), SLOWLY).toEqual(["cancelled", "completed"]);
  });

  it("leaves a review alone that reads the same head already", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.accept("1", aPush("a"));
    await expect.poll(() => runs.length, SLOWLY).toBe(1);
    await runLedger(store.database).begin(runs[0]?.attempt.id ?? "", aJob());
    await runLedger(store.database).reads(runs[0]?.attempt.id ?? "", "b");

    await queue.accept("2", aPush("b"));

    expect(runs[0]?.attempt.signal.aborted).toBe(false);
    expect(await statesOf(store)).toEqual(["active", "created"]);
    for (const run of runs) run.end();
  });

  it("starts at once when nothing runs, also a job that was parked", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    await queue.addReview(aJob());
    expect(await settled(store)).toEqual([0]);
    await store.database.rows("UPDATE pgboss.job SET start_after = now() + interval '1 hour'");

    await queue.addReview(aJob());

    expect(await settled(store)).toEqual([0]);
  });
});

describe("a review that is on its way to GitHub", () => {
  it("is stopped by nothing, or another one might be posted before it has arrived", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    const ledger = runLedger(store.database);
    await queue.accept("1", aPush("a"));
    await expect.poll(() => runs.length, SLOWLY).toBe(1);
    const id = runs[0]?.attempt.id ?? "";
    await ledger.begin(id, aJob());
    await ledger.reads(id, "a");
    await ledger.posts(id);

    await queue.accept("2", aPush("b"));
    await queue.accept("3", { kind: "withdrawal", locator: aJob().locator, which: "all", reason: "closed" });

    expect(runs[0]?.attempt.signal.aborted).toBe(false);
    expect(await statesOf(store)).toEqual(["active", "cancelled"]);
    runs[0]?.end();
  });
});

describe("a command that comes while a review runs", () => {
  it("is answered by that review, if it does all that is asked for", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.addReview(aJob({ paths: [] }));
    await expect.poll(() => runs.length, SLOWLY).toBe(1);

    for (const paths of [[], ["src"]]) await queue.addReview(aJob({ paths, trigger: "command" }));
    expect(await statesOf(store)).toEqual(["active"]);

    await queue.addReview({ ...aJob({ paths: [], trigger: "command" }), memory: "forget" });
    expect(await statesOf(store)).toEqual(["active", "created"]);
    for (const run of runs) run.end();
  });
});

describe("a pull request that is closed or becomes a draft", () => {
  const withdrawal = (which: "all" | "event") =>
    ({ kind: "withdrawal", locator: aJob().locator, which, reason: "closed" }) as const;

  it("takes back what waits and what runs", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.addReview(aJob());
    await expect.poll(() => runs.length, SLOWLY).toBe(1);
    await queue.addReview(aJob());

    expect(await queue.accept("closed", withdrawal("all"))).toBe("withdrawn");

    expect(runs[0]?.attempt.signal.reason).toMatchObject({ why: "withdrawn" });
    expect(await statesOf(store)).toEqual(["cancelled", "cancelled"]);
  });

  it("keeps, as a draft, what somebody asked for by name", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    await queue.addReview(aJob({ trigger: "command" }));
    await queue.addReview(aJob({ number: 2 }));

    await queue.accept("draft", withdrawal("event"));
    await queue.accept("draft-2", { ...withdrawal("event"), locator: aJob({ number: 2 }).locator });

    expect((await rowsOf(store)).map(({ state }) => state)).toEqual(["created", "cancelled"]);
  });
});

describe("an attempt that was taken for dead", () => {
  it("does not own the job any more, and what it says about it is not heard", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const runs = heldWorker(queue);
    await queue.addReview(aJob());
    await expect.poll(() => runs.length, SLOWLY).toBe(1);
    expect(await runs[0]?.attempt.holds()).toBe(true);

    // As pg-boss does it when the heartbeat stays away, and as another worker takes it then.
    await store.database.rows("UPDATE pgboss.job SET state = 'retry', start_after = now()");
    await expect.poll(() => runs.length, SLOWLY).toBe(2);

    expect(await runs[0]?.attempt.holds()).toBe(false);
    expect(await runs[1]?.attempt.holds()).toBe(true);
    runs[0]?.end({ kind: "given-up", reason: "too late" });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await statesOf(store)).toEqual(["active"]);
    runs[1]?.end();
  });
});

describe("a command", () => {
  const workCommands = (queue: JobQueue, done: number[]) =>
    queue.workCommands({
      ...SILENT,
      concurrency: 2,
      perInstallation: 2,
      run: async ({ job }) => {
        done.push(job.commentId);
        return DONE;
      },
    });

  it("is one job however often its webhook comes, also after it is done; another comment is another job", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const done: number[] = [];
    workCommands(queue, done);
    await queue.accept("delivery-1", { kind: "command", job: aCommand(11) });
    await queue.accept("delivery-2", { kind: "command", job: aCommand(11) });
    await expect.poll(() => done, SLOWLY).toEqual([11]);
    await expect.poll(() => statesOf(store, "commands"), SLOWLY).toEqual(["completed"]);

    await queue.accept("delivery-3", { kind: "command", job: aCommand(11) });
    await queue.accept("delivery-4", { kind: "command", job: aCommand(12) });

    await expect.poll(() => done, SLOWLY).toEqual([11, 12]);
    expect(await statesOf(store, "commands")).toHaveLength(2);
  });

  it("that failed for good is tried anew when GitHub delivers it again", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    await queue.accept("delivery-5", { kind: "command", job: aCommand(11) });
    await store.database.rows("UPDATE pgboss.job SET state = 'failed' WHERE name = 'commands'");

    await queue.accept("delivery-6", { kind: "command", job: aCommand(11) });

    const done: number[] = [];
    workCommands(queue, done);
    await expect.poll(() => done, SLOWLY).toEqual([11]);
  });
});

describe("a delivery", () => {
  const review = { kind: "review", job: aJob({ number: 7 }), head: null } as const;

  it("is accepted once, however often and however concurrently it comes", async () => {
    const store = await aStore();
    const queue = await aQueue(store);

    const answers = await Promise.all(Array.from({ length: 20 }, () => queue.accept("guid-1", review)));

    expect(answers.filter((answer) => answer === "queued")).toHaveLength(1);
    expect(await rowsOf(store)).toHaveLength(1);
  });

  it("whose job could not be added leaves no trace, so that it can come again", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    await store.database.rows("ALTER TABLE pgboss.job ADD CONSTRAINT refused CHECK (false) NOT VALID");
    await expect(queue.accept("guid-1", review)).rejects.toThrow();
    await store.database.rows("ALTER TABLE pgboss.job DROP CONSTRAINT refused");

    expect(await queue.accept("guid-1", review)).toBe("queued");
  });

  it("whose job failed for good is taken up again when GitHub delivers it again", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    await queue.accept("guid-1", review);
    expect(await queue.accept("guid-1", review)).toBe("known");
    await store.database.rows("UPDATE pgboss.job SET state = 'failed' WHERE name = 'reviews'");

    expect(await queue.accept("guid-1", review)).toBe("queued");

    expect(await statesOf(store)).toEqual(["created", "failed"]);
  });
});

describe("reviews that are asked for at the same time", () => {
  it("are one job for each pull request, and each delivery knows its job", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const numbers = Array.from({ length: 30 }, (_, at) => at % 10);

    const outcomes = await Promise.all(
      numbers.map((number, at) => queue.accept(`guid-${at}`, aPush("a", { number }))),
    );

    expect(outcomes).toEqual(numbers.map(() => "queued"));
    const found = (await rowsOf(store)).map(({ data }) => data.locator.number);
    expect(found.toSorted((a, b) => a - b)).toEqual(numbers.slice(0, 10));
    const [known] = await store.database.rows<{ count: number }>(
      `SELECT count(*)::int FROM plumbline.delivery JOIN pgboss.job
       ON delivery.job = 'reviews ' || job.id AND split_part(delivery.guid, '-', 2)::int % 10 = (job.data #>> '{locator,number}')::int`,
    );
    expect(known?.count).toBe(numbers.length);
  });

  it("are added as pg-boss itself would add them", async () => {
    const store = await aStore();
    const queue = await aQueue(store);
    const job = aJob({ number: 1 });
    await queue.addReview(job);
    const group = { id: String(job.locator.installationId) };
    await store.boss.send("reviews", aJob({ number: 2 }), { singletonKey: "7#2", group, startAfter: 0 });

    const rows = await store.database.rows<{ row: Record<string, unknown> }>(
      `SELECT to_jsonb(job) - '{id,data,singleton_key,created_on,start_after,keep_until}'::text[]
         || jsonb_build_object('kept', keep_until - start_after, 'waits', start_after - created_on) AS row
       FROM pgboss.job ORDER BY singleton_key`,
    );

    expect(rows).toHaveLength(2);
    expect(rows[0]?.row).toEqual(rows[1]?.row);
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
    expect(await tables()).toEqual(["delivery", "migration", "model_reply", "pause", "run", "spend"]);

    await migrate(database, 0);
    expect(await tables()).toEqual(["migration"]);

    await migrate(database);
    expect(await tables()).toEqual(["delivery", "migration", "model_reply", "pause", "run", "spend"]);
  });

  it("keep the replies about a pull request apart from those about another, until they are forgotten", async () => {
    const { database } = await aStore();
    const reply = A_REPLY;
    const [mine, other] = [replyMemory(database, "7#1"), replyMemory(database, "7#2")];

    await mine.keep("question", reply);

    expect(await mine.find("question")).toEqual(reply);
    expect(await replyMemory(database, "7#1").find("question")).toEqual(reply);
    expect(await mine.find("another")).toBeNull();
    expect(await other.find("question")).toBeNull();
    await mine.forget();
    expect(await mine.find("question")).toBeNull();
    expect(await replyMemory(database, "7#1").find("question")).toBeNull();
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
