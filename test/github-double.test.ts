// The stand-in itself: it must refuse what GitHub refuses, or every test on top of it proves little.
import { execFileSync } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anchorFault, commentableLines, readPatch } from "./github-double/commentable-lines.ts";
import { type GitHubDouble, type PullRequestState, startGitHubDouble } from "./github-double/server.ts";

const SECRET = "It's a Secret to Everybody";
const AT = { owner: "acme", repo: "shop" };
const PULL = { ...AT, pull_number: 1 };
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

let directory: string;
let github: GitHubDouble;
let pull: PullRequestState;
let octokit: Octokit;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "github-double-"));
  seedBase();
  seedTopic();
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A fresh stand-in with one pull request before each test of the group. */
function useStandIn(): void {
  beforeEach(async () => {
    github = await startGitHubDouble({ webhookSecret: SECRET });
    github.addRepository({
      ...AT,
      name: "shop",
      directory,
      installationId: 7,
      permissions: { ann: "write" },
    });
    pull = github.openPullRequest({
      repository: "acme/shop",
      title: "A change",
      baseRef: "main",
      headRef: "topic",
    });
    octokit = asInstallation();
  });

  afterEach(() => github.close());
}

describe("the App's identity", () => {
  useStandIn();

  it("turns a signed JWT into an installation token that reads the pull request", async () => {
    const { data } = await octokit.rest.pulls.get(PULL);

    expect(data).toMatchObject({ number: 1, head: { sha: pull.headSha }, changed_files: 11, commits: 2 });
    expect(github.requests.map((request) => `${request.method} ${request.path} ${request.status}`)).toEqual([
      "POST /app/installations/7/access_tokens 201",
      "GET /repos/acme/shop/pulls/1 200",
    ]);
  });

  it("refuses a JWT signed with another key, an expired token and a revoked one", async () => {
    const { privateKey } = github.app;
    const other = await startGitHubDouble({ webhookSecret: SECRET, appId: 1, validate: "off" });
    const stranger = new Octokit({
      authStrategy: createAppAuth,
      auth: { appId: other.app.id, privateKey },
      baseUrl: github.apiUrl,
      log: QUIET,
    });
    const token = await mintToken();

    await expect(stranger.rest.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
    expect(await statusWith(token)).toBe(200);
    github.clock.offsetMs = 61 * 60 * 1000;
    expect(await statusWith(token)).toBe(401);
    github.clock.offsetMs = 0;
    github.revokeTokens();
    expect(await statusWith(token)).toBe(401);
    await other.close();
  });

  it("refuses a JWT whose signature does not fit", async () => {
    const header = Buffer.from('{"alg":"RS256","typ":"JWT"}').toString("base64url");
    const seconds = Math.floor(Date.now() / 1000);
    const claims = Buffer.from(JSON.stringify({ iss: github.app.id, iat: seconds - 60, exp: seconds + 60 }));
    const forged = `${header}.${claims.toString("base64url")}.${Buffer.alloc(256).toString("base64url")}`;

    const response = await fetch(`${github.apiUrl}/app`, { headers: { authorization: `Bearer ${forged}` } });

    expect(response.status).toBe(401);
  });

  it("hides repositories outside the installation and names a missing permission", async () => {
    const installation = github.installation(7);
    installation.permissions = { ...installation.permissions, checks: "read" };
    const create = octokit.rest.checks.create({ ...AT, name: "Plumbline", head_sha: pull.headSha });
    await expect(create).rejects.toMatchObject({
      status: 403,
      message: /Resource not accessible by integration/,
    });

    installation.repositoryIds.clear();
    await expect(octokit.rest.pulls.get(PULL)).rejects.toMatchObject({ status: 404 });

    installation.suspended = true;
    await expect(asInstallation().rest.pulls.get(PULL)).rejects.toMatchObject({
      status: 403,
      message: /This installation has been suspended/,
    });
  });
});

describe("the diff", () => {
  useStandIn();

  it("serves names, states and patches as git has them, page by page", async () => {
    const pages = await octokit.paginate(octokit.rest.pulls.listFiles, { ...PULL, per_page: 4 });

    const rows = pages.map((file) => [
      file.status,
      file.filename,
      file.previous_filename,
      file.patch?.slice(0, 2),
    ]);
    expect(rows).toEqual([
      ["modified", "code.txt", undefined, "@@"],
      ["modified", "data.bin", undefined, undefined],
      ["removed", "gone.txt", undefined, "@@"],
      ["modified", "headers.txt", undefined, "@@"],
      ["renamed", 'new "name".txt', "old name.txt", undefined],
      ["changed", "run.sh", undefined, undefined],
      ["added", "src/link", undefined, "@@"],
      ["renamed", "src/moved.txt", "moved.txt", "@@"],
      ["added", "tab\there.txt", undefined, "@@"],
      ["added", "z/naïve\nnewline.txt", undefined, "@@"],
      ["added", "ünï côde b/x.txt", undefined, "@@"],
    ]);
    expect(pages.reduce((sum, file) => sum + file.changes, 0)).toBe(12);
    const listed = github.requests.filter((request) => request.path.includes("/files"));
    expect(listed.map((request) => request.path.split("?")[1])).toEqual([
      "per_page=4",
      "per_page=4&page=2",
      "per_page=4&page=3",
    ]);
  });

  it("keeps lines that look like headers inside their hunk", async () => {
    const { data } = await octokit.rest.pulls.listFiles(PULL);
    const patch = data.find((file) => file.filename === "headers.txt")?.patch ?? "";

    expect(patch.split("\n").slice(1)).toEqual([" top", "--- a/old", "+++ b/new", " bottom"]);
    expect(commentableLines(patch)).toEqual({
      right: new Map([1, 2, 3].map((line) => [line, 0])),
      left: new Map([1, 2, 3].map((line) => [line, 0])),
    });
  });

  it("numbers the lines of every patch as they stand in the files of both ends", async () => {
    const { data } = await octokit.rest.pulls.listFiles(PULL);
    let compared = 0;

    for (const file of data.filter((one) => one.patch !== undefined && one.filename !== "src/link")) {
      const before = file.status === "added" ? [] : linesOf("main", file.previous_filename ?? file.filename);
      const after = file.status === "removed" ? [] : linesOf("topic", file.filename);
      for (const row of readPatch(file.patch ?? "")) {
        const left = row.left === null ? [] : [before[row.left - 1]];
        const right = row.right === null ? [] : [after[row.right - 1]];
        for (const line of [...left, ...right]) expect(row.text.slice(1)).toBe(line);
        compared += left.length + right.length;
      }
    }
    expect(compared).toBe(45);
  });

  it("answers 406 for a diff of more than 20,000 lines, and leaves that file's patch out", async () => {
    git("checkout", "-q", "-b", "huge", "main");
    writeFileSync(join(directory, "huge.txt"), lines(20_001, "row"));
    commit("huge");
    github.openPullRequest({ repository: "acme/shop", title: "Huge", baseRef: "main", headRef: "huge" });
    const huge = { ...AT, pull_number: 2 };

    const { data } = await octokit.rest.pulls.listFiles(huge);
    expect(data).toMatchObject([{ filename: "huge.txt", additions: 20_001 }]);
    expect(data[0]).not.toHaveProperty("patch");
    await expect(octokit.rest.pulls.get({ ...huge, mediaType: { format: "diff" } })).rejects.toMatchObject({
      status: 406,
    });
    const small = await octokit.rest.pulls.get({ ...PULL, mediaType: { format: "diff" } });
    expect(small.data as unknown).toContain('diff --git "a/tab\\there.txt" "b/tab\\there.txt"');
  });

  it("reads files at a commit: links as their target, folders as lists, odd names by their name", async () => {
    async function content(path: string, ref = "topic"): Promise<unknown> {
      return (await octokit.rest.repos.getContent({ ...AT, path, ref })).data;
    }
    const linked = (await content("src/link")) as { type: string; content: string };
    const listed = (await content("src")) as { name: string; type: string }[];
    const rawFile = await octokit.rest.repos.getContent({
      ...AT,
      path: "ünï côde b/x.txt",
      ref: pull.headSha,
      mediaType: { format: "raw" },
    });

    expect([linked.type, Buffer.from(linked.content, "base64").toString()]).toEqual([
      "file",
      "top\n-- a/old\nbottom\n".replace("-- a/old", "++ b/new"),
    ]);
    expect(listed.map((entry) => [entry.name, entry.type])).toEqual([
      ["link", "symlink"],
      ["moved.txt", "file"],
    ]);
    expect(rawFile.data).toBe("new\n");
    await expect(content("gone.txt")).rejects.toMatchObject({ status: 404 });
    expect(await content("gone.txt", "main")).toMatchObject({ size: 4 });
    expect(github.violations).toEqual([]);
  });
});

describe("commentable lines", () => {
  // Printed are 2–5 of both sides, 41–43 of the LEFT and 41–44 of the RIGHT.
  const patch = [
    "@@ -2,4 +2,4 @@ top",
    " two",
    " three",
    " four",
    "-five",
    "+FIVE",
    "@@ -41,3 +41,4 @@",
    " forty-one",
    "-forty-two",
    " forty-three",
    "+forty-three and a half",
    "+forty-three and three quarters",
    "\\ No newline at end of file",
  ].join("\n");

  it.each([
    ["an added line", { line: 5 }, null],
    ["a context line", { line: 2, side: "RIGHT" }, null],
    ["a deleted line on the LEFT", { line: 42, side: "LEFT" }, null],
    ["a context line on the LEFT", { line: 43, side: "LEFT" }, null],
    ["a line between hunks", { line: 20 }, "line must be part of the diff"],
    ["a line above the first hunk", { line: 1 }, "line must be part of the diff"],
    ["line 0", { line: 0 }, "line must be part of the diff"],
    ["a line below the last hunk", { line: 45 }, "line must be part of the diff"],
    ["the last added line", { line: 44 }, null],
    ["the last added line on the LEFT", { line: 44, side: "LEFT" }, "line must be part of the diff"],
    ["a range in one hunk", { start_line: 3, line: 5 }, null],
    ["a range of one line", { start_line: 5, line: 5 }, "start line must precede the end line"],
    ["a range upside down", { start_line: 5, line: 3 }, "start line must precede the end line"],
    ["a range over two hunks", { start_line: 5, line: 41 }, "must be part of the same hunk"],
    ["a range from a line not shown", { start_line: 1, line: 3 }, "start line must be part of the diff"],
    ["a range from LEFT to RIGHT", { start_line: 5, start_side: "LEFT", line: 5, side: "RIGHT" }, null],
    [
      "a range back from RIGHT to LEFT",
      { start_line: 5, start_side: "RIGHT", line: 5, side: "LEFT" },
      "precede",
    ],
    ["a position", { position: 4 }, null],
    ["the position of a hunk header", { position: 6 }, "position is invalid"],
    ["position and line", { position: 4, line: 5 }, "cannot both be given"],
    ["no place at all", {}, "line must be part of the diff"],
    ["an unknown side", { line: 5, side: "right" }, "side is invalid"],
  ])("%s", (_name, anchor, expected) => {
    const fault = anchorFault(patch, anchor);

    if (expected === null) expect(fault).toBeNull();
    else expect(fault).toContain(expected);
  });
});

describe("reviews", () => {
  useStandIn();

  const good = { path: "code.txt", line: 5, side: "RIGHT", body: "Why?" };

  function post(extra: Record<string, unknown>): Promise<unknown> {
    return octokit.request("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", { ...PULL, ...extra });
  }

  it("stores a review with its comments and shows it again", async () => {
    const range = { path: "code.txt", start_line: 2, line: 5, side: "RIGHT", body: "All of it" };
    const left = { path: "code.txt", line: 40, side: "LEFT", body: "Needed?" };
    const { data } = await octokit.rest.pulls.createReview({
      ...PULL,
      event: "COMMENT",
      body: "Summary",
      commit_id: pull.headSha,
      comments: [good, range, left],
    });
    const { data: comments } = await octokit.rest.pulls.listCommentsForReview({
      ...PULL,
      review_id: data.id,
    });

    expect(data).toMatchObject({ state: "COMMENTED", user: { login: "plumbline[bot]", type: "Bot" } });
    expect(comments.map((one) => [one.side, one.start_line, one.line])).toEqual([
      ["RIGHT", null, 5],
      ["RIGHT", 2, 5],
      ["LEFT", null, 40],
    ]);
    expect(comments[0]?.diff_hunk.split("\n").at(-1)).toBe("+changed 5");
    expect(pull.reviews).toHaveLength(1);
    expect(github.violations).toEqual([]);
  });

  it.each([
    [
      "one bad line among good ones",
      { comments: [good, { ...good, line: 20 }] },
      "line must be part of the diff",
    ],
    ["a file that is not in the diff", { comments: [{ ...good, path: "README.md" }] }, "path is invalid"],
    [
      "a line of a file without patch",
      { comments: [{ ...good, path: "data.bin" }] },
      "must be part of the diff",
    ],
    ["subject_type in comments[]", { comments: [{ ...good, subject_type: "file" }] }, "subject_type"],
    ["a line that is text", { comments: [{ ...good, line: "5" }] }, "comments/0/line"],
    ["an empty comment", { comments: [{ ...good, body: " " }] }, "can't be blank"],
    ["an empty body", { body: "" }, "can't be blank"],
    ["a body of 65,537 characters", { body: "x".repeat(65_537) }, "too long"],
    ["a comment of 65,537 characters", { comments: [{ ...good, body: "x".repeat(65_537) }] }, "too long"],
    ["an unknown event", { event: "COMMENTED" }, "event"],
    ["a commit of another branch", { commit_id: "0".repeat(40) }, "not part of the pull request"],
  ])("refuses %s and posts nothing", async (_name, extra, message) => {
    const attempt = post({ event: "COMMENT", body: "Summary", ...extra });

    await expect(attempt).rejects.toMatchObject({ status: 422, message: expect.stringContaining(message) });
    expect([pull.reviews, pull.reviewComments]).toEqual([[], []]);
  });

  it("takes a body of exactly 65,536 characters, a closed pull request and an older commit of it", async () => {
    const first = git("rev-parse", "topic~1");
    pull.state = "closed";

    await post({ event: "COMMENT", body: "x".repeat(65_536), commit_id: first });

    expect(pull.reviews).toMatchObject([{ state: "COMMENTED", commit_id: first }]);
  });

  it("allows one pending review per user, which blocks until it is deleted or submitted", async () => {
    github.addReview(pull, { login: "ann", body: "Not finished" });
    await post({ comments: [good] });
    const pending = pull.reviews[1]!;

    await expect(post({ event: "COMMENT", body: "Summary" })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("User can only have one pending review per pull request"),
    });
    const { data: visible } = await octokit.rest.pulls.listReviews(PULL);
    expect(visible.map((review) => review.id)).toEqual([pending.id]);

    await octokit.rest.pulls.deletePendingReview({ ...PULL, review_id: pending.id });
    expect(pull.reviewComments).toEqual([]);
    await post({ event: "COMMENT", body: "Summary" });
    await expect(
      octokit.rest.pulls.deletePendingReview({ ...PULL, review_id: pull.reviews[1]!.id }),
    ).rejects.toMatchObject({ status: 422, message: /Can not delete a non-pending pull request review/ });
    expect(pull.reviews.map((review) => review.state)).toEqual(["PENDING", "COMMENTED"]);
  });

  it("refuses to judge one's own pull request, and any review of a locked one", async () => {
    const own = {
      repository: "acme/shop",
      title: "Own",
      baseRef: "main",
      headRef: "topic",
      author: "plumbline[bot]",
    };
    github.openPullRequest(own);
    for (const event of ["APPROVE", "REQUEST_CHANGES"]) {
      await expect(post({ pull_number: 2, event, body: "No" })).rejects.toMatchObject({
        status: 422,
        message: /on your own pull request|approve your own/,
      });
    }
    await post({ pull_number: 2, event: "COMMENT", body: "Fine" });

    pull.locked = true;
    await expect(post({ event: "COMMENT", body: "Summary" })).rejects.toMatchObject({
      status: 403,
      message: /issue is locked/,
    });
  });

  it("refuses a line that its files API shows, where a test says so", async () => {
    const comments = [good, { ...good, line: 6 }];
    pull.refusedLines.push({ path: "code.txt", line: 5 });

    await expect(post({ event: "COMMENT", body: "Summary", comments })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("Line could not be resolved"),
    });
    expect(pull.reviews).toEqual([]);
    pull.refusedLines.pop();
    await post({ event: "COMMENT", body: "Summary", comments: [good] });
    expect(pull.reviews).toHaveLength(1);
  });

  it("points old reviews at the new head after a force push, and marks comments outdated", async () => {
    await post({ event: "COMMENT", body: "Summary", comments: [good], commit_id: pull.headSha });
    const before = pull.headSha;
    git("checkout", "-q", "-B", "forced", "main");
    writeFileSync(join(directory, "code.txt"), lines(60, "other"));
    commit("forced");
    github.pushHead(pull, "forced");

    const { data: reviews } = await octokit.rest.pulls.listReviews(PULL);
    const { data: comments } = await octokit.rest.pulls.listReviewComments(PULL);
    expect(reviews).toMatchObject([{ commit_id: pull.headSha }]);
    expect(comments).toMatchObject([{ line: null, original_line: 5, original_commit_id: before }]);
    expect(pull.reviews).toMatchObject([{ commit_id: before }]);
    expect(github.violations).toEqual([]);
  });
});

