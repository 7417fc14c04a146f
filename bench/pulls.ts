// npm run bench -- --only pulls: from the fetch of a pull request to its chunks, by size, and inputs made to be slow, on a real server.
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type GitHubDouble, startGitHubDouble } from "../test/github-double/server.ts";
import { type GeneratedRepository, generateRepository, hostileRepository } from "./generated-repository.ts";
import { startInstantModel } from "./instant-model.ts";
import { type Row, tableOf } from "./result.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const SECRET = "a secret of this benchmark only";
const SIZES = [
  { files: 30, lines: 2_000 },
  { files: 300, lines: 20_000 },
  { files: 3_000, lines: 100_000 },
] as const;

const HOSTILE: ReadonlyArray<readonly [what: string, path: string, text: string]> = [
  ["a path of 4,000 characters", `src/${"a/".repeat(1_900)}x.ts`, "export const a = 1;\n"],
  [
    "a section of 80,000 characters",
    "src/a.ts",
    `function ${"a".repeat(80_000)}() {\n${"  b();\n".repeat(40)}}\n`,
  ],
  ["200,000 nested parentheses", "src/a.ts", `const a = ${"(".repeat(200_000)}1${")".repeat(200_000)};\n`],
  ["an array of 3,000,000 elements", "src/a.ts", `const a = [${"1,".repeat(3_000_000)}];\n`],
  ["a line of 5 MB", "src/a.ts", `const a = "${"x".repeat(5_000_000)}";\n`],
  ["a megabyte of broken brackets", "src/a.ts", "( ] ".repeat(250_000)],
];

let installations = 0;

await benchPulls();

async function benchPulls(): Promise<void> {
  const model = await startInstantModel();
  const github = await startGitHubDouble({ webhookSecret: SECRET, validate: "off" });
  try {
    const rows: Row[] = [];
    for (const { files, lines } of SIZES)
      rows.push(
        await measure(
          github,
          model.url,
          `${files.toLocaleString("en")} files, ${lines.toLocaleString("en")} lines`,
          () => generateRepository(files, lines),
        ),
      );
    console.log(
      tableOf({
        title: `From the fetch to the chunks, Node ${process.versions.node}, ${cpus().length} cores shared with the GitHub stand-in; milliseconds`,
        rows,
        notes: [
          "fetch: pull request and list of files; survey: archive, facts, plan, built-in checks, related code",
          "each size in a server of its own on the embedded store, in its second review; resident memory is the peak of the whole review",
          "healthz: the longest that a request for /healthz took from the start of the review until its chunks were ready",
        ],
      }),
    );
    const hostile: Row[] = [];
    for (const [what, path, text] of HOSTILE)
      hostile.push(await measure(github, model.url, what, () => hostileRepository(path, text)));
    console.log(tableOf({ title: "Inputs made to be slow; milliseconds", rows: hostile, notes: [] }));
  } finally {
    await github.close();
    model.close();
  }
}

async function measure(
  github: GitHubDouble,
  modelUrl: string,
  setting: string,
  generate: () => GeneratedRepository,
): Promise<Row> {
  const dataDir = mkdtempSync(join(tmpdir(), "plumbline-bench-data-"));
  const server = await startServer({
    PLUMBLINE_DATA_DIR: dataDir,
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.app.privateKey,
    WEBHOOK_SECRET: SECRET,
    GHE_HOST: github.host,
    GHE_PROTOCOL: "http",
    ANTHROPIC_API_KEY: "bench",
    ANTHROPIC_BASE_URL: modelUrl,
  });
  const warm = generateRepository(3, 60);
  const repository = generate();
  try {
    await review(github, server, warm.directory);
    server.forgetPeak();
    const { stages, healthMs, peakMb } = await review(github, server, repository.directory);
    const between = (from: string, to: string) =>
      Math.round((stages.get(to) ?? Number.NaN) - (stages.get(from) ?? Number.NaN));
    return {
      setting,
      fetch: between("review started", "loaded"),
      survey: between("loaded", "surveyed"),
      "all until chunks": between("review started", "planned"),
      "peak, MB": Math.round(peakMb),
      healthz: Math.round(healthMs),
    };
  } finally {
    await server.stop();
    repository.remove();
    warm.remove();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Reviewed {
  /** Milliseconds since the epoch, by log message. */
  readonly stages: ReadonlyMap<string, number>;
  readonly healthMs: number;
  readonly peakMb: number;
}

async function review(github: GitHubDouble, server: ServerProcess, directory: string): Promise<Reviewed> {
  installations += 1;
  const name = `r${installations}`;
  github.addRepository({
    owner: "bench",
    name,
    directory,
    installationId: 5_000 + installations,
    defaultBranch: "main",
  });
  github.setWebhookTarget(server.webhookUrl);
  const pull = github.openPullRequest({
    repository: `bench/${name}`,
    title: "Change",
    baseRef: "main",
    headRef: "change",
  });
  await github.deliverPullRequest(pull, "opened");
  let healthMs = 0;
  let stages = new Map<string, number>();
  for (;;) {
    const asked = performance.now();
    await (await fetch(new URL("/healthz", server.webhookUrl))).text();
    const took = performance.now() - asked;
    const lines = server.lines().filter(({ repository }) => repository === `bench/${name}`);
    if (!stages.has("planned")) {
      healthMs = Math.max(healthMs, took);
      stages = new Map(lines.map(({ msg, time }) => [msg, time]));
    }
    const ending = lines.find(({ msg }) => msg === "review ended" || msg === "review will be tried again");
    if (ending?.msg === "review will be tried again") throw new Error("the review failed");
    if (ending !== undefined)
      return { stages, healthMs, peakMb: stages.has("planned") ? server.use().peakMb : Number.NaN };
    await sleep(5);
  }
}
