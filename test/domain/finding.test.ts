import { describe, expect, it } from "vitest";
import { acceptReply, passReplySchema } from "../../src/domain/finding.ts";
import { aReplyFinding, type ReplyFinding } from "../builders.ts";

function accepted(over: Partial<ReplyFinding>) {
  const [finding] = acceptReply({ findings: [aReplyFinding(over)] }, "security").findings;
  if (finding === undefined) throw new Error("no finding");
  return finding;
}

describe("what the model claims is bounded and cleaned", () => {
  it.each<[name: string, over: Partial<ReplyFinding>, kept: object]>([
    ["a range the wrong way round", { start_line: 20, line: 10 }, { startLine: 10, line: 10 }],
    ["a range", { start_line: 5, line: 10 }, { startLine: 5, line: 10 }],
    ["lines that cannot be", { start_line: -1, line: 0 }, { startLine: -1, line: 0 }],
    ["a title of several lines", { title: " a\n\tb  c " }, { title: "a b c" }],
    ["no title", { title: " \u200B\n" }, { title: "Untitled finding" }],
    ["a title that is a comment", { title: "<!-- x -->" }, { title: "Untitled finding" }],
    [
      "hidden characters in prose",
      { why: " a\u202Eb<!-- c --> ", fix: "\u{E0041}d\r\ne" },
      { why: "ab", fix: "d\ne" },
    ],
    [
      "half a character",
      { why: "a\uD83D", suggestion: "b\uD83D", evidence: "c\uD83D" },
      { why: "a\uFFFD", suggestion: "b\uFFFD", evidence: "c\uFFFD" },
    ],
    ["no suggestion", { suggestion: null }, { suggestion: null }],
    ["an empty suggestion, which deletes", { suggestion: "" }, { suggestion: "" }],
    ["a suggestion at the limit", { suggestion: "x".repeat(8_000) }, { suggestion: "x".repeat(8_000) }],
    [
      "a suggestion over it, because cut code is worse than none",
      { suggestion: "x".repeat(8_001) },
      { suggestion: null },
    ],
    [
      "code as it is: tabs, returns, hidden characters",
      { evidence: "\ta\u200Bb\r\n", suggestion: "\ta\u200Bb" },
      { evidence: "\ta\u200Bb\r\n", suggestion: "\ta\u200Bb" },
    ],
    ["what was there before", { pre_existing: true }, { preExisting: true }],
  ])("%s", (_, over, kept) => {
    expect(accepted(over)).toMatchObject(kept);
  });

  it("megabytes of it are cut, and say so where people read them", () => {
    const megabyte = "m".repeat(1_000_000);

    const finding = accepted({
      title: megabyte,
      why: megabyte,
      fix: megabyte,
      evidence: megabyte,
      path: megabyte,
      suggestion: megabyte,
    });

    expect(JSON.stringify(finding).length).toBeLessThan(25_000);
    expect(
      [finding.title, finding.why, finding.fix].every((text) =>
        text.endsWith("[cut, 1,000,000 characters in all]"),
      ),
    ).toBe(true);
  });

  it("keeps 40 findings of a reply and counts the rest", () => {
    const findings = Array.from({ length: 10_000 }, (_, at) => aReplyFinding({ title: `Title ${at}` }));

    const { findings: kept, surplus } = acceptReply({ findings }, "performance");

    expect([kept.length, surplus]).toEqual([40, 9_960]);
    expect(kept.at(-1)).toMatchObject({ title: "Title 39", pass: "performance", alsoFoundBy: [] });
  });
});

describe("the schema of a reply", () => {
  it.each<[name: string, reply: unknown, fits: boolean]>([
    ["no findings", { findings: [] }, true],
    ["a whole finding", { findings: [aReplyFinding()] }, true],
    ["nothing", {}, false],
    ["a list", [], false],
    ["a severity of its own", { findings: [{ ...aReplyFinding(), severity: "blocker" }] }, false],
    ["a line in words", { findings: [{ ...aReplyFinding(), line: "11" }] }, false],
    ["half a line", { findings: [{ ...aReplyFinding(), line: 1.5 }] }, false],
    ["a missing quote", { findings: [{ ...aReplyFinding(), evidence: undefined }] }, false],
    ["a side of its own", { findings: [{ ...aReplyFinding(), side: "BOTH" }] }, false],
  ])("%s: %s", (_, reply, fits) => {
    expect(passReplySchema.safeParse(reply).success).toBe(fits);
  });
});
