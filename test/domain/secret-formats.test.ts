import { describe, expect, test } from "vitest";
import { findSecrets, SECRET_FORMATS } from "../../src/domain/secret-formats.ts";

/** Examples are cut by a bar, so that no scanner takes this file for a leak. */
const uncut = (text: string) => text.replaceAll("¦", "");
const MIXED = "aB3dE5gH7jK9mN2pQ4sT6vW8yZ1bD0fG3hJ5kL7nP9rS2tU4wX6zA8cE1";
const HEX = "9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a";
const mixed = (length: number) => MIXED.repeat(6).slice(0, length);
const hex = (length: number) => HEX.repeat(2).slice(0, length);
const json = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const aJwt = (claims: object = { sub: "42" }, header: object = { alg: "HS256", typ: "JWT" }) =>
  [json(header), json(claims), mixed(43)].join(".");
const AWS_ID = uncut("AKI¦AQ3EGRT5YWZKLMNXP");

const POSITIVE: Readonly<Record<string, readonly string[]>> = {
  "aws-access-key-id": [AWS_ID, `id: "${AWS_ID.replace("AKIA", "ASIA")}"`, `AWS_ACCESS_KEY_ID=${AWS_ID}`],
  "aws-secret-access-key": [
    `aws_secret_access_key = ${mixed(40)}`,
    `secretAccessKey: "${mixed(40)}"`,
    `AWS_SECRET=${mixed(38)}/+`,
  ],
  "private-key": [
    `-----BEGIN RSA ¦PRIVATE KEY-----\n${mixed(64)}\n${mixed(64)}\n-----END RSA ¦PRIVATE KEY-----`,
    `-----BEGIN ¦PRIVATE KEY-----\\n${mixed(64)}\\n${mixed(20)}`,
    `-----BEGIN OPENSSH ¦PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW`,
    `key = "-----BEGIN EC ¦PRIVATE KEY-----" +\n  "${mixed(64)}"`,
  ],
  "connection-string": [
    `postgres://app:¦k9#vQ!2mX7@db.prod.internal:5432/app`,
    `mongodb+srv://svc:¦Tr0ub4dor@cluster0.abcde.mongodb.net`,
    `https://deploy:¦s3cr3tV4lue@git.corp.net/repo.git`,
    `redis://:¦hunter22-prod@cache.corp.net:6379`,
  ],
  jwt: [aJwt(), `Authorization: Bearer ${aJwt({ sub: "x", iat: 1 })}`],
  "github-token": ["ghp", "gho", "ghs", "ghr", "ghu"].map((prefix) => `${prefix}_${mixed(36)}`),
  "github-installation-token": [`ghs_¦123456_${aJwt()}`],
  "github-fine-grained-token": [`github_¦pat_${mixed(22)}_${mixed(59)}`],
  "anthropic-key": [`sk-¦ant-api03-${mixed(93)}AA`],
  "openai-key": [`sk-¦proj-${mixed(60)}`, `sk-${mixed(20)}¦T3BlbkFJ${mixed(20)}`],
  "slack-token": [`xox¦b-284917365028-9174629305718-${mixed(24)}`, `xox¦p-2849-${mixed(40)}`],
  "slack-webhook": [`https://hooks.slack.com/¦services/T0AB12CD3/B0EF45GH6/${mixed(24)}`],
  "stripe-key": [`sk_¦live_${mixed(24)}`, `rk_¦live_${mixed(99)}`],
  "stripe-webhook-secret": [`whsec_${mixed(32)}`],
  "google-api-key": [`AIz¦a${mixed(35)}`],
  "google-oauth-secret": [`GOCS¦PX-${mixed(28)}`],
  "npm-token": [`npm_${mixed(36)}`],
  "npm-auth-token": [`//registry/:_authToken=${mixed(36)}`],
  "gitlab-token": [`glpat-${mixed(20)}`, `glptt-${hex(40)}`],
  "sendgrid-key": [`SG.${mixed(22)}.${mixed(43)}`],
  "twilio-key": [`SK${hex(32)}`],
  "twilio-token": [`TWILIO_AUTH_TOKEN=${hex(32)}`],
  "pypi-token": [`pypi-AgEIcHlwaS5vcmc${mixed(80)}`],
  "hugging-face-token": [`hf_${mixed(34)}`],
  "digitalocean-token": [`dop_v1_${hex(64)}`],
  "vault-token": [`hvs.${mixed(90)}`],
  "docker-token": [`dckr_pat_${mixed(27)}`],
  "shopify-token": [`shpat_${hex(32)}`],
  "azure-storage-key": [`AccountKey=${mixed(86)}==;EndpointSuffix=core.windows.net`],
};

