/** `plumbline review`: wires the local door and turns the outcome into output and an exit code. */
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { claudeOnDemand } from "./anthropic/claude-on-demand.ts";
import { checksOnDemand } from "./checks/checks-on-demand.ts";
import { isComplete } from "./domain/coverage.ts";
import type { Depth } from "./domain/depth.ts";
import { messageOf, UserError } from "./domain/errors.ts";
import { type Pass, SEVERITIES } from "./domain/pass.ts";
import { type Reading, type Review, reaches } from "./domain/review.ts";
import { reviewScope } from "./domain/scope.ts";
import { type ReviewEnv, readReviewEnv } from "./env.ts";
import { checkoutSource } from "./local/checkout.ts";
import { type Format, renderAs } from "./local/formats.ts";
import { progressOn } from "./local/progress.ts";
import { reportSink } from "./local/report-sink.ts";
import { findRevisions, type Selection } from "./local/revisions.ts";
import { showChunks, showFindings, showPlan, showPrompts } from "./local/stages.ts";
import { painter } from "./local/terminal.ts";
import { commandRedactor } from "./own-secrets.ts";
import { loadPrompts } from "./prompts.ts";
import { missingModel } from "./review/missing-model.ts";
import type { Model, ReviewOutcome, ReviewPorts, ReviewRequest } from "./review/ports.ts";
import { budgetedModel, NO_BOOK, openPurse } from "./review/purse.ts";
import { type Findings, findAll, prepareReview, reviewPullRequest, withView } from "./review/review-run.ts";
import { startSyntax } from "./syntax/syntax-pool.ts";
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
  readonly depth?: Depth;
  /** False for `--no-model`: the built-in checks alone. */
  readonly model?: string | false;
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
  const syntax = startSyntax();
  try {
    const { request, ports } = wireLocally(options, terminal, interrupt.signal, {
      source: checkoutSource(revisions, words),
      syntax,
      observe: progress.observe,
    });
    const result = await run(options, terminal, request, ports);
    progress.end();
    await write(result.text, options.output, terminal);
    if (result.remark !== null) terminal.stderr.write(`plumbline: ${result.remark}\n`);
    return result.exitCode;
  } catch (error) {
    progress.end();
    throw interrupt.signal.aborted ? interrupt.signal.reason : error;
  } finally {
    await Promise.all([revisions.dispose(), syntax.close()]);
  }
}

function wireLocally(
  options: ReviewOptions,
  terminal: Terminal,
  signal: AbortSignal,
  doors: Pick<ReviewPorts, "source" | "syntax" | "observe">,
): { readonly request: ReviewRequest; readonly ports: ReviewPorts } {
  const env = readReviewEnv(terminal.env);
  const reading = readingOf(options, env);
  const purse = openPurse(env.limits, NO_BOOK);
  return {
    request: {
      runId: "local",
      trigger: "local",
      scope: reviewScope(options.passes ?? [], options.paths ?? []),
      depth: options.depth ?? env.depth,
      reading,
      memory: "forget",
      patience: "settle",
      history: "none",
      holds: async () => true,
      signal,
    },
    ports: {
      ...doors,
      sink: reportSink,
      purse,
      checks: checksOnDemand(),
      library: loadPrompts(),
      redact: commandRedactor(terminal.env),
      model: budgetedModel(modelOf(options, env), purse),
      clock: { now: () => new Date(), sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
    },
  };
}

/** Stages before the model need no key: they show what would be asked. */
function readingOf(options: ReviewOptions, env: ReviewEnv): Reading {
  if (options.model === false) return { kind: "checks", because: "asked" };
  const asksModel = options.show === undefined || options.show === "findings" || options.show === "review";
  return asksModel && env.apiKey === undefined ? { kind: "checks", because: "no key" } : { kind: "model" };
}

async function run(
  options: ReviewOptions,
  terminal: Terminal,
  request: ReviewRequest,
  ports: ReviewPorts,
): Promise<Result> {
  const format =
    options.format ?? (terminal.stdout.isTTY && options.output === undefined ? "pretty" : "json");
  const stage = options.show ?? "review";
  if (stage !== "review") return showStage(stage, options, format, request, ports);
  const outcome = await reviewPullRequest(ports, request);
  if (!("review" in outcome))
    return { text: "", exitCode: EXIT.incomplete, remark: "reason" in outcome ? outcome.reason : null };
  const paint = painter(terminal.stdout);
  return { text: renderAs(format, outcome.review, paint, VERSION), ...verdictOn(outcome, options) };
}

async function showStage(
  stage: "plan" | "chunks" | "prompts" | "findings",
  options: ReviewOptions,
  format: Format,
  request: ReviewRequest,
  ports: ReviewPorts,
): Promise<Result> {
  const pullRequest = await ports.source.load(request.signal);
  return withView(ports, request, pullRequest, async (view) => {
    const { session, afforded } = await prepareReview(ports, request, pullRequest, view);
    const { depth, survey } = afforded;
    if (stage === "findings") return showFound(options, format, await findAll(session, afforded, request));
    const text = {
      plan: () => showPlan(survey.plan, depth, format),
      chunks: () => showChunks(survey.plan, session, format),
      prompts: () => showPrompts(survey.plan, depth, session, format),
    }[stage]();
    return { text, exitCode: EXIT.clean, remark: null };
  });
}

function showFound(options: ReviewOptions, format: Format, found: Findings): Result {
  const failed = !isComplete(found.coverage);
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
  if (!outcome.review.complete) return { exitCode: EXIT.incomplete, remark: incompleteWords(outcome.review) };
  const reached = options.failOn !== "never" && reaches(outcome.review, options.failOn);
  return { exitCode: reached ? EXIT.findings : EXIT.clean, remark: null };
}

function incompleteWords({ reading }: Review): string {
  return reading.kind === "checks"
    ? "only the built-in checks have run: set ANTHROPIC_API_KEY for a review, or say --no-model if that is what you want"
    : "the review is incomplete: see coverage";
}

function modelOf(options: ReviewOptions, env: ReviewEnv): Model {
  const model = typeof options.model === "string" ? options.model : env.model;
  return env.apiKey === undefined
    ? missingModel(model)
    : claudeOnDemand({ model, apiKey: env.apiKey, baseUrl: env.baseUrl });
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
