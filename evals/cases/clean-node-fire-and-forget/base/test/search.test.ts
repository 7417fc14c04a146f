import { expect, test } from "vitest";
import { search } from "../src/search/search.js";

test("returns what the index finds", async () => {
  const ids = await search({ find: async () => ["a", "b"] }, { insert: async () => {} }, "u1", "lamp");

  expect(ids).toEqual(["a", "b"]);
});
