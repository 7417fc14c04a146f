// npm run demo: the whole server path on this machine. A GitHub stand-in, the app with its embedded store, one pull request.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startGitHubDouble } from "../test/github-double/server.ts";
import type { PullRequestState } from "../test/github-double/state.ts";
import { startApp } from "./app-process.ts";
import { makeExampleRepository } from "./example-repository.ts";
import { type DemoView, renderPage } from "./page.ts";
import { postedText, readPosted } from "./posted.ts";
import { readRecording, writeRecording } from "./recording.ts";
import { type ReplayServer, startRecorder, startReplay } from "./replay-server.ts";

const HELP = `npm run demo                  opens a pull request on a local GitHub stand-in, waits for the review, shows it in the browser
npm run demo -- --once        prints the posted review and exits
npm run demo -- --html FILE   writes the page to a file and exits
npm run demo:record           asks the model (ANTHROPIC_API_KEY) and renews demo/recording.json

Without ANTHROPIC_API_KEY the model's replies are a recording made for the example; with it the model is real.`;

const RECORDED_NOTE =
  "The model's replies in this demo are a recording made for this example. Set ANTHROPIC_API_KEY to have a real model review it.";
const REVIEW_TIMEOUT_MS = 15 * 60_000;
/** Whoever answers while a recording is made may be a person. */
const RECORD_TIMEOUT_MS = 3 * 60 * 60_000;
const WEBHOOK_SECRET = "a secret of this demo only";

type Mode = "recorded" | "real" | "record";

const { values } = parseArgs({
  options: {
    once: { type: "boolean" },
    record: { type: "boolean" },
    html: { type: "string" },
    help: { type: "boolean" },
  },
});
if (values.help) console.log(HELP);
else process.exitCode = await demo();

async function demo(): Promise<number> {
  const apiKey = process.env["ANTHROPIC_API_KEY"] ?? "";
  const mode: Mode = values.record ? "record" : apiKey === "" ? "recorded" : "real";
  if (mode === "record" && apiKey === "") throw new Error("npm run demo:record needs ANTHROPIC_API_KEY");
  const say = (text: string) => process.stderr.write(`${text}\n`);

  const example = makeExampleRepository();
  const dataDir = mkdtempSync(join(tmpdir(), "plumbline-demo-"));
  const github = await startGitHubDouble({ webhookSecret: WEBHOOK_SECRET, validate: "off" });
  const model = await startModel(mode, apiKey);
  say(
    mode === "recorded"
      ? "No ANTHROPIC_API_KEY: the model's replies are a recording made for the example."
      : `The model is real: ${process.env["ANTHROPIC_BASE_URL"] ?? "api.anthropic.com"}.`,
  );
  say("Starting Plumbline with its embedded store …");
  const app = await startApp({
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.app.privateKey,
    WEBHOOK_SECRET,
    GHE_HOST: github.host,
    GHE_PROTOCOL: "http",
    PLUMBLINE_DATA_DIR: dataDir,
    ANTHROPIC_API_KEY: mode === "real" ? apiKey : "demo",
    ...modelVariables(mode, model),
  });
  try {
    github.setWebhookTarget(app.webhookUrl);
    github.addRepository({
      owner: "example",
      name: "orders",
      directory: example.directory,
      installationId: 1,
      defaultBranch: example.baseRef,
    });
    const pull = github.openPullRequest({
      repository: "example/orders",
      title: example.title,
      body: example.body,
      author: example.author,
      baseRef: example.baseRef,
      headRef: example.headRef,
    });
    say(`Opening pull request #${pull.number}: ${pull.title} …`);
    await github.deliverPullRequest(pull, "opened");
    await reviewed(pull, mode);
    const view = await readPosted(pull, example, mode === "recorded" ? RECORDED_NOTE : null);
    return await show(view, mode, model, app.logs());
  } finally {
    await app.stop();
    await github.close();
    model?.close();
    example.remove();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function startModel(mode: Mode, apiKey: string): Promise<ReplayServer | null> {
  if (mode === "real") return null;
  return mode === "recorded"
    ? startReplay(readRecording())
    : startRecorder({ apiKey, baseUrl: process.env["ANTHROPIC_BASE_URL"] });
}

function modelVariables(mode: Mode, model: ReplayServer | null): Record<string, string> {
  const given = ["ANTHROPIC_BASE_URL", "PLUMBLINE_MODEL"].flatMap((name) =>
    process.env[name] ? [[name, process.env[name]]] : [],
  );
  return mode === "real"
    ? Object.fromEntries(given)
    : { ...Object.fromEntries(given), ANTHROPIC_BASE_URL: model?.url ?? "" };
}

async function reviewed(pull: PullRequestState, mode: Mode): Promise<void> {
  const deadline = Date.now() + (mode === "record" ? RECORD_TIMEOUT_MS : REVIEW_TIMEOUT_MS);
  while (Date.now() < deadline) {
    if (pull.checkRuns.at(-1)?.status === "completed") return;
    await sleep(50);
  }
  throw new Error("the review did not end in time");
}

async function show(view: DemoView, mode: Mode, model: ReplayServer | null, logs: string): Promise<number> {
  if (view.reviews.length === 0) {
    process.stderr.write(
      `No review was posted. Check run: ${view.check?.title ?? "none"}\n${model?.missed[0] === undefined ? logs : `The recording no longer fits "${model.missed[0]}": npm run demo:record renews it.`}\n`,
    );
    return 1;
  }
  if (mode === "record") {
    const name = /"model":"(?<name>[^"]+)"/.exec(logs)?.groups?.["name"] ?? "unknown";
    writeRecording({
      model: name,
      recorded: new Date().toISOString().slice(0, 10),
      replies: model?.recorded ?? [],
    });
    process.stderr.write(`Recorded ${model?.recorded.length ?? 0} replies in demo/recording.json\n`);
  }
  if (values.html !== undefined) writeFileSync(values.html, renderPage(view));
  else if (values.once || mode === "record") console.log(postedText(view));
  else await servePage(view);
  return 0;
}

async function servePage(view: DemoView): Promise<void> {
  const page = renderPage(view);
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  console.log(
    `\nThe review is posted. Read it at http://127.0.0.1:${(server.address() as AddressInfo).port}/  (Ctrl-C ends the demo)`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  server.close();
  server.closeAllConnections();
}
