// The sweep over scripted ports: what it asks for again, what it adds, what it closes, and what a fault stops.
import { describe, expect, it } from "vitest";
import { FinalError, RetryableError } from "../../src/domain/errors.ts";
import type { ReviewJob } from "../../src/domain/job.ts";
import { missedDeliveries } from "../../src/review/missed-delivery.ts";
import { longestUnseen, whyNotOwed } from "../../src/review/owed-review.ts";
import { type SweepScope, sweep } from "../../src/review/sweep.ts";
import type {
  AbandonedCheck,
  DeliveryAttempt,
  InstalledRepository,
  OpenPull,
  SweepMemory,
  SweepPorts,
} from "../../src/review/sweep-ports.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const EVERYTHING: SweepScope = { kind: "everything" };
const HOUR_MS = 3_600_000;

/** `hours` ago. */
function anAttempt(guid: string, hours: number, fields: Partial<DeliveryAttempt> = {}): DeliveryAttempt {
  const at = new Date(NOW.getTime() - hours * HOUR_MS);
  return {
    id: `${guid}-${hours}`,
    guid,
    event: "pull_request",
    action: "opened",
    outcome: "failed",
    at,
    ...fields,
  };
}

function aPull(number: number, fields: Partial<OpenPull> = {}): OpenPull {
  return { number, head: `head-${number}`, createdAt: NOW, draft: false, locked: false, ...fields };
}

function aRepository(id: number, installationId = 1): InstalledRepository {
  return { installationId, id, owner: "acme", name: `shop-${id}` };
}

function aCheck(runId: string, installationId = 1): AbandonedCheck {
  const locator = { installationId, repositoryId: 7, owner: "acme", name: "shop", number: 1 };
  return { runId, locator, checkRunId: 5, reason: "the review was interrupted" };
}

const finalFault = new FinalError("GitHub answered 422", { cause: null, kind: "refused" });
const absentFault = new FinalError("GitHub answered 404", { cause: null, kind: "absent" });
const passingFault = new RetryableError("GitHub answered 502", { cause: null });

/** A world in which nothing is wrong, but for what a test changes. */
interface Scripted {
  readonly pages?: readonly (readonly DeliveryAttempt[] | Error)[];
  readonly recorded?: readonly string[];
  readonly installations?: readonly number[] | Error;
  readonly repositories?: (installationId: number) => readonly InstalledRepository[] | Error;
  readonly pulls?: (repository: InstalledRepository) => readonly OpenPull[] | Error;
  readonly knownPulls?: readonly number[];
  readonly knownHeads?: readonly number[];
  readonly checks?: readonly AbandonedCheck[] | Error;
  /** What asking for a delivery again, and closing a check run, end with. */
  readonly repeating?: (attemptId: string) => Error | null;
  readonly closing?: (runId: string) => Error | null;
}

function scripted(world: Scripted = {}) {
  const done = {
    repeated: [] as string[],
    looked: [] as number[],
    added: [] as ReviewJob[],
    closed: [] as string[],
    forgotten: [] as string[],
    tidied: 0,
    since: [] as Date[],
  };
  const clock = { now: NOW };
  const ports: SweepPorts = {
    deliveries: {
      attempts: async function* (since) {
        done.since.push(since);
        for (const page of world.pages ?? []) yield await given(page);
      },
      repeat: async (attemptId) => {
        await given(world.repeating?.(attemptId));
        done.repeated.push(attemptId);
      },
    },
    code: {
      installations: async () =>
        (await given(world.installations ?? [1])).map((id) => ({ id, createdAt: null })),
      repositories: async (id) => given(world.repositories?.(id) ?? []),
      openPulls: async (repository) => {
        done.looked.push(repository.id);
        return given(world.pulls?.(repository) ?? []);
      },
    },
    checks: {
      close: async ({ runId }) => {
        await given(world.closing?.(runId));
        done.closed.push(runId);
      },
    },
    records: {
      recordedDeliveries: async () => new Set(world.recorded),
      knownPulls: async () => new Set(world.knownPulls),
      knownHeads: async () => new Set(world.knownHeads),
      abandonedChecks: async () => given(world.checks ?? []),
      forgetCheck: async (runId) => void done.forgotten.push(runId),
      deleteOldRows: async () => void (done.tidied += 1),
    },
    addReview: async (job) => void done.added.push(job),
    random: () => 0,
    now: () => clock.now,
  };
  const memory: SweepMemory = { repeatedAt: new Map(), lookedAt: new Map() };
  const run = (scope = EVERYTHING, signal = new AbortController().signal) =>
    sweep(ports, memory, scope, signal);
  return { run, done, clock, memory };
}

