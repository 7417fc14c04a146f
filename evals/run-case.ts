/** One case through the product itself: the command line in a process of its own, its JSON report read back. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { messageOf } from "../src/domain/errors.ts";
import { PASSES, SEVERITIES } from "../src/domain/pass.ts";
import type { EvalCase } from "./case-library.ts";
import type { CaseRepository } from "./case-repository.ts";

const BIN = fileURLToPath(new URL("../bin/plumbline.mjs", import.meta.url));
/** Longer than the longest review: a hanging one must not hold the whole run. */
const REVIEW_TIMEOUT_MS = 60 * 60_000;
const MAX_REASON = 500;

/** The fields of a report that are scored. Tolerant: a report may say more than is scored here. */
export const findingSchema = z.object({
  pass: z.enum(PASSES),
  severity: z.enum(SEVERITIES),
  path: z.string(),
  line: z.int().positive(),
  start_line: z.int().positive().nullable(),
  side: z.enum(["RIGHT", "LEFT"]),
  title: z.string(),
  why: z.string(),
  fix: z.string(),
  evidence: z.string(),
  pre_existing: z.boolean(),
});
export type ReportedFinding = z.infer<typeof findingSchema>;

export const usageSchema = z.object({
  calls: z.int().nonnegative(),
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  cache_read_tokens: z.int().nonnegative(),
  cache_write_tokens: z.int().nonnegative(),
  cost_usd: z.number().nonnegative(),
  duration_ms: z.int().nonnegative(),
});

const reportSchema = z.object({
  model: z.string(),
  findings: z.array(findingSchema),
  usage: usageSchema,
  complete: z.boolean(),
});
export type CaseReport = z.infer<typeof reportSchema>;

export type CaseReview =
  | { readonly kind: "reviewed"; readonly report: CaseReport }
  | { readonly kind: "failed"; readonly reason: string };

export interface ReviewSettings {
  readonly model: string | undefined;
  readonly depth: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export async function reviewCase(
  one: EvalCase,
  repository: CaseRepository,
  settings: ReviewSettings,
): Promise<CaseReview> {
  const ran = await runReview(argumentsOf(one, repository, settings), settings);
  return readReport(ran);
}

export function argumentsOf(
  one: Pick<EvalCase, "title">,
  repository: Pick<CaseRepository, "directory" | "base" | "head" | "descriptionFile">,
  { model, depth }: Pick<ReviewSettings, "model" | "depth">,
): readonly string[] {
  const { directory, base, head, descriptionFile } = repository;
  const wanted = Object.entries({
    repo: directory,
    base,
    head,
    title: one.title,
    "description-file": descriptionFile,
    format: "json",
    "fail-on": "never",
    model,
    depth,
  });
  return ["review", ...wanted.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))];
}

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runReview(args: readonly string[], { env, signal }: ReviewSettings): Promise<Ran> {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { ...env },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
    timeout: REVIEW_TIMEOUT_MS,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (stdout += piece));
  child.stderr.setEncoding("utf8").on("data", (piece: string) => (stderr += piece));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** A report may come with exit code 3, when it is incomplete; without one the review failed. */
function readReport({ code, stdout, stderr }: Ran): CaseReview {
  const reason = `plumbline review ended with ${code ?? "a signal"}: ${stderr.trim().slice(-MAX_REASON)}`;
  if (stdout.trim() === "") return { kind: "failed", reason };
  const report = parseReport(stdout);
  // A review in which not one pass came through has a report, too, with nothing in it: that is no silence on clean code.
  return report.kind === "reviewed" && !report.report.complete && /the review failed/.test(stderr)
    ? { kind: "failed", reason }
    : report;
}

function parseReport(text: string): CaseReview {
  try {
    return { kind: "reviewed", report: reportSchema.parse(JSON.parse(text)) };
  } catch (error) {
    return { kind: "failed", reason: `the report cannot be read: ${messageOf(error).slice(0, MAX_REASON)}` };
  }
}
