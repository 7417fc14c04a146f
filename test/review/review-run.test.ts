import { describe, expect, it } from "vitest";
import { CHECK_NAME, checkTitle } from "../../src/domain/check-words.ts";
import { PASSES } from "../../src/domain/pass.ts";
import { checkConclusion } from "../../src/domain/review.ts";
import { reviewScope } from "../../src/domain/scope.ts";
import { missingModel } from "../../src/review/missing-model.ts";
import type { Earlier, ReviewOutcome } from "../../src/review/ports.ts";
import { reviewPullRequest } from "../../src/review/review-run.ts";
import {
  aDiff,
  aFileWith,
  answered,
  aPorts,
  aPullRequest,
  aRecordingSink,
  aReplyFinding,
  aRequest,
  aScriptedModel,
  aSource,
  askedFor,
  BASE_SHA,
  failing,
  HEAD_SHA,
  manyChunks,
  type Ports,
  promptText,
} from "../builders.ts";

/** A model with one finding, in one pass. */
function findingIn(pass: string, over: Parameters<typeof aReplyFinding>[0] = {}) {
  return aScriptedModel(({ prompt }) =>
    askedFor(prompt) === pass ? answered({ findings: [aReplyFinding(over)] }) : undefined,
  );
}

function reviewOf(outcome: ReviewOutcome) {
  if (!("review" in outcome)) throw new Error(`no review: ${outcome.kind}`);
  return outcome.review;
}

function asked(ports: Ports): readonly string[] {
  return ports.model.requests.map((request) => askedFor(request.prompt));
}

