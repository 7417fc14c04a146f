// `/review` in a comment: who may say it, what it does, and when there is only silence.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullRequestState } from "../github-double/server.ts";
import type { CommentOptions } from "../github-double/webhook-events.ts";
import { until } from "./until.ts";
import {
  aClaim,
  closeClean,
  fateOf,
  finds,
  opened,
  reviewedAfter,
  startWholeApp,
  type WholeApp,
} from "./whole-app.ts";

let app: WholeApp;

beforeAll(async () => {
  app = await startWholeApp();
});
afterAll(() => closeClean(app));

const CLAIM = aClaim({
  path: "src/price.ts",
  line: 2,
  evidence: "export const gross = (net: number) => net + vat;",
  title: "Adds per cent to money",
});

function say(pull: PullRequestState, body: string, options: CommentOptions = {}) {
  return app.github.deliverComment(pull, body, options);
}

/** What became of a command, once its job has run. */
function commandOutcome(commentId: number) {
  return until(
    `command ${commentId} has run`,
    () => app.server.logs().find((line) => line.msg === "command" && line["comment"] === commentId),
    () => app.server.output(),
  );
}

function repliesOn(pull: PullRequestState): readonly string[] {
  return pull.issueComments.filter((comment) => comment.user.type === "Bot").map((comment) => comment.body);
}

describe.concurrent("a command from somebody who may", () => {
  it.each([
    ["a maintainer", "maintainer"],
    ["an owner", "owner"],
    ["the author, who has no permission at all", "author"],
  ])("is acknowledged with eyes and runs another review for %s", async (_who, login) => {
    const { pull } = app.openPull();
    finds(app, pull, "correctness", CLAIM);
    await opened(app, pull);

    let commentId = 0;
    await reviewedAfter(app, pull, async () => {
      commentId = (await say(pull, "/review", { login })).commentId;
    });

    expect(pull.reactions).toMatchObject([{ comment_id: commentId, content: "eyes" }]);
    expect(pull.reviews).toHaveLength(2);
    // Said once, named as still open the second time.
    expect(pull.reviewComments).toHaveLength(1);
    expect(pull.reviews[1]?.body).toContain("still open from an earlier review");
  });

  it("says everything again on `/review full`", async () => {
    const { pull } = app.openPull();
    finds(app, pull, "correctness", CLAIM);
    await opened(app, pull);

    await reviewedAfter(app, pull, () => say(pull, "/review full", { login: "maintainer" }));

    expect(pull.reviewComments).toHaveLength(2);
    expect(pull.reviews[1]?.body).not.toContain("still open");
  });

  it("runs only the passes that are named, in their order, and calls the check neutral for it", async () => {
    const { pull } = app.openPull();

    const check = await reviewedAfter(app, pull, () => say(pull, "/review performance security"));

    const questions = app.askedAbout(pull).map((asked) => asked.question);
    expect(questions).toEqual(["security", "performance", "summary"]);
    expect(pull.reviews[0]?.body).toContain("only security, performance");
    expect(check).toMatchObject({ conclusion: "neutral" });
    expect(check.output.title).toBe("No findings; only security, performance");
  });

  it("reads only the paths that are named", async () => {
    const { pull } = app.openPull({
      base: { "README.md": "Prices\n" },
      head: { "src/a.ts": "export const here = 1;\n", "docs/b.ts": "export const elsewhere = 1;\n" },
    });

    const check = await reviewedAfter(app, pull, () => say(pull, "Once more, please.\n\n/review src/**"));

    const seen = app.askedAbout(pull).map((asked) => asked.text);
    expect(seen.some((text) => text.includes("const here"))).toBe(true);
    expect(seen.some((text) => text.includes("const elsewhere"))).toBe(false);
    expect(pull.reviews[0]?.body).toContain("`docs/b.ts`: skipped, outside the paths asked for");
    expect(check.conclusion).toBe("neutral");
  });

  it("answers `/review help` with the grammar and no review", async () => {
    const { pull } = app.openPull();

    const { commentId } = await say(pull, "/review help");
    const reply = await until("a reply", () => repliesOn(pull)[0]);

    expect(reply).toContain("| `/review security performance` | only these passes |");
    expect(await commandOutcome(commentId)).toMatchObject({ outcome: "answered" });
    expect(pull.reactions).toHaveLength(1);
    expect(pull.checkRuns).toEqual([]);
  });

  it("answers an unknown word with the nearest one", async () => {
    const { pull } = app.openPull();

    await say(pull, "/review securty");
    const reply = await until("a reply", () => repliesOn(pull)[0]);

    expect(reply).toContain("I do not know `securty` in a review command. Did you mean `/review security`?");
    expect(pull.checkRuns).toEqual([]);
  });

  it("is done once when its delivery comes twice", async () => {
    const { pull } = app.openPull();
    const guid = randomUUID();
    const { commentId } = await say(pull, "/review help", { guid });
    await commandOutcome(commentId);
    const payload = {
      action: "created",
      repository: { id: pull.repository.id, name: pull.repository.name, owner: { login: "acme" } },
      installation: { id: pull.repository.installationId },
      issue: { number: pull.number, state: "open", pull_request: {}, user: { login: "author" } },
      comment: { id: commentId, body: "/review help", user: { login: "author", type: "User" } },
    };

    await app.github.deliver("issue_comment", payload, { guid });
    // A later command on the same pull request has run, so the repeated one would have, too.
    const later = await say(pull, "/review help");
    await commandOutcome(later.commentId);

    expect(repliesOn(pull)).toHaveLength(2);
  });
});

