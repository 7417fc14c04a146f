// What fails on the way is said, is never taken for clean, and is never posted twice. Octokit's retries and throttling are on.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullRequestState } from "../github-double/server.ts";
import { type ModelAnswer, nothingFound } from "../model-double.ts";
import { until } from "./until.ts";
import { aClaim, closeClean, finds, opened, startWholeApp, type WholeApp } from "./whole-app.ts";

let app: WholeApp;

beforeAll(async () => {
  app = await startWholeApp({ LOG_LEVEL: "trace" });
});
afterAll(() => closeClean(app));

function postsOfReviews(pull: PullRequestState) {
  const path = `/repos/${pull.repository.fullName}/pulls/${pull.number}/reviews`;
  return app.github.requests.filter((request) => request.method === "POST" && request.path === path);
}

function pathOf(pull: PullRequestState, rest: string): RegExp {
  return new RegExp(`^/repos/${pull.repository.fullName}${rest}`);
}

const REVIEWS = "/pulls/1/reviews$";

describe.concurrent("GitHub fails while the review is posted", () => {
  it.each([
    ["answers 502", { kind: "handle-then-status", status: 502 }],
    ["breaks the connection", { kind: "handle-then-reset" }],
  ] as const)(
    "takes the review and %s: it is found by its marker and not sent again",
    async (_what, effect) => {
      const { pull } = app.openPull();
      app.github.failNext({ method: "POST", path: pathOf(pull, REVIEWS), effect });

      const check = await opened(app, pull);

      expect(postsOfReviews(pull)).toHaveLength(1);
      expect(pull.reviews).toHaveLength(1);
      expect(check.conclusion).toBe("success");
    },
  );

  it.each([
    ["answers 502", { kind: "status", status: 502 }],
    ["breaks the connection", { kind: "reset" }],
  ] as const)(
    "takes nothing and %s: the queue tries again, and one review stands in the end",
    async (_what, effect) => {
      const { pull } = app.openPull();
      app.github.failNext({ method: "POST", path: pathOf(pull, REVIEWS), effect });

      const check = await opened(app, pull);

      expect(postsOfReviews(pull)).toHaveLength(2);
      expect(pull.reviews).toHaveLength(1);
      // The second attempt goes on with the check run of the first, and with what the model said.
      expect(pull.checkRuns).toHaveLength(1);
      expect(app.askedAbout(pull)).toHaveLength(6);
      expect(check.conclusion).toBe("success");
    },
  );

  it("refuses it with 422: nothing is repeated, and the check says why", async () => {
    const { pull } = app.openPull();
    app.github.failNext({
      method: "POST",
      path: pathOf(pull, REVIEWS),
      effect: { kind: "status", status: 422, body: { message: "Unprocessable Entity" } },
    });

    const check = await opened(app, pull);

    expect(postsOfReviews(pull)).toHaveLength(1);
    expect(check.conclusion).toBe("neutral");
    expect(check.output.title).toBe(
      "Not reviewed: GitHub answered 422 (posting the review: Unprocessable Entity)",
    );
  });
});

describe.concurrent("GitHub fails after the review was posted", () => {
  it("and takes the end of the check run only later: it is concluded, with nothing posted or asked again", async () => {
    const { pull } = app.openPull();
    app.github.failNext({
      method: "PATCH",
      path: pathOf(pull, "/check-runs/"),
      effect: { kind: "status", status: 429, headers: { "retry-after": "1" } },
    });

    const check = await opened(app, pull);

    expect(check.conclusion).toBe("success");
    expect(pull.checkRuns).toHaveLength(1);
    expect(postsOfReviews(pull)).toHaveLength(1);
    expect(app.askedAbout(pull)).toHaveLength(6);
  });
});

describe.concurrent("GitHub cannot be read", () => {
  it("is tried again by Octokit after a 502, within the same attempt", async () => {
    const { pull } = app.openPull();
    app.github.failNext({ path: pathOf(pull, "/pulls/1/files"), effect: { kind: "status", status: 502 } });

    const check = await opened(app, pull);

    expect(check.conclusion).toBe("success");
    expect(pull.checkRuns).toHaveLength(1);
  });

  it("ends the job when the installation is suspended", async () => {
    const { pull, repository } = app.openPull();
    app.github.installation(repository.installationId).suspended = true;

    await app.github.deliverPullRequest(pull, "opened");
    const line = await until("the job ended", () =>
      app.server
        .logs()
        .find((one) => one.msg === "installation is gone" && one["repository"] === repository.fullName),
    );

    expect(line).toMatchObject({
      reason: expect.stringMatching(/^GitHub answered 403 .*This installation has been suspended/),
      dropped: 1,
    });
  });
});