describe("single comments, reactions and check runs", () => {
  useStandIn();

  it("takes comments on whole files and answers, but not on lines outside the diff", async () => {
    const at = { ...PULL, commit_id: pull.headSha, body: "Why a binary?" };
    const { data } = await octokit.rest.pulls.createReviewComment({
      ...at,
      path: "data.bin",
      subject_type: "file",
    });
    await octokit.rest.pulls.createReplyForReviewComment({ ...PULL, comment_id: data.id, body: "Because" });
    const outside = octokit.rest.pulls.createReviewComment({ ...at, path: "code.txt", line: 20 });

    await expect(outside).rejects.toMatchObject({ status: 422, message: /must be part of the diff/ });
    expect(pull.reviewComments).toMatchObject([
      { path: "data.bin", subject_type: "file", line: null },
      { in_reply_to_id: data.id },
    ]);
    expect(pull.reviews.every((review) => review.implicit)).toBe(true);
    expect(github.violations).toEqual([]);
  });

  it("answers 201 to a first reaction and 200 to the same again", async () => {
    const { data } = await octokit.rest.issues.createComment({ ...AT, issue_number: 1, body: "On it" });
    const eyes = { ...AT, comment_id: data.id, content: "eyes" } as const;
    const statuses = [
      (await octokit.rest.reactions.createForIssueComment(eyes)).status,
      (await octokit.rest.reactions.createForIssueComment(eyes)).status,
    ];

    expect(statuses).toEqual([201, 200]);
    expect(pull.reactions).toMatchObject([{ comment_id: data.id, content: "eyes" }]);
  });

  it("keeps the history of a check run and refuses what is too much", async () => {
    const { data } = await octokit.rest.checks.create({
      ...AT,
      name: "Plumbline",
      head_sha: pull.headSha,
      status: "in_progress",
    });
    const run = { ...AT, check_run_id: data.id };
    const output = { title: "Nothing open", summary: "s".repeat(65_535) };
    await octokit.rest.checks.update({ ...run, conclusion: "success", output });
    const annotation = {
      path: "code.txt",
      start_line: 1,
      end_line: 1,
      annotation_level: "notice",
      message: "m",
    } as const;
    const refused = [
      { conclusion: "success", output: { ...output, summary: "s".repeat(65_536) } },
      {
        conclusion: "success",
        output: { ...output, annotations: Array.from({ length: 51 }, () => annotation) },
      },
      { conclusion: "great" },
      { status: "completed" },
    ];

    for (const body of refused) {
      const attempt = octokit.request("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", {
        ...run,
        ...body,
      } as never);
      await expect(attempt).rejects.toMatchObject({ status: 422 });
    }
    expect(pull.checkRuns).toMatchObject([{ status: "completed", conclusion: "success", output }]);
    expect(pull.checkRuns[0]?.history).toHaveLength(2);
  });
});

