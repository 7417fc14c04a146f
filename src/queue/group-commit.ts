/** Arrivals that wait at the same time share a transaction (docs/adr/0023): each has its own outcome all the same. */
import type { Database, Sql } from "./database.ts";
import { within } from "./deadline.ts";

export interface GroupCommit<T, R> {
  /** Resolves after the commit. One that is given up before its turn comes is not begun. */
  add(item: T, signal: AbortSignal | null): Promise<R>;
}

export interface Grouping<T, R> {
  readonly database: Database;
  /** Transactions at a time. */
  readonly lanes: number;
  /** The least time from one beginning to the next: most of a small transaction's cost is not its rows. */
  readonly paceMs: number;
  /** Whether it may share the transaction of those before it. */
  readonly joins: (group: readonly T[], item: T) => boolean;
  /** One answer an item, in their order. */
  readonly work: (sql: Sql, group: readonly T[]) => Promise<readonly R[]>;
}

interface Entry<T, R> {
  readonly item: T;
  readonly signal: AbortSignal | null;
  readonly resolve: (answer: R) => void;
  readonly reject: (error: unknown) => void;
}

/** A transaction that takes longer holds its connection, but no longer those who wait behind it. */
const LANE_MS = 5_000;

export function groupCommit<T, R>(grouping: Grouping<T, R>): GroupCommit<T, R> {
  const waiting: Entry<T, R>[] = [];
  let busy = 0;
  let nextAt = 0;
  let timer: NodeJS.Timeout | null = null;
  const proceed = () => {
    if (timer !== null || busy >= grouping.lanes || waiting.length === 0) return;
    const wait = nextAt - performance.now();
    if (wait <= 0) begin();
    else
      timer = setTimeout(() => {
        timer = null;
        begin();
      }, wait);
  };
  const begin = () => {
    busy += 1;
    nextAt = performance.now() + grouping.paceMs;
    // It never rejects: a fault is told to those whom it concerns. What comes late leaves its lane to others.
    void within(LANE_MS, commitNext(grouping, waiting))
      .catch(() => undefined)
      .finally(() => {
        busy -= 1;
        proceed();
      });
    proceed();
  };
  return {
    add: (item, signal) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, signal, resolve, reject });
        proceed();
      }),
  };
}

/** The group is taken once the transaction has begun: until then others may join it. */
async function commitNext<T, R>(grouping: Grouping<T, R>, waiting: Entry<T, R>[]): Promise<void> {
  let group: readonly Entry<T, R>[] = [];
  const take = () => (group = takeGroup(grouping, waiting));
  try {
    await commit(grouping, take);
  } catch (error) {
    if (group.length > 1) await commitEach(grouping, group);
    // One alone, or nobody yet because it could not begin: then those who wait for it are not kept waiting.
    else for (const { reject } of group.length === 0 ? take() : group) reject(error);
  }
}

/** One of them may be what the store refuses: the others must not fail with it. */
async function commitEach<T, R>(grouping: Grouping<T, R>, group: readonly Entry<T, R>[]): Promise<void> {
  for (const entry of group) {
    try {
      await commit(grouping, () => [entry]);
    } catch (error) {
      entry.reject(error);
    }
  }
}

async function commit<T, R>(grouping: Grouping<T, R>, take: () => readonly Entry<T, R>[]): Promise<void> {
  const pairs = await grouping.database.transaction(async (sql) => {
    const group = take().filter(isWanted);
    if (group.length === 0) return [];
    const answers = await grouping.work(
      sql,
      group.map(({ item }) => item),
    );
    return group.map((entry, at) => [entry, answers[at]] as const);
  });
  for (const [entry, answer] of pairs)
    if (answer === undefined) entry.reject(new Error("an arrival has got no answer"));
    else entry.resolve(answer);
}

function takeGroup<T, R>(grouping: Grouping<T, R>, waiting: Entry<T, R>[]): readonly Entry<T, R>[] {
  const group: Entry<T, R>[] = [];
  for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
    const { item } = next;
    const taken = group.map((entry) => entry.item);
    if (taken.length > 0 && !grouping.joins(taken, item)) break;
    waiting.shift();
    if (isWanted(next)) group.push(next);
    // Nobody waits for the answer of the others any more, and their promise must not stay open.
    else next.reject(next.signal?.reason);
  }
  return group;
}

function isWanted({ signal }: { readonly signal: AbortSignal | null }): boolean {
  return signal?.aborted !== true;
}
