import { describe, expect, it } from "vitest";
import {
  type CommandJob,
  combineJobs,
  commandJobSchema,
  pullKey,
  reviewJobSchema,
} from "../../src/domain/job.ts";
import { EVERYTHING } from "../../src/domain/scope.ts";
import { obeyCommand } from "../../src/review/command-run.ts";
import { type Incoming, takeIn, wholeReview } from "../../src/review/intake.ts";
import type { CommandDesk } from "../../src/review/ports.ts";

const LOCATOR = { installationId: 1, repositoryId: 7, owner: "o", name: "r", number: 42 };
const PULL = {
  kind: "pull-request",
  action: "opened",
  locator: LOCATOR,
  state: "open",
  draft: false,
  baseChanged: false,
  headSha: "c".repeat(40),
} as const;
const COMMENT = {
  kind: "comment",
  action: "created",
  locator: LOCATOR,
  state: "open",
  commentId: 99,
  login: "octocat",
  byMachine: false,
  byAuthor: false,
  command: { kind: "review", scope: EVERYTHING, memory: "keep" },
} as const;

describe("a pull request", () => {
  it.each(["opened", "reopened", "synchronize", "ready_for_review"])(
    "%s is reviewed: a locator, no payload",
    (action) => {
      const taken = takeIn({ ...PULL, action });

      expect(taken).toEqual({
        kind: "review",
        job: { locator: LOCATOR, trigger: "event", scope: EVERYTHING, memory: "keep" },
        head: PULL.headSha,
      });
      if (taken.kind === "review")
        expect(reviewJobSchema.parse(JSON.parse(JSON.stringify(taken.job)))).toEqual(taken.job);
    },
  );

  it("whose base changed is reviewed, and no review of another diff goes on", () => {
    expect(takeIn({ ...PULL, action: "edited", baseChanged: true })).toMatchObject({
      kind: "review",
      head: "",
    });
  });

  it("that is closed takes all its reviews back, one that becomes a draft those nobody asked for", () => {
    expect(takeIn({ ...PULL, action: "closed", state: "closed" })).toEqual({
      kind: "withdrawal",
      locator: LOCATOR,
      which: "all",
      reason: "the pull request was closed during the review",
    });
    expect(takeIn({ ...PULL, action: "converted_to_draft", draft: true })).toMatchObject({
      kind: "withdrawal",
      which: "event",
    });
  });

  it.each<[reason: string, over: Partial<Extract<Incoming, { kind: "pull-request" }>>]>([
    ["pull_request edited", { action: "edited" }],
    ["pull_request labeled", { action: "labeled" }],
    ["pull_request labeled", { action: "labeled", baseChanged: true }],
    ["the pull request is a draft", { draft: true }],
    ["the pull request is closed", { state: "closed" }],
    ["pull_request ", { action: "" }],
  ])("is ignored: %s %#", (reason, over) => {
    expect(takeIn({ ...PULL, ...over })).toEqual({ kind: "ignored", reason });
  });
});

describe("a comment", () => {
  it("with a command becomes a job that the queue can hold", () => {
    const taken = takeIn(COMMENT);

    expect(taken).toEqual({
      kind: "command",
      job: { locator: LOCATOR, commentId: 99, login: "octocat", byAuthor: false, command: COMMENT.command },
    });
    if (taken.kind === "command")
      expect(commandJobSchema.parse(JSON.parse(JSON.stringify(taken.job)))).toEqual(taken.job);
  });

  it.each<[reason: string, over: Partial<Extract<Incoming, { kind: "comment" }>>]>([
    ["issue_comment edited", { action: "edited" }],
    ["issue_comment deleted", { action: "deleted" }],
    ["the comment was written by a machine", { byMachine: true, byAuthor: true }],
    ["the comment holds no command", { command: null }],
    ["the pull request is closed", { state: "closed" }],
  ])("is ignored: %s", (reason, over) => {
    expect(takeIn({ ...COMMENT, ...over })).toEqual({ kind: "ignored", reason });
  });
});

describe("a check run", () => {
  it("is reviewed again on request only", () => {
    expect(takeIn({ kind: "rerequest", action: "rerequested", locator: LOCATOR })).toMatchObject({
      kind: "review",
      job: { trigger: "rerequest" },
    });
    expect(takeIn({ kind: "rerequest", action: "completed", locator: LOCATOR })).toEqual({
      kind: "ignored",
      reason: "check_run completed",
    });
  });
});

it("what is ignored stays ignored", () => {
  expect(takeIn({ kind: "ignored", reason: "star created" })).toEqual({
    kind: "ignored",
    reason: "star created",
  });
});