describe("permissions", () => {
  useStandIn();

  it.each([
    ["ann", "write"],
    ["stranger", "read"],
  ])("gives %s %s in a public repository", async (username, permission) => {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...AT, username });

    expect(data).toMatchObject({ permission, role_name: permission });
  });

  it("redirects a renamed repository by its id", async () => {
    github.renameRepository(pull.repository, "acme", "store");

    const { data } = await octokit.rest.pulls.get(PULL);

    expect(data.base.repo.full_name).toBe("acme/store");
  });
});

describe("faults", () => {
  useStandIn();

  it("lies after doing it, breaks the connection, waits, and then is well again", async () => {
    const path = /\/issues\/1\/comments$/;
    function comment(): Promise<unknown> {
      const body = { ...AT, issue_number: 1, body: "Hello" };
      return octokit.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", body);
    }
    github.failNext({ method: "POST", path, effect: { kind: "handle-then-status", status: 502 } });
    github.failNext({ method: "POST", path, effect: { kind: "handle-then-reset" } });
    github.failNext({ method: "POST", path, effect: { kind: "reset" } });
    const limited = { status: 429, headers: { "retry-after": "7" }, body: { message: "slow down" } };
    github.failNext({ path, times: 2, effect: { kind: "status", ...limited } });

    await expect(comment()).rejects.toMatchObject({ status: 502 });
    await expect(comment()).rejects.toMatchObject({ status: 500 });
    expect(pull.issueComments).toHaveLength(2);
    await expect(comment()).rejects.toMatchObject({ status: 500 });
    for (let again = 0; again < 2; again += 1) {
      await expect(comment()).rejects.toMatchObject({
        status: 429,
        response: { headers: { "retry-after": "7" } },
      });
    }
    expect(pull.issueComments).toHaveLength(2);
    await comment();

    const statuses = github.requests
      .filter((request) => path.test(request.path))
      .map((request) => request.status);
    expect(statuses).toEqual([502, 0, 0, 429, 429, 201]);
    expect(pull.issueComments).toHaveLength(3);
  });

  it("can be late or silent", async () => {
    github.failNext({ path: /\/pulls\/1$/, effect: { kind: "delay", ms: 60 } });
    github.failNext({ path: /\/pulls\/1$/, effect: { kind: "hang" } });
    const started = performance.now();

    await octokit.rest.pulls.get(PULL);
    expect(performance.now() - started).toBeGreaterThanOrEqual(55);
    const silent = octokit.rest.pulls.get({ ...PULL, request: { signal: AbortSignal.timeout(50) } });
    await expect(silent).rejects.toThrow(/abort|timeout/i);
  });

  it("can do it and never say so", async () => {
    const path = /\/issues\/1\/comments$/;
    github.failNext({ method: "POST", path, effect: { kind: "handle-then-hang" } });
    const request = { signal: AbortSignal.timeout(500) };

    const comment = octokit.rest.issues.createComment({ ...AT, issue_number: 1, body: "Hello", request });

    await expect(comment).rejects.toThrow(/abort|timeout/i);
    expect(pull.issueComments).toHaveLength(1);
  });
});

