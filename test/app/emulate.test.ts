// The same server against somebody else's idea of GitHub (vercel-labs/emulate): identity, tokens, webhook signature, posting.
// Its list of a pull request's files is a stub that is always empty, so the review is one of an empty change.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type Emulator } from "emulate";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { tempFolder } from "../builders-git.ts";
import { prepareStore } from "../builders-store.ts";
import { type ServerProcess, startServer } from "./server-process.ts";
import { until } from "./until.ts";

const WEBHOOK_SECRET = "a secret of this test";
const data = tempFolder("emulate");
const targets = { api: 0, webhooks: 0 };
let relay: Server;
let emulator: Emulator;
let server: ServerProcess;

/** `/api/v3`, which the emulator does not know, is taken off; its webhooks pass, because its address is wanted first. */
function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const url = incoming.url ?? "/";
  const isWebhook = url.startsWith("/api/github/");
  const onward = request(
    {
      host: "127.0.0.1",
      port: isWebhook ? targets.webhooks : targets.api,
      path: url.replace("/api/v3", ""),
      method: incoming.method,
      headers: incoming.headers,
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  onward.on("error", () => outgoing.destroy());
  incoming.pipe(onward);
}

beforeAll(async () => {
  relay = createServer(pass);
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(relay.address() as AddressInfo).port}`;
  targets.api = await freePort();
  emulator = await createEmulator({
    service: "github",
    port: targets.api,
    baseUrl: `http://127.0.0.1:${targets.api}`,
    seed: seedFor(`http://${host}/api/github/webhooks`),
  });
  const key = emulator.generatedSecrets.find((secret) => secret.kind === "github.app_private_key");
  await prepareStore(data.path);
  server = await startServer({
    APP_ID: "4242",
    PRIVATE_KEY: key?.value ?? "",
    WEBHOOK_SECRET,
    GHE_HOST: host,
    GHE_PROTOCOL: "http",
    PLUMBLINE_DATA_DIR: data.path,
    ANTHROPIC_API_KEY: "never used",
    ANTHROPIC_BASE_URL: "http://127.0.0.1:1",
  });
  targets.webhooks = Number(new URL(server.origin).port);
});

afterAll(async () => {
  await server.stop();
  await emulator.close();
  relay.close();
  relay.closeAllConnections();
  data.remove();
});

function seedFor(webhookUrl: string) {
  const app = {
    app_id: 4242,
    slug: "plumbline",
    name: "Plumbline",
    webhook_url: webhookUrl,
    webhook_secret: WEBHOOK_SECRET,
    permissions: { contents: "read", pull_requests: "write", checks: "write", metadata: "read" },
    events: ["pull_request", "issue_comment"],
    installations: [{ installation_id: 100, account: "dev", repository_selection: "all" }],
  };
  return {
    tokens: { tok_dev: { login: "dev", scopes: ["repo"] } },
    github: {
      users: [{ login: "dev" }],
      repos: [{ owner: "dev", name: "shop", auto_init: true }],
      apps: [app],
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function asDev(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${targets.api}/repos/dev/shop${path}`, {
    method,
    headers: { authorization: "Bearer tok_dev", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

const branch = z.object({ object: z.object({ sha: z.string() }) });
const pulls = z.object({ number: z.number(), head: z.object({ sha: z.string() }) });
const reviews = z.array(
  z.object({ body: z.string(), state: z.string(), user: z.object({ login: z.string() }) }),
);
const checks = z.object({
  check_runs: z.array(z.object({ name: z.string(), status: z.string(), conclusion: z.string().nullable() })),
});

it("reviews a pull request on an emulator that was written by others", async () => {
  const { object } = branch.parse(await asDev("GET", "/git/ref/heads/main"));
  await asDev("POST", "/git/refs", { ref: "refs/heads/topic", sha: object.sha });
  const content = Buffer.from("export const one = 1;\n").toString("base64");
  await asDev("PUT", "/contents/a.ts", { message: "Add one", content, branch: "topic" });

  const pull = pulls.parse(await asDev("POST", "/pulls", { title: "Add one", head: "topic", base: "main" }));
  const [review] = await until(
    "a review",
    async () => {
      const list = reviews.parse(await asDev("GET", `/pulls/${pull.number}/reviews`));
      return list.length > 0 ? list : null;
    },
    server.output,
  );
  const run = await until("a completed check", async () => {
    const { check_runs } = checks.parse(await asDev("GET", `/commits/${pull.head.sha}/check-runs`));
    return check_runs.find((one) => one.status === "completed");
  });

  expect(review).toMatchObject({ state: "COMMENTED", user: { login: "plumbline[bot]" } });
  expect(review?.body).toContain("Nothing to review.");
  expect(review?.body).toMatch(/<!-- plumbline:review run=/);
  expect(run).toMatchObject({ name: "Plumbline", conclusion: "success" });
});
