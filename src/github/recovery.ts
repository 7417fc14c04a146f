/** What the sweep asks of GitHub: webhook deliveries as the app itself, repositories and check runs as an installation. */
import { abandonedSummary, abandonedTitle } from "../domain/check-words.ts";
import type {
  AbandonedCheck,
  CheckCloser,
  DeliveryAttempt,
  DeliveryRecord,
  Installation,
  InstalledCode,
  InstalledRepository,
  OpenPull,
} from "../review/sweep-ports.ts";
import { type GitHubClient, reach } from "./client.ts";
import { allRows, eachPage, MOST_PAGES, PER_PAGE } from "./pages.ts";

/** `probot.auth()` without an id: only it may ask under `/app`. */
export type AppClient = () => Promise<GitHubClient>;
export type ClientOf = (installationId: number) => Promise<GitHubClient>;

/** Octokit has no time limit of its own, and the app's client is not made in `client.ts`. */
const REQUEST_TIMEOUT_MS = 30_000;
/** After a second; Octokit's own three take fourteen. The next sweep is another one. */
const RETRIES = 1;
/** 300 open pull requests of one repository; the ones that moved last come first. */
const MOST_PULL_PAGES = 3;

export function deliveryRecord(appClient: AppClient): DeliveryRecord {
  return {
    attempts: (since, signal) => listAttempts(appClient, since, signal),
    repeat: async (attemptId, signal) => {
      const client = await appClient();
      // In the path as text: the client's type takes a number, and ids are beyond what a number holds exactly.
      const route = `POST /app/hook/deliveries/${encodeURIComponent(attemptId)}/attempts`;
      await reach("asking for a delivery again", signal, () =>
        client.request(route, { request: { ...bounded(signal), retries: 0 } }),
      );
    },
  };
}

/** All of them, good and bad: `status=failure` leaves out what never connected (GitHub's own script pages all, too). */
async function* listAttempts(
  appClient: AppClient,
  since: Date,
  signal: AbortSignal,
): AsyncGenerator<readonly DeliveryAttempt[]> {
  const client = await appClient();
  const pages = eachPage("listing webhook deliveries", signal, MOST_PAGES, async (query) => {
    const cursor = query?.get("cursor") ?? null;
    const place = { per_page: PER_PAGE, ...(cursor === null ? {} : { cursor }) };
    const answer = await client.rest.apps.listWebhookDeliveries({ ...place, request: bounded(signal) });
    return { rows: answer.data.map(toAttempt), link: answer.headers.link };
  });
  for await (const attempts of pages) {
    yield attempts.filter(({ at }) => at >= since);
    if (attempts.some(({ at }) => at < since)) return;
  }
}

type DeliveryData = Awaited<
  ReturnType<GitHubClient["rest"]["apps"]["listWebhookDeliveries"]>
>["data"][number];

function toAttempt({ id, guid, event, action, status, delivered_at }: DeliveryData): DeliveryAttempt {
  // The word, not the code: an attempt that found nobody there has one of several codes.
  const outcome = status === "OK" ? "delivered" : "failed";
  return { id: String(id), guid, event, action: action ?? "", outcome, at: new Date(delivered_at) };
}

export function installedCode(appClient: AppClient, clientOf: ClientOf): InstalledCode {
  return {
    installations: (signal) => listInstallations(appClient, signal),
    repositories: (installationId, signal) => listRepositories(clientOf, installationId, signal),
    openPulls: (repository, signal) => listOpenPulls(clientOf, repository, signal),
  };
}

async function listInstallations(
  appClient: AppClient,
  signal: AbortSignal,
): Promise<readonly Installation[]> {
  const client = await appClient();
  const pages = eachPage("listing installations", signal, MOST_PAGES, async (query) => {
    const answer = await client.rest.apps.listInstallations({ ...placeOf(query), request: bounded(signal) });
    return { rows: answer.data, link: answer.headers.link };
  });
  const all = await allRows(pages);
  return all
    .filter(({ suspended_at }) => suspended_at === null)
    .map(({ id, created_at }) => ({ id, createdAt: dateOrNull(created_at) }));
}

async function listRepositories(
  clientOf: ClientOf,
  installationId: number,
  signal: AbortSignal,
): Promise<readonly InstalledRepository[]> {
  const client = await clientOf(installationId);
  const request = { signal, retries: RETRIES };
  const pages = eachPage("listing repositories", signal, MOST_PAGES, async (query) => {
    const answer = await client.rest.apps.listReposAccessibleToInstallation({ ...placeOf(query), request });
    return { rows: answer.data.repositories, link: answer.headers.link };
  });
  const all = await allRows(pages);
  return all
    .filter(({ archived, disabled }) => !archived && !disabled)
    .map(({ id, name, owner }) => ({ installationId, id, owner: owner.login, name }));
}

async function listOpenPulls(
  clientOf: ClientOf,
  { installationId, owner, name: repo }: InstalledRepository,
  signal: AbortSignal,
): Promise<readonly OpenPull[]> {
  const client = await clientOf(installationId);
  const newest = { owner, repo, state: "open", sort: "updated", direction: "desc" } as const;
  const request = { signal, retries: RETRIES };
  const pages = eachPage("listing pull requests", signal, MOST_PULL_PAGES, async (query) => {
    const answer = await client.rest.pulls.list({ ...newest, ...placeOf(query), request });
    return { rows: answer.data, link: answer.headers.link };
  });
  const all = await allRows(pages);
  return all.map((pull) => ({
    number: pull.number,
    head: pull.head.sha,
    createdAt: dateOrNull(pull.created_at),
    draft: pull.draft ?? false,
    locked: pull.locked,
  }));
}

function placeOf(query: URLSearchParams | null) {
  return { per_page: PER_PAGE, page: Number(query?.get("page") ?? 1) };
}

function dateOrNull(text: string): Date | null {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
}

export function checkCloser(clientOf: ClientOf): CheckCloser {
  return {
    close: async (check, signal) => {
      const client = await clientOf(check.locator.installationId);
      const { owner, name: repo } = check.locator;
      const where = { owner, repo, check_run_id: check.checkRunId, request: { signal, retries: RETRIES } };
      // The worker may have concluded it and died before it could note that; its verdict stays.
      const { data } = await reach("reading the check run", signal, () => client.rest.checks.get(where));
      if (data.status === "completed") return;
      await reach("concluding the check run", signal, () =>
        client.rest.checks.update({ ...where, ...interrupted(check) }),
      );
    },
  };
}

function interrupted({ reason }: AbandonedCheck) {
  const output = { title: abandonedTitle(reason), summary: abandonedSummary(reason) };
  return {
    status: "completed",
    conclusion: "neutral",
    completed_at: new Date().toISOString(),
    output,
  } as const;
}

/** The app's own client is one for the whole process, so its time limit comes with each request. */
function bounded(signal: AbortSignal) {
  const limited: typeof fetch = (input, init) => {
    const limit = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    return fetch(input, { ...init, signal: AbortSignal.any([signal, limit]) });
  };
  return { signal, retries: RETRIES, fetch: limited };
}
