// SIGTERM: running reviews end or go back to the queue, and nothing is lost or posted twice.
import { describe, expect, it } from "vitest";
import { nothingFound } from "../model-double.ts";
import { until } from "./until.ts";
import { closeClean, startWholeApp } from "./whole-app.ts";

describe.concurrent("SIGTERM while a review runs", () => {
  it("lets the review finish, posts it and exits 0", async () => {
    const app = await startWholeApp();
    const { pull } = app.openPull();
    const answer = Promise.withResolvers<void>();
    app.answerAbout(pull, async (asked) => {
      await answer.promise;
      return nothingFound(asked);
    });
    await app.github.deliverPullRequest(pull, "opened");
    await until("the model is asked", () => app.askedAbout(pull).length > 0);

    app.server.signal("SIGTERM");
    await until("the server drains", () => app.server.logs().some((line) => line.msg === "draining"));
    answer.resolve();
    const exit = await app.server.exited;

    expect(exit).toEqual({ code: 0, signal: null });
    expect(pull.reviews).toHaveLength(1);
    expect(pull.checkRuns).toMatchObject([{ status: "completed", conclusion: "success" }]);
    await closeClean(app);
  });

  it("gives a review that does not end back to the queue within 30 seconds, and the next start posts it once", async () => {
    const app = await startWholeApp();
    const { pull } = app.openPull();
    app.answerAbout(pull, () => ({ kind: "hang" }));
    await app.github.deliverPullRequest(pull, "opened");
    await until("the model is asked", () => app.askedAbout(pull).length > 0);

    const asked = Date.now();
    const exit = await app.server.stop();
    const took = Date.now() - asked;
    app.answerAbout(pull, nothingFound);
    await app.restart();
    const check = await until(
      "the check is completed",
      () => pull.checkRuns.find((run) => run.status === "completed"),
      app.server.output,
    );

    expect(exit).toEqual({ code: 0, signal: null });
    // The contract's own number, not a measurement of this machine.
    expect(took).toBeLessThan(30_000);
    expect(check.conclusion).toBe("success");
    expect(pull.checkRuns).toHaveLength(1);
    expect(pull.reviews).toHaveLength(1);
    await closeClean(app);
  }, 120_000);
});
