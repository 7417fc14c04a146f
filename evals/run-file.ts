/** One evaluation as a file: what was asked, what was found in each case, and what each finding is worth. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { messageOf, UserError } from "../src/domain/errors.ts";
import { PASSES, SEVERITIES } from "../src/domain/pass.ts";
import { findingSchema, usageSchema } from "./run-case.ts";

const RUN_VERSION = 1;
const RUNS = fileURLToPath(new URL("./runs/", import.meta.url));

const verdictSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("judged"),
    golden: z.int().nonnegative().nullable(),
    alsoValid: z.boolean(),
    real: z.boolean(),
    reason: z.string(),
  }),
  z.object({ kind: z.literal("unjudged"), reason: z.string() }),
]);

const outcomeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("reviewed"),
    complete: z.boolean(),
    findings: z.array(findingSchema.extend({ verdict: verdictSchema })),
    usage: usageSchema,
  }),
  z.object({ kind: z.literal("failed"), reason: z.string() }),
]);

const caseResultSchema = z.object({
  id: z.string(),
  title: z.string(),
  stack: z.string(),
  clean: z.boolean(),
  golden: z.array(
    z.object({
      file: z.string(),
      line: z.int(),
      pass: z.enum(PASSES),
      severity: z.enum(SEVERITIES),
      context: z.string(),
      defect: z.string(),
    }),
  ),
  outcome: outcomeSchema,
});
export type CaseResult = z.infer<typeof caseResultSchema>;
export type JudgedFinding = Extract<CaseResult["outcome"], { kind: "reviewed" }>["findings"][number];

const runSchema = z.object({
  version: z.literal(RUN_VERSION),
  started: z.string(),
  model: z.string(),
  depth: z.string(),
  /** `none`: rough match by place. */
  judge: z.string(),
  wall_ms: z.int().nonnegative(),
  judge_cost_usd: z.number().nonnegative(),
  judge_calls: z.int().nonnegative(),
  cases: z.array(caseResultSchema),
});
export type Run = z.infer<typeof runSchema>;

export function newRun(run: Omit<Run, "version">): Run {
  return { version: RUN_VERSION, ...run };
}

/** Sorts by time, and holds no character that a file system minds. */
export function defaultPath(run: Pick<Run, "started" | "model" | "depth">): string {
  const name = [run.started.replace(/[:.]/g, "-"), run.model, run.depth].join("-");
  return join(RUNS, `${name.replace(/[^\w.-]/g, "_")}.json`);
}

/** @throws UserError when the file cannot be written. */
export function writeRun(path: string, run: Run): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(run, null, 2)}\n`);
  } catch (error) {
    throw new UserError(`the result cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

/** @throws UserError when it is no file of this evaluation. */
export function readRun(path: string): Run {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const checked = runSchema.safeParse(value);
  if (!checked.success) throw new UserError(`${path} is no evaluation: ${z.prettifyError(checked.error)}`);
  return checked.data;
}
