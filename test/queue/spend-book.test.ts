// What reviews have cost, on the embedded store: by pull request and day, by installation and month, for every replica.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PullRequestLocator } from "../../src/domain/pull-request.ts";
import { spendBook } from "../../src/queue/spend-book.ts";
import { openStore, type Store } from "../../src/queue/store.ts";
import { openPurse } from "../../src/review/purse.ts";
import { tempFolder } from "../builders-git.ts";
import { prepareStore } from "../builders-store.ts";

const folder = tempFolder("spend");
let store: Store;
beforeAll(async () => {
  await prepareStore(folder.path);
  store = await openStore({ databaseUrl: undefined, dataDir: folder.path, onFault: () => undefined });
});
afterAll(async () => {
  await store.close();
  folder.remove();
});
beforeEach(async () => {
  await store.database.rows("DELETE FROM plumbline.spend");
});

function bookOf(over: Partial<PullRequestLocator> = {}) {
  const locator = { installationId: 5, repositoryId: 7, owner: "acme", name: "shop", number: 1, ...over };
  return spendBook(store.database, locator);
}

/** What was spent on an earlier day, as the store would hold it. */
async function spentOn(day: string, usd: number): Promise<void> {
  await store.database.rows(
    `INSERT INTO plumbline.spend (installation_id, repository_id, number, usd, day) VALUES (5, 7, 1, $1, ${day})`,
    [usd],
  );
}

const FIRST_OF_MONTH = "date_trunc('month', now() AT TIME ZONE 'utc')::date";

describe("the book of what was spent", () => {
  it("is empty at first", async () => {
    expect(await bookOf().spent()).toEqual({ pullDayUsd: 0, installationMonthUsd: 0 });
  });

  it("adds up what every replica says of one pull request", async () => {
    await Promise.all([bookOf().add(0.25), bookOf().add(0.5), bookOf().add(1)]);

    expect(await bookOf().spent()).toEqual({ pullDayUsd: 1.75, installationMonthUsd: 1.75 });
  });

  it.each<
    [what: string, other: Partial<PullRequestLocator>, pullDayUsd: number, installationMonthUsd: number]
  >([
    ["another pull request counts for the installation alone", { number: 2 }, 1, 3],
    ["another repository counts for the installation alone", { repositoryId: 8 }, 1, 3],
    ["another installation counts for nothing", { installationId: 6 }, 1, 1],
  ])("%s", async (_, other, pullDayUsd, installationMonthUsd) => {
    await bookOf().add(1);
    await bookOf(other).add(2);

    expect(await bookOf().spent()).toEqual({ pullDayUsd, installationMonthUsd });
  });

  it("last month's money is gone from it", async () => {
    await spentOn(`${FIRST_OF_MONTH} - 1`, 4);

    expect(await bookOf().spent()).toEqual({ pullDayUsd: 0, installationMonthUsd: 0 });
  });

  it("the first of this month counts, and is today or not", async () => {
    await spentOn(FIRST_OF_MONTH, 4);
    await bookOf({ number: 2 }).add(1);

    expect((await bookOf({ number: 3 }).spent()).installationMonthUsd).toBe(5);
  });
});

it("a purse knows what another replica spent between two of its questions", async () => {
  const limits = { reviewUsd: 10, pullDayUsd: 5, installationMonthUsd: 100 };
  const [purse, other] = [openPurse(limits, bookOf()), openPurse(limits, bookOf())];
  await purse.spend(1);
  await other.spend(3);

  expect(await purse.allowance()).toEqual({
    leftUsd: 1,
    limit: "the budget of $5.00 for one pull request and day",
  });
});