async function given<T>(value: T | Error): Promise<T> {
  if (value instanceof Error) throw value;
  return value;
}

describe("a delivery is missed", () => {
  it.each<[name: string, attempts: readonly DeliveryAttempt[], missed: readonly string[]]>([
    ["when its only attempt failed", [anAttempt("a", 1)], ["a-1"]],
    ["and asked for by its newest attempt", [anAttempt("a", 1), anAttempt("a", 2)], ["a-1"]],
    [
      "by the newest of the same second",
      [anAttempt("a", 1, { id: "new" }), anAttempt("a", 1, { id: "old" })],
      ["new"],
    ],
    ["oldest first", [anAttempt("b", 1), anAttempt("a", 2)], ["a-2", "b-1"]],
    [
      "oldest first by the first attempt",
      [anAttempt("a", 1), anAttempt("b", 2), anAttempt("a", 3)],
      ["a-1", "b-2"],
    ],
    ["not when any attempt arrived", [anAttempt("a", 1), anAttempt("a", 2, { outcome: "delivered" })], []],
    ["not when it arrived", [anAttempt("a", 1, { outcome: "delivered" })], []],
    ["not when nobody listens to it", [anAttempt("a", 1, { event: "check_suite" })], []],
    ["also as a comment", [anAttempt("a", 1, { event: "issue_comment" })], ["a-1"]],
    ["also as a change of the installation", [anAttempt("a", 1, { event: "installation" })], ["a-1"]],
    ["after four attempts still", [1, 2, 3, 4].map((hours) => anAttempt("a", hours)), ["a-1"]],
    ["not after five any more", [1, 2, 3, 4, 5].map((hours) => anAttempt("a", hours)), []],
    ["never, when there are none", [], []],
  ])("%s", (_, list, missed) => {
    expect(missedDeliveries(list).map(({ attemptId }) => attemptId)).toEqual(missed);
  });
});

describe("a review is owed", () => {
  const none = { pulls: new Set<number>(), heads: new Set<number>() };
  const before = new Date(NOW.getTime() - 1);
  const after = new Date(NOW.getTime() + 1);

  it.each<[name: string, pull: OpenPull, installedAt: Date | null, known: object, why: string | null]>([
    ["for a pull request of later than the installation", aPull(1), before, {}, null],
    ["for one of the same second", aPull(1), NOW, {}, null],
    ["not for one that was there before", aPull(1), after, {}, "older than the installation"],
    ["for one of before that had a run since", aPull(1), after, { pulls: new Set([1]) }, null],
    ["when nobody knows when it was installed", aPull(1), null, {}, null],
    ["when nobody knows when it was opened", aPull(1, { createdAt: null }), before, {}, null],
    ["not for a head with a run", aPull(1), before, { heads: new Set([1]) }, "its head is known"],
    [
      "not for that, had it runs or not",
      aPull(1),
      before,
      { pulls: new Set([1]), heads: new Set([1]) },
      "its head is known",
    ],
    ["not for what is known of another", aPull(1), before, { heads: new Set([2]) }, null],
    ["not for a draft", aPull(1, { draft: true }), before, {}, "a draft"],
    ["not where nobody may write", aPull(1, { locked: true }), before, {}, "the conversation is locked"],
  ])("%s", (_, pull, installedAt, known, why) => {
    expect(whyNotOwed(pull, installedAt, { ...none, ...known })).toBe(why);
  });
});