describe.concurrent("the model fails", () => {
  const NOW = { "retry-after-ms": "1" };

  it("at all, although asked again: nothing is posted, and the check says until when it waits", async () => {
    const { pull, repository } = app.openPull();
    app.answerAbout(pull, () => ({ kind: "error", status: 529, type: "overloaded_error", headers: NOW }));

    await app.github.deliverPullRequest(pull, "opened");
    const line = await until("the review is parked", () =>
      app.server
        .logs()
        .find((one) => one.msg === "review parked" && one["repository"] === repository.fullName),
    );

    expect(app.askedAbout(pull).length).toBeGreaterThan(5);
    expect(pull.reviews).toEqual([]);
    expect(pull.checkRuns).toMatchObject([
      {
        status: "in_progress",
        output: { title: expect.stringMatching(/^Waiting until .* UTC: .*overloaded/) },
      },
    ]);
    expect(line["reason"]).toContain("the model service is overloaded");
  });

  it.each<[string, ModelAnswer, string]>([
    ["refuses", { kind: "text", text: "", stopReason: "refusal" }, "the model refused to answer"],
    [
      "is cut off",
      { kind: "text", text: '{"findings":[', stopReason: "max_tokens" },
      "the model's reply was cut off at its length limit",
    ],
    [
      "talks nonsense twice",
      { kind: "text", text: "Looks fine!" },
      "the model's reply did not fit the schema twice",
    ],
    [
      "is refused as invalid",
      { kind: "error", status: 400, type: "invalid_request_error" },
      "the model service refused the request as invalid",
    ],
  ])(
    "in one pass: it %s, the others are posted, and the review is called incomplete",
    async (_what, answer, reason) => {
      const { pull } = app.openPull();
      const claim = aClaim({
        path: "src/price.ts",
        line: 2,
        evidence: "export const gross = (net: number) => net + vat;",
      });
      app.answerAbout(pull, (asked) => {
        if (asked.question === "security") return answer;
        return asked.question === "correctness"
          ? { kind: "json", value: { findings: [claim] } }
          : nothingFound(asked);
      });

      const check = await opened(app, pull);

      expect(pull.reviewComments).toHaveLength(1);
      expect(pull.reviews[0]?.body).toContain("This review is incomplete: see Coverage.");
      expect(pull.reviews[0]?.body).toContain(reason);
      expect(check.conclusion).toBe("neutral");
      expect(check.output.title).toContain("incomplete: 1 of 1 file only in part (security failed:");
    },
  );

  it.each<[string, ModelAnswer]>([
    ["a rate limit", { kind: "error", status: 429, type: "rate_limit_error", headers: NOW }],
    ["an overload that comes inside a good answer", { kind: "error-in-stream", type: "overloaded_error" }],
    ["a stream that breaks off", { kind: "cut" }],
    ["a reply that is not JSON", { kind: "text", text: "Let me see: nothing." }],
  ])("once, with %s: it is asked again and the review is whole", async (_what, answer) => {
    const { pull } = app.openPull();
    let failed = false;
    app.answerAbout(pull, (asked) => {
      if (failed || asked.question !== "security") return nothingFound(asked);
      failed = true;
      return answer;
    });

    const check = await opened(app, pull);

    expect(check.conclusion).toBe("success");
    expect(app.askedAbout(pull)).toHaveLength(7);
  });

  it("only at the words about the whole: the findings are posted, and the gap is named", async () => {
    const { pull } = app.openPull();
    app.answerAbout(pull, (asked) =>
      asked.question === "summary"
        ? { kind: "error", status: 400, type: "invalid_request_error" }
        : nothingFound(asked),
    );

    const check = await opened(app, pull);

    expect(pull.reviews[0]?.body).toContain("the summary in words failed");
    expect(check.conclusion).toBe("neutral");
  });
});

describe.concurrent("the model service refuses every question alike", () => {
  it.each<[string, ModelAnswer, string]>([
    [
      "refuses the key",
      { kind: "error", status: 401, type: "authentication_error" },
      "Not reviewed: the model service refused the key (check ANTHROPIC_API_KEY) (HTTP 401, req_",
    ],
    [
      "does not know the model",
      { kind: "error", status: 404, type: "not_found_error" },
      "Not reviewed: the model service does not know this model (check PLUMBLINE_MODEL) (HTTP 404, req_",
    ],
    [
      "has a spend limit",
      {
        kind: "error",
        status: 429,
        type: "rate_limit_error",
        details: { error_code: "enforced_spend_limit_reached" },
      },
      "Not reviewed: the model service's spend limit is reached",
    ],
  ])(
    "at all: it %s, is asked once, nothing is posted and the check says why",
    async (_what, answer, title) => {
      // The breaker is the whole server's, so each has one of its own.
      const own = await startWholeApp();
      const [first, second] = [own.openPull().pull, own.openPull().pull];
      own.answerAbout(first, () => answer);

      const checks = [await opened(own, first), await opened(own, second)];

      expect(own.model.asked).toHaveLength(1);
      expect([...first.reviews, ...second.reviews]).toEqual([]);
      for (const check of checks) {
        expect(check.conclusion).toBe("neutral");
        expect(check.output.title?.startsWith(title)).toBe(true);
      }
      expect(own.server.logs().filter((line) => line.msg === "breaker open")).toHaveLength(1);
      await closeClean(own);
    },
  );
});

describe("what nobody may read", () => {
  it("never stands in the logs, at any level: no secret, no token, no line of code, no words of the model", async () => {
    const { pull } = app.openPull({
      base: { "a.ts": "" },
      head: { "a.ts": 'const password = "correct-horse-battery-staple";\n' },
    });
    finds(
      app,
      pull,
      "security",
      aClaim({
        path: "a.ts",
        line: 1,
        evidence: 'const password = "correct-horse',
        title: "Hard-coded words",
      }),
    );

    await opened(app, pull);

    const logs = app.server.output();
    expect(logs).toContain('"msg":"published"');
    const key = app.github.app.privateKey.split("\n")[1] ?? "";
    const secrets = ["ghs_", "Bearer", app.model.apiKey, "Secret to Everybody", key, "sha256="];
    const content = [
      "correct-horse",
      "Hard-coded words",
      "export const",
      "Change number",
      'Unprocessable Entity"',
    ];
    expect([...secrets, ...content].filter((text) => logs.includes(text))).toEqual([]);
  });
});
