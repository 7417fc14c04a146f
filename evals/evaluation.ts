/** All cases of one evaluation: each is reviewed, its findings are judged, and what fails is kept as failed. */
import pLimit from "p-limit";
import { messageOf } from "../src/domain/errors.ts";
import { NO_USAGE, sumUsage, type Usage } from "../src/domain/usage.ts";
import type { Asking } from "../src/review/asking.ts";
import type { EvalCase } from "./case-library.ts";
import { type CaseRepository, openCaseRepository } from "./case-repository.ts";
import { judge } from "./judge.ts";
import { matchByPlace } from "./rough-match.ts";
import { type CaseReport, type ReportedFinding, type ReviewSettings, reviewCase } from "./run-case.ts";
import type { CaseResult, JudgedFinding } from "./run-file.ts";

/** Judge calls of one case, side by side. */
const JUDGED_AT_ONCE = 4;

export interface Evaluating {
  readonly review: ReviewSettings;
  /** Null: by place alone. */
  readonly judge: Asking | null;
  readonly concurrency: number;
  /** Called after each case. */
  readonly onCase: (result: CaseResult, done: number, of: number) => void;
}

export interface Evaluated {
  readonly results: readonly CaseResult[];
  readonly judgeUsage: Usage;
  /** The model that the reports name; null when no review came through. */
  readonly model: string | null;
}

interface One {
  readonly result: CaseResult;
  readonly judgeUsage: Usage;
  readonly model: string | null;
}

export async function evaluate(cases: readonly EvalCase[], evaluating: Evaluating): Promise<Evaluated> {
  const limit = pLimit(evaluating.concurrency);
  let done = 0;
  const all = await Promise.all(
    cases.map((one) =>
      limit(async () => {
        const evaluated = await evaluateCase(one, evaluating);
        done += 1;
        evaluating.onCase(evaluated.result, done, cases.length);
        return evaluated;
      }),
    ),
  );
  return {
    results: all.map(({ result }) => result),
    judgeUsage: sumUsage(all.map(({ judgeUsage }) => judgeUsage)),
    model: all.find(({ model }) => model !== null)?.model ?? null,
  };
}

/** One broken case must not sink the others: its fault becomes its outcome. */
async function evaluateCase(one: EvalCase, evaluating: Evaluating): Promise<One> {
  try {
    const repository = await openCaseRepository(one);
    try {
      return await reviewAndJudge(one, repository, evaluating);
    } finally {
      await repository.remove();
    }
  } catch (error) {
    evaluating.review.signal.throwIfAborted();
    return failed(one, messageOf(error));
  }
}

async function reviewAndJudge(
  one: EvalCase,
  repository: CaseRepository,
  evaluating: Evaluating,
): Promise<One> {
  const review = await reviewCase(one, repository, evaluating.review);
  if (review.kind === "failed") return failed(one, review.reason);
  const { report } = review;
  const judged = await judgeAll(one, repository, report, evaluating.judge);
  return {
    result: {
      ...factsOf(one),
      outcome: {
        kind: "reviewed",
        complete: report.complete,
        findings: judged.findings,
        usage: report.usage,
      },
    },
    judgeUsage: judged.usage,
    model: report.model,
  };
}

async function judgeAll(
  one: EvalCase,
  repository: CaseRepository,
  report: CaseReport,
  asking: Asking | null,
): Promise<{ readonly findings: JudgedFinding[]; readonly usage: Usage }> {
  if (asking === null) {
    const findings = report.findings.map((finding) => ({
      ...finding,
      verdict: matchByPlace(finding, one.golden),
    }));
    return { findings, usage: NO_USAGE };
  }
  const change = report.findings.length === 0 ? "" : await repository.diff();
  const judgeOne = async (finding: ReportedFinding) => {
    const { verdict, usage } = await judge(asking, one, change, finding);
    return { finding: { ...finding, verdict }, usage };
  };
  // The first alone, so that the others can read the case from the cache.
  const [first, ...rest] = report.findings;
  const opening = first === undefined ? [] : [await judgeOne(first)];
  const limit = pLimit(JUDGED_AT_ONCE);
  const others = await Promise.all(rest.map((finding) => limit(() => judgeOne(finding))));
  const judged = [...opening, ...others];
  return {
    findings: judged.map(({ finding }) => finding),
    usage: sumUsage(judged.map(({ usage }) => usage)),
  };
}

function failed(one: EvalCase, reason: string): One {
  return {
    result: { ...factsOf(one), outcome: { kind: "failed", reason } },
    judgeUsage: NO_USAGE,
    model: null,
  };
}

function factsOf(one: EvalCase): Omit<CaseResult, "outcome"> {
  return {
    id: one.id,
    title: one.title,
    stack: one.stack,
    clean: one.clean,
    golden: one.golden.map(({ file, line, pass, severity, context, defect }) => {
      return { file, line, pass, severity, context, defect };
    }),
  };
}