describe("repositories take turns", () => {
  it.each<
    [name: string, lookedAt: readonly (readonly [number, number])[], most: number, order: readonly number[]]
  >([
    ["in their order at first", [], 2, [1, 2]],
    [
      "then those that were not looked at",
      [
        [1, 5],
        [2, 5],
      ],
      2,
      [3, 4],
    ],
    [
      "then those looked at longest ago",
      [
        [1, 9],
        [2, 5],
        [3, 7],
        [4, 6],
      ],
      3,
      [2, 4, 3],
    ],
    ["and all of them where there are few", [[1, 9]], 10, [2, 3, 4, 1]],
  ])("%s", (_, lookedAt, most, order) => {
    const all = [1, 2, 3, 4].map((id) => aRepository(id));
    expect(longestUnseen(all, new Map(lookedAt), most, () => 0).map(({ id }) => id)).toEqual(order);
  });
});

describe("missed deliveries", () => {
  it("are asked for again, of three days, over all pages", async () => {
    const { run, done } = scripted({ pages: [[anAttempt("b", 1)], [anAttempt("a", 2)]] });

    expect(await run()).toMatchObject({ repeated: 2, postponed: 0, faults: [] });
    expect(done.repeated).toEqual(["a-2", "b-1"]);
    expect(done.since).toEqual([new Date(NOW.getTime() - 72 * HOUR_MS)]);
  });

  it("are left alone when they were accepted and only the answer was lost", async () => {
    const { run, done } = scripted({ pages: [[anAttempt("a", 1), anAttempt("b", 2)]], recorded: ["a"] });

    expect(await run()).toMatchObject({ repeated: 1 });
    expect(done.repeated).toEqual(["b-2"]);
  });

  it("are not asked for twice within an hour, however the list looks", async () => {
    const { run, done, clock } = scripted({ pages: [[anAttempt("a", 1)]] });
    await run();
    clock.now = new Date(NOW.getTime() + HOUR_MS - 1);
    expect(await run()).toMatchObject({ repeated: 0 });

    clock.now = new Date(NOW.getTime() + HOUR_MS);
    expect(await run()).toMatchObject({ repeated: 1 });
    expect(done.repeated).toEqual(["a-1", "a-1"]);
  });

  it("are repeated as far as they were listed when a page fails, and the fault is told", async () => {
    const { run, done } = scripted({ pages: [[anAttempt("a", 1)], passingFault, [anAttempt("b", 2)]] });

    const { faults } = await run();
    expect(faults).toEqual([{ step: "deliveries", installationId: null, error: passingFault }]);
    expect(done.repeated).toEqual(["a-1"]);
  });

  it("are at most 200 a sweep, the oldest; the rest is next", async () => {
    const list = Array.from({ length: 230 }, (_, at) => anAttempt(`d${at}`, at / 10));
    const { run, done } = scripted({ pages: [list] });

    expect(await run()).toMatchObject({ repeated: 200, postponed: 30 });
    expect(await run()).toMatchObject({ repeated: 30, postponed: 0 });
    expect(done.repeated[0]).toMatch(/^d229-/);
    expect(new Set(done.repeated).size).toBe(230);
  });

  it.each<[name: string, fault: Error, repeated: readonly string[]]>([
    ["go on after one that is refused for good", finalFault, ["b-2", "c-1"]],
    ["wait for the next sweep when the service fails", passingFault, []],
  ])("%s", async (_, fault, repeated) => {
    const { run, done } = scripted({
      pages: [[anAttempt("c", 1), anAttempt("b", 2), anAttempt("a", 3)]],
      repeating: (id) => (id === "a-3" ? fault : null),
    });

    expect((await run()).faults).toHaveLength(1);
    expect(done.repeated).toEqual(repeated);
  });
});

