import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { redactorFor } from "../src/domain/secret-redaction.ts";
import { logOptions } from "../src/log.ts";

const redact = redactorFor([{ kind: "webhook-secret", value: 'a "quoted" secret' }]);

function logged(fields: object, message: string): Record<string, unknown> {
  let line = "";
  const log = pino(logOptions("info", redact), { write: (text: string) => (line = text) });
  log.info(fields, message);
  expect(line.endsWith("\n")).toBe(true);
  return JSON.parse(line) as Record<string, unknown>;
}

describe("the log", () => {
  it("says what it is told", () => {
    expect(logged({ pull: 3 }, "review done")).toMatchObject({ level: 30, pull: 3, msg: "review done" });
  });

  it.each([
    ["a message", {}, 'failed: a "quoted" secret'],
    ["a field", { reason: 'a "quoted" secret' }, "failed"],
    ["a field within", { list: [{ reason: 'a "quoted" secret' }] }, "failed"],
    ["a fault", { err: new Error('a "quoted" secret') }, "failed"],
  ])("says no secret in %s", (_, fields, message) => {
    const line = JSON.stringify(logged(fields, message));

    expect(line).not.toContain("quoted");
    expect(line).toContain("[secret removed: webhook-secret]");
  });
});
