// Many pull requests of the same small change in a GitHub stand-in, spread over installations as an organisation's are.
import { type GitHubDouble, type PullRequestState, startGitHubDouble } from "../test/github-double/server.ts";
import { generateRepository } from "./generated-repository.ts";
import { type SteadyModel, startSteadyModel } from "./steady-model.ts";

export interface PullRequestWorld {
  readonly github: GitHubDouble;
  readonly model: SteadyModel;
  /** What a server needs to belong to this world; without a store. */
  readonly variables: Readonly<Record<string, string>>;
  /** To be called after the first sweep of the servers. */
  readonly openPulls: (count: number, installations: number) => readonly PullRequestState[];
  readonly close: () => Promise<void>;
}

export const WEBHOOK_SECRET = "a secret of this benchmark only";
/** One chunk, so a review is five passes and a summary: six calls one after another. */
const CHANGE = { files: 3, lines: 60 };
export const CALLS_PER_REVIEW = 6;

export async function openWorld(modelAnswerMs: number): Promise<PullRequestWorld> {
  const repository = generateRepository(CHANGE.files, CHANGE.lines);
  const github = await startGitHubDouble({ webhookSecret: WEBHOOK_SECRET, validate: "off" });
  const model = await startSteadyModel(modelAnswerMs);
  return {
    github,
    model,
    variables: {
      APP_ID: String(github.app.id),
      PRIVATE_KEY: github.app.privateKey,
      WEBHOOK_SECRET,
      GHE_HOST: github.host,
      GHE_PROTOCOL: "http",
      ANTHROPIC_API_KEY: "bench",
      ANTHROPIC_BASE_URL: model.url,
    },
    openPulls: (count, installations) => openPulls(github, repository.directory, count, installations),
    close: async () => {
      model.close();
      await github.close();
      repository.remove();
    },
  };
}

/** Each installation has one repository, and the pull requests are dealt out in turn. */
function openPulls(
  github: GitHubDouble,
  directory: string,
  count: number,
  installations: number,
): readonly PullRequestState[] {
  for (let at = 0; at < installations; at++)
    github.addRepository({
      owner: "bench",
      name: `shop-${at}`,
      directory,
      installationId: 1000 + at,
      defaultBranch: "main",
    });
  return Array.from({ length: count }, (_, at) =>
    github.openPullRequest({
      repository: `bench/shop-${at % installations}`,
      title: `Change number ${at}`,
      baseRef: "main",
      headRef: "change",
    }),
  );
}

/** Its review is posted, and its check run says so. */
export function isReviewed(pull: PullRequestState): boolean {
  return pull.reviews.length > 0 && pull.checkRuns.some((run) => run.status === "completed");
}
