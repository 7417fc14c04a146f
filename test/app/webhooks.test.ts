// The webhook address itself: signatures, sizes, nonsense, GitHub's own examples; and what an operator can ask.
import { createHmac, randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "./until.ts";
import { closeClean, fateOf, startWholeApp, WEBHOOK_SECRET, type WholeApp } from "./whole-app.ts";

let app: WholeApp;

beforeAll(async () => {
  app = await startWholeApp();
});
afterAll(() => closeClean(app));

function sign(body: string | Buffer, algorithm = "sha256"): string {
  return `${algorithm}=${createHmac(algorithm, WEBHOOK_SECRET).update(body).digest("hex")}`;
}

interface Post {
  readonly guid: string;
  readonly status: number;
  readonly text: string;
}

async function post(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Post> {
  const guid = headers["x-github-delivery"] ?? randomUUID();
  const response = await fetch(app.server.webhookUrl, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-github-event": "pull_request",
      "x-github-delivery": guid,
      ...headers,
    },
  });
  return { guid, status: response.status, text: await response.text() };
}

function signed(value: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Post> {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return post(body, { "x-hub-signature-256": sign(body), ...headers });
}

/** The job is stored before the answer, and both are logged: once the answer is there, so would be the job. */
async function jobsOf(guid: string): Promise<number> {
  const lines = () => app.server.logs().filter((line) => line["delivery"] === guid);
  await until(`delivery ${guid} is logged`, () => lines().some((line) => line.msg === "delivery"));
  return lines().filter((line) => line.msg === "queued").length;
}

/** A pull request that exists nowhere: its job ends at once because GitHub does not know the installation. */
function payload(action: string) {
  return {
    action,
    repository: { id: 5, name: "nothing", owner: { login: "acme" } },
    installation: { id: 999_999 },
    pull_request: { number: 1, state: "open", draft: false },
  };
}

describe("the signature of a webhook", () => {
  it("is checked as in GitHub's published example", async () => {
    const body = "Hello, World!";
    const published = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    const good = await post(body, { "x-hub-signature-256": published });
    const bad = await post(body, { "x-hub-signature-256": published.replace("757", "758") });

    // It is not JSON, so neither is taken; but only the second for its signature.
    expect(good).toMatchObject({ status: 400, text: expect.not.stringContaining("signature") });
    expect(bad).toMatchObject({ status: 400, text: expect.stringContaining("signature") });
  });

  it("makes a job when it is right", async () => {
    const { guid, status } = await signed(payload("opened"));

    expect(status).toBe(200);
    expect(await jobsOf(guid)).toBe(1);
  });

  const body = JSON.stringify(payload("opened"));
  it.each<[string, Record<string, string>]>([
    ["missing", {}],
    ["empty", { "x-hub-signature-256": "" }],
    [
      "of another secret",
      { "x-hub-signature-256": `sha256=${createHmac("sha256", "x").update(body).digest("hex")}` },
    ],
    ["cut", { "x-hub-signature-256": sign(body).slice(0, -2) }],
    ["of another body", { "x-hub-signature-256": sign(`${body} `) }],
    ["only the old SHA-1", { "x-hub-signature": sign(body, "sha1") }],
    ["the old SHA-1 in the new header", { "x-hub-signature-256": sign(body, "sha1") }],
    [
      "with Probot's default secret",
      { "x-hub-signature-256": `sha256=${createHmac("sha256", "development").update(body).digest("hex")}` },
    ],
  ])("refuses one that is %s with 400 and makes no job", async (_what, headers) => {
    const { guid, status } = await post(body, headers);

    expect(status).toBe(400);
    expect(await jobsOf(guid)).toBe(0);
  });
});

describe("a signed webhook that makes no sense", () => {
  it.each<[string, unknown]>([
    ["a list", []],
    ["null", "null"],
    ["a string", '"opened"'],
    ["a number", "7"],
    ["nothing at all", ""],
    ["cut JSON", '{"action":"opened",'],
    ["an empty object", {}],
    ["no installation", { ...payload("opened"), installation: null }],
    ["no pull request", { ...payload("opened"), pull_request: undefined }],
    ["a number as text", { ...payload("opened"), pull_request: { number: "1", state: "open" } }],
    ["an owner that is a list", { ...payload("opened"), repository: { id: 1, name: "a", owner: [] } }],
    ["a fraction as id", { ...payload("opened"), installation: { id: 1.5 } }],
    ["an action that is an object", { ...payload("opened"), action: { name: "opened" } }],
    ["a prototype", '{"__proto__":{"action":"opened"},"constructor":1}'],
  ])("is answered and forgotten: %s", async (_what, value) => {
    const { guid, status } = await signed(value);

    expect([200, 202, 204, 400]).toContain(status);
    expect(await jobsOf(guid)).toBe(0);
  });

  it.each(["issue_comment", "check_run", "installation", "installation_repositories", "push", "made_up"])(
    "is answered and forgotten: an empty %s event",
    async (event) => {
      const { guid, status } = await signed({}, { "x-github-event": event });

      expect([200, 400]).toContain(status);
      expect(await jobsOf(guid)).toBe(0);
    },
  );

  it("is refused when its body is no UTF-8", async () => {
    const body = Buffer.concat([Buffer.from('{"action":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);

    const { status } = await post(body, { "x-hub-signature-256": sign(body) });

    expect(status).toBe(400);
  });

  it.each(["x-github-event", "x-github-delivery"])("is refused without the header %s", async (name) => {
    const body = JSON.stringify(payload("opened"));
    const headers = new Headers({
      "content-type": "application/json",
      "x-github-event": "pull_request",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": sign(body),
    });
    headers.delete(name);

    const { status } = await fetch(app.server.webhookUrl, { method: "POST", body, headers });

    expect(status).toBe(400);
  });

  it("is refused as a form", async () => {
    const { status } = await signed(payload("opened"), {
      "content-type": "application/x-www-form-urlencoded",
    });

    expect(status).toBe(415);
  });

  it("leaves the server alive", async () => {
    expect((await fetch(`${app.server.origin}/healthz`)).status).toBe(200);
  });
});

interface Example {
  readonly action?: string;
  readonly pull_request?: { readonly draft?: boolean; readonly state: string };
}

describe("GitHub's own examples", () => {
  // Typed by a package that is not installed; only the fields above are read.
  const all = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly {
    readonly name: string;
    readonly examples: readonly Example[];
  }[];
  const pulls = all.find((event) => event.name === "pull_request")?.examples ?? [];

  it("of pull requests are all accepted, and only the right actions of open ones that are no draft make a job", async () => {
    expect(pulls.length).toBeGreaterThan(25);
    for (const example of pulls) {
      const asks = ["opened", "reopened", "synchronize", "ready_for_review"].includes(example.action ?? "");
      const isOpen = example.pull_request?.state === "open" && example.pull_request.draft !== true;

      // An App's webhook always names the installation; some of the examples are from before Apps.
      const { guid, status } = await signed({ ...example, installation: { id: 999_999 } });

      expect([example.action, status]).toEqual([example.action, 200]);
      const takesBack = ["closed", "converted_to_draft"].includes(example.action ?? "");
      const fate = takesBack ? "withdrawn" : "ignored";
      expect((await fateOf(app, guid)).msg).toBe(asks && isOpen ? "queued" : fate);
    }
  });

  it("of every other event are accepted, and none of them makes a job", async () => {
    const others = all.filter((event) => event.name !== "pull_request");
    const answers = [];
    for (const { name, examples } of others)
      for (const example of examples)
        answers.push({ name, ...(await signed(example, { "x-github-event": name })) });

    expect(answers.length).toBeGreaterThan(100);
    expect(answers.filter((answer) => answer.status !== 200)).toEqual([]);
    const guids = new Set(answers.map((answer) => answer.guid));
    await until(
      "all deliveries are logged",
      () =>
        app.server.logs().filter((line) => line.msg === "delivery" && guids.has(String(line["delivery"])))
          .length === guids.size,
    );
    expect(
      app.server.logs().filter((line) => line.msg === "queued" && guids.has(String(line["delivery"]))),
    ).toEqual([]);
  });
});

describe("a body over 25 MiB", () => {
  const LIMIT = 25 * 1024 * 1024;

  it("is taken at exactly 25 MiB", async () => {
    const body = JSON.stringify({ ...payload("labeled"), filler: "" });
    const whole = body.replace('"filler":""', `"filler":"${"x".repeat(LIMIT - body.length)}"`);

    const { status } = await signed(whole);

    expect(whole).toHaveLength(LIMIT);
    expect(status).toBe(200);
  });

  it("is refused with 413 by its announced length, before it is read", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(app.server.webhookUrl, {
        method: "POST",
        headers: { "content-type": "application/json", "content-length": String(LIMIT + 1) },
      });
      request.once("response", (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.once("error", reject);
      // Not a byte of the body is sent.
      request.flushHeaders();
    });

    expect(status).toBe(413);
  });

  it("is refused with 413 when it comes in pieces of unknown number, and is not kept in memory", async () => {
    const before = app.server.memory();
    const guids = Array.from({ length: 4 }, () => randomUUID());

    for (const guid of guids) await sendPieces(guid, 200);

    const answers = guids.map((guid) =>
      until(`delivery ${guid} is logged`, () =>
        app.server.logs().find((line) => line.msg === "delivery" && line["delivery"] === guid),
      ),
    );
    expect((await Promise.all(answers)).map((line) => line["status"])).toEqual([413, 413, 413, 413]);
    // Four times 200 MB were offered; a quarter of one is more than enough room.
    expect(app.server.memory() - before).toBeLessThan(150 * 1024 * 1024);
  });

  it("leaves the server answering others", async () => {
    expect((await signed(payload("labeled"))).status).toBe(200);
  });

  /** Chunked, and on until the server has had enough: a sender in full flow may see the end before the answer. */
  function sendPieces(guid: string, most: number): Promise<void> {
    return new Promise((resolve) => {
      const piece = Buffer.alloc(1024 * 1024, "x");
      const request = httpRequest(app.server.webhookUrl, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "transfer-encoding": "chunked",
          "x-github-delivery": guid,
        },
      });
      const end = () => {
        request.destroy();
        resolve();
      };
      request.once("response", end).on("error", end);
      Readable.from(Array.from({ length: most }, () => piece)).pipe(request);
    });
  }
});

describe("what an operator can ask", () => {
  it("is alive and ready", async () => {
    for (const path of ["/healthz", "/readyz"])
      expect((await fetch(app.server.origin + path)).status).toBe(200);
  });

  it("counts deliveries by event and status, with unknown events under one name", async () => {
    await signed({}, { "x-github-event": "made_up_by_a_stranger" });
    await post("{}");

    const response = await fetch(`${app.server.origin}/metrics`);
    const text = await response.text();

    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(text).toMatch(/^plumbline_deliveries_total\{event="other",status="200"\} \d+$/m);
    expect(text).toMatch(/^plumbline_deliveries_total\{event="pull_request",status="400"\} \d+$/m);
    expect(text).not.toContain("made_up_by_a_stranger");
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
  });

  it.each<[string, string, number]>([
    ["GET", "/api/github/webhooks", 404],
    ["PUT", "/api/github/webhooks", 405],
    ["GET", "/", 404],
    ["POST", "/healthz", 404],
    ["GET", "/probot", 404],
    ["HEAD", "/healthz", 200],
  ])("%s %s is answered with %i", async (method, path, status) => {
    expect((await fetch(app.server.origin + path, { method })).status).toBe(status);
  });
});
