// Every variable of the server: what is refused, by name and without repeating it, and what is taken for absent.
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/domain/errors.ts";
import { readReviewEnv, readServerEnv } from "../../src/env.ts";
import { appPrivateKey } from "../github-double/app-auth.ts";

const KEY = appPrivateKey();
const GOOD = { APP_ID: "1", PRIVATE_KEY: KEY, WEBHOOK_SECRET: "a secret of this test" };

function refusal(variables: Readonly<Record<string, string | undefined>>): string {
  try {
    readServerEnv({ ...GOOD, ...variables });
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "it was taken";
}

describe("the server's environment", () => {
  it.each<[string, Record<string, string | undefined>]>([
    ["APP_ID", { APP_ID: undefined }],
    ["APP_ID", { APP_ID: "" }],
    ["APP_ID", { APP_ID: "plumbline" }],
    ["APP_ID", { APP_ID: "-1" }],
    ["PRIVATE_KEY", { PRIVATE_KEY: undefined }],
    ["PRIVATE_KEY", { PRIVATE_KEY: "" }],
    ["PRIVATE_KEY", { PRIVATE_KEY: "wrong-and-secret" }],
    ["PRIVATE_KEY", { PRIVATE_KEY: KEY.slice(0, 200) }],
    ["PRIVATE_KEY_PATH", { PRIVATE_KEY: "", PRIVATE_KEY_PATH: "/nonexistent/key.pem" }],
    ["PRIVATE_KEY_PATH", { PRIVATE_KEY: "", PRIVATE_KEY_PATH: "/dev/null" }],
    ["WEBHOOK_SECRET", { WEBHOOK_SECRET: undefined }],
    ["WEBHOOK_SECRET", { WEBHOOK_SECRET: "" }],
    ["WEBHOOK_SECRET", { WEBHOOK_SECRET: "development" }],
    ["GHE_HOST", { GHE_HOST: "https://wrong-and-secret" }],
    ["GHE_HOST", { GHE_HOST: "host/path" }],
    ["GHE_PROTOCOL", { GHE_HOST: "github.example.com", GHE_PROTOCOL: "ftp" }],
    ["ANTHROPIC_BASE_URL", { ANTHROPIC_BASE_URL: "wrong-and-secret" }],
    ["ANTHROPIC_BASE_URL", { ANTHROPIC_BASE_URL: "file:///etc/passwd" }],
    ["DATABASE_URL", { DATABASE_URL: "mysql://root:wrong-and-secret@localhost/plumbline" }],
    ["PORT", { PORT: "http" }],
    ["PORT", { PORT: "65536" }],
    ["PORT", { PORT: "-1" }],
    ["PLUMBLINE_CONCURRENCY", { PLUMBLINE_CONCURRENCY: "0" }],
    ["PLUMBLINE_CONCURRENCY", { PLUMBLINE_CONCURRENCY: "65" }],
    ["PLUMBLINE_CONCURRENCY", { PLUMBLINE_CONCURRENCY: "1.5" }],
    ["LOG_LEVEL", { LOG_LEVEL: "loud" }],
    ["LOG_FORMAT", { LOG_FORMAT: "xml" }],
  ])("is refused with one line that begins with %s: %j", (name, variables) => {
    const message = refusal(variables);

    expect(message).toMatch(new RegExp(`^${name} .+`));
    expect(message).not.toContain("\n");
    expect(message).not.toContain("wrong-and-secret");
  });

  it("has the defaults of the contract", () => {
    expect(readServerEnv(GOOD)).toEqual({
      appId: 1,
      privateKey: KEY,
      webhookSecret: "a secret of this test",
      apiUrl: "https://api.github.com",
      webUrl: "https://github.com",
      review: {
        apiKey: undefined,
        baseUrl: undefined,
        model: "claude-sonnet-5-5",
        depth: "standard",
        limits: { reviewUsd: 10, pullDayUsd: 20, installationMonthUsd: 500 },
      },
      databaseUrl: undefined,
      dataDir: "./data",
      host: "0.0.0.0",
      port: 3000,
      concurrency: 4,
      logLevel: "info",
      logFormat: "json",
    });
  });

  it("speaks to an Enterprise server under /api/v3", () => {
    const env = readServerEnv({ ...GOOD, GHE_HOST: "github.example.com:8443", GHE_PROTOCOL: "http" });

    expect(env).toMatchObject({
      apiUrl: "http://github.example.com:8443/api/v3",
      webUrl: "http://github.example.com:8443",
    });
  });

  it.each<[string, string]>([
    ["with escaped newlines", KEY.replaceAll("\n", "\\n")],
    ["in base64", Buffer.from(KEY).toString("base64")],
    ["with white space around it", `\n  ${KEY}\n\n`],
  ])("takes the private key %s", (_what, PRIVATE_KEY) => {
    expect(readServerEnv({ ...GOOD, PRIVATE_KEY }).privateKey).toBe(KEY);
  });

  it("takes an empty variable for an absent one, as compose files write it", () => {
    const env = readServerEnv({ ...GOOD, ANTHROPIC_API_KEY: "", DATABASE_URL: "", PORT: "", GHE_HOST: "" });

    expect(env).toMatchObject({ port: 3000, databaseUrl: undefined, apiUrl: "https://api.github.com" });
    expect(env.review.apiKey).toBeUndefined();
  });
});

it("reads the model's variables alone for the command line", () => {
  expect(readReviewEnv({ ANTHROPIC_API_KEY: "k", PLUMBLINE_MODEL: "gateway/model" })).toEqual({
    apiKey: "k",
    baseUrl: undefined,
    model: "gateway/model",
    depth: "standard",
    limits: { reviewUsd: 10, pullDayUsd: 20, installationMonthUsd: 500 },
  });
});