describe.concurrent("a comment that changes nothing", () => {
  it.each([
    ["a reader", "reader"],
    ["a stranger", "stranger"],
  ])("is silence for %s", async (_who, login) => {
    const { pull } = app.openPull();

    const { commentId } = await say(pull, "/review", { login });

    expect(await commandOutcome(commentId)).toMatchObject({ outcome: "denied" });
    expect(pull.reactions).toEqual([]);
    expect(repliesOn(pull)).toEqual([]);
    expect(pull.checkRuns).toEqual([]);
  });

  it.each<[string, string, CommentOptions, string]>([
    ["a bot's", "/review", { login: "other[bot]", type: "Bot" }, "written by a machine"],
    ["an edited one", "/review", { action: "edited" }, "issue_comment edited"],
    ["a deleted one", "/review", { action: "deleted" }, "issue_comment deleted"],
    ["a quoted one", "> /review", {}, "holds no command"],
    ["one in a code block", "```\n/review\n```", {}, "holds no command"],
    ["one in the middle of a line", "Please /review this", {}, "holds no command"],
    ["another word", "/reviewer", {}, "holds no command"],
  ])("queues no job: %s", async (_what, body, options, reason) => {
    const { pull } = app.openPull();
    const guid = randomUUID();

    const { response } = await say(pull, body, { guid, ...options });

    expect(response.status).toBe(200);
    expect(await fateOf(app, guid)).toMatchObject({
      msg: "ignored",
      reason: expect.stringContaining(reason),
    });
  });

  it("queues no job on a closed pull request", async () => {
    const { pull } = app.openPull();
    pull.state = "closed";
    const guid = randomUUID();

    await say(pull, "/review", { guid });

    expect(await fateOf(app, guid)).toMatchObject({ reason: "the pull request is closed" });
  });

  it("queues no job on a plain issue", async () => {
    const { repository } = app.openPull();
    const guid = randomUUID();

    await app.github.deliver(
      "issue_comment",
      {
        action: "created",
        repository: { id: repository.id, name: repository.name, owner: { login: "acme" } },
        installation: { id: repository.installationId },
        issue: { number: 9, state: "open", user: { login: "author" } },
        comment: { id: 77, body: "/review", user: { login: "author", type: "User" } },
      },
      { guid },
    );

    expect(await fateOf(app, guid)).toMatchObject({ reason: "the comment is on an issue" });
  });

  it("is refused when the permission cannot be learnt, and asked again rather than granted", async () => {
    const { pull } = app.openPull();
    app.github.failNext({ path: /\/collaborators\//, effect: { kind: "status", status: 403 } });

    const { commentId } = await say(pull, "/review", { login: "maintainer" });
    await until("the command failed", () =>
      app.server.logs().find((line) => line.msg === "command failed" && line["comment"] === commentId),
    );

    expect(pull.reactions).toEqual([]);
    expect(pull.checkRuns).toEqual([]);
  });
});