describe("an installation", () => {
  it.each([
    ["deleted", "gone"],
    ["suspend", "gone"],
    ["unsuspend", "back"],
    ["new_permissions_accepted", "back"],
    ["created", "back"],
    ["added", "back"],
  ])("that is %s is %s", (action, standing) => {
    expect(takeIn({ kind: "installation", action, installationId: 5 })).toEqual({
      kind: "installation",
      installationId: 5,
      standing,
    });
  });

  it("from which repositories are removed stays as it is: their reviews will find nothing", () => {
    expect(takeIn({ kind: "installation", action: "removed", installationId: 5 })).toEqual({
      kind: "ignored",
      reason: "installation removed",
    });
  });
});

describe("two requests for one pull request", () => {
  const whole = wholeReview(LOCATOR, "event");
  const narrow = { ...wholeReview(LOCATOR, "command"), scope: { passes: [], paths: ["src"] } };
  const security = {
    ...wholeReview(LOCATOR, "command"),
    scope: { passes: ["security" as const], paths: [] },
  };

  it("have one key, whatever the repository is called", () => {
    expect(pullKey(LOCATOR)).toBe("7#42");
    const renamed = { ...LOCATOR, name: "renamed", owner: "moved" };
    expect(pullKey(renamed)).toBe("7#42");
  });

  it("become one: the newest, but a whole review that is owed stays whole", () => {
    expect(combineJobs(whole, narrow)).toEqual({ ...narrow, scope: whole.scope });
    expect(combineJobs(whole, security)).toEqual({ ...security, scope: whole.scope });
    expect(combineJobs(narrow, security)).toEqual(security);
  });

  it("become one that still answers whoever asked by name, and forgets what it was to forget", () => {
    const full = { ...wholeReview(LOCATOR, "command"), memory: "forget" as const };

    expect(combineJobs(full, whole)).toEqual(full);
    expect(combineJobs(whole, full)).toEqual(full);
    expect(combineJobs(narrow, whole)).toEqual({ ...whole, trigger: "command" });
  });
});

describe("a command is obeyed", () => {
  const JOB: CommandJob = {
    locator: LOCATOR,
    commentId: 99,
    login: "octocat",
    byAuthor: false,
    command: { kind: "review", scope: { passes: ["security"], paths: ["src"] }, memory: "forget" },
  };

  async function obeyed(over: Partial<CommandJob>, mayCommand: () => Promise<boolean>) {
    const said: string[] = [];
    const desk: CommandDesk = {
      mayCommand: async () => {
        said.push("may?");
        return mayCommand();
      },
      acknowledge: async () => {
        said.push("eyes");
      },
      reply: async (text) => {
        said.push(text);
      },
    };
    const outcome = await obeyCommand(desk, { ...JOB, ...over }, new AbortController().signal).catch(
      (error: unknown) => error,
    );
    return { outcome, said };
  }

  const yes = async () => true;
  const no = async () => false;

  it("for a person who may write: acknowledged, then queued with its scope", async () => {
    const { outcome, said } = await obeyed({}, yes);

    expect(said).toEqual(["may?", "eyes"]);
    expect(outcome).toEqual({
      kind: "review",
      job: {
        locator: LOCATOR,
        trigger: "command",
        scope: { passes: ["security"], paths: ["src"] },
        memory: "forget",
      },
    });
  });

  it("for the author, who need not ask", async () => {
    const { outcome, said } = await obeyed({ byAuthor: true }, no);

    expect(said).toEqual(["eyes"]);
    expect(outcome).toMatchObject({ kind: "review" });
  });

  it("for nobody else: silence", async () => {
    const { outcome, said } = await obeyed({ command: { kind: "help" } }, no);

    expect(said).toEqual(["may?"]);
    expect(outcome).toEqual({ kind: "denied" });
  });

  it("and not when nobody can say whether they may", async () => {
    const { outcome, said } = await obeyed({}, () => Promise.reject(new Error("500")));

    expect(said).toEqual(["may?"]);
    expect(outcome).toEqual(new Error("500"));
  });

  it.each<[name: string, command: CommandJob["command"], text: RegExp]>([
    ["help", { kind: "help" }, /\| `\/review full` \|/],
    [
      "a mistake",
      { kind: "mistake", word: "securty", nearest: "security" },
      /I do not know `securty` .* `\/review security`\?/,
    ],
  ])("%s is answered and starts nothing", async (_, command, text) => {
    const { outcome, said } = await obeyed({ command }, yes);

    expect(outcome).toEqual({ kind: "answered" });
    expect(said).toEqual(["may?", "eyes", expect.stringMatching(text)]);
  });
});
