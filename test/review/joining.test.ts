import { describe, expect, it } from "vitest";
import { joinFindings } from "../../src/review/joining.ts";
import { answered, aReviewFinding, aScriptedModel, askedFor, failing } from "../builders.ts";
import { aPreparedReview } from "../builders-session.ts";

const at = (line: number) => ({ side: "RIGHT" as const, startLine: line, line });
/** Two that stand close together, and one far from both. */
const FIRST = aReviewFinding({
  id: "a",
  anchor: at(10),
  title: "Query is built from input",
  pass: "security",
  severity: "critical",
  evidence: "x()",
});
const SECOND = aReviewFinding({ id: "b", anchor: at(12), title: "Breaks on a quote", evidence: "y()" });
const FAR = aReviewFinding({ id: "c", anchor: at(300), title: "Never closes", evidence: "z()" });

async function joined(reply: unknown, ...findings: readonly (typeof FIRST)[]) {
  const model = aScriptedModel(({ prompt }) => {
    if (askedFor(prompt) !== "duplicates") return undefined;
    return reply === null ? failing("retry", { retryAfterMs: 3_600_000 }) : answered(reply);
  });
  const { session, ports } = await aPreparedReview({ ports: { model } });
  const result = await joinFindings(session, findings);
  return { ...result, ids: result.findings.map(({ id }) => id), requests: ports.model.requests };
}

describe("what may say the same", () => {
  it("is asked about once, in one small question that may look nothing up", async () => {
    const { requests, ids } = await joined({ groups: [] }, FIRST, SECOND, FAR);

    expect(requests).toHaveLength(1);
    expect(requests[0]?.tools).toBe("closed");
    expect(requests[0]?.prompt.user).toHaveLength(2);
    const text = requests[0]?.prompt.user.at(-1)?.text ?? "";
    expect(text).toContain("1. src/a.ts:10 [security] Query is built from input");
    expect(text).toContain("2. src/a.ts:12 [correctness] Breaks on a quote");
    expect(text).not.toContain("Never closes");
    expect(ids).toEqual(["a", "b", "c"]);
  });

  it("is not asked about where nothing is suspected", async () => {
    const { requests, ids, usage } = await joined({ groups: [[1, 2]] }, FIRST, FAR);

    expect(requests).toEqual([]);
    expect(ids).toEqual(["a", "c"]);
    expect(usage.calls).toBe(0);
  });

  it("becomes one finding: the more severe one speaks, and the other pass is named", async () => {
    const { findings } = await joined({ groups: [[2, 1]] }, FIRST, SECOND, FAR);

    expect(findings).toMatchObject([
      { id: "a", severity: "critical", anchor: { line: 10 }, alsoFoundBy: ["correctness"] },
      { id: "c", alsoFoundBy: [] },
    ]);
  });

  it.each<[what: string, groups: readonly (readonly number[])[]]>([
    ["a group of one", [[1]]],
    ["the same number twice", [[1, 1]]],
    [
      "numbers that nobody gave",
      [
        [7, 8],
        [0, -1],
      ],
    ],
    ["one known and one unknown number", [[1, 99]]],
  ])("stays apart for %s", async (_, groups) => {
    expect((await joined({ groups }, FIRST, SECOND)).ids).toEqual(["a", "b"]);
  });

  it("is joined once, however often a number is named", async () => {
    expect(
      (
        await joined(
          {
            groups: [
              [1, 2],
              [2, 1],
              [1, 2],
            ],
          },
          FIRST,
          SECOND,
        )
      ).ids,
    ).toEqual(["a"]);
  });

  it("is not lost where two groups overlap: what one has taken is no part of the other", async () => {
    const third = aReviewFinding({ id: "d", anchor: at(14), title: "Takes the wrong row", evidence: "w()" });

    expect(
      (
        await joined(
          {
            groups: [
              [1, 2],
              [2, 3],
            ],
          },
          FIRST,
          SECOND,
          third,
        )
      ).ids,
    ).toEqual(["a", "d"]);
  });

  it("stands twice where no answer comes: said twice is better than not said", async () => {
    const { ids, unserved } = await joined(null, FIRST, SECOND);

    expect(ids).toEqual(["a", "b"]);
    expect(unserved).toMatchObject({ next: "retry", retryAfterMs: 3_600_000 });
  });
});
