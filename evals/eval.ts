/** `npm run eval`: reviews the cases with the product, judges what it found, and prints the figures. */
import { setTimeout as sleep } from "node:timers/promises";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { claudeOnDemand } from "../src/anthropic/claude-on-demand.ts";
import { messageOf, UserError } from "../src/domain/errors.ts";
import { DEFAULT_MODEL, type ModelEnv, readReviewEnv } from "../src/env.ts";
import type { Asking } from "../src/review/asking.ts";
import { type EvalCase, loadCases, OWN_CASES, only } from "./case-library.ts";
import { renderComparison } from "./compare.ts";
import { evaluate } from "./evaluation.ts";
import { loadManifest } from "./manifest.ts";
import { renderRun } from "./report.ts";
import { type CaseResult, defaultPath, newRun, type Run, readRun, writeRun } from "./run-file.ts";
import { foundGoldens, ownFindings } from "./score.ts";
import { TABLE_FORMATS, type TableFormat } from "./table.ts";

const EXIT = { done: 0, usage: 2, incomplete: 3 } as const;
const DEPTHS = ["quick", "standard", "deep"] as const;
const NO_JUDGE = "none";

const EXAMPLES = `
Examples:
  npm run eval                                                   all cases, with the default model
  npm run eval -- --only node-payment-retry,py-order-by-injection
  npm run eval -- --depth quick --out quick.json
  npm run eval -- --judge none                                   rough match by place, no calls of the judge
  npm run eval -- --manifest set/manifest.json --repositories mirror
  npm run eval -- --compare before.json after.json --format markdown

Exit codes:
  0  every case was reviewed      2  wrong usage, no key      3  some case failed, or was reviewed in part

Environment: ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, PLUMBLINE_MODEL, as for plumbline review.
`;

interface EvalOptions {
  readonly cases: string;
  readonly manifest?: string;
  readonly repositories?: string;
  readonly only: readonly string[];
  readonly depth?: (typeof DEPTHS)[number];
  readonly model?: string;
  readonly judge: string;
  readonly judgeModel: string;
  readonly out?: string;
  readonly concurrency: number;
  readonly compare?: readonly string[];
  readonly format: TableFormat;
}

function program(): Command {
  return new Command("eval")
    .description(
      "Reviews changes with known defects and clean ones, and says what was found, missed and wrong.",
    )
    .option("--cases <dir>", "folder of cases", OWN_CASES)
    .addOption(
      new Option("--manifest <file>", "cases that are commits of real repositories").conflicts("cases"),
    )
    .option("--repositories <dir>", "clones for --manifest, as owner+name/repo or owner+name")
    .option("--only <ids>", "only these cases, separated by commas", parseIds, [])
    .addOption(new Option("--depth <depth>", "passed on to plumbline review").choices([...DEPTHS]))
    .option("--model <id>", "model that reviews (default: PLUMBLINE_MODEL)")
    .addOption(
      new Option("--judge <who>", "who compares findings with goldens; none: by place alone")
        .choices(["model", NO_JUDGE])
        .default("model"),
    )
    .option(
      "--judge-model <id>",
      "model that judges; keep it the same in runs that you compare",
      DEFAULT_MODEL,
    )
    .option("--out <file>", "result as JSON (default: a file in evals/runs)")
    .option("--concurrency <n>", "cases at a time", parseCount, 2)
    .option("--compare <files...>", "two results: what the second won and lost; asks no model")
    .addOption(new Option("--format <format>").choices([...TABLE_FORMATS]).default("pretty"))
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError("(npm run eval -- --help lists the options and shows examples)")
    .addHelpText("after", EXAMPLES)
    .action(async (options: EvalOptions) => {
      process.exitCode = options.compare === undefined ? await run(options) : compare(options);
    });
}

async function run(options: EvalOptions): Promise<number> {
  const started = new Date();
  const cases = only(casesOf(options), options.only);
  const env = readReviewEnv(process.env);
  if (env.apiKey === undefined)
    throw new UserError(
      "ANTHROPIC_API_KEY is missing: an evaluation asks a real model (--compare needs no key)",
    );
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort(new UserError("interrupted")));
  const { results, judgeUsage, model } = await evaluate(cases, {
    review: { model: options.model, depth: options.depth, env: process.env, signal: interrupt.signal },
    judge: options.judge === NO_JUDGE ? null : judgeWith(options, env, interrupt.signal),
    concurrency: options.concurrency,
    onCase: sayProgress,
  });
  const result = newRun({
    started: started.toISOString(),
    model: model ?? options.model ?? env.model,
    depth: options.depth ?? "default",
    judge: options.judge === NO_JUDGE ? NO_JUDGE : options.judgeModel,
    wall_ms: Date.now() - started.getTime(),
    judge_cost_usd: judgeUsage.costUsd,
    judge_calls: judgeUsage.calls,
    cases: [...results],
  });
  await report(result, options);
  return results.every(isWhole) ? EXIT.done : EXIT.incomplete;
}

function casesOf(options: EvalOptions): readonly EvalCase[] {
  if (options.manifest === undefined) return loadCases(options.cases);
  if (options.repositories === undefined)
    throw new UserError("--manifest names commits: --repositories must say where the clones are");
  return loadManifest(options.manifest, options.repositories);
}

function judgeWith(options: EvalOptions, env: ModelEnv, signal: AbortSignal): Asking {
  return {
    model: claudeOnDemand({ model: options.judgeModel, apiKey: env.apiKey ?? "", baseUrl: env.baseUrl }),
    clock: { now: () => new Date(), sleep: (ms, aborted) => sleep(ms, undefined, { signal: aborted }) },
    signal,
  };
}

function isWhole(one: CaseResult): boolean {
  return one.outcome.kind === "reviewed" && one.outcome.complete;
}

function sayProgress(result: CaseResult, done: number, of: number): void {
  const { outcome } = result;
  const words =
    outcome.kind === "failed"
      ? `failed: ${outcome.reason.replaceAll("\n", " ").slice(0, 200)}`
      : `${foundGoldens(result).size} of ${result.golden.length} found, ${ownFindings(result).length} findings`;
  process.stderr.write(`[${done}/${of}] ${result.id}: ${words}\n`);
}

async function report(result: Run, options: EvalOptions): Promise<void> {
  const path = options.out ?? defaultPath(result);
  writeRun(path, result);
  process.stdout.write(renderRun(result, options.format));
  process.stderr.write(`Written to ${path}\n`);
}

function compare(options: EvalOptions): number {
  const [before, after, ...more] = options.compare ?? [];
  if (before === undefined || after === undefined || more.length > 0)
    throw new UserError("--compare takes two results: --compare before.json after.json");
  process.stdout.write(renderComparison(readRun(before), readRun(after), options.format));
  return EXIT.done;
}

function parseIds(value: string, earlier: readonly string[]): readonly string[] {
  const ids = value.split(",").map((id) => id.trim());
  return [...earlier, ...ids.filter((id) => id !== "")];
}

function parseCount(value: string): number {
  if (!/^[1-9]\d?$/.test(value)) throw new InvalidArgumentError("It is a number from 1 to 99.");
  return Number(value);
}

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  else if (error instanceof UserError) {
    process.stderr.write(`eval: ${error.message}\n`);
    process.exitCode = EXIT.usage;
  } else {
    process.stderr.write(
      `eval: unexpected error: ${error instanceof Error ? error.stack : messageOf(error)}\n`,
    );
    process.exitCode = EXIT.incomplete;
  }
}
