// Everything that a running Plumbline has around it: a GitHub stand-in, a model stand-in, a data folder, the process.
import assert from "node:assert/strict";
import { type TempRepository, tempFolder } from "../builders-git.ts";
import { prepareStore } from "../builders-store.ts";
import { type GitHubDouble, type PullRequestState, startGitHubDouble } from "../github-double/server.ts";
import {
  type Answering,
  type ModelAsked,
  type ModelDouble,
  nothingFound,
  startModelDouble,
} from "../model-double.ts";
import { openProject, type Project, type ProjectSeed } from "./project.ts";
import { type ServerFleet, serverFleet } from "./server-fleet.ts";
import type { LogLine, ServerProcess, Variables } from "./server-process.ts";
import { until } from "./until.ts";

// Tests name it beside WholeApp, so it can be had from here, too.
export type { Project } from "./project.ts";

export const WEBHOOK_SECRET = "It's a Secret to Everybody";

export interface WholeApp {
  readonly github: GitHubDouble;
  readonly model: ModelDouble;
  /** The first of the servers; webhooks go to it. */
  readonly server: ServerProcess;
  readonly fleet: ServerFleet;
  /** What the servers were started with, to start another one. */
  readonly variables: Variables;
  /** How the model answers about one pull request; until then it finds nothing. */
  answerAbout(pull: PullRequestState, answering: Answering): void;
  /** The same for every pull request that has no answer of its own. */
  answerOthers(answering: Answering): void;
  askedAbout(pull: PullRequestState): readonly ModelAsked[];
  /** A repository of its own with one pull request; its installation is its own, and so are its rate limits. */
  openPull(seed?: ProjectSeed): Project;
  /** Starts the servers after `fleet.stop()` or `fleet.kill()`, on the same store. */
  start(): Promise<void>;
  /** Stops the servers and starts them again on the same store. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface AppOptions {
  /** Of a PostgreSQL; absent: an embedded store in a folder of its own. */
  readonly databaseUrl?: string;
  /** Server processes on that PostgreSQL; one if absent. */
  readonly replicas?: number;
}

export async function startWholeApp(extra: Variables = {}, options: AppOptions = {}): Promise<WholeApp> {
  const github = await startGitHubDouble({ webhookSecret: WEBHOOK_SECRET });
  const answers = new Map<string, Answering>();
  let others: Answering = nothingFound;
  const model = await startModelDouble((asked) => (answers.get(titleIn(asked)) ?? others)(asked));
  const data = tempFolder("data");
  if (options.databaseUrl === undefined) await prepareStore(data.path);
  const variables = { ...variablesOf(github, model, data.path, options), ...extra };
  const fleet = serverFleet(variables, options.replicas ?? 1);
  const start = async () => {
    await fleet.start();
    github.setWebhookTarget(firstOf(fleet).webhookUrl);
  };
  const repositories: TempRepository[] = [];
  const close = async () => {
    // The servers that it speaks to first, so that no review in flight holds the end up.
    await model.close();
    await fleet.stop();
    await github.close();
    for (const repository of repositories) repository.dispose();
    data.remove();
  };
  try {
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    github,
    model,
    variables,
    fleet,
    get server() {
      return firstOf(fleet);
    },
    answerAbout: (pull, answering) => void answers.set(pull.title, answering),
    answerOthers: (answering) => void (others = answering),
    askedAbout: (pull) => model.asked.filter((asked) => titleIn(asked) === pull.title),
    openPull: (seed = {}) => {
      const project = openProject(github, repositories.length + 1, seed);
      repositories.push(project.git);
      return project;
    },
    start,
    restart: async () => {
      await fleet.stop();
      await start();
    },
    close,
  };
}

function variablesOf(github: GitHubDouble, model: ModelDouble, data: string, options: AppOptions): Variables {
  return {
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.app.privateKey,
    WEBHOOK_SECRET,
    GHE_HOST: github.host,
    GHE_PROTOCOL: "http",
    PLUMBLINE_DATA_DIR: data,
    ANTHROPIC_API_KEY: model.apiKey,
    ANTHROPIC_BASE_URL: model.url,
    ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
  };
}

function firstOf(fleet: ServerFleet): ServerProcess {
  const [server] = fleet.servers;
  if (server === undefined) throw new Error("no server has been started");
  return server;
}

function titleIn(asked: ModelAsked): string {
  return /^Title: (?<title>.*)$/m.exec(asked.text)?.groups?.["title"] ?? "";
}

/** Sends the event, and waits until the review that it asks for is posted and its check run concluded. */
export async function reviewedAfter(app: WholeApp, pull: PullRequestState, action: () => Promise<unknown>) {
  const before = pull.checkRuns.filter((run) => run.status === "completed").length;
  await action();
  return until(
    "a completed check run",
    () => {
      const done = pull.checkRuns.filter((run) => run.status === "completed");
      return done.length > before ? done.at(-1) : null;
    },
    () => app.server.output(),
  );
}

export function opened(app: WholeApp, pull: PullRequestState) {
  return reviewedAfter(app, pull, () => app.github.deliverPullRequest(pull, "opened"));
}

/** The line in which the server says what it made of a delivery. */
export function fateOf(app: WholeApp, guid: string): Promise<LogLine> {
  return until(
    `a log line about delivery ${guid}`,
    () =>
      app.server
        .logs()
        .find(
          (line) =>
            line["delivery"] === guid && ["ignored", "queued", "withdrawn", "noted"].includes(line.msg),
        ),
    () => app.server.output(),
  );
}

/** Findings for one pass, the smallest truth for every other question. */
export function finds(
  app: WholeApp,
  pull: PullRequestState,
  pass: string,
  ...findings: readonly object[]
): void {
  app.answerAbout(pull, (asked) =>
    asked.question === pass ? { kind: "json", value: { findings } } : nothingFound(asked),
  );
}

/** The end of a file's tests: each request to both stand-ins was one that the real service would have taken. */
export async function closeClean(app: WholeApp): Promise<void> {
  await app.close();
  assert.deepEqual(app.github.violations, []);
  assert.deepEqual(app.model.violations, []);
}

export function aClaim(fields: Readonly<Record<string, unknown>> & { readonly path: string }): object {
  const line = fields["line"] ?? 1;
  return {
    side: "RIGHT",
    start_line: line,
    line,
    evidence: "",
    severity: "suggestion",
    title: "A defect",
    why: "It breaks when it is called.",
    fix: "Do not call it.",
    suggestion: null,
    pre_existing: false,
    ...fields,
  };
}
