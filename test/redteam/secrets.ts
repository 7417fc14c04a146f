// Secrets in what is shown, posted and logged. The examples are put together here, so that no scanner takes them for real.
import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { pino } from "pino";
import { cutIntoChunks } from "../../src/domain/chunk.ts";
import { chunkBlock } from "../../src/domain/chunk-text.ts";
import { duplicatesPrompt, verifyPrompt } from "../../src/domain/claim-prompts.ts";
import { promptPrefix, readingPrompt, summaryPrompt } from "../../src/domain/prompt.ts";
import { type Redactor, redactLines, redactSecrets } from "../../src/domain/secret-redaction.ts";
import { openTraffic } from "../../src/github/traffic.ts";
import { logOptions } from "../../src/log.ts";
import { commandRedactor, serverRedactor } from "../../src/own-secrets.ts";
import {
  aCoverage,
  aDiff,
  aFinding,
  aLibrary,
  aNewFile,
  aPullRequest,
  promptText,
  UNLIMITED,
} from "../builders.ts";
import { type AttackCase, casesOf } from "./attack-case.ts";

const MIXED = "aB3dE5gH7jK9mN2pQ4sT6vW8yZ1bD0fG3hJ5kL7nP9rS2tU4wX6zA8cE1";
const mixed = (length: number) => MIXED.repeat(4).slice(0, length);
const HEX = "9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c";
const json = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const JWT = [json({ alg: "HS256" }), json({ sub: "42" }), mixed(43)].join(".");

const OWN = {
  webhookSecret: "correct-horse-battery",
  privateKey: generateKeyPairSync("rsa", { modulusLength: 2048 })
    .privateKey.export({ type: "pkcs1", format: "pem" })
    .toString(),
  review: {
    apiKey: "key of a gateway, unlike any other",
    baseUrl: undefined,
    model: "m",
    depth: "standard" as const,
    limits: UNLIMITED,
  },
  databaseUrl: "postgres://app:p%40ss-of-the-store@localhost/app",
};

interface SecretRow {
  readonly name: string;
  readonly text: string;
  /** What must not be left. */
  readonly secret: string;
}

const row = (name: string, secret: string, text = `const key = "${secret}";`): SecretRow => ({
  name,
  secret,
  text,
});
const LOOKS: readonly SecretRow[] = [
  row("GitHub token", `ghp_${mixed(36)}`),
  row("installation token", `ghs_${mixed(36)}`),
  row("fine-grained token", `github_pat_${mixed(22)}_${mixed(59)}`),
  row("key of the model service", `sk-ant-api03-${mixed(93)}AA`),
  row("cloud access key", ["AKIA", "Q3EGRT5YWZKLMNXP"].join("")),
  row("cloud secret", mixed(40), `aws_secret_access_key = ${mixed(40)}`),
  row("chat token", `xoxb-284917365028-9174629305718-${mixed(24)}`),
  row("payment key", `sk_live_${mixed(24)}`),
  row("signed token", JWT),
  row("password of a database", "k9vQ2mX7zz", "postgres://app:k9vQ2mX7zz@db.prod.internal:5432/app"),
  row(
    "token in an address",
    `ghs_${mixed(36)}`,
    `https://x-access-token:ghs_${mixed(36)}@github.com/acme/shop`,
  ),
  row("random value under a telling name", mixed(32), `SESSION_SECRET=${mixed(32)}`),
  row("hexadecimal value under a telling name", HEX, `api_key: '${HEX}'`),
];
const OWN_ROWS: readonly SecretRow[] = [
  row("our webhook secret", OWN.webhookSecret),
  row("our key of the model service", OWN.review.apiKey),
  row(
    "our private key, a line of it",
    (OWN.privateKey.split("\n")[3] ?? "").slice(8, 48),
    OWN.privateKey.split("\n")[3],
  ),
  row(
    "our private key in base64",
    Buffer.from(OWN.privateKey.trim()).toString("base64").slice(60, 120),
    Buffer.from(OWN.privateKey.trim()).toString("base64"),
  ),
  row("our webhook secret in an address", "correct-horse-battery", "?secret=correct-horse-battery&x=1"),
  row("password of our store", "p@ss-of-the-store", "connect ECONNREFUSED p@ss-of-the-store"),
];

/** Before the model: as lines of a hunk. Before GitHub and the log: as they leave. */
async function run({ text, secret }: SecretRow): Promise<void> {
  const redact = serverRedactor(OWN);
  assert.ok(text.includes(secret) || decodeURIComponent(text).includes(secret), "it is there");
  const { lines } = redactLines(redact, ["const a = 1;", text, "const b = 2;"]);
  assert.equal(lines.length, 3, "lines keep their numbers");
  assert.ok(!lines.join("\n").includes(secret), "lines");
  for (const prompt of promptsWith([text], redact)) assert.ok(!prompt.includes(secret), "the model");
  assert.ok(!(await posted(text)).includes(secret), "GitHub");
  assert.ok(!logged(text).includes(secret), "the log");
}

