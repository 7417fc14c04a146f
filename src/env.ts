/** The environment, read and checked once. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { DEPTHS, type Depth } from "./domain/depth.ts";
import { UserError } from "./domain/errors.ts";
import type { SpendLimits } from "./domain/spending.ts";

export const DEFAULT_MODEL = "claude-sonnet-5-5";

/** Compose files and shells set a variable that is meant to be absent to the empty string. */
const present = z.preprocess((value) => (value === "" ? undefined : value), z.string().optional());
const withDefault = (fallback: string) => present.transform((value) => value ?? fallback);

const modelShape = {
  ANTHROPIC_API_KEY: present,
  ANTHROPIC_BASE_URL: present.pipe(
    z.url({ protocol: /^https?$/, error: "must be an http or https address" }).optional(),
  ),
  PLUMBLINE_MODEL: withDefault(DEFAULT_MODEL),
};

/** A cap of money; a review of nothing but lock files costs nothing, so 0 is a way to switch the model off. */
const dollars = (fallback: string) =>
  withDefault(fallback)
    .refine((text) => /^\d+(\.\d+)?$/.test(text), "must be an amount in US dollars, such as 5 or 0.50")
    .transform(Number);

const wholeNumber = (fallback: string, least: number, most: number) =>
  withDefault(fallback)
    .refine(
      (text) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most,
      `must be a whole number from ${least} to ${most}`,
    )
    .transform(Number);

const choice = <const T extends readonly [string, ...string[]]>(fallback: T[number], choices: T) =>
  withDefault(fallback).pipe(z.enum(choices, { error: `must be one of ${choices.join(", ")}` }));

const hostShape = {
  GHE_HOST: present.pipe(
    z
      .string()
      .regex(/^[\w.-]+(:\d+)?$/, "must be a host name, with a port if need be, without a protocol")
      .optional(),
  ),
  GHE_PROTOCOL: choice("https", ["https", "http"]),
};

const storeShape = {
  DATABASE_URL: present.pipe(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, "must begin with postgres:// or postgresql://")
      .optional(),
  ),
  PLUMBLINE_DATA_DIR: withDefault("./data"),
};

const reviewShape = {
  ...modelShape,
  PLUMBLINE_DEPTH: choice("standard", DEPTHS),
  PLUMBLINE_REVIEW_BUDGET_USD: dollars("10"),
  PLUMBLINE_PULL_DAY_BUDGET_USD: dollars("20"),
  PLUMBLINE_MONTH_BUDGET_USD: dollars("500"),
};

const serverShape = {
  ...reviewShape,
  ...hostShape,
  ...storeShape,
  APP_ID: z
    .string({ error: "is missing: the App ID on the settings page of your GitHub App" })
    .regex(/^[1-9]\d*$/, "must be the numeric App ID of your GitHub App"),
  PRIVATE_KEY: present,
  PRIVATE_KEY_PATH: present,
  WEBHOOK_SECRET: z
    .string({ error: "is missing: the webhook secret of your GitHub App (openssl rand -hex 32 makes one)" })
    .min(1, "is empty: the webhook secret of your GitHub App (openssl rand -hex 32 makes one)")
    // Probot's own fallback, and therefore known to everybody.
    .refine(
      (secret) => secret !== "development",
      'must not be the literal "development", which everybody knows',
    ),
  HOST: withDefault("0.0.0.0"),
  PORT: wholeNumber("3000", 0, 65_535),
  PLUMBLINE_CONCURRENCY: wholeNumber("4", 1, 64),
  LOG_LEVEL: choice("info", ["trace", "debug", "info", "warn", "error", "fatal"]),
  LOG_FORMAT: choice("json", ["json", "pretty"]),
};

export interface ModelEnv {
  readonly apiKey: string | undefined;
  readonly baseUrl: string | undefined;
  readonly model: string;
}

/** How a review is made, whichever door asks for it. */
export interface ReviewEnv extends ModelEnv {
  readonly depth: Depth;
  readonly limits: SpendLimits;
}

/** Which GitHub: github.com, or an Enterprise server. */
export interface HostEnv {
  readonly apiUrl: string;
  /** Where people see pull requests. */
  readonly webUrl: string;
  readonly gheHost: string | undefined;
}

/** Where the jobs are. */
export interface StoreEnv {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
}

export interface ServerEnv extends HostEnv, StoreEnv {
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly review: ReviewEnv;
  readonly host: string;
  readonly port: number;
  readonly concurrency: number;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
  readonly logFormat: "json" | "pretty";
}