describe("a review from beginning to end", () => {
  it("asks the five passes in order, then the sceptic, then for the summary, and publishes once", async () => {
    const ports = aPorts({ model: findingIn("correctness") });

    const outcome = await reviewPullRequest(ports, aRequest());

    expect(asked(ports)).toEqual([...PASSES, "verify", "summary"]);
    expect(ports.sink.calls).toEqual(["earlier", "begin", "post", "conclude"]);
    expect(outcome).toMatchObject({
      kind: "published",
      review: { complete: true, summary: "A sound change.", head: HEAD_SHA, base: BASE_SHA },
    });
    expect(reviewOf(outcome).findings).toMatchObject([
      { pass: "correctness", anchor: { side: "RIGHT", line: 11 }, summaryReason: null },
    ]);
    expect(ports.sink.published[0]?.inline).toEqual(
      new Set(reviewOf(outcome).findings.map((finding) => finding.id)),
    );
    expect(checkConclusion(reviewOf(outcome))).toBe("success");
  });

  it("each pass sees what the earlier ones reported, and nothing else", async () => {
    const ports = aPorts({
      model: aScriptedModel(({ prompt }) => {
        const pass = PASSES.find((one) => one === askedFor(prompt));
        return pass && answered({ findings: [aReplyFinding({ title: `Seen by ${pass}` })] });
      }),
    });

    await reviewPullRequest(ports, aRequest());

    for (const [at, pass] of PASSES.entries()) {
      const last = ports.model.requests[at]?.prompt.user.at(-1)?.text ?? "";
      expect(PASSES.filter((other) => last.includes(`Seen by ${other}`))).toEqual(
        PASSES.slice(0, PASSES.indexOf(pass)),
      );
    }
  });

  it("counts every call, token, cent and second", async () => {
    const ports = aPorts({
      model: aScriptedModel((_, call) =>
        call === 1 ? failing("retry", { retryAfterMs: 7_000 }) : undefined,
      ),
    });

    const { usage, durationMs } = reviewOf(await reviewPullRequest(ports, aRequest()));

    expect(usage).toMatchObject({ calls: 7, inputTokens: 600, costUsd: 3 });
    expect(durationMs).toBe(7_000);
  });

  it("tells what happens as it happens", async () => {
    const ports = aPorts();

    await reviewPullRequest(ports, aRequest());

    expect(ports.events.map((event) => event.stage)).toEqual([
      "loaded",
      "surveyed",
      "planned",
      ...PASSES.map(() => "pass"),
      "placed",
      "summarised",
      "published",
    ]);
    expect(JSON.stringify(ports.events)).not.toContain("const b");
  });

  it("tells of the sceptic and of twins, too", async () => {
    const model = aScriptedModel(({ prompt }) => {
      const titles = ["The constant is wrong", "Reads after the file was closed"];
      return askedFor(prompt) === "security"
        ? answered({
            findings: titles.map((title, at) =>
              aReplyFinding({
                title,
                line: 11 + at,
                start_line: 11 + at,
                evidence: at === 0 ? "const b = 3;" : "const c = 4;",
              }),
            ),
          })
        : undefined;
    });
    const ports = aPorts({ model });

    await reviewPullRequest(ports, aRequest());

    expect(ports.events.map((event) => event.stage).slice(8)).toEqual([
      "placed",
      "verified",
      "joined",
      "summarised",
      "published",
    ]);
    expect(asked(ports).slice(5)).toEqual(["verify", "duplicates", "summary"]);
  });

  it("runs only the passes and reads only the paths asked for", async () => {
    const files = [aDiff(), aDiff(undefined, { path: "docs/x.md" })];
    const ports = aPorts({ source: aSource(aPullRequest({ files })) });

    const review = reviewOf(
      await reviewPullRequest(
        ports,
        aRequest({ scope: reviewScope(["performance", "security"], ["src/**"]) }),
      ),
    );

    expect(asked(ports)).toEqual(["security", "performance", "summary"]);
    expect(review.coverage.files).toMatchObject([
      { state: "reviewed" },
      { state: "skipped", cause: "scope" },
    ]);
    expect(checkConclusion(review)).toBe("neutral");
  });

  it("publishes without a call where there is nothing to read", async () => {
    const files = [aFileWith({ kind: "none", reason: "binary", detail: "binary file" })];
    const ports = aPorts({ source: aSource(aPullRequest({ files })) });

    const outcome = await reviewPullRequest(ports, aRequest());

    expect(ports.model.requests).toEqual([]);
    expect(outcome.kind).toBe("published");
    expect(checkConclusion(reviewOf(outcome))).toBe("neutral");
  });

  it("files that nobody listed make it incomplete", async () => {
    const ports = aPorts({ source: aSource(aPullRequest({ filesMissing: "7 files are not known" })) });

    const review = reviewOf(await reviewPullRequest(ports, aRequest()));

    expect(review).toMatchObject({ complete: false, coverage: { gaps: ["7 files are not known"] } });
  });
});

describe("findings", () => {
  it.each<
    [name: string, over: Parameters<typeof aReplyFinding>[0], files: Record<string, string>, expected: object]
  >([
    [
      "whose quote is in the file but not in the diff go to the summary",
      { evidence: "far away();" },
      { "src/a.ts": "x\nfar away();\n" },
      { findings: [{ summaryReason: "outside the diff", anchor: { line: 2 } }], dropped: 0 },
    ],
    [
      "whose quote is nowhere are dropped and counted",
      { evidence: "invented();" },
      { "src/a.ts": "x\n" },
      { findings: [], dropped: 1 },
    ],
    ["on an unknown path are dropped and counted", { path: "src/z.ts" }, {}, { findings: [], dropped: 1 }],
    [
      "on a deleted line go LEFT",
      { evidence: "const b = 2;" },
      {},
      { findings: [{ anchor: { side: "LEFT", line: 11 }, summaryReason: null }], dropped: 0 },
    ],
    [
      "that were there before stay out of the comments",
      { pre_existing: true, severity: "critical" },
      {},
      { findings: [{ summaryReason: "pre-existing" }], dropped: 0 },
    ],
  ])("%s", async (_, over, files, expected) => {
    const ports = aPorts({ model: findingIn("security", over), source: aSource(aPullRequest(), { files }) });

    expect(reviewOf(await reviewPullRequest(ports, aRequest()))).toMatchObject(expected);
  });

  it("10,000 of one reply are 40, and the others are counted", async () => {
    const findings = Array.from({ length: 10_000 }, () => aReplyFinding());
    const ports = aPorts({
      model: aScriptedModel(({ prompt }) =>
        askedFor(prompt) === "security" ? answered({ findings }) : undefined,
      ),
    });

    expect(reviewOf(await reviewPullRequest(ports, aRequest()))).toMatchObject({
      findings: [{}],
      dropped: 9_960,
    });
  });

  it("the same defect from two passes is one finding that names both", async () => {
    const ports = aPorts({
      model: aScriptedModel(({ prompt }) =>
        ["security", "performance"].includes(askedFor(prompt))
          ? answered({ findings: [aReplyFinding()] })
          : undefined,
      ),
    });

    expect(reviewOf(await reviewPullRequest(ports, aRequest())).findings).toMatchObject([
      { pass: "security", alsoFoundBy: ["performance"] },
    ]);
  });
});

