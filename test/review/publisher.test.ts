// Posting at most once: what is done about each answer of GitHub, with a scripted sink.
import { describe, expect, it } from "vitest";
import { FinalError, RetryableError } from "../../src/domain/errors.ts";
import type { Review } from "../../src/domain/review.ts";
import type { CurrentState, Earlier, PostOutcome } from "../../src/review/ports.ts";
import { publishReview } from "../../src/review/publisher.ts";
import {
  aNewFile,
  aPorts,
  aPullRequest,
  aRecordingSink,
  aRequest,
  aReview,
  aReviewFinding,
  aSource,
  BASE_SHA,
  HEAD_SHA,
} from "../builders.ts";

const UNKNOWN = { kind: "unknown", reason: "GitHub answered 502 (posting the review)" } as const;
const PENDING = { kind: "refused", because: "pending", reason: "one pending review" } as const;
const CONTENT = { kind: "refused", because: "content", reason: "GitHub answered 422" } as const;
const NOTHING: Earlier = { reviews: [], findings: new Set() };
const LANDED = { runId: "run-1", head: HEAD_SHA, base: BASE_SHA, complete: true };

interface Scene {
  readonly answers?: readonly PostOutcome[];
  readonly review?: Review;
  readonly current?: Partial<CurrentState>;
  /** Whether this run's review is found when it is looked for: at the first look, the second, and so on. */
  readonly found?: readonly boolean[];
  readonly holds?: readonly boolean[];
  readonly source?: ReturnType<typeof aSource>;
}

function play(scene: Scene) {
  const sink = aRecordingSink({}, scene.answers ?? []);
  const looks = [...(scene.found ?? [])];
  const lookingSink = {
    ...sink,
    earlier: async (signal: AbortSignal) => {
      await sink.earlier(signal);
      return looks.shift() === true ? { ...NOTHING, reviews: [LANDED] } : NOTHING;
    },
  };
  const ports = aPorts({ sink: lookingSink, source: scene.source ?? aSource(aPullRequest(), scene) });
  const claims = [...(scene.holds ?? [])];
  const request = aRequest({ holds: async () => claims.shift() ?? true });
  const ended = publishReview(ports, request, scene.review ?? aReview(), NOTHING);
  return { ended, sink, ports };
}

describe("a review", () => {
  it("that is taken is posted once, and only then told by the check run", async () => {
    const { ended, sink } = play({});

    expect(await ended).toMatchObject({ kind: "published" });
    expect(sink.calls).toEqual(["post", "conclude"]);
    expect(sink.reviewed).toHaveLength(1);
  });

  it.each<[string, Partial<CurrentState>, string, RegExp]>([
    ["another head", { headSha: "3".repeat(40) }, "overtaken", /newer push/],
    ["closed", { state: "closed" }, "superseded", /was closed/],
    ["locked", { locked: true }, "superseded", /was locked/],
    ["a draft", { draft: true }, "superseded", /draft/],
  ])("is not posted when the pull request is by now: %s", async (_what, current, kind, reason) => {
    const { ended, sink } = play({ current });

    expect(await ended).toMatchObject({ kind, reason: expect.stringMatching(reason) });
    expect(sink.calls).toEqual(["conclude"]);
  });

  it("of an attempt that no longer owns the job is neither posted nor told", async () => {
    const { ended, sink } = play({ holds: [false] });

    expect(await ended).toEqual({ kind: "lost" });
    expect(sink.calls).toEqual([]);
  });
});

describe("an outcome that nobody knows", () => {
  it("is looked up, and a review that landed is not sent again", async () => {
    const { ended, sink } = play({ answers: [UNKNOWN], found: [true] });

    expect(await ended).toMatchObject({ kind: "published" });
    expect(sink.calls).toEqual(["post", "earlier", "conclude"]);
  });

  it("is looked up twice, because lists may lag", async () => {
    const { ended, sink, ports } = play({ answers: [UNKNOWN], found: [false, true] });

    expect(await ended).toMatchObject({ kind: "published" });
    expect(sink.calls).toEqual(["post", "earlier", "earlier", "conclude"]);
    expect(ports.clock.pauses).toEqual([2_000]);
  });

  it("is left to another attempt when nothing landed: nothing is sent again in this one", async () => {
    const { ended, sink } = play({ answers: [UNKNOWN], found: [false, false] });

    await expect(ended).rejects.toThrow(RetryableError);
    expect(sink.calls).toEqual(["post", "earlier", "earlier"]);
  });
});

