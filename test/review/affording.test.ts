import { describe, expect, it } from "vitest";
import type { Depth } from "../../src/domain/depth.ts";
import { affordReview } from "../../src/review/affording.ts";
import type { ReviewRequest } from "../../src/review/ports.ts";
import { openPurse } from "../../src/review/purse.ts";
import { reviewPullRequest } from "../../src/review/review-run.ts";
import { aPorts, aPullRequest, aRequest, aSource, askedFor, manyChunks, UNLIMITED } from "../builders.ts";
import { aPreparedReview } from "../builders-session.ts";

const LIMIT = "the budget of $1.00 for one review";
const FILES = manyChunks(3);

async function afforded(leftUsd: number, over: Partial<ReviewRequest> = {}) {
  const { session, survey } = await aPreparedReview({ pullRequest: aPullRequest({ files: FILES }) });
  return affordReview(session, survey, aRequest({ depth: "deep", ...over }), { leftUsd, limit: LIMIT });
}

async function priceOf(depth: Depth): Promise<number> {
  return (await afforded(Number.POSITIVE_INFINITY, { depth })).estimateUsd;
}

describe("a review that may cost", () => {
  it("what it wants is as deep as it was asked to be, and says nothing of it", async () => {
    const { depth, note, survey } = await afforded(Number.POSITIVE_INFINITY);

    expect({ depth, note }).toEqual({ depth: "deep", note: null });
    expect(survey.plan.chunks).toHaveLength(3);
  });

  it.each<[Depth, Depth]>([
    ["deep", "standard"],
    ["standard", "quick"],
  ])("a little less than %s becomes %s, and says so", async (wanted, becomes) => {
    const { depth, note, survey } = await afforded((await priceOf(wanted)) * 0.99, { depth: wanted });

    expect(depth).toBe(becomes);
    expect(note).toBe(`Reviewed at the depth \`${becomes}\` instead of \`${wanted}\`: ${LIMIT}.`);
    expect(survey.plan.chunks).toHaveLength(3);
    expect(survey.plan.leftOut).toEqual([]);
  });

  it("less than its quickest form reads the riskiest chunks, and lists the other files", async () => {
    const { depth, survey } = await afforded((await priceOf("quick")) * 0.8);

    expect(depth).toBe("quick");
    expect(survey.plan.chunks.length).toBeGreaterThan(0);
    expect(survey.plan.chunks.length).toBeLessThan(3);
    const read = survey.plan.chunks.flatMap((chunk) => chunk.files.map(({ path }) => path));
    expect(survey.plan.leftOut).toEqual(
      FILES.filter(({ path }) => !read.includes(path)).map(({ path }) => ({
        path,
        state: "skipped",
        cause: "limit",
        reason: `over ${LIMIT}; riskier files came first`,
      })),
    );
  });

  it("nothing reads nothing, and lists every file", async () => {
    const { estimateUsd, survey } = await afforded(0);

    expect(estimateUsd).toBe(0);
    expect(survey.plan.chunks).toEqual([]);
    expect(survey.plan.leftOut).toHaveLength(3);
  });
});

describe("a review without a model", () => {
  it.each<[because: "asked" | "no key", cause: string, complete: boolean, title: RegExp]>([
    ["asked", "scope", true, /as asked/],
    ["no key", "limit", false, /no ANTHROPIC_API_KEY is set/],
  ])("because of %s calls none, and says so of every file", async (because, cause, complete, title) => {
    const ports = aPorts();

    const outcome = await reviewPullRequest(ports, aRequest({ reading: { kind: "checks", because } }));

    expect(ports.model.requests).toEqual([]);
    expect(outcome).toMatchObject({
      kind: "published",
      review: {
        complete,
        coverage: {
          files: [{ path: "src/a.ts", state: "partial", cause, reason: expect.stringMatching(title) }],
        },
      },
    });
  });
});

describe("a review in which the money ends", () => {
  it("before it begins calls no model, and posts what it left out", async () => {
    const ports = aPorts({
      source: aSource(aPullRequest({ files: FILES })),
      purse: openPurse(
        { ...UNLIMITED, reviewUsd: 0 },
        { spent: async () => ({ pullDayUsd: 0, installationMonthUsd: 0 }), add: async () => undefined },
      ),
    });

    const outcome = await reviewPullRequest(ports, aRequest());

    expect(ports.model.requests).toEqual([]);
    expect(outcome).toMatchObject({ kind: "published", review: { complete: false } });
  });

  it("because other replicas spent it, is as shallow as what they left", async () => {
    const spent = { pullDayUsd: 19.8, installationMonthUsd: 19.8 };
    const ports = aPorts({
      purse: openPurse(
        { reviewUsd: 10, pullDayUsd: 20, installationMonthUsd: 500 },
        { spent: async () => spent, add: async () => undefined },
      ),
    });

    const outcome = await reviewPullRequest(ports, aRequest({ depth: "deep" }));

    expect(outcome).toMatchObject({
      kind: "published",
      review: {
        depth: expect.not.stringMatching("deep"),
        notes: [expect.stringContaining("the budget of $20.00 for one pull request and day")],
      },
    });
    expect(ports.model.requests.some(({ prompt }) => askedFor(prompt) === "summary")).toBe(true);
  });
});
