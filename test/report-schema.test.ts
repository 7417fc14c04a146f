import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reportJsonSchema } from "../src/domain/report.ts";

test("report.schema.json is what the code says (npm run schema renews it)", () => {
  const shipped: unknown = JSON.parse(
    readFileSync(new URL("../report.schema.json", import.meta.url), "utf8"),
  );

  expect(shipped).toEqual(reportJsonSchema());
});