describe("webhooks", () => {
  useStandIn();

  it("signs what it sends, and lists and repeats what failed", async () => {
    const receiver = await startReceiver();
    github.setWebhookTarget(receiver.url);
    await github.deliverPullRequest(pull, "opened");
    receiver.answer = 500;
    const { response, commentId } = await github.deliverComment(pull, "/review", { login: "ann" });
    receiver.answer = 200;
    const app = asApp();
    const failed = await app.rest.apps.listWebhookDeliveries({ status: "failure" });
    const delivery = failed.data[0]!;
    await app.rest.apps.redeliverWebhookDelivery({ delivery_id: delivery.id });
    await expect.poll(() => receiver.received.length).toBe(3);

    const [opened, commented, repeated] = receiver.received;
    for (const one of receiver.received) {
      const signature = createHmac("sha256", SECRET).update(one.body).digest("hex");
      expect(one.headers["x-hub-signature-256"]).toBe(`sha256=${signature}`);
    }
    expect(opened?.headers["x-github-event"]).toBe("pull_request");
    expect(JSON.parse(commented!.body)).toMatchObject({
      action: "created",
      comment: { id: commentId, user: { login: "ann" } },
      installation: { id: 7 },
    });
    expect([response.status, failed.data.length, delivery.status_code]).toEqual([500, 1, 500]);
    expect(repeated?.headers["x-github-delivery"]).toBe(commented?.headers["x-github-delivery"]);
    expect(repeated?.body).toBe(commented?.body);
    const all = await app.paginate(app.rest.apps.listWebhookDeliveries, { per_page: 2 });
    expect(all.map((one) => one.redelivery)).toEqual([true, false, false]);
    expect(github.violations).toEqual([]);
    await receiver.close();
  });

  it("tells of installations as GitHub describes it, and repeats a delivery by its GUID", async () => {
    const receiver = await startReceiver();
    github.setWebhookTarget(receiver.url);
    const [guid, installed] = [randomUUID(), "2026-01-02T03:04:05Z"];
    github.installation(7).createdAt = installed;

    for (const action of ["created", "suspend", "unsuspend", "new_permissions_accepted", "deleted"])
      await github.deliverInstallation(7, action);
    await github.deliverRepositories(7, "added", [pull.repository], { guid });
    await github.deliverRepositories(7, "removed", [pull.repository]);
    await github.redeliver(guid);

    const bodies = receiver.received.map((one) => JSON.parse(one.body) as Record<string, unknown>);
    expect(bodies[1]).toMatchObject({ action: "suspend", installation: { id: 7, created_at: installed } });
    expect(bodies[5]).toMatchObject({ action: "added", repositories_added: [{ full_name: "acme/shop" }] });
    expect(receiver.received.at(-1)?.headers["x-github-delivery"]).toBe(guid);
    expect(bodies.at(-1)).toEqual(bodies[5]);
    expect(github.violations).toEqual([]);
    await receiver.close();
  });

  it("can be told late what was true before, and by another address", async () => {
    const receiver = await startReceiver();
    const stale = await github.payloadOf(pull, "opened");
    const before = pull.headSha;
    github.pushHead(pull, git("rev-parse", "topic~1"));

    await github.deliver("pull_request", stale, { target: receiver.url });

    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({ pull_request: { head: { sha: before } } });
    await receiver.close();
  });

  it("says so when nobody listens, and keeps the attempt", async () => {
    github.setWebhookTarget("http://127.0.0.1:1/");

    await expect(github.deliver("ping", {})).rejects.toThrow(/webhook ping/);
    const { data } = await asApp().rest.apps.listWebhookDeliveries();
    expect(data).toMatchObject([{ event: "ping", status: "failed to connect to host" }]);
  });
});