describe("an unfinished review that is in the way", () => {
  it("is removed, and the review sent once more", async () => {
    const { ended, sink } = play({ answers: [PENDING] });

    expect(await ended).toMatchObject({ kind: "published" });
    expect(sink.calls).toEqual(["post", "earlier", "discard", "post", "conclude"]);
  });

  it("twice is the end", async () => {
    const { ended, sink } = play({ answers: [PENDING, PENDING] });

    await expect(ended).rejects.toThrow(FinalError);
    expect(sink.calls.filter((call) => call === "post")).toHaveLength(2);
  });
});

describe("a comment that GitHub does not take", () => {
  const anchored = (id: string, line: number) =>
    aReviewFinding({ id, path: "src/a.ts", anchor: { side: "RIGHT", startLine: line, line } });
  const review = aReview({ findings: [anchored("a", 1), anchored("b", 2), anchored("c", 9)] });
  /** By now the diff of the file has three lines. */
  const source = aSource(aPullRequest({ files: [aNewFile("src/a.ts", ["1", "2", "3"])] }));

  it("goes to the summary when the diff of today does not hold its line; the others stay where they are", async () => {
    const { ended, sink } = play({ answers: [CONTENT], review, source });

    expect(await ended).toMatchObject({ kind: "published" });
    expect(sink.published.map(({ inline }) => [...inline])).toEqual([
      ["a", "b", "c"],
      ["a", "b"],
    ]);
    expect(sink.published[1]?.review.findings.map(({ summaryReason }) => summaryReason)).toEqual([
      null,
      null,
      "refused by GitHub",
    ]);
  });

  it("takes all of them to the summary when no line looks wrong", async () => {
    const fitting = aReview({ findings: [anchored("a", 1), anchored("b", 2)] });
    const { ended, sink } = play({ answers: [CONTENT], review: fitting, source });

    expect(await ended).toMatchObject({ kind: "published" });
    expect([...(sink.published[1]?.inline ?? ["?"])]).toEqual([]);
  });

  it("is not repeated a third time", async () => {
    const { ended, sink } = play({ answers: [CONTENT, CONTENT], review, source });

    await expect(ended).rejects.toThrow(FinalError);
    expect(sink.calls.filter((call) => call === "post")).toHaveLength(2);
  });

  it("is no reason to send a review without comments again", async () => {
    const { ended, sink } = play({ answers: [CONTENT], review: aReview({ findings: [] }) });

    await expect(ended).rejects.toThrow(FinalError);
    expect(sink.calls.filter((call) => call === "post")).toHaveLength(1);
  });

  it("is no reason to post when the refusal left the review behind after all", async () => {
    const { ended, sink } = play({ answers: [CONTENT], review, source, found: [true] });

    expect(await ended).toMatchObject({ kind: "published" });
    expect(sink.calls.filter((call) => call === "post")).toHaveLength(1);
  });

  it("sends nothing again for a head that is no longer the head, or when the job was lost in between", async () => {
    const moved = aSource(aPullRequest({ headSha: "3".repeat(40) }), { current: { headSha: HEAD_SHA } });
    const superseded = play({ answers: [CONTENT], review, source: moved });
    expect(await superseded.ended).toMatchObject({ kind: "overtaken" });

    const lost = play({ answers: [CONTENT], review, source, holds: [true, false] });
    expect(await lost.ended).toEqual({ kind: "lost" });
    for (const { sink } of [superseded, lost])
      expect(sink.calls.filter((call) => call === "post")).toHaveLength(1);
  });
});
