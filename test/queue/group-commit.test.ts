// Who shares a transaction, and what becomes of each when it fails.
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Database, Sql } from "../../src/queue/database.ts";
import { groupCommit } from "../../src/queue/group-commit.ts";

const NO_STATEMENTS: Sql = {
  db: { executeSql: () => Promise.reject(new Error("no statement is expected")) },
  rows: () => Promise.reject(new Error("no statement is expected")),
};

/** Transactions that wait until the test lets them begin. */
function heldDatabase() {
  const held: (() => void)[] = [];
  const database: Database = {
    ...NO_STATEMENTS,
    transaction: async (work) => {
      await new Promise<void>((resolve) => held.push(resolve));
      return work(NO_STATEMENTS);
    },
  };
  const release = async () => {
    for (let begin = held.shift(); begin !== undefined; begin = held.shift()) {
      begin();
      await turn();
    }
  };
  return { database, release };
}

function aCommit(fields: { readonly lanes?: number; readonly refused?: string } = {}) {
  const { database, release } = heldDatabase();
  const groups: (readonly string[])[] = [];
  const commits = groupCommit<string, string>({
    database,
    lanes: fields.lanes ?? 1,
    paceMs: 0,
    joins: (group, item) => !group.includes(item) && item !== "ALONE" && !group.includes("ALONE"),
    work: async (_, group) => {
      groups.push(group);
      if (fields.refused !== undefined && group.includes(fields.refused)) throw new Error("refused");
      return group.map((item) => `${item} is stored`);
    },
  });
  const add = (item: string) => commits.add(item, null);
  return { add, commits, groups, release };
}

describe("arrivals that wait at the same time", () => {
  it("share a transaction, also those that come while it waits to begin, and each has its own answer", async () => {
    const { add, groups, release } = aCommit();
    const answers = ["a", "b"].map(add);
    await turn();
    answers.push(add("c"));

    await release();

    expect(await Promise.all(answers)).toEqual(["a is stored", "b is stored", "c is stored"]);
    expect(groups).toEqual([["a", "b", "c"]]);
  });

  it("keep their order: one that may not join ends the group", async () => {
    const { add, groups, release } = aCommit();
    const answers = ["a", "b", "a", "ALONE", "c"].map(add);

    await release();
    await Promise.all(answers);

    expect(groups).toEqual([["a", "b"], ["a"], ["ALONE"], ["c"]]);
  });

  it("are tried one by one when their transaction fails, so that only the one that is refused fails", async () => {
    const { add, groups, release } = aCommit({ refused: "bad" });
    const answers = Promise.allSettled(["a", "bad", "c"].map(add));
    await turn();

    await release();

    expect((await answers).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(groups).toEqual([["a", "bad", "c"], ["a"], ["bad"], ["c"]]);
  });

  it("are not begun when nobody waits for the answer any more", async () => {
    const { add, commits, groups, release } = aCommit();
    const late = new AbortController();
    const given = commits.add("late", late.signal);
    const answers = Promise.allSettled([given, add("b")]);
    late.abort(new Error("answered already"));

    await release();

    expect(await answers).toMatchObject([
      { status: "rejected", reason: { message: "answered already" } },
      { status: "fulfilled" },
    ]);
    expect(groups).toEqual([["b"]]);
  });

  it("all fail at once when no transaction can begin", async () => {
    const database = { ...NO_STATEMENTS, transaction: () => Promise.reject(new Error("no connection")) };
    const work = () => Promise.reject(new Error("not reached"));
    const commits = groupCommit<string, string>({ database, lanes: 1, paceMs: 0, joins: () => true, work });

    const answers = await Promise.allSettled(["a", "b"].map((item) => commits.add(item, null)));

    expect(answers.map((one) => one.status === "rejected" && String(one.reason))).toEqual([
      "Error: no connection",
      "Error: no connection",
    ]);
  });

  it("go on in another lane when a transaction hangs", async () => {
    const { add, groups, release } = aCommit({ lanes: 2 });
    const first = add("ALONE");
    const second = add("b");

    await release();

    expect(await Promise.all([first, second])).toEqual(["ALONE is stored", "b is stored"]);
    expect(groups).toEqual([["ALONE"], ["b"]]);
  });
});