describe("GitHub's own description", () => {
  useStandIn();

  it("agrees with a normal flow, and notices what it does not know", async () => {
    await octokit.rest.repos.get(AT);
    await octokit.rest.pulls.list({ ...AT, state: "all" });
    await octokit.rest.pulls.listCommits(PULL);
    await octokit.rest.git.getTree({ ...AT, tree_sha: pull.headSha, recursive: "1" });
    await octokit.rest.repos.getCommit({ ...AT, ref: "topic" });
    const compared = await octokit.rest.repos.compareCommitsWithBasehead({ ...AT, basehead: "main...topic" });
    const tarball = await octokit.rest.repos.downloadTarballArchive({ ...AT, ref: "topic" });
    await octokit.rest.checks.listForRef({ ...AT, ref: pull.headSha });
    await octokit.rest.apps.listReposAccessibleToInstallation();
    await octokit.rest.rateLimit.get();
    await asApp().rest.apps.listInstallations();

    expect(compared.data).toMatchObject({ status: "ahead", ahead_by: 2, total_commits: 2 });
    expect([...new Uint8Array(tarball.data as ArrayBuffer).slice(0, 2)]).toEqual([0x1f, 0x8b]);
    expect(github.violations).toEqual([]);

    await expect(octokit.request("GET /repos/acme/shop/nowhere")).rejects.toMatchObject({ status: 404 });
    await octokit.request("GET /repos/{owner}/{repo}/pulls", { ...AT, state: "opened" } as never);
    const review = { ...PULL, event: "COMMENT", body: "b", comments: [], labels: [] };
    await octokit.request("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", review as never);
    expect(github.violations).toEqual([
      "GET /repos/acme/shop/nowhere: operation: is not in GitHub's description",
      expect.stringMatching(/^GET \/repos\/acme\/shop\/pulls: query \/state: .*\(open, closed, all\)/),
      "POST /repos/acme/shop/pulls/1/reviews: request body /labels: is not described",
    ]);
  });

  it("can stop a test at the first difference", async () => {
    const strict = await startGitHubDouble({ webhookSecret: SECRET, validate: "throw" });

    const response = await fetch(`${strict.apiUrl}/repos/acme/shop/nowhere`);

    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining("not in GitHub's"),
    ]);
    await expect(strict.close()).rejects.toThrow(/differs from GitHub's description/);
  });
});

