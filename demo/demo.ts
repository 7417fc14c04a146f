// npm run demo: the whole server path on this machine. A GitHub stand-in, the app with its embedded store, one pull request.
import { once } from "node:events";
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

const HELP = `npm run demo                  opens a pull request on a local GitHub stand-in, waits for the review, shows it in the browser
npm run demo -- --once        prints the posted review and exits
npm run demo -- --html FILE   writes the page to a file and exits

Without ANTHROPIC_API_KEY the built-in checks review the example, and no model is called. With it the model reads it, too.`;

const CHECKS_ONLY_NOTE =
  "Only Plumbline's built-in checks have read this pull request, here on this machine; no model was called. With ANTHROPIC_API_KEY set, a model reads it in five passes as well: security, correctness, architecture, performance, maintainability.";
const REVIEW_TIMEOUT_MS = 15 * 60_000;
/** As a shell reports a process that Ctrl-C ended. */
const INTERRUPTED = 130;
const WEBHOOK_SECRET = "a secret of this demo only";
/** What a user of the demo may set about the model; everything else of the environment stays out. */
const MODEL_VARIABLES = ["ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "PLUMBLINE_MODEL", "PLUMBLINE_DEPTH"];

const { values } = parseArgs({
  options: {
    once: { type: "boolean" },
    html: { type: "string" },
    help: { type: "boolean" },
  },
});
if (values.help) console.log(HELP);
else process.exitCode = await demo();

async function demo(): Promise<number> {
  const model = modelVariables();
  const hasKey = model["ANTHROPIC_API_KEY"] !== undefined;
  // What was started is ended, and what was made is removed, also after Ctrl-C.
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort());
  const example = makeExampleRepository();
  const dataDir = mkdtempSync(join(tmpdir(), "plumbline-demo-"));
  const github = await startGitHubDouble({ webhookSecret: WEBHOOK_SECRET, validate: "off" });
  say(
    hasKey
      ? `The model is real: ${model["ANTHROPIC_BASE_URL"] ?? "api.anthropic.com"}.`
      : "No ANTHROPIC_API_KEY: the built-in checks review the example, and no model is called.",
  );
  say("Starting Plumbline with its embedded store …");
  const app = await startApp({
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.app.privateKey,
    WEBHOOK_SECRET,
    GHE_HOST: github.host,
    GHE_PROTOCOL: "http",
    PLUMBLINE_DATA_DIR: dataDir,
    ...model,
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
    await reviewed(pull, interrupt.signal);
    const view = await readPosted(pull, example, hasKey ? null : CHECKS_ONLY_NOTE);
    return await show(view, app.logs(), interrupt.signal);
  } catch (error) {
    if (interrupt.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    await app.stop();
    await github.close();
    example.remove();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function modelVariables(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    MODEL_VARIABLES.flatMap((name) => {
      const value = process.env[name] ?? "";
      return value === "" ? [] : [[name, value]];
    }),
  );
}

async function reviewed(pull: PullRequestState, interrupt: AbortSignal): Promise<void> {
  const deadline = Date.now() + REVIEW_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (pull.checkRuns.at(-1)?.status === "completed") return;
    await sleep(50, undefined, { signal: interrupt });
  }
  throw new Error("the review did not end in time");
}

async function show(view: DemoView, logs: string, interrupt: AbortSignal): Promise<number> {
  if (view.reviews.length === 0) {
    say(`No review was posted. Check run: ${view.check?.title ?? "none"}\n${logs}`);
    return 1;
  }
  if (values.html !== undefined) writeFileSync(values.html, renderPage(view));
  else if (values.once) console.log(postedText(view));
  else await servePage(view, interrupt);
  return 0;
}

async function servePage(view: DemoView, interrupt: AbortSignal): Promise<void> {
  const page = renderPage(view);
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  console.log(
    `\nThe review is posted. Read it at http://127.0.0.1:${(server.address() as AddressInfo).port}/  (Ctrl-C ends the demo)`,
  );
  if (!interrupt.aborted) await once(interrupt, "abort");
  server.close();
  server.closeAllConnections();
}
