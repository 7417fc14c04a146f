// Check runs: creating, updating, showing.
import { z } from "zod";
import { type Answer, json, refusal } from "./answer.ts";
import { resolveObject } from "./git-directory.ts";
import { minimalPulls } from "./pull-json.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository-json.ts";
import { readBody } from "./review-rules.ts";
import {
  bodyObject,
  type Call,
  findById,
  findRepository,
  page,
  type Route,
  repositoryAccess,
  resolveCommit,
} from "./route.ts";
import { append, type CheckRun, type Repository } from "./state.ts";
import { embeddedAppJson, nodeId } from "./user-json.ts";
import { nextId, timestamp, type World } from "./world.ts";

const READ = repositoryAccess("checks:read");
const WRITE = repositoryAccess("checks:write");
const RUNS = "/repos/{owner}/{repo}/check-runs";
const MAX_TEXT = 65_535; // of `output.summary` and `output.text`
const MAX_ANNOTATIONS = 50; // per request; an update appends

export const checkRunRoutes: readonly Route[] = [
  { method: "POST", path: RUNS, access: WRITE, handle: createRun },
  { method: "PATCH", path: `${RUNS}/{check_run_id}`, access: WRITE, handle: updateRun },
  { method: "GET", path: `${RUNS}/{check_run_id}`, access: READ, handle: showRun },
  { method: "GET", path: "/repos/{owner}/{repo}/commits/{ref+}/check-runs", access: READ, handle: listRuns },
];

const annotationSchema = z.looseObject({
  path: z.string(),
  start_line: z.int(),
  end_line: z.int(),
  annotation_level: z.enum(["notice", "warning", "failure"]),
  message: z.string(),
});

const actionSchema = z.strictObject({
  label: z.string().max(20),
  description: z.string().max(40),
  identifier: z.string().max(20),
});

const updateSchema = z.object({
  name: z.string().min(1).optional(),
  details_url: z.url().optional(),
  external_id: z.string().optional(),
  status: z.enum(["queued", "in_progress", "completed"]).optional(),
  // `stale` can only be set by GitHub itself.
  conclusion: z
    .enum(["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"])
    .optional(),
  started_at: z.iso.datetime({ offset: true }).optional(),
  completed_at: z.iso.datetime({ offset: true }).optional(),
  output: z
    .object({
      title: z.string().optional(),
      summary: z.string().max(MAX_TEXT),
      text: z.string().max(MAX_TEXT).optional(),
      annotations: z.array(annotationSchema).max(MAX_ANNOTATIONS).optional(),
    })
    .optional(),
  actions: z.array(actionSchema).max(3).optional(),
});

const createSchema = updateSchema.extend({ name: z.string().min(1), head_sha: z.string() });

type CheckUpdate = z.infer<typeof updateSchema>;

async function createRun(call: Call): Promise<Answer> {
  const repository = findRepository(call);
  const body = readBody(createSchema, bodyObject(call));
  if (body.output && body.output.title === undefined)
    throw refusal(422, 'Invalid request.\n\n"title" wasn\'t supplied.');
  const known = await resolveObject(repository.git, body.head_sha, "commit");
  if (known !== body.head_sha) throw refusal(422, `No commit found for SHA: ${body.head_sha}`);
  const run: CheckRun = {
    id: nextId(call.world),
    name: body.name,
    head_sha: body.head_sha,
    status: "queued",
    conclusion: null,
    output: { title: null, summary: null, text: null, annotations: [] },
    external_id: null,
    details_url: null,
    started_at: timestamp(call.world),
    completed_at: null,
    actions: [],
    history: [],
  };
  apply(call, run, body);
  append(repository.checkRuns, run);
  for (const pull of repository.pulls) {
    if (pull.headHistory.includes(run.head_sha)) append(pull.checkRuns, run);
  }
  return json(201, checkRunJson(call.world, repository, run));
}

function updateRun(call: Call): Answer {
  const repository = findRepository(call);
  const run = findById(repository.checkRuns, call.params.check_run_id);
  apply(call, run, readBody(updateSchema, bodyObject(call)));
  return json(200, checkRunJson(call.world, repository, run));
}

function showRun(call: Call): Answer {
  const repository = findRepository(call);
  return json(
    200,
    checkRunJson(call.world, repository, findById(repository.checkRuns, call.params.check_run_id)),
  );
}

async function listRuns(call: Call): Promise<Answer> {
  const repository = findRepository(call);
  const ref = call.params.ref ?? "";
  const sha = await resolveCommit(repository, ref);
  if (sha === null) throw refusal(422, `No commit found for SHA: ${ref}`);
  const name = call.query.get("check_name");
  const status = call.query.get("status");
  const onCommit = repository.checkRuns.filter((run) => run.head_sha === sha);
  // By default only the newest run of each name is listed.
  const newest = new Map(onCommit.map((run) => [run.name, run]));
  const shown = (call.query.get("filter") === "all" ? onCommit : [...newest.values()]).filter(
    (run) => (name === null || run.name === name) && (status === null || run.status === status),
  );
  const wrap = (rows: readonly unknown[]): unknown => ({ total_count: shown.length, check_runs: rows });
  return page(call, shown, (run) => checkRunJson(call.world, repository, run), wrap);
}

function apply(call: Call, run: CheckRun, update: CheckUpdate): void {
  if (update.status === "completed" && update.conclusion === undefined) {
    throw refusal(
      422,
      'Invalid request.\n\nNo subschema in "anyOf" matched.\n"conclusion" wasn\'t supplied.',
    );
  }
  const isDone = update.conclusion !== undefined || update.completed_at !== undefined;
  run.name = update.name ?? run.name;
  run.external_id = update.external_id ?? run.external_id;
  run.details_url = update.details_url ?? run.details_url;
  run.started_at = update.started_at ?? run.started_at;
  run.actions = update.actions ?? run.actions;
  // Naming a conclusion completes the run; going back to another status takes the conclusion away.
  if (isDone || update.status !== undefined) {
    run.status = isDone ? "completed" : (update.status ?? run.status);
    run.conclusion = update.conclusion ?? null;
    run.completed_at = isDone ? (update.completed_at ?? timestamp(call.world)) : null;
  }
  if (update.output) {
    const { title, summary, text, annotations } = update.output;
    const all = [...run.output.annotations, ...(annotations ?? [])];
    run.output = {
      title: title ?? run.output.title,
      summary,
      text: text ?? run.output.text,
      annotations: all,
    };
  }
  append(run.history, bodyObject(call));
}

export function checkRunJson(world: World, repository: Repository, run: CheckRun): Record<string, unknown> {
  const url = `${repositoryUrl(world, repository)}/check-runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId("CR", run.id),
    name: run.name,
    head_sha: run.head_sha,
    external_id: run.external_id ?? "",
    url,
    html_url: `${repositoryHtmlUrl(world, repository)}/runs/${run.id}`,
    details_url: run.details_url ?? world.htmlUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.started_at,
    completed_at: run.completed_at,
    output: {
      title: run.output.title,
      summary: run.output.summary,
      text: run.output.text,
      annotations_count: run.output.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: suiteId(run.head_sha) },
    app: embeddedAppJson(world),
    pull_requests: minimalPulls(world, repository, run),
  };
}

/** GitHub keeps one suite per App and commit. */
export function suiteId(sha: string): number {
  return Number.parseInt(sha.slice(0, 8), 16);
}