describe("open pull requests without a review", () => {
  it("get one, with everything in scope and nothing forgotten", async () => {
    const { run, done } = scripted({
      repositories: () => [aRepository(7)],
      pulls: () => [aPull(1), aPull(2, { draft: true }), aPull(3)],
      knownHeads: [3],
    });

    expect(await run()).toMatchObject({ repositories: 1, added: 1, faults: [] });
    expect(done.added).toEqual([
      {
        locator: { installationId: 1, repositoryId: 7, owner: "acme", name: "shop-7", number: 1 },
        trigger: "event",
        scope: { passes: expect.arrayContaining(["security", "maintainability"]), paths: [] },
        memory: "keep",
      },
    ]);
  });

  it("are looked for in 50 repositories of an installation at a time, and in all of them in turn", async () => {
    const all = Array.from({ length: 120 }, (_, id) => aRepository(id));
    const { run, done, clock } = scripted({ repositories: () => all });
    for (let round = 0; round < 3; round += 1) {
      clock.now = new Date(NOW.getTime() + round * 600_000);
      expect(await run()).toMatchObject({ repositories: 50 });
    }
    expect(new Set(done.looked).size).toBe(120);
    expect(done.looked.slice(100, 120)).toEqual(all.slice(100).map(({ id }) => id));
  });

  it.each<[name: string, fault: Error, looked: readonly number[]]>([
    ["are found in the others when a repository is refused for good", finalFault, [11, 12, 21]],
    ["wait, in that installation only, while the service fails", passingFault, [11, 21]],
  ])("%s", async (_, fault, looked) => {
    const { run, done } = scripted({
      installations: [1, 2],
      repositories: (id) => (id === 1 ? [aRepository(11), aRepository(12)] : [aRepository(21, 2)]),
      pulls: ({ id }) => (id === 11 ? fault : [aPull(1)]),
    });

    const { faults } = await run();
    expect(faults).toEqual([{ step: "pull requests", installationId: 1, error: fault }]);
    expect(done.looked.toSorted((a, b) => a - b)).toEqual(looked);
  });

  it("of one installation are looked for without any other step but the check runs", async () => {
    const { run, done } = scripted({
      pages: [[anAttempt("a", 1)]],
      installations: [1, 2],
      repositories: (id) => [aRepository(id * 10, id)],
      checks: [aCheck("run-1")],
    });

    await run({ kind: "some", installationIds: new Set([2]) });
    expect(done).toMatchObject({ repeated: [], looked: [20], closed: ["run-1"], tidied: 0 });
  });

  it("are not looked for when no installation is named", async () => {
    const { run, done } = scripted({ installations: passingFault, checks: [aCheck("run-1")] });

    expect(await run({ kind: "some", installationIds: new Set() })).toMatchObject({ faults: [], closed: 1 });
    expect(done.closed).toEqual(["run-1"]);
  });
});

describe("check runs that nobody works on", () => {
  it("are closed and forgotten", async () => {
    const { run, done } = scripted({ checks: [aCheck("run-1"), aCheck("run-2", 2)] });

    expect(await run()).toMatchObject({ closed: 2, faults: [] });
    expect(done).toMatchObject({ closed: ["run-1", "run-2"], forgotten: ["run-1", "run-2"] });
  });

  it.each<[name: string, fault: Error, closed: readonly string[], forgotten: readonly string[]]>([
    ["are forgotten when they are refused for good", finalFault, ["b", "c"], ["a", "b", "c"]],
    [
      "are kept in mind where they are not found, which may be an outage",
      absentFault,
      ["b", "c"],
      ["b", "c"],
    ],
    ["are tried again later while the service fails, in that installation only", passingFault, ["c"], ["c"]],
  ])("%s", async (_, fault, closed, forgotten) => {
    const { run, done } = scripted({
      checks: [aCheck("a"), aCheck("b"), aCheck("c", 2)],
      closing: (runId) => (runId === "a" ? fault : null),
    });

    expect((await run()).faults).toEqual([{ step: "checks", installationId: 1, error: fault }]);
    expect(done).toMatchObject({ closed, forgotten });
  });
});

describe("the steps of a sweep", () => {
  it("do not stop one another", async () => {
    const { run, done } = scripted({
      pages: [passingFault],
      checks: new Error("the database is away"),
      installations: passingFault,
    });

    const report = await run();
    expect(report.faults.map(({ step }) => step)).toEqual(["deliveries", "checks", "pull requests"]);
    expect(report).toMatchObject({ repeated: 0, postponed: 0, repositories: 0, added: 0, closed: 0 });
    expect(done.tidied).toBe(1);
  });

  it("end where they are when the server stops", async () => {
    const stop = new AbortController();
    const { run, done } = scripted({
      pages: [[anAttempt("a", 2), anAttempt("b", 1)]],
      repeating: () => {
        stop.abort(new Error("stopping"));
        return null;
      },
      checks: [aCheck("run-1")],
    });

    await expect(run(EVERYTHING, stop.signal)).rejects.toThrow("stopping");
    expect(done).toMatchObject({ repeated: ["a-2"], closed: [], tidied: 0 });
  });
});