interface Receiver {
  readonly url: string;
  readonly received: { headers: IncomingHttpHeaders; body: string }[];
  answer: number;
  close(): Promise<void>;
}

async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      receiver.received.push({ headers: request.headers, body });
      return response.writeHead(receiver.answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received: [],
    answer: 200,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}

function asApp(): Octokit {
  const auth = { appId: github.app.id, privateKey: github.app.privateKey };
  return new Octokit({ authStrategy: createAppAuth, auth, baseUrl: github.apiUrl, log: QUIET });
}

function asInstallation(): Octokit {
  const auth = { appId: github.app.id, privateKey: github.app.privateKey, installationId: 7 };
  return new Octokit({ authStrategy: createAppAuth, auth, baseUrl: github.apiUrl, log: QUIET });
}

async function mintToken(): Promise<string> {
  const { data } = await asApp().rest.apps.createInstallationAccessToken({ installation_id: 7 });
  return data.token;
}

async function statusWith(token: string): Promise<number> {
  const headers = { authorization: `token ${token}` };
  return (await fetch(`${github.apiUrl}/repos/acme/shop/pulls/1`, { headers })).status;
}

function git(...rest: string[]): string {
  const identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];
  return execFileSync("git", ["-C", directory, ...identity, ...rest], { encoding: "utf8" }).trim();
}

