// Case 27: the model answers, and what it says is no good.
import assert from "node:assert/strict";
import { aClaim } from "../app/whole-app.ts";
import type { ModelAnswer } from "../model-answer.ts";
import { nothingFound } from "../model-double.ts";
import { inParts, type Parts } from "./eventually.ts";
import { opened, ownReviews, QUESTIONS, reviewed, reviewPosts } from "./evidence.ts";
import { type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";

/** What stands is put to it once. */
const SCEPTIC = 1;

const LINE = "export const gross = (net: number) => net + vat;";
const MOST_COMMENTS = 30;
const MOST_CHARACTERS = 64_000;

export const modelOutput: FaultCase = {
  number: 27,
  title: "The model says nonsense",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp({ LOG_LEVEL: "info" });
    const parts = await inParts({ ...unusable(app), ...repaired(app), ...bounded(app) });
    return `${parts} kinds: asked again at most once, else called incomplete; never over 30 comments or 64,000 characters`;
  },
};

interface Seen {
  readonly asked: number;
  readonly conclusion: string | null;
  readonly comments: readonly { readonly body: string; readonly line: number | null }[];
  readonly body: string;
}

/** The security pass answers like this, call by call and the last for ever; everything else is well. */
async function reviewAfter(app: FaultApp, ...answers: readonly ModelAnswer[]): Promise<Seen> {
  const { pull } = app.openPull();
  let call = 0;
  app.answerAbout(pull, (question) => {
    if (question.question !== "security") return nothingFound(question);
    return answers[call++] ?? answers.at(-1) ?? nothingFound(question);
  });
  await opened(app, pull);
  const check = await reviewed(app, pull);
  assert.deepEqual(
    reviewPosts(app, pull).map(({ status }) => status),
    [200],
  );
  const [review] = ownReviews(pull);
  assert.ok(review);
  for (const text of [review.body, ...review.comments.map((comment) => comment.body)]) {
    assert.ok(text.length <= MOST_CHARACTERS + 500, `${text.length} characters, the mark included`);
    assert.ok(text.isWellFormed(), "valid Unicode");
  }
  assert.ok(review.comments.length <= MOST_COMMENTS, `${review.comments.length} comments`);
  return {
    asked: app.askedAbout(pull).length,
    conclusion: check.conclusion,
    comments: review.comments,
    body: review.body,
  };
}

function findings(...claims: readonly object[]): ModelAnswer {
  return { kind: "json", value: { findings: claims } };
}

function claim(over: Readonly<Record<string, unknown>> = {}): object {
  return aClaim({ path: "src/price.ts", line: 2, evidence: LINE, ...over });
}

function unusable(app: FaultApp): Parts {
  const incomplete = (asked: number, answer: ModelAnswer) => async () => {
    const seen = await reviewAfter(app, answer);
    assert.equal(seen.conclusion, "neutral");
    assert.match(seen.body, /This review is incomplete/);
    assert.equal(seen.asked, asked);
  };
  return {
    "no JSON, twice": incomplete(QUESTIONS + 1, { kind: "text", text: "Looks fine!" }),
    "another shape, twice": incomplete(QUESTIONS + 1, { kind: "json", value: { issues: [{ line: "two" }] } }),
    "an empty text, twice": incomplete(QUESTIONS + 1, { kind: "text", text: "" }),
    "cut at its limit": incomplete(QUESTIONS, {
      kind: "text",
      text: '{"findings":[',
      stopReason: "max_tokens",
    }),
    refused: incomplete(QUESTIONS, { kind: "text", text: "", stopReason: "refusal" }),
  };
}

function repaired(app: FaultApp): Parts {
  const good = findings(claim());
  const onceMore = (answer: ModelAnswer) => async () => {
    const seen = await reviewAfter(app, answer, good);
    assert.equal(seen.conclusion, "success");
    assert.equal(seen.asked, QUESTIONS + SCEPTIC + 1);
    assert.equal(seen.comments.length, 1);
  };
  return {
    "no JSON, once": onceMore({ kind: "text", text: "```json\n{" }),
    "another shape, once": onceMore({ kind: "json", value: [] }),
  };
}

function bounded(app: FaultApp): Parts {
  const comments = (count: number, answer: ModelAnswer) => async () => {
    const seen = await reviewAfter(app, answer);
    assert.equal(seen.comments.length, count);
    assert.equal(seen.asked, QUESTIONS + (count > 0 ? SCEPTIC : 0));
  };
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => claim({ title: `Defect ${at}`, why: `Reason ${at}.` }));
  const halves = "\uD800 alone \uDC00 \uD83C";
  return {
    "a path that is not there": comments(0, findings(claim({ path: "src/none.ts" }))),
    "a path out of the repository": comments(0, findings(claim({ path: "../../etc/passwd" }))),
    "a quote that is not there": comments(0, findings(claim({ evidence: "not in the file", line: 1e9 }))),
    "line 0": comments(1, findings(claim({ line: 0, start_line: 0 }))),
    "line -1": comments(1, findings(claim({ line: -1, start_line: -1 }))),
    "line 1e9": comments(1, findings(claim({ line: 1e9, start_line: 1e9 }))),
    "the same finding five times": comments(1, findings(...Array.from({ length: 5 }, () => claim()))),
    "10,000 findings": async () => {
      const { asked } = await reviewAfter(app, findings(...many(10_000)));
      assert.equal(asked, QUESTIONS + SCEPTIC);
    },
    "a megabyte of words": comments(
      1,
      findings(claim({ why: "word ".repeat(200_000), fix: "x".repeat(200_000) })),
    ),
    "halves of characters": comments(1, findings(claim({ title: halves, why: halves, fix: halves }))),
  };
}
