// npm run bench: our own overhead in a review, from job start to review posted, with a model that answers at once.
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type AppProcess, startApp } from "../demo/app-process.ts";
import { type GitHubDouble, startGitHubDouble } from "../test/github-double/server.ts";
import { generateRepository } from "./generated-repository.ts";
import { startInstantModel } from "./instant-model.ts";

/** The first review of a process also mints a token and compiles code; the later ones are what an operator lives with. */
const RUNS = 5;
const SIZES = [
  { files: 5, lines: 200 },
  { files: 50, lines: 2_000 },
  { files: 200, lines: 8_000 },
] as const;
const SECRET = "a secret of this benchmark only";

interface StageLog {
  readonly time: number;
  readonly msg: string;
  readonly run?: string;
}

const model = await startInstantModel();
const github = await startGitHubDouble({ webhookSecret: SECRET, validate: "off" });
const dataDir = mkdtempSync(join(tmpdir(), "plumbline-bench-data-"));
const app = await startApp({
  APP_ID: String(github.app.id),
  PRIVATE_KEY: github.app.privateKey,
  WEBHOOK_SECRET: SECRET,
  GHE_HOST: github.host,
  GHE_PROTOCOL: "http",
  PLUMBLINE_DATA_DIR: dataDir,
  ANTHROPIC_API_KEY: "bench",
  ANTHROPIC_BASE_URL: model.url,
});
try {
  github.setWebhookTarget(app.webhookUrl);
  console.log(
    `Node ${process.versions.node}, ${cpus().length} cores, embedded store, GitHub stand-in and model on loopback; milliseconds\n`,
  );
  console.log("files  lines  run   total | look   plan+ask  publish | model calls");
  for (const size of SIZES) await measure(github, app, size);
} finally {
  await app.stop();
  await github.close();
  model.close();
  rmSync(dataDir, { recursive: true, force: true });
}

async function measure(
  double: GitHubDouble,
  server: AppProcess,
  size: (typeof SIZES)[number],
): Promise<void> {
  const repository = generateRepository(size.files, size.lines);
  for (let run = 1; run <= RUNS; run++) {
    // Each in an installation of its own: two reviews of one installation are posted three seconds apart (Octokit's pace).
    const name = `r${size.files}-${run}`;
    double.addRepository({
      owner: "bench",
      name,
      directory: repository.directory,
      installationId: size.files * 100 + run,
      defaultBranch: "main",
    });
    const pull = double.openPullRequest({
      repository: `bench/${name}`,
      title: "Change",
      baseRef: "main",
      headRef: "change",
    });
    const [logsBefore, callsBefore] = [server.logs().length, model.calls()];
    await double.deliverPullRequest(pull, "opened");
    while (!server.logs().slice(logsBefore).includes('"msg":"review ended"')) await sleep(5);
    print(size, run, stagesOf(server.logs().slice(logsBefore)), model.calls() - callsBefore);
  }
  repository.remove();
}

function stagesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").filter((line) => line.startsWith("{") && line.endsWith("}"));
  return new Map(lines.map((line) => JSON.parse(line) as StageLog).map((log) => [log.msg, log.time]));
}

function print(
  size: (typeof SIZES)[number],
  run: number,
  at: ReadonlyMap<string, number>,
  calls: number,
): void {
  const between = (from: string, to: string) => (at.get(to) ?? Number.NaN) - (at.get(from) ?? Number.NaN);
  const cells = [
    String(size.files).padStart(5),
    String(size.lines).padStart(6),
    String(run).padStart(4),
    String(between("review started", "published")).padStart(7),
    `| ${String(between("review started", "loaded")).padEnd(6)}`,
    String(between("loaded", "summarised")).padEnd(9),
    String(between("summarised", "published")).padEnd(7),
    `| ${calls}`,
  ];
  console.log(cells.join(" "));
}
