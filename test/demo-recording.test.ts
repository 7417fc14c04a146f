import { afterAll, expect, test } from "vitest";
import { makeExampleRepository } from "../demo/example-repository.ts";
import { readRecording, requestKey, requestLabel } from "../demo/recording.ts";
import { EVERYTHING } from "../src/domain/scope.ts";
import { NO_USAGE } from "../src/domain/usage.ts";
import { checkoutSource } from "../src/local/checkout.ts";
import { reportSink } from "../src/local/report-sink.ts";
import { findRevisions } from "../src/local/revisions.ts";
import { loadPrompts } from "../src/prompts.ts";
import type { Model } from "../src/review/ports.ts";
import { reviewPullRequest } from "../src/review/review-run.ts";

const example = makeExampleRepository();
afterAll(example.remove);

/** Answers from the recording; what is not in it is noted and fails the pass. */
function recordedModel(missed: string[]): Model {
  const replies = new Map(readRecording().replies.map((one) => [one.key, JSON.stringify(one.reply)]));
  return {
    id: "recorded",
    complete: async ({ prompt }) => {
      const texts = [...prompt.system, ...prompt.user].map((block) => block.text);
      const text = replies.get(requestKey(texts));
      if (text !== undefined) return { kind: "answered", text, usage: NO_USAGE };
      missed.push(requestLabel(texts));
      return {
        kind: "failed",
        failure: { next: "give-up", reason: "not in the recording", retryAfterMs: null },
        usage: NO_USAGE,
      };
    },
  };
}

test("the recording fits prompts and example (npm run demo:record renews it)", async () => {
  const missed: string[] = [];
  const revisions = await findRevisions(
    example.directory,
    { kind: "branches", base: example.baseRef, head: example.headRef },
    process.env,
  );
  const ports = {
    // The stand-in knows no commit messages, and a local branch has a title only from its commits: both are given here.
    source: checkoutSource(revisions, { title: example.title, description: example.body }),
    sink: reportSink,
    model: recordedModel(missed),
    library: loadPrompts(),
    clock: { now: () => new Date(), sleep: async () => undefined },
    observe: () => undefined,
  };
  const asServed = {
    ...ports,
    source: {
      ...ports.source,
      load: async (signal: AbortSignal) => ({
        ...(await ports.source.load(signal)),
        author: example.author,
        commits: [],
        headRef: example.headRef,
      }),
    },
  };

  const outcome = await reviewPullRequest(asServed, {
    runId: "recording",
    trigger: "local",
    scope: EVERYTHING,
    memory: "forget",
    patience: "settle",
    history: "none",
    holds: async () => true,
    signal: AbortSignal.timeout(60_000),
  });

  expect(missed).toEqual([]);
  expect(outcome.kind).toBe("published");
  const review = outcome.kind === "published" ? outcome.review : null;
  expect(review?.complete).toBe(true);
  expect(review?.dropped).toBe(0);
  expect(review?.findings.length).toBeGreaterThanOrEqual(8);
});
