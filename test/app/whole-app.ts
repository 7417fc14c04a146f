// Everything that a running Plumbline has around it: a GitHub stand-in, a model stand-in, a data folder, the process.
import { expect } from "vitest";
import { branchedRepository, type Files, type TempRepository, tempFolder } from "../builders-git.ts";
import { prepareStore } from "../builders-store.ts";
import {
  type GitHubDouble,
  type PullRequestState,
  type Repository,
  startGitHubDouble,
} from "../github-double/server.ts";
import type { CollaboratorPermission } from "../github-double/state.ts";
import {
  type Answering,
  type ModelAsked,
  type ModelDouble,
  nothingFound,
  startModelDouble,
} from "../model-double.ts";
import { type LogLine, type ServerProcess, startServer, type Variables } from "./server-process.ts";
import { until } from "./until.ts";

export const WEBHOOK_SECRET = "It's a Secret to Everybody";

export interface Project {
  readonly pull: PullRequestState;
  readonly repository: Repository;
  readonly git: TempRepository;
}

export interface ProjectSeed {
  readonly base?: Files;
  readonly head?: Files;
  readonly draft?: boolean;
  readonly body?: string;
  readonly permissions?: Record<string, CollaboratorPermission>;
}

export interface WholeApp {
  readonly github: GitHubDouble;
  readonly model: ModelDouble;
  readonly server: ServerProcess;
  /** What the server was started with, to start another one. */
  readonly variables: Variables;
  /** How the model answers about one pull request; until then it finds nothing. */
  answerAbout(pull: PullRequestState, answering: Answering): void;
  askedAbout(pull: PullRequestState): readonly ModelAsked[];
  /** A repository of its own with one pull request; its installation is its own, and so are its rate limits. */
  openPull(seed?: ProjectSeed): Project;
  /** Stops the server and starts it again on the same data folder. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** One line of code added to a file: enough for a review. */
const SMALL_BASE: Files = { "src/price.ts": "export const vat = 19;\n" };
const SMALL_HEAD: Files = {
  "src/price.ts": "export const vat = 19;\nexport const gross = (net: number) => net + vat;\n",
};

export async function startWholeApp(extra: Variables = {}): Promise<WholeApp> {
  const github = await startGitHubDouble({ webhookSecret: WEBHOOK_SECRET });
  const answers = new Map<string, Answering>();
  const model = await startModelDouble((asked) => (answers.get(titleIn(asked)) ?? nothingFound)(asked));
  const data = tempFolder("data");
  await prepareStore(data.path);
  const variables: Variables = {
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.app.privateKey,
    WEBHOOK_SECRET,
    GHE_HOST: github.host,
    GHE_PROTOCOL: "http",
    PLUMBLINE_DATA_DIR: data.path,
    ANTHROPIC_API_KEY: model.apiKey,
    ANTHROPIC_BASE_URL: model.url,
    ...extra,
  };
  let server = await startServer(variables);
  github.setWebhookTarget(server.webhookUrl);
  const repositories: TempRepository[] = [];
  return {
    github,
    model,
    variables,
    get server() {
      return server;
    },
    answerAbout: (pull, answering) => void answers.set(pull.title, answering),
    askedAbout: (pull) => model.asked.filter((asked) => titleIn(asked) === pull.title),
    openPull: (seed = {}) => {
      const git = branchedRepository(seed.base ?? SMALL_BASE, seed.head ?? SMALL_HEAD);
      repositories.push(git);
      return openPull(github, git, repositories.length, seed);
    },
    restart: async () => {
      await server.stop();
      server = await startServer(variables);
      github.setWebhookTarget(server.webhookUrl);
    },
    close: async () => {
      // The servers that it speaks to first, so that no review in flight holds the end up.
      await model.close();
      await server.stop();
      await github.close();
      for (const repository of repositories) repository.dispose();
      data.remove();
    },
  };
}

function openPull(github: GitHubDouble, git: TempRepository, number: number, seed: ProjectSeed): Project {
  const repository = github.addRepository({
    owner: "acme",
    name: `shop-${number}`,
    directory: git.directory,
    installationId: 1000 + number,
    defaultBranch: "main",
    permissions: seed.permissions ?? { maintainer: "write", reader: "read", owner: "admin" },
  });
  const pull = github.openPullRequest({
    repository: repository.fullName,
    // By it the model's stand-in knows which pull request it is asked about.
    title: `Change number ${number}`,
    body: seed.body ?? "",
    author: "author",
    baseRef: "main",
    headRef: "topic",
    draft: seed.draft ?? false,
  });
  return { pull, repository, git };
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
        .find((line) => line["delivery"] === guid && (line.msg === "ignored" || line.msg === "queued")),
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
  expect(app.github.violations).toEqual([]);
  expect(app.model.violations).toEqual([]);
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
