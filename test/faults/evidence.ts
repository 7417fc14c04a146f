// What a case looks at afterwards: requests, reviews, check runs, log lines, counters, rows of the queue.
import assert from "node:assert/strict";
import type { LogLine } from "../app/server-process.ts";
import type { WholeApp } from "../app/whole-app.ts";
import type { PullRequestState, RecordedRequest, Repository } from "../github-double/server.ts";
import type { CheckRun, Review } from "../github-double/state.ts";
import { aWhile, eventually } from "./eventually.ts";
import type { FaultApp } from "./fault-case.ts";

/** The questions of a whole review of one chunk: five passes and the words about the whole. */
export const QUESTIONS = 6;

export function requestsAbout(app: WholeApp, repository: Repository): readonly RecordedRequest[] {
  const places = [`/repos/${repository.fullName}/`, `/repositories/${repository.id}/`];
  const installation = `/app/installations/${repository.installationId}/`;
  return app.github.requests.filter(
    ({ path }) => places.some((place) => path.startsWith(place)) || path.startsWith(installation),
  );
}

/** POSTs that were to make a review, answered or not. */
export function reviewPosts(app: WholeApp, pull: PullRequestState): readonly RecordedRequest[] {
  return requestsAbout(app, pull.repository).filter(
    ({ method, path }) => method === "POST" && path.endsWith(`/pulls/${pull.number}/reviews`),
  );
}

export function pathOf(pull: PullRequestState, rest: string): RegExp {
  return new RegExp(`^/repos/${pull.repository.fullName}${rest}`);
}

/** Submitted reviews of our own; those of other people stand in the same list. */
export function ownReviews(pull: PullRequestState): readonly Review[] {
  return pull.reviews.filter((review) => review.user.type === "Bot" && !review.implicit);
}

export function checksOf(pull: PullRequestState): readonly CheckRun[] {
  return pull.repository.checkRuns.filter((run) => pull.headHistory.includes(run.head_sha));
}

export function logLines(app: WholeApp, msg: string, pull?: PullRequestState): readonly LogLine[] {
  return app.fleet
    .logs()
    .filter(
      (line) =>
        line.msg === msg &&
        (pull === undefined ||
          (line["repository"] === pull.repository.fullName && line["pull"] === pull.number)),
    );
}

/** Waits until the current head has its review and its check run is concluded. */
export function reviewed(app: WholeApp, pull: PullRequestState): Promise<CheckRun> {
  return eventually(`a review of ${pull.repository.fullName} with its check run`, () => {
    const isPosted = ownReviews(pull).some((review) => review.commit_id === pull.headSha);
    const check = checksOf(pull).findLast((run) => run.head_sha === pull.headSha);
    return isPosted && check?.status === "completed" && check;
  });
}

export function concluded(pull: PullRequestState, conclusion: string, title: RegExp): Promise<CheckRun> {
  return eventually(`a check run that is ${conclusion}, ${title}`, () =>
    checksOf(pull).find((run) => run.conclusion === conclusion && title.test(run.output.title ?? "")),
  );
}

/** Waits for the model to be asked, with whatever question. */
export function asked(app: WholeApp, pull: PullRequestState, times = 1): Promise<true> {
  return eventually(`question ${times} about ${pull.repository.fullName}`, () =>
    app.askedAbout(pull).length >= times ? true : null,
  );
}

export async function opened(app: WholeApp, pull: PullRequestState): Promise<void> {
  assert.equal((await app.github.deliverPullRequest(pull, "opened")).status, 200);
}

export function assertOneReview(pull: PullRequestState): void {
  assert.deepEqual(
    ownReviews(pull).map((review) => review.commit_id),
    [pull.headSha],
    `${pull.repository.fullName}: one review, of the head`,
  );
}

export function assertNoneInProgress(pull: PullRequestState): void {
  const open = checksOf(pull).filter((run) => run.status !== "completed");
  assert.deepEqual(open, [], `${pull.repository.fullName}: check runs left in progress`);
}

/** The run is over, and nothing more is asked of GitHub about it; the number of its requests. */
export async function quietAfter(app: WholeApp, pull: PullRequestState): Promise<number> {
  const ends = () => logLines(app, "review ended", pull).length;
  await eventually("its run ends", () => ends() > 0);
  // What was under way beside the last word may still come to its end, in seconds.
  let count = -1;
  await eventually("its requests end", async () => {
    count = requestsAbout(app, pull.repository).length;
    await aWhile();
    return requestsAbout(app, pull.repository).length === count;
  });
  assert.equal(ends(), 1, "ends");
  assert.ok(logLines(app, "review failed", pull).length <= 1, "log lines about its failure");
  return count;
}

/** The sum over all servers. */
export async function counter(app: WholeApp, name: string, labels = ""): Promise<number> {
  const texts = await Promise.all(
    app.fleet.servers.map(async (server) => (await fetch(`${server.origin}/metrics`)).text()),
  );
  const values = texts.flatMap((text) =>
    text
      .split("\n")
      .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(labels))
      .map((line) => Number(line.slice(line.lastIndexOf(" ")))),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

export interface JobRow {
  readonly name: string;
  readonly state: string;
}

/** Stops the servers, so that an embedded store can be read. */
export async function jobsOf(app: FaultApp, pull: PullRequestState): Promise<readonly JobRow[]> {
  await app.fleet.stop();
  const key = `${pull.repository.id}#${pull.number}`;
  return app.query<JobRow>(
    `SELECT name, state FROM pgboss.job WHERE name = 'reviews' AND singleton_key = '${key}'`,
  );
}

/** As if every wait were over: the servers are stopped, the times in the store moved back, the servers started. */
export async function skipWaits(app: FaultApp): Promise<void> {
  await app.fleet.stop();
  await app.query(
    `WITH waited AS (
       UPDATE plumbline.run AS run SET parked_since = run.parked_since - (job.start_after - now())
       FROM pgboss.job AS job WHERE job.id::text = run.id AND job.state = 'created' AND job.start_after > now()
     ), resumed AS (UPDATE plumbline.pause SET until = now())
     UPDATE pgboss.job SET start_after = now() WHERE state = 'created'`,
  );
  await app.start();
}