describe("what was posted before", () => {
  async function idOf(): Promise<string> {
    const outcome = await reviewPullRequest(aPorts({ model: findingIn("security") }), aRequest());
    return reviewOf(outcome).findings[0]?.id ?? "";
  }

  async function rerun(memory: "keep" | "forget") {
    const known = await idOf();
    const sink = aRecordingSink({ findings: new Set([known, "f".repeat(16)]) });
    const ports = aPorts({ model: findingIn("security"), sink });
    await reviewPullRequest(ports, aRequest({ memory, trigger: "command" }));
    return { known, update: sink.published[0] };
  }

  it("is named as still open and not said again", async () => {
    const { known, update } = await rerun("keep");

    expect([update?.inline, update?.stillOpen]).toEqual([new Set(), new Set([known])]);
    expect(update?.review.findings).toHaveLength(1);
  });

  it("is said again after `/review full`", async () => {
    const { known, update } = await rerun("forget");

    expect([update?.inline, update?.stillOpen]).toEqual([new Set([known]), new Set()]);
  });

  it("an old finding that is not inline is neither", async () => {
    const ports = aPorts({ model: findingIn("security", { pre_existing: true }) });

    await reviewPullRequest(ports, aRequest());

    expect(ports.sink.published[0]).toMatchObject({ inline: new Set(), stillOpen: new Set() });
  });
});

describe("nothing is begun, posted or paid for", () => {
  const mark = { runId: "earlier-run", head: HEAD_SHA, base: BASE_SHA, complete: true };

  it.each<
    [
      name: string,
      over: Parameters<typeof aPullRequest>[0],
      request: Parameters<typeof aRequest>[0],
      earlier: Partial<Earlier>,
      reason: RegExp,
    ]
  >([
    ["for a draft", { draft: true }, {}, {}, /draft/],
    ["for a closed pull request", { state: "closed" }, {}, {}, /closed/],
    ["for a closed pull request, even by command", { state: "closed" }, { trigger: "command" }, {}, /closed/],
    ["for a locked conversation", { locked: true }, {}, {}, /locked/],
    ["for a locked conversation, even by command", { locked: true }, { trigger: "command" }, {}, /locked/],
    ["for a head that was reviewed", {}, {}, { reviews: [mark] }, /this head has been reviewed/],
    [
      "for a head that was reviewed among others",
      {},
      {},
      { reviews: [{ ...mark, head: "3".repeat(40) }, mark] },
      /reviewed/,
    ],
  ])("%s", async (_, over, request, earlier, reason) => {
    const ports = aPorts({ source: aSource(aPullRequest(over)), sink: aRecordingSink(earlier) });

    const outcome = await reviewPullRequest(ports, aRequest(request));

    expect(outcome).toMatchObject({ kind: "declined", reason: expect.stringMatching(reason) });
    // What an earlier attempt may have left in progress is concluded, and nothing is begun.
    expect(ports.sink.calls).toEqual(["earlier", "conclude"]);
    expect(ports.model.requests).toEqual([]);
  });

  it.each<
    [
      name: string,
      over: Parameters<typeof aPullRequest>[0],
      request: Parameters<typeof aRequest>[0],
      earlier: Partial<Earlier>,
    ]
  >([
    ["a draft by command", { draft: true }, { trigger: "command" }, {}],
    ["a draft by re-run", { draft: true }, { trigger: "rerequest" }, {}],
    ["a reviewed head by command", {}, { trigger: "command" }, { reviews: [mark] }],
    ["a reviewed head by re-run", {}, { trigger: "rerequest" }, { reviews: [mark] }],
    ["a reviewed head at the local door", {}, { trigger: "local" }, { reviews: [mark] }],
    ["a head whose review was incomplete", {}, {}, { reviews: [{ ...mark, complete: false }] }],
    ["a head reviewed against another base", {}, {}, { reviews: [{ ...mark, base: "4".repeat(40) }] }],
    [
      "a head whose review this very run has posted, so that the run can be brought to its end",
      {},
      { runId: "earlier-run" },
      { reviews: [mark] },
    ],
    ["another head", {}, {}, { reviews: [{ ...mark, head: "3".repeat(40) }] }],
  ])("but %s is reviewed", async (_, over, request, earlier) => {
    const ports = aPorts({ source: aSource(aPullRequest(over)), sink: aRecordingSink(earlier) });

    expect((await reviewPullRequest(ports, aRequest(request))).kind).toBe("published");
  });
});

