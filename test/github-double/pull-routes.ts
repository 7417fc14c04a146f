// Pull requests themselves: listing, showing, files, commits.
import { type Answer, json, raw, refusal } from "./answer.ts";
import { commitJson, pullCommits } from "./git-commit.ts";
import { diffText } from "./git-diff.ts";
import { diffOf, fileJson, pullJson, simplePullJson } from "./pull-json.ts";
import { type Call, findPull, findRepository, page, type Route, repositoryAccess } from "./route.ts";
import type { PullRequestState } from "./state.ts";

const READ = repositoryAccess("pull_requests:read");
const PULLS = "/repos/{owner}/{repo}/pulls";
const MAX_FILES = 3000; // rows of the files API
const MAX_DIFF_FILES = 300; // of the .diff media type …
const MAX_DIFF_LINES = 20_000; // … which answers 406 above either
const MAX_COMMITS = 250;

export const pullRoutes: readonly Route[] = [
  { method: "GET", path: PULLS, access: READ, handle: listPulls },
  { method: "GET", path: `${PULLS}/{pull_number}`, access: READ, handle: showPull },
  { method: "GET", path: `${PULLS}/{pull_number}/files`, access: READ, handle: listFiles },
  { method: "GET", path: `${PULLS}/{pull_number}/commits`, access: READ, handle: listCommits },
];

function listPulls(call: Call): Promise<Answer> {
  const repository = findRepository(call);
  const state = call.query.get("state") ?? "open";
  const base = call.query.get("base");
  const head = call.query.get("head");
  const shown = repository.pulls.filter(
    (pull) =>
      (state === "all" || pull.state === state) &&
      (base === null || pull.baseRef === base) &&
      (head === null || headLabel(pull) === head),
  );
  const key = call.query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  // Newest first, unless sorted by something else than creation.
  const isAscending = (call.query.get("direction") ?? (call.query.has("sort") ? "asc" : "desc")) === "asc";
  const sorted = shown.toSorted((a, b) => a[key].localeCompare(b[key]) || a.number - b.number);
  return page(call, isAscending ? sorted : sorted.toReversed(), (pull) => simplePullJson(call.world, pull));
}

async function showPull(call: Call): Promise<Answer> {
  const pull = findPull(call);
  const format = /application\/vnd\.github(?:\.v3)?\.(diff|patch)/.exec(call.accept)?.[1];
  if (format === undefined) return json(200, await pullJson(call.world, pull));
  const { files, lines } = await diffOf(pull);
  if (files.length > MAX_DIFF_FILES) throw tooLarge(`the maximum number of files (${MAX_DIFF_FILES})`);
  if (lines > MAX_DIFF_LINES) throw tooLarge(`the maximum number of lines (${MAX_DIFF_LINES})`);
  const text = await diffText(pull.repository.git, pull.baseSha, pull.headSha);
  return raw(`application/vnd.github.${format}; charset=utf-8`, Buffer.from(text));
}

async function listFiles(call: Call): Promise<Answer> {
  const pull = findPull(call);
  const { files } = await diffOf(pull);
  return page(call, files.slice(0, MAX_FILES), (file) =>
    fileJson(call.world, pull.repository, pull.headSha, file),
  );
}

async function listCommits(call: Call): Promise<Answer> {
  const pull = findPull(call);
  const commits = (await pullCommits(pull)).slice(0, MAX_COMMITS);
  return page(call, commits, (sha) => commitJson(call.world, pull.repository, sha));
}

function headLabel(pull: PullRequestState): string {
  return `${pull.headRepository?.split("/")[0] ?? "unknown"}:${pull.headRef}`;
}

function tooLarge(limit: string): Error {
  const message = `Sorry, the diff exceeded ${limit}. Consider using 'List pull requests files' API or locally cloning the repository instead.`;
  return refusal(406, message, { errors: [{ resource: "PullRequest", field: "diff", code: "too_large" }] });
}
