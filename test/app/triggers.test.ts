// Which events start a review, which do not, and that the same event twice is one review.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeAll } from "../builders-git.ts";
import { nothingFound } from "../model-double.ts";
import { until } from "./until.ts";
import {
  aClaim,
  closeClean,
  fateOf,
  finds,
  opened,
  type Project,
  reviewedAfter,
  startWholeApp,
  type WholeApp,
} from "./whole-app.ts";

let app: WholeApp;

beforeAll(async () => {
  app = await startWholeApp();
});
afterAll(() => closeClean(app));

const LABEL = {
  id: 1,
  node_id: "LA_1",
  url: "https://github.example/labels/bug",
  name: "bug",
  color: "d73a4a",
  default: true,
  description: null,
};

/** Another commit on the topic branch, as its author would push it. */
function push({ pull, git }: Project, content: string): string {
  writeAll(git, { "src/price.ts": content });
  const sha = git.commit("Another change");
  app.github.pushHead(pull, sha);
  return sha;
}

describe.concurrent("a pull request event that asks for a review", () => {
  it.each(["opened", "reopened", "ready_for_review"])("reviews on %s", async (action) => {
    const { pull } = app.openPull();

    await reviewedAfter(app, pull, () => app.github.deliverPullRequest(pull, action));

    expect(pull.reviews).toHaveLength(1);
  });

  it("reviews the new head on synchronize and does not say again what it has said", async () => {
    const project = app.openPull();
    const { pull } = project;
    const claim = aClaim({
      path: "src/price.ts",
      line: 2,
      evidence: "export const gross = (net: number) => net + vat;",
      severity: "critical",
      title: "Adds per cent to money",
    });
    finds(app, pull, "correctness", claim);
    await opened(app, pull);
    const head = push(
      project,
      "export const vat = 19;\nexport const gross = (net: number) => net + vat;\nexport const net = 1;\n",
    );

    const check = await reviewedAfter(app, pull, () => app.github.deliverPullRequest(pull, "synchronize"));

    expect(pull.reviews).toHaveLength(2);
    expect(pull.reviews[1]?.commit_id).toBe(head);
    expect(pull.reviewComments).toHaveLength(1);
    expect(pull.reviews[1]?.body).toContain("still open from an earlier review");
    expect(check).toMatchObject({ head_sha: head, conclusion: "failure" });
  });

  it("reviews again when the base branch was changed", async () => {
    const { pull, git } = app.openPull();
    await opened(app, pull);
    git.git("branch", "release", "main~0");
    git.git("checkout", "--quiet", "release");
    writeAll(git, { "README.md": "Release\n" });
    git.commit("On the release branch");
    pull.baseRef = "release";

    await reviewedAfter(app, pull, () =>
      app.github.deliverPullRequest(pull, "edited", {
        changes: { base: { ref: { from: "main" }, sha: { from: "0".repeat(40) } } },
      }),
    );

    expect(pull.reviews).toHaveLength(2);
  });

  it("makes one job of a delivery, however often it comes, also at the same time", async () => {
    const { pull } = app.openPull();
    const guid = randomUUID();
    const send = () => app.github.deliverPullRequest(pull, "opened", {}, { guid });

    const answers = await Promise.all([send(), send(), send()]);
    await until("a review", () => endedRuns(pull.repository.name).length > 0);
    answers.push(await send());

    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    const fates = await until("all four are logged", () => {
      const lines = app.server.logs().filter((line) => line["delivery"] === guid && "job" in line);
      return lines.length === 4 ? lines.map((line) => line.msg) : null;
    });
    expect(fates.toSorted()).toEqual(["known", "known", "known", "queued"]);
    expect(startedRuns(pull.repository.name)).toHaveLength(1);
    expect(pull.reviews).toHaveLength(1);
  });

  it("reviews once when two deliveries tell of the same head at the same time", async () => {
    const { pull } = app.openPull();

    await Promise.all([
      app.github.deliverPullRequest(pull, "opened"),
      app.github.deliverPullRequest(pull, "ready_for_review"),
    ]);
    await until("a review", () => pull.reviews.length > 0);
    await app.github.deliverPullRequest(pull, "synchronize");
    await until("the last job ended", () => endedRuns(pull.repository.name).length >= 2);

    expect(pull.reviews).toHaveLength(1);
  });

  it("reviews nothing again on reopened when this head was reviewed whole", async () => {
    const { pull } = app.openPull();
    await opened(app, pull);
    const asked = app.askedAbout(pull).length;

    await app.github.deliverPullRequest(pull, "reopened");
    const ended = await until("the second job ended", () => endedRuns(pull.repository.name)[1]);

    expect(ended).toMatchObject({ outcome: "declined", reason: "this head has been reviewed" });
    expect(pull.reviews).toHaveLength(1);
    expect(app.askedAbout(pull)).toHaveLength(asked);
  });

  it("reviews all of it when it becomes ready, although a part was reviewed by command before", async () => {
    const { pull } = app.openPull({ draft: true });
    await reviewedAfter(app, pull, () => app.github.deliverComment(pull, "/review security"));
    pull.draft = false;

    const check = await reviewedAfter(app, pull, () =>
      app.github.deliverPullRequest(pull, "ready_for_review"),
    );

    expect(pull.reviews).toHaveLength(2);
    expect(check.conclusion).toBe("success");
  });

  it("reviews again when somebody presses Re-run on the check", async () => {
    const { pull } = app.openPull();
    const check = await opened(app, pull);

    const second = await reviewedAfter(app, pull, () => app.github.deliverCheckRerequest(pull, check.id));

    expect(second.id).not.toBe(check.id);
    expect(second.conclusion).toBe("success");
    expect(pull.reviews).toHaveLength(2);
  });
});