describe("a run that is attempted again after its review was posted", () => {
  const mark = { runId: "run-1", head: HEAD_SHA, base: BASE_SHA, complete: true };

  it.each<[posts: number, reviews: Earlier["reviews"]]>([
    [0, [mark]],
    [0, [{ ...mark, complete: false }]],
    [1, []],
    [1, [{ ...mark, runId: "run-2", complete: false }]],
    [1, [{ ...mark, head: "3".repeat(40) }]],
  ])("posts %i times when this stands there: %j", async (posts, reviews) => {
    const ports = aPorts({ sink: aRecordingSink({ reviews }) });

    await reviewPullRequest(ports, aRequest({ runId: "run-1" }));

    expect(ports.sink.published).toHaveLength(posts);
    expect(ports.sink.reviewed).toHaveLength(1);
  });
});

describe("a failed review never looks like a clean one", () => {
  it("one pass failed: its file is partly reviewed, with the reason", async () => {
    const ports = aPorts({
      model: aScriptedModel(({ prompt }) =>
        askedFor(prompt) === "performance" ? failing("give-up") : undefined,
      ),
    });

    const review = reviewOf(await reviewPullRequest(ports, aRequest()));

    expect(asked(ports)).toEqual([...PASSES, "summary"]);
    expect(review.coverage.files).toEqual([
      {
        path: "src/a.ts",
        state: "partial",
        cause: "failure",
        reason: "performance failed: the service said give-up",
      },
    ]);
    expect([review.complete, checkConclusion(review)]).toEqual([false, "neutral"]);
    expect(checkTitle(review)).toContain("incomplete");
    expect(CHECK_NAME).toBe("Plumbline");
  });

  it("two passes failed for two reasons: both are told", async () => {
    const ports = aPorts({
      model: aScriptedModel(({ prompt }) => {
        const pass = askedFor(prompt);
        return pass === "security" || pass === "performance"
          ? failing("give-up", { reason: `${pass} broke` })
          : undefined;
      }),
    });

    const review = reviewOf(await reviewPullRequest(ports, aRequest()));

    expect(review.coverage.files[0]?.reason).toBe(
      "security, performance failed: security broke; performance broke",
    );
  });

  it("one chunk failed: its file failed, the others are reviewed", async () => {
    const ports = aPorts({
      source: aSource(aPullRequest({ files: manyChunks(3) })),
      model: aScriptedModel(({ prompt }) =>
        askedFor(prompt) !== "summary" && promptText(prompt).includes("const value1")
          ? failing("give-up")
          : undefined,
      ),
    });

    const review = reviewOf(await reviewPullRequest(ports, aRequest()));

    expect(review.coverage.files.map((file) => file.state)).toEqual(["reviewed", "failed", "reviewed"]);
    expect(review.complete).toBe(false);
  });

  it("all failed: nothing is published, the check says why, and what it cost is known", async () => {
    const ports = aPorts({ model: aScriptedModel(() => failing("give-up")) });

    const outcome = await reviewPullRequest(ports, aRequest());

    expect(outcome).toMatchObject({
      kind: "failed",
      reason: "the service said give-up",
      next: "give-up",
      review: { complete: false, usage: { calls: 5 } },
    });
    expect(reviewOf(outcome).coverage.files).toMatchObject([{ state: "failed" }]);
    expect(asked(ports)).not.toContain("summary");
    expect(ports.sink.calls).toEqual(["earlier", "begin", "conclude"]);
    expect(ports.sink.closings).toEqual([{ kind: "failed", reason: "the service said give-up" }]);
  });

  it("a refused key stops every further call", async () => {
    const ports = aPorts({
      source: aSource(aPullRequest({ files: manyChunks(4) })),
      model: aScriptedModel(() => failing("reconfigure")),
    });

    const outcome = await reviewPullRequest(ports, aRequest());

    expect(ports.model.requests).toHaveLength(1);
    expect(outcome).toMatchObject({ kind: "failed", next: "reconfigure" });
    expect(ports.clock.pauses).toEqual([]);
  });

  it("spent money stops the later passes, and the earlier ones still count", async () => {
    const ports = aPorts({
      model: aScriptedModel(({ prompt }) =>
        askedFor(prompt) === "architecture" ? failing("stop") : undefined,
      ),
    });

    const review = reviewOf(await reviewPullRequest(ports, aRequest()));

    expect(asked(ports)).toEqual(["security", "correctness", "architecture", "summary"]);
    expect(review.coverage.files[0]?.reason).toBe(
      "architecture, performance, maintainability failed: the service said stop",
    );
  });

  it("without a key every review says so", async () => {
    const outcome = await reviewPullRequest({ ...aPorts(), model: missingModel("m") }, aRequest());

    expect(outcome).toMatchObject({
      kind: "failed",
      reason: "no ANTHROPIC_API_KEY is set on the server",
      next: "reconfigure",
    });
  });

  it("no summary in words: the review stands on the facts, and is incomplete", async () => {
    const ports = aPorts({
      model: aScriptedModel(({ prompt }) =>
        askedFor(prompt) === "summary" ? failing("give-up") : undefined,
      ),
    });

    const review = reviewOf(await reviewPullRequest(ports, aRequest()));

    expect(review).toMatchObject({
      complete: false,
      findings: [],
      summary: "No defects were found in the reviewed changes.",
      coverage: { gaps: ["the summary in words failed: the service said give-up"] },
    });
    expect(checkConclusion(review)).toBe("neutral");
  });
});