type Raw = Readonly<Record<string, string | undefined>>;

/** @throws UserError with one line naming the variable. */
export function readReviewEnv(raw: Raw): ReviewEnv {
  return toReviewEnv(check(z.object(reviewShape), raw));
}

function toReviewEnv(env: z.infer<z.ZodObject<typeof reviewShape>>): ReviewEnv {
  return {
    ...toModelEnv(env),
    depth: env.PLUMBLINE_DEPTH,
    limits: {
      reviewUsd: env.PLUMBLINE_REVIEW_BUDGET_USD,
      pullDayUsd: env.PLUMBLINE_PULL_DAY_BUDGET_USD,
      installationMonthUsd: env.PLUMBLINE_MONTH_BUDGET_USD,
    },
  };
}

/** @throws UserError with one line naming the first variable that is missing or malformed. */
export function readServerEnv(raw: Raw): ServerEnv {
  const env = check(z.object(serverShape), raw);
  return {
    appId: Number(env.APP_ID),
    privateKey: privateKeyOf(env.PRIVATE_KEY, env.PRIVATE_KEY_PATH),
    webhookSecret: env.WEBHOOK_SECRET,
    ...toHostEnv(env),
    review: toReviewEnv(env),
    ...toStoreEnv(env),
    host: env.HOST,
    port: env.PORT,
    concurrency: env.PLUMBLINE_CONCURRENCY,
    logLevel: env.LOG_LEVEL,
    logFormat: env.LOG_FORMAT,
  };
}

function check<T>(schema: z.ZodType<T>, raw: Raw): T {
  const checked = schema.safeParse(raw);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new UserError(`${issue?.path.join(".") ?? "environment"} ${issue?.message ?? "is not valid"}`);
}

/** @throws UserError with one line naming the variable. */
export function readHostEnv(raw: Raw): HostEnv {
  return toHostEnv(check(z.object(hostShape), raw));
}

/** @throws UserError with one line naming the variable. */
export function readStoreEnv(raw: Raw): StoreEnv {
  return toStoreEnv(check(z.object(storeShape), raw));
}

function toStoreEnv(env: { DATABASE_URL?: string | undefined; PLUMBLINE_DATA_DIR: string }): StoreEnv {
  return { databaseUrl: env.DATABASE_URL, dataDir: env.PLUMBLINE_DATA_DIR };
}

function toHostEnv(env: { GHE_HOST?: string | undefined; GHE_PROTOCOL: string }): HostEnv {
  if (env.GHE_HOST === undefined)
    return { apiUrl: "https://api.github.com", webUrl: "https://github.com", gheHost: undefined };
  const webUrl = `${env.GHE_PROTOCOL}://${env.GHE_HOST}`;
  return { apiUrl: `${webUrl}/api/v3`, webUrl, gheHost: env.GHE_HOST };
}

function toModelEnv(env: {
  ANTHROPIC_API_KEY?: string | undefined;
  ANTHROPIC_BASE_URL?: string | undefined;
  PLUMBLINE_MODEL: string;
}): ModelEnv {
  return { apiKey: env.ANTHROPIC_API_KEY, baseUrl: env.ANTHROPIC_BASE_URL, model: env.PLUMBLINE_MODEL };
}

/** PEM text with real or escaped newlines, the same in base64, or a file that holds it. */
function privateKeyOf(value: string | undefined, path: string | undefined): string {
  if (value === undefined && path === undefined)
    throw new UserError(
      "PRIVATE_KEY is missing: the PEM text, or PRIVATE_KEY_PATH with the file that holds it",
    );
  const text = value ?? readKeyFile(path ?? "");
  const unescaped = text.replaceAll("\\n", "\n").trim();
  const pem = unescaped.startsWith("-----BEGIN")
    ? unescaped
    : Buffer.from(unescaped, "base64").toString("utf8").trim();
  const name = value === undefined ? "PRIVATE_KEY_PATH" : "PRIVATE_KEY";
  if (!/^-----BEGIN (RSA )?PRIVATE KEY-----\n[\s\S]+\n-----END (RSA )?PRIVATE KEY-----$/.test(pem))
    throw new UserError(`${name} holds no PEM private key (it begins with -----BEGIN RSA PRIVATE KEY-----)`);
  return `${pem}\n`;
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(`PRIVATE_KEY_PATH cannot be read: ${path}`, { cause: error });
  }
}