const NEGATIVE: Readonly<Record<string, readonly string[]>> = {
  "aws-access-key-id": [
    `AKI¦AIOSFODNN7EXAMPLE`,
    `AKI¦A${"A".repeat(16)}`,
    `BRAKI${AWS_ID.slice(3)}`,
    AWS_ID.slice(0, 19),
  ],
  "aws-secret-access-key": [
    `aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY¦EXAMPLEKEY`,
    `secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY`,
    `secret_access_key = ${hex(40)}`,
    `checksum = ${mixed(40)}`,
  ],
  "private-key": [
    `text.startsWith("-----BEGIN RSA ¦PRIVATE KEY-----")`,
    `-----BEGIN ¦PRIVATE KEY-----\n...\n-----END ¦PRIVATE KEY-----`,
    `-----BEGIN PUBLIC KEY-----\n${mixed(64)}`,
    `-----BEGIN ¦PRIVATE KEY-----\n${"x".repeat(64)}`,
  ],
  "connection-string": [
    "postgres://postgres:postgres@db/app",
    "postgres://user:password@db.host.net/app",
    "postgres://app:kX9vQ2mX7@localhost:5432/app",
    ["postgres://app:$", "{DB_PASSWORD}@db.prod.net/app"].join(""),
    "https://user:<token>@git.corp.net",
    "https://example.com:8080/a@b",
    "amqp://guest:guest@rabbit:5672",
    "https://alice:s3cr3tV4lue@api.example.com",
    "http://proxy:3128/path?x=a:b@c",
    'f"postgres://{user}:{password}@{host}/{name}"',
    "redis://%s:%s@%s:%d",
  ],
  jwt: [
    aJwt({ sub: "1234567890", name: "John Doe", iat: 1516239022 }),
    `${json({ kid: "1" })}.${json({})}.${mixed(43)}`,
    `eyJ${mixed(20)}.${mixed(20)}.${mixed(20)}`,
    "eyJhbGciOiJIUzI1NiJ9",
  ],
  "github-token": [
    `ghp_${"x".repeat(36)}`,
    `ghp_${mixed(20)}`,
    "ghp_<your-token>",
    `ghp_${"1234567890".repeat(4)}`,
  ],
  "anthropic-key": ["sk-ant-...", `sk-ant-api03-${"A".repeat(95)}`, "sk-ant-your-key"],
  "openai-key": [`sk-${mixed(48)}`.slice(0, 30), "sk-proj-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
  "slack-token": ["xoxb-your-token-goes-right-here", "xoxb-"],
  "stripe-key": [`sk_test_${mixed(24)}`, `sk_live_${"0".repeat(24)}`],
  "google-api-key": [`AIza${mixed(20)}`, `AIza${mixed(50)}`],
  "npm-token": ["npm_config_registry", "npm_lifecycle_event_is_a_long_variable_name_here"],
  "gitlab-token": ["glpat-short", `glpat-${"x".repeat(20)}`],
  "sendgrid-key": ["SG.getInstance().create()", `SG.${mixed(10)}.${mixed(10)}`],
  "twilio-key": [`SK${hex(31)}`, `SK${"0".repeat(32)}`],
  "vault-token": ["hvs.short", "hvs.readSecretFromVaultAndReturnIt".slice(0, 20)],
};

describe.each(Object.entries(POSITIVE))("%s", (name, texts) => {
  test.each(texts)("is found in %j", (text) => {
    const names = findSecrets(uncut(`const a = 1;\n${text}\nend`)).map((secret) => secret.format.name);

    expect(names).toEqual([name]);
  });

  test.each(texts)("has its hint in %j", (text) => {
    const hint = SECRET_FORMATS.find((format) => format.name === name)?.hint ?? "";

    expect(uncut(text)).toMatch(new RegExp(hint, "i"));
  });
});

describe.each(Object.entries(NEGATIVE))("not %s", (_, texts) => {
  test.each(texts.map(uncut))("%j is left alone", (text) => {
    expect(findSecrets(text).map((secret) => text.slice(secret.start, secret.end))).toEqual([]);
  });
});

test("every format has an example that it finds", () => {
  expect(Object.keys(POSITIVE)).toEqual(SECRET_FORMATS.map((format) => format.name));
});

test("names the place of the value alone", () => {
  const text = uncut("postgres://app:¦k9vQ2mX7kk@db.prod.internal/app");

  const [secret] = findSecrets(text);

  expect(text.slice(secret?.start, secret?.end)).toBe("k9vQ2mX7kk");
});

test("a key is found with all of its lines, its end left standing", () => {
  const body = `${mixed(64)}\n${mixed(64)}\n${mixed(10)}`;
  const text = uncut(`-----BEGIN ¦PRIVATE KEY-----\n${body}\n-----END ¦PRIVATE KEY-----\nnext`);

  const [secret] = findSecrets(text);

  expect(text.slice(secret?.start, secret?.end).trim()).toBe(body);
});