describe("the world moved while the model was reading", () => {
  it.each([
    ["a newer push", { headSha: "3".repeat(40), state: "open" as const }, "superseded by a newer push"],
    [
      "it was closed",
      { headSha: HEAD_SHA, state: "closed" as const },
      "the pull request was closed during the review",
    ],
    [
      "both",
      { headSha: "3".repeat(40), state: "closed" as const },
      "the pull request was closed during the review",
    ],
  ])("%s: nothing is published", async (_, current, reason) => {
    const ports = aPorts({ source: aSource(aPullRequest(), { current }) });

    const outcome = await reviewPullRequest(ports, aRequest());

    const kind = reason === "superseded by a newer push" ? "overtaken" : "superseded";
    expect(outcome).toEqual({ kind, reason });
    expect(ports.sink.calls).toEqual(["earlier", "begin", "conclude"]);
    expect(ports.sink.closings).toEqual([{ kind: "superseded", reason }]);
  });

  it("an abort during a call ends the run with its reason, and nothing is published", async () => {
    const controller = new AbortController();
    const ports = aPorts({
      model: aScriptedModel((_, call) => {
        if (call === 3) controller.abort(new Error("the server stops"));
        controller.signal.throwIfAborted();
        return undefined;
      }),
    });

    await expect(reviewPullRequest(ports, aRequest({ signal: controller.signal }))).rejects.toThrow(
      "the server stops",
    );
    expect(ports.model.requests).toHaveLength(3);
    expect(ports.sink.calls).toEqual(["earlier", "begin"]);
  });

  it("an abort during a pause ends it too", async () => {
    const controller = new AbortController();
    const ports = aPorts({
      model: aScriptedModel(() => {
        controller.abort(new Error("the server stops"));
        return failing("retry");
      }),
    });

    await expect(reviewPullRequest(ports, aRequest({ signal: controller.signal }))).rejects.toThrow(
      "the server stops",
    );
    expect(ports.model.requests).toHaveLength(1);
  });

  it("an abort while several chunks are read ends them all, without a fault that nobody hears", async () => {
    const controller = new AbortController();
    const ports = aPorts({
      source: aSource(aPullRequest({ files: manyChunks(12) })),
      model: aScriptedModel((_, call) => {
        if (call === 9) controller.abort(new Error("the server stops"));
        controller.signal.throwIfAborted();
        return undefined;
      }),
    });

    await expect(reviewPullRequest(ports, aRequest({ signal: controller.signal }))).rejects.toThrow(
      "the server stops",
    );
    expect(ports.sink.published).toEqual([]);
  });

  it("aborted before it began, it reads nothing", async () => {
    const ports = aPorts();

    await expect(
      reviewPullRequest(ports, aRequest({ signal: AbortSignal.abort(new Error("stopped")) })),
    ).rejects.toThrow("stopped");
    expect(ports.sink.calls).toEqual([]);
  });

  it("a sink that cannot post is not a published review", async () => {
    const sink = { ...aRecordingSink(), post: () => Promise.reject(new Error("502")) };

    await expect(reviewPullRequest({ ...aPorts(), sink }, aRequest())).rejects.toThrow("502");
  });
});

