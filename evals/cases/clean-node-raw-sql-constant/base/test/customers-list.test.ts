import { expect, test } from "vitest";
import { listCustomers } from "../src/customers/list.js";
import { recordingPool } from "./recording-pool.js";

test("lists the customers of one tenant", async () => {
  const pool = recordingPool([]);

  await listCustomers(pool, "t1", 20);

  expect(pool.queries[0]?.values).toEqual(["t1", 20]);
});
