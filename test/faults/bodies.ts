// Cases 3 to 5: what is sent to the webhook address by people who are not GitHub, or by a GitHub that has lost its mind.
import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { runServer } from "../app/server-process.ts";
import { WEBHOOK_SECRET } from "../app/whole-app.ts";
import { eventually, inParts, type Parts } from "./eventually.ts";
import { type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";

interface Sent {
  readonly guid: string;
  readonly status: number;
  readonly text: string;
}

function sign(body: string | Buffer, secret = WEBHOOK_SECRET, algorithm = "sha256"): string {
  return `${algorithm}=${createHmac(algorithm, secret).update(body).digest("hex")}`;
}

async function send(
  app: FaultApp,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<Sent> {
  const guid = randomUUID();
  const standard = {
    "content-type": "application/json",
    "x-github-event": "pull_request",
    "x-github-delivery": guid,
  };
  const all = { ...standard, ...headers };
  const response = await fetch(app.server.webhookUrl, { method: "POST", body, headers: all });
  return { guid, status: response.status, text: await response.text() };
}

/** A pull request that exists nowhere: if its job were made, it could be seen. */
function payload(over: Readonly<Record<string, unknown>> = {}) {
  return {
    action: "opened",
    repository: { id: 5, name: "nothing", owner: { login: "acme" } },
    installation: { id: 999_999 },
    pull_request: { number: 1, state: "open", draft: false, head: { sha: "1".repeat(40) } },
    ...over,
  };
}

async function rowsLeftBehind(
  app: FaultApp,
): Promise<{ readonly jobs: number; readonly deliveries: number }> {
  await app.fleet.stop();
  const [row] = await app.query<{ jobs: number; deliveries: number }>(
    "SELECT (SELECT count(*) FROM pgboss.job WHERE name IN ('reviews', 'commands'))::int AS jobs, (SELECT count(*) FROM plumbline.delivery)::int AS deliveries",
  );
  assert.ok(row);
  return row;
}

export const badSignature: FaultCase = {
  number: 3,
  title: "Wrong signatures",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp();
    const body = JSON.stringify(payload());
    const signature = sign(body);
    const nonUtf8 = Buffer.concat([Buffer.from('{"action":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const altered = body.replace("opened", "openee");
    const refused = (text: string | Buffer, headers: Record<string, string>) => async () => {
      const { status, text: answer } = await send(app, text, headers);
      assert.ok(status >= 400 && status < 500, `answered ${status}`);
      assert.match(answer, /signature/i, "refused for its signature, not for its content");
    };
    const parts = await inParts({
      wrong: refused(body, { "x-hub-signature-256": sign(body, "another secret") }),
      "Probot's default secret": refused(body, { "x-hub-signature-256": sign(body, "development") }),
      truncated: refused(body, { "x-hub-signature-256": signature.slice(0, -1) }),
      missing: refused(body, {}),
      "SHA-1 only": refused(body, { "x-hub-signature": sign(body, WEBHOOK_SECRET, "sha1") }),
      "one byte altered": refused(altered, { "x-hub-signature-256": signature }),
      "wrong, and no JSON": refused("{not json", { "x-hub-signature-256": signature }),
      "not UTF-8": async () => {
        const { status } = await send(app, nonUtf8, { "x-hub-signature-256": sign(nonUtf8) });
        assert.equal(status, 400);
      },
      "GitHub's published example": () => publishedExample(app),
      "no secret configured": () => refusesToStart(app, ""),
      "the secret everybody knows": () => refusesToStart(app, "development"),
    });
    assert.deepEqual(await rowsLeftBehind(app), { jobs: 0, deliveries: 0 });
    return `${parts} ways refused or as published; no job, no delivery stored`;
  },
};

async function publishedExample(app: FaultApp): Promise<void> {
  const hex = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  const { text } = await send(app, "Hello, World!", { "x-hub-signature-256": `sha256=${hex}` });
  // It is not JSON, so it is not taken; but its signature is right.
  assert.doesNotMatch(text, /signature/i);
}

async function refusesToStart(app: FaultApp, secret: string): Promise<void> {
  const { code, output } = await runServer({ ...app.variables, WEBHOOK_SECRET: secret });
  assert.equal(code, 2);
  assert.match(output, /WEBHOOK_SECRET/);
}

export const malformedBody: FaultCase = {
  number: 5,
  title: "Signed nonsense",
  stores: PGLITE,
  company: "others",
  run: async (context) => {
    const app = await context.startApp({ LOG_LEVEL: "info" });
    const parts = await inParts(nonsense(app));
    assert.equal((await fetch(`${app.server.origin}/healthz`)).status, 200);
    assert.equal((await rowsLeftBehind(app)).jobs, 0);
    return `${parts} kinds answered 2XX or 400 with 1 log line each, 0 jobs, still alive`;
  },
};

function nonsense(app: FaultApp): Parts {
  const bodies: Readonly<Record<string, unknown>> = {
    "not JSON": "{not json",
    "a list": [],
    null: "null",
    "a string": '"opened"',
    "null installation": payload({ installation: null }),
    "no pull request": payload({ pull_request: undefined }),
    "an unknown action": payload({ action: "stacked" }),
    "a number as text": payload({ pull_request: { number: "1", state: "open" } }),
    "a list as owner": payload({ repository: { id: 1, name: "a", owner: [] } }),
    "a fraction as id": payload({ installation: { id: 1.5 } }),
    "a huge id": payload({ installation: { id: 1e300 } }),
    "an object as action": payload({ action: { name: "opened" } }),
    "a number as head": payload({ pull_request: { number: 1, state: "open", head: 7 } }),
    "a prototype": '{"__proto__":{"action":"opened"},"constructor":1}',
    "a NUL": payload({ repository: { id: 5, name: "no\u0000thing", owner: { login: "acme" } } }),
  };
  const one = (value: unknown, event: string) => async () => {
    const body = typeof value === "string" ? value : JSON.stringify(value);
    const headers = { "x-hub-signature-256": sign(body), "x-github-event": event };
    const { guid, status } = await send(app, body, headers);
    assert.ok([200, 202, 204, 400].includes(status), `answered ${status}`);
    // It is written when the answer has gone out, which may be a moment later than it arrives.
    const lines = await eventually(`a log line about ${guid}`, () => {
      const written = app.fleet.logs().filter((line) => line["delivery"] === guid);
      return written.length > 0 && written;
    });
    assert.equal(lines.length, 1, `log lines: ${JSON.stringify(lines)}`);
  };
  const events = ["issue_comment", "check_run", "installation", "installation_repositories", "made_up"];
  return {
    ...Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, one(body, "pull_request")])),
    ...Object.fromEntries(events.map((event) => [`an empty ${event}`, one({}, event)])),
    ...Object.fromEntries(events.map((event) => [`a list as ${event}`, one([], event)])),
  };
}