describe("many chunks", () => {
  it("the first call is alone until its answer begins; then the others start, at most 24 at a time", async () => {
    const gate = Promise.withResolvers<void>();
    let open = 0;
    let most = 0;
    const alone: number[] = [];
    const ports = aPorts({
      source: aSource(aPullRequest({ files: manyChunks(40) })),
      model: aScriptedModel(async (request, call) => {
        open += 1;
        most = Math.max(most, open);
        if (call === 1) {
          // Everything that could start has had its turn.
          for (let turn = 0; turn < 50; turn++) await Promise.resolve();
          alone.push(open);
          request.onStarted();
          await gate.promise;
        } else if (call >= 25) gate.resolve();
        else await Promise.resolve();
        open -= 1;
        return undefined;
      }),
    });

    const review = reviewOf(await reviewPullRequest(ports, aRequest()));

    expect(alone).toEqual([1]);
    expect(most).toBeGreaterThan(20);
    expect(most).toBeLessThanOrEqual(24);
    expect(ports.model.requests).toHaveLength(40 * 5 + 1);
    expect(review.complete).toBe(true);
  });

  it("a first call that fails does not keep the others waiting", async () => {
    const ports = aPorts({
      source: aSource(aPullRequest({ files: manyChunks(3) })),
      model: { ...aScriptedModel(), complete: async () => failing("give-up") },
    });

    expect((await reviewPullRequest(ports, aRequest())).kind).toBe("failed");
  });

  it("each chunk knows its own earlier findings only", async () => {
    const ports = aPorts({
      source: aSource(aPullRequest({ files: manyChunks(2) })),
      model: aScriptedModel(({ prompt }) =>
        askedFor(prompt) === "security" && promptText(prompt).includes("const value0")
          ? answered({ findings: [aReplyFinding({ title: "Only of chunk one" })] })
          : undefined,
      ),
    });

    await reviewPullRequest(ports, aRequest());

    const told = ports.model.requests.filter(
      ({ prompt }) => askedFor(prompt) !== "summary" && promptText(prompt).includes("Only of chunk one"),
    );
    expect(told.map(({ prompt }) => promptText(prompt).includes("const value0"))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });
});
