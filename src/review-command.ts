/** `plumbline review`: wires the local door and turns the outcome into output and an exit code. */
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { claudeOnDemand } from "./anthropic/claude-on-demand.ts";
import { messageOf, UserError } from "./domain/errors.ts";
import { type Pass, SEVERITIES } from "./domain/pass.ts";
import { planReview } from "./domain/plan.ts";
import { type Review, reaches } from "./domain/review.ts";
import { reviewScope } from "./domain/scope.ts";
import { readModelEnv } from "./env.ts";
import { checkoutSource } from "./local/checkout.ts";
import { type Format, renderAs } from "./local/formats.ts";
import { progressOn } from "./local/progress.ts";
import { reportSink } from "./local/report-sink.ts";
import { findRevisions, type Selection } from "./local/revisions.ts";
import { showChunks, showFindings, showPlan, showPrompts } from "./local/stages.ts";
import { painter } from "./local/terminal.ts";
import { loadPrompts } from "./prompts.ts";
import type { ReviewOutcome, ReviewPorts, ReviewRequest } from "./review/ports.ts";
import { findDefects, prefixOf, reviewPullRequest } from "./review/review-run.ts";
import { VERSION } from "./version.ts";

export const STAGES = ["plan", "chunks", "prompts", "findings", "review"] as const;
export const FLOORS = [...SEVERITIES, "never"] as const;
export const EXIT = { clean: 0, findings: 1, usage: 2, incomplete: 3 } as const;

export interface ReviewOptions {
  readonly repo: string;
  readonly base?: string;
  readonly head?: string;
  readonly staged?: true;
  readonly worktree?: true;
  readonly title?: string;
  readonly descriptionFile?: string;
  readonly format?: Format;
  readonly output?: string;
  readonly show?: (typeof STAGES)[number];
  readonly passes?: readonly Pass[];
  readonly paths?: readonly string[];
  readonly failOn: (typeof FLOORS)[number];
  readonly model?: string;
}

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

interface Result {
  readonly text: string;
  readonly exitCode: number;
  /** A line for standard error, beside the output. */
  readonly remark: string | null;
}

/** Returns the exit code. @throws UserError for wrong usage and configuration. */
export async function reviewLocally(options: ReviewOptions, terminal: Terminal): Promise<number> {
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort(new UserError("interrupted")));
  const words = { title: options.title, description: await readDescription(options.descriptionFile) };
  const revisions = await findRevisions(options.repo, selectionOf(options), terminal.env);
  const progress = progressOn(terminal.stderr);
  try {
    const request: ReviewRequest = {
      runId: "local",
      trigger: "local",
      scope: reviewScope(options.passes ?? [], options.paths ?? []),
      memory: "forget",
      patience: "settle",
      history: "none",
      holds: async () => true,
      signal: interrupt.signal,
    };
    const result = await run(options, terminal, request, {
      source: checkoutSource(revisions, words),
      sink: reportSink,
      library: loadPrompts(),
      clock: { now: () => new Date(), sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
      observe: progress.observe,
    });
    progress.end();
    await write(result.text, options.output, terminal);
    if (result.remark !== null) terminal.stderr.write(`plumbline: ${result.remark}\n`);
    return result.exitCode;
  } catch (error) {
    progress.end();
    throw interrupt.signal.aborted ? interrupt.signal.reason : error;
  } finally {
    await revisions.dispose();
  }
}

async function run(
  options: ReviewOptions,
  terminal: Terminal,
  request: ReviewRequest,
  doors: Omit<ReviewPorts, "model">,
): Promise<Result> {
  const format =
    options.format ?? (terminal.stdout.isTTY && options.output === undefined ? "pretty" : "json");
  const stage = options.show ?? "review";
  if (stage === "plan" || stage === "chunks" || stage === "prompts")
    return showStage(stage, format, request, doors);
  const ports: ReviewPorts = { ...doors, model: modelOf(options, terminal) };
  const paint = painter(terminal.stdout);
  if (stage === "findings") return showFound(options, format, request, ports);
  const outcome = await reviewPullRequest(ports, request);
  if (!("review" in outcome))
    return { text: "", exitCode: EXIT.incomplete, remark: "reason" in outcome ? outcome.reason : null };
  return { text: renderAs(format, outcome.review, paint, VERSION), ...verdictOn(outcome, options) };
}

async function showStage(
  stage: "plan" | "chunks" | "prompts",
  format: Format,
  request: ReviewRequest,
  doors: Omit<ReviewPorts, "model">,
): Promise<Result> {
  const pullRequest = await doors.source.load(request.signal);
  const plan = planReview(pullRequest, request.scope, doors.library);
  const prefix = prefixOf(doors, pullRequest, plan);
  const text = {
    plan: () => showPlan(plan, format),
    chunks: () => showChunks(plan, prefix, format),
    prompts: () => showPrompts(plan, prefix, doors.library, format),
  }[stage]();
  return { text, exitCode: EXIT.clean, remark: null };
}

async function showFound(
  options: ReviewOptions,
  format: Format,
  request: ReviewRequest,
  ports: ReviewPorts,
): Promise<Result> {
  const pullRequest = await ports.source.load(request.signal);
  const plan = planReview(pullRequest, request.scope, ports.library);
  const found = await findDefects(ports, request, pullRequest, plan, prefixOf(ports, pullRequest, plan));
  const failed = found.coverage.files.some((file) => file.cause === "failure");
  const own = found.findings.filter((finding) => !finding.preExisting);
  const floor = options.failOn === "never" ? -1 : SEVERITIES.indexOf(options.failOn);
  const reached = own.some((finding) => SEVERITIES.indexOf(finding.severity) <= floor);
  return {
    text: showFindings(found, format),
    exitCode: failed ? EXIT.incomplete : reached ? EXIT.findings : EXIT.clean,
    remark: found.failure?.reason ?? null,
  };
}

/** Incomplete outranks findings: a list that may be too short must not pass for the whole. */
function verdictOn(
  outcome: Extract<ReviewOutcome, { review: Review }>,
  options: ReviewOptions,
): Pick<Result, "exitCode" | "remark"> {
  if (outcome.kind === "failed") {
    return {
      exitCode: outcome.next === "reconfigure" ? EXIT.usage : EXIT.incomplete,
      remark: `the review failed: ${outcome.reason}`,
    };
  }
  if (!outcome.review.complete)
    return { exitCode: EXIT.incomplete, remark: "the review is incomplete: see coverage" };
  const reached = options.failOn !== "never" && reaches(outcome.review, options.failOn);
  return { exitCode: reached ? EXIT.findings : EXIT.clean, remark: null };
}

function modelOf(options: ReviewOptions, terminal: Terminal) {
  const env = readModelEnv(terminal.env);
  if (env.apiKey === undefined)
    throw new UserError(
      "ANTHROPIC_API_KEY is missing: set it, or use --show plan, chunks or prompts, which need no key",
    );
  return claudeOnDemand({ model: options.model ?? env.model, apiKey: env.apiKey, baseUrl: env.baseUrl });
}

function selectionOf(options: ReviewOptions): Selection {
  if (options.staged) return { kind: "staged" };
  if (options.worktree) return { kind: "worktree" };
  return { kind: "branches", base: options.base, head: options.head };
}

async function readDescription(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`--description-file cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

async function write(text: string, output: string | undefined, terminal: Terminal): Promise<void> {
  if (output === undefined) {
    await new Promise<void>((resolve) => terminal.stdout.write(text, () => resolve()));
    return;
  }
  try {
    await writeFile(output, text);
  } catch (error) {
    throw new UserError(`--output cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