describe.concurrent("a pull request event that asks for nothing", () => {
  it.each([
    ["labeled", { label: LABEL }, "pull_request labeled"],
    ["edited", { changes: { title: { from: "Before" } } }, "pull_request edited"],
  ])("queues no job on %s", async (action, extra, reason) => {
    const { pull } = app.openPull();
    const guid = randomUUID();

    const answer = await app.github.deliverPullRequest(pull, action, extra, { guid });

    expect(answer.status).toBe(200);
    expect(await fateOf(app, guid)).toMatchObject({ msg: "ignored", reason });
    expect(pull.checkRuns).toEqual([]);
  });

  it.each(["closed", "converted_to_draft"])("takes back on %s, and queues nothing", async (action) => {
    const { pull } = app.openPull();
    const guid = randomUUID();

    const answer = await app.github.deliverPullRequest(pull, action, {}, { guid });

    expect(answer.status).toBe(200);
    expect((await fateOf(app, guid)).msg).toBe("withdrawn");
    expect(pull.checkRuns).toEqual([]);
  });

  it.each(["opened", "synchronize", "reopened"])("queues no job on %s of a draft", async (action) => {
    const { pull } = app.openPull({ draft: true });
    const guid = randomUUID();

    await app.github.deliverPullRequest(pull, action, {}, { guid });

    expect(await fateOf(app, guid)).toMatchObject({ msg: "ignored", reason: "the pull request is a draft" });
  });

  it("reviews nothing when the pull request was closed before the job ran", async () => {
    const { pull } = app.openPull();
    pull.state = "closed";

    // The event still says open; what the API says when the job runs is what counts.
    await app.github.deliver("pull_request", {
      action: "opened",
      repository: { id: pull.repository.id, name: pull.repository.name, owner: { login: "acme" } },
      installation: { id: pull.repository.installationId },
      pull_request: { number: pull.number, state: "open", draft: false },
    });
    const ended = await until("the job ended", () => endedRuns(pull.repository.name)[0]);

    expect(ended).toMatchObject({ outcome: "declined", reason: "the pull request is closed" });
    expect(pull.reviews).toEqual([]);
    expect(pull.checkRuns).toEqual([]);
  });
});

describe.concurrent("the pull request moves on while the model is reading", () => {
  it("posts nothing for a head that was pushed over, and one review for the new one", async () => {
    const project = app.openPull();
    const { pull } = project;
    const old = pull.headSha;
    const answer = Promise.withResolvers<void>();
    let held = false;
    app.answerAbout(pull, async (asked) => {
      if (asked.question === "summary" && !held) {
        held = true;
        await answer.promise;
      }
      return nothingFound(asked);
    });
    await app.github.deliverPullRequest(pull, "opened");
    await until("the summary is asked for", () => held);

    const head = push(project, "export const vat = 20;\n");
    await app.github.deliverPullRequest(pull, "synchronize");
    answer.resolve();
    const check = await until("the new head's check", () =>
      pull.checkRuns.find((run) => run.head_sha === head && run.status === "completed"),
    );

    expect(pull.reviews.map((review) => review.commit_id)).toEqual([head]);
    expect(check.conclusion).toBe("success");
    const oldCheck = pull.repository.checkRuns.find((run) => run.head_sha === old);
    expect(oldCheck).toMatchObject({
      status: "completed",
      conclusion: "neutral",
      output: { title: "Superseded by a newer push" },
    });
  });

  it("posts nothing when the pull request was closed meanwhile", async () => {
    const { pull } = app.openPull();
    app.answerAbout(pull, (asked) => {
      if (asked.question === "summary") pull.state = "closed";
      return nothingFound(asked);
    });

    const check = await opened(app, pull);

    expect(pull.reviews).toEqual([]);
    expect(check).toMatchObject({ conclusion: "neutral" });
    expect(check.output.title).toBe("The pull request was closed during the review");
  });

  it("runs one review and keeps one waiting, whatever number of pushes arrives", async () => {
    const project = app.openPull();
    const { pull } = project;
    const answer = Promise.withResolvers<void>();
    app.answerAbout(pull, async (asked) => {
      await answer.promise;
      return nothingFound(asked);
    });
    await app.github.deliverPullRequest(pull, "opened");
    await until("the model is asked", () => app.askedAbout(pull).length > 0);

    for (let number = 0; number < 8; number++) {
      push(project, `export const vat = ${number};\n`);
      await app.github.deliverPullRequest(pull, "synchronize");
    }
    answer.resolve();
    await until("the newest head is reviewed", () =>
      pull.checkRuns.some((run) => run.head_sha === pull.headSha && run.status === "completed"),
    );

    expect(pull.reviews.map((review) => review.commit_id)).toEqual([pull.headSha]);
    expect(startedRuns(pull.repository.name)).toHaveLength(2);
  });
});

function endedRuns(name: string) {
  return app.server
    .logs()
    .filter((line) => line.msg === "review ended" && line["repository"] === `acme/${name}`);
}

function startedRuns(name: string) {
  return app.server
    .logs()
    .filter((line) => line.msg === "review started" && line["repository"] === `acme/${name}`);
}
