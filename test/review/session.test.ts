import { describe, expect, it } from "vitest";
import { redactorFor } from "../../src/domain/secret-redaction.ts";
import { prefixOf, WITHOUT_LOOKUPS } from "../../src/review/session.ts";
import { aClock, aLibrary, aNewFile, aPullRequest, aView, manyChunks } from "../builders.ts";
import { aPreparedReview } from "../builders-session.ts";

describe("what all questions of a review share", () => {
  it("is written once: a chunk's block is the very same each time", async () => {
    const { session, survey } = await aPreparedReview({
      pullRequest: aPullRequest({ files: manyChunks(2) }),
    });
    const [first, second] = survey.plan.chunks;
    if (first === undefined || second === undefined) throw new Error("two chunks are needed");

    expect(session.blockOf(first)).toBe(session.blockOf(first));
    expect(session.blockOf(first).text).not.toBe(session.blockOf(second).text);
  });

  it("says which day it is, and no time of it, so that the prefix lasts", async () => {
    const { session } = await aPreparedReview();

    expect(session.prefix.outline.text).toContain("Today is 2026-11-22.");
    expect(session.prefix.outline.text).not.toContain("12:00");
  });

  it("shows what stands around a chunk", async () => {
    const head = {
      "src/a.ts": Array.from({ length: 14 }, (_, at) =>
        at === 8 ? "function close() {" : `  const v${at + 1} = 1;`,
      ).join("\n"),
    };
    const { session, survey } = await aPreparedReview({ view: aView({ head }) });
    const [chunk] = survey.plan.chunks;
    if (chunk === undefined) throw new Error("no chunk");

    expect(session.blockOf(chunk).text).toContain("function close() {");
    expect(session.blockOf(chunk).text).toContain('because="encloses the change"');
  });

  it("answers look-ups in the same blocks, and without the server's own secrets", async () => {
    const redact = redactorFor([{ kind: "webhook-secret", value: "correct-horse-battery" }]);
    const { survey, session } = await aPreparedReview({
      pullRequest: aPullRequest({ files: [aNewFile("src/a.ts", ["'correct-horse-battery'"])] }),
    });
    const prefix = prefixOf({ library: aLibrary(), clock: aClock(), redact }, survey);

    expect(session.desk.prefix.nonce).toBe(session.prefix.nonce);
    expect(prefix.redact("correct-horse-battery").text).toBe("[secret removed: webhook-secret]");
  });

  it("describes the tools also to a question that may not use them", () => {
    expect(WITHOUT_LOOKUPS).toEqual({ desk: null, tools: "closed" });
  });
});