/** Every question of a review, with these lines in each place that can hold a stranger's text. */
function promptsWith(lines: readonly string[], redact: Redactor): readonly string[] {
  const text = lines.join("\n");
  const files = [
    aNewFile("src/a.ts", lines),
    aDiff(lines.map((line) => `-${line}`).join("\n"), { path: "b.ts" }),
  ];
  const pullRequest = aPullRequest({ title: text, description: text, commits: [text], files });
  const library = aLibrary();
  const prefix = promptPrefix(pullRequest, library, [], "2026-11-27", redact);
  const excerpt = { path: "src/c.ts", first: 1, lines, reason: "definition of a" };
  const context = { around: [excerpt], related: [excerpt] };
  const told = aFinding({ title: text, why: text, fix: text, evidence: text });
  const claims = [{ number: 1, finding: told, place: "src/a.ts:1" }];
  const prompts = cutIntoChunks(files).flatMap((chunk) => {
    const block = chunkBlock(prefix, chunk, context);
    return [
      readingPrompt(prefix, block, library, ["security"], [told]),
      readingPrompt(prefix, block, library, ["security", "correctness"], [told]),
      verifyPrompt(prefix, block, library, claims, [excerpt]),
    ];
  });
  return [
    ...prompts,
    duplicatesPrompt(prefix, library, claims),
    summaryPrompt(prefix, library, [told], aCoverage()),
  ].map(promptText);
}

/** The body that leaves the process: whatever is asked of GitHub goes through here. */
async function posted(text: string): Promise<string> {
  const bodies: string[] = [];
  const honest = globalThis.fetch;
  globalThis.fetch = async (_input, init) => {
    if (typeof init?.body === "string") bodies.push(init.body);
    return new Response("{}");
  };
  try {
    const send = openTraffic(
      { called: () => undefined, quota: () => undefined },
      serverRedactor(OWN),
    ).fetchFor(1);
    const body = {
      body: `Review: ${text}`,
      comments: [{ body: text }],
      output: { title: text, summary: text },
    };
    await send("https://api.github.example/x", { method: "POST", body: JSON.stringify(body) });
  } finally {
    globalThis.fetch = honest;
  }
  const left = JSON.parse(bodies[0] ?? "") as object;
  assert.deepEqual(Object.keys(left), ["body", "comments", "output"]);
  return JSON.stringify(left);
}

function logged(text: string): string {
  const lines: string[] = [];
  const log = pino(logOptions("info", serverRedactor(OWN)), {
    write: (line: string) => void lines.push(line),
  });
  log.error({ reason: text, nested: { list: [text] }, err: new Error(text) }, `failed: ${text}`);
  const [line = ""] = lines;
  assert.ok(line.endsWith("\n"));
  assert.equal((JSON.parse(line) as { level: number }).level, 50, "a line stays JSON");
  return line;
}

const KEY = OWN.privateKey.trim().split("\n");
const OTHER_KEY = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString()
  .trim()
  .split("\n");

interface KeyRow {
  readonly name: string;
  readonly lines: readonly string[];
}

const KEYS: readonly KeyRow[] = [
  { name: "private key", lines: OTHER_KEY },
  { name: "private key without its end", lines: OTHER_KEY.slice(0, 9) },
  { name: "private key without its beginning", lines: OTHER_KEY.slice(9) },
  { name: "private key in YAML", lines: ["key: |", ...OTHER_KEY.map((line) => `  ${line}`)] },
  { name: "private key in a string", lines: [`const k = "${OTHER_KEY.join("\\n")}";`] },
];

function runKey({ lines }: KeyRow): void {
  const left = redactLines(redactSecrets, lines).lines;
  assert.equal(left.length, lines.length);
  const parts = OTHER_KEY.slice(1, -1).filter((part) => left.some((line) => line.includes(part)));
  assert.deepEqual(parts, []);
  for (const prompt of promptsWith(lines, redactSecrets))
    assert.ok(!OTHER_KEY.slice(1, -1).some((part) => prompt.includes(part)), "the model");
}

/** A2: what holds the keys of the whole installation gives none away. */
const HOLDERS: readonly { readonly name: string; readonly run: () => void }[] = [
  {
    name: "fault that quotes the private key",
    run: () => {
      const text = logged(`cannot sign with ${OWN.privateKey}`);
      assert.ok(KEY.slice(1, -1).every((line) => !text.includes(line)));
      assert.ok(createPrivateKey(OWN.privateKey), "it is a real one");
    },
  },
  {
    name: "fault of the command line that quotes a setting",
    run: () => {
      const redact = commandRedactor({
        ANTHROPIC_API_KEY: OWN.review.apiKey,
        WEBHOOK_SECRET: OWN.webhookSecret,
        DATABASE_URL: OWN.databaseUrl,
        PRIVATE_KEY: OWN.privateKey.replaceAll("\n", "\\n"),
      });
      const { text } = redact(
        `bad ${OWN.review.apiKey} ${OWN.webhookSecret} ${KEY[4] ?? ""} p%40ss-of-the-store`,
      );
      assert.match(text, /^bad (?:\[secret removed: [a-z-]+\] ?){4}$/);
    },
  },
];

/** A line that somebody may post as large as the limit of the files API, and larger. */
const HOSTILE: readonly { readonly name: string; readonly piece: string }[] = [
  { name: "5 MB of beginnings of keys", piece: ["-----BEGIN PRIVATE", "KEY-----"].join(" ") },
  { name: "5 MB of beginnings of tokens", piece: "eyJhbGciOi.eyJ." },
  { name: "5 MB of names without values", piece: "secret_token: " },
];

export const SECRETS: readonly AttackCase[] = [
  ...casesOf("A2", HOLDERS, (holder) => holder.run()),
  ...casesOf("A9", [...LOOKS, ...OWN_ROWS], run),
  ...casesOf("A9", KEYS, runKey),
  ...casesOf("A9", HOSTILE, ({ piece }) => {
    const text = piece.repeat(Math.ceil(5_000_000 / piece.length));
    assert.equal(redactSecrets(text).text.split("\n").length, 1);
  }),
];