function linesOf(ref: string, path: string): string[] {
  return git("show", `${ref}:${path}`).split("\n");
}

function commit(message: string): void {
  git("add", "-A");
  git("commit", "-q", "-m", message);
}

function lines(count: number, word: string): string {
  return Array.from({ length: count }, (_, index) => `${word} ${index + 1}\n`).join("");
}

function seedBase(): void {
  git("init", "-q", "-b", "main");
  writeFileSync(join(directory, "code.txt"), lines(60, "line"));
  writeFileSync(join(directory, "old name.txt"), lines(20, "name"));
  writeFileSync(join(directory, "moved.txt"), lines(20, "moved"));
  writeFileSync(join(directory, "gone.txt"), "bye\n");
  writeFileSync(join(directory, "run.sh"), "true\n");
  writeFileSync(join(directory, "headers.txt"), "top\n-- a/old\nbottom\n");
  writeFileSync(join(directory, "data.bin"), Buffer.from([0, 1, 2, 3]));
  writeFileSync(join(directory, "README.md"), "unchanged\n");
  commit("base");
}

function seedTopic(): void {
  git("checkout", "-q", "-b", "topic");
  const code = lines(60, "line").replace("line 5\n", "changed 5\n").replace("line 40\n", "");
  writeFileSync(join(directory, "code.txt"), code);
  commit("first");
  renameSync(join(directory, "old name.txt"), join(directory, 'new "name".txt'));
  mkdirSync(join(directory, "src"));
  renameSync(join(directory, "moved.txt"), join(directory, "src/moved.txt"));
  writeFileSync(join(directory, "src/moved.txt"), `${lines(20, "moved")}one more\n`);
  symlinkSync("../headers.txt", join(directory, "src/link"));
  rmSync(join(directory, "gone.txt"));
  chmodSync(join(directory, "run.sh"), 0o755);
  writeFileSync(join(directory, "headers.txt"), "top\n++ b/new\nbottom\n");
  writeFileSync(join(directory, "data.bin"), Buffer.from([0, 9]));
  mkdirSync(join(directory, "ünï côde b"));
  writeFileSync(join(directory, "ünï côde b/x.txt"), "new\n");
  writeFileSync(join(directory, "tab\there.txt"), "tab");
  mkdirSync(join(directory, "z"));
  writeFileSync(join(directory, "z/naïve\nnewline.txt"), "one\ntwo\n");
  commit("second");
}
