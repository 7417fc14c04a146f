// Complete values of an evaluation; a test names only what it is about.
import type { Golden } from "../../evals/case-library.ts";
import type { ReportedFinding } from "../../evals/run-case.ts";
import { type CaseResult, type JudgedFinding, newRun, type Run } from "../../evals/run-file.ts";
import type { Verdict } from "../../evals/verdict.ts";

export const MATCHES = (golden: number): Verdict => ({
  kind: "judged",
  golden,
  alsoValid: false,
  real: true,
  reason: "the same cause",
});
export const REAL: Verdict = {
  kind: "judged",
  golden: null,
  alsoValid: false,
  real: true,
  reason: "proved by the diff",
};
export const WRONG: Verdict = { ...REAL, real: false, reason: "refuted by line 3" };
export const UNJUDGED: Verdict = { kind: "unjudged", reason: "the judge was not reached" };

export function aReported(over: Partial<ReportedFinding> = {}): ReportedFinding {
  return {
    pass: "correctness",
    severity: "critical",
    path: "src/a.ts",
    line: 20,
    start_line: null,
    side: "RIGHT",
    title: "The total is wrong",
    why: "The sum leaves the last line out.",
    fix: "Count to the end.",
    evidence: "at < lines.length - 1",
    pre_existing: false,
    ...over,
  };
}

export function aJudged(verdict: Verdict, over: Partial<ReportedFinding> = {}): JudgedFinding {
  return { ...aReported(over), verdict };
}

export function aGolden(over: Partial<Golden> = {}): Golden {
  return {
    file: "src/a.ts",
    side: "head",
    line: 20,
    anchor: "at < lines.length - 1",
    pass: "correctness",
    severity: "critical",
    defect: "The loop ends one line early, so the last line is never counted.",
    context: "diff",
    see: [],
    alternatives: [],
    ...over,
  };
}

const NO_COST = {
  calls: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  cost_usd: 0,
  duration_ms: 0,
};

interface CaseSketch {
  readonly id?: string;
  readonly stack?: string;
  readonly golden?: readonly Partial<Golden>[];
  readonly findings?: readonly JudgedFinding[];
  readonly complete?: boolean;
  readonly usage?: Partial<typeof NO_COST>;
}

/** Clean when no golden is given. */
export function aCaseResult(sketch: CaseSketch = {}): CaseResult {
  const golden = sketch.golden ?? [];
  return {
    ...factsOf(sketch.id ?? "a-case", sketch.stack ?? "go", golden),
    outcome: {
      kind: "reviewed",
      complete: sketch.complete ?? true,
      findings: [...(sketch.findings ?? [])],
      usage: { ...NO_COST, ...sketch.usage },
    },
  };
}

export function aFailedCase(id: string, golden: readonly Partial<Golden>[] = []): CaseResult {
  return { ...factsOf(id, "go", golden), outcome: { kind: "failed", reason: "the model was not reached" } };
}

function factsOf(id: string, stack: string, golden: readonly Partial<Golden>[]): Omit<CaseResult, "outcome"> {
  return {
    id,
    title: `Change ${id}`,
    stack,
    clean: golden.length === 0,
    golden: golden.map((over) => {
      const { file, line, pass, severity, context, defect } = aGolden(over);
      return { file, line, pass, severity, context, defect };
    }),
  };
}

export function aRun(cases: readonly CaseResult[], over: Partial<Omit<Run, "version" | "cases">> = {}): Run {
  return newRun({
    started: "2026-11-27T12:00:00.000Z",
    model: "model-a",
    depth: "standard",
    judge: "judge-a",
    wall_ms: 1_000,
    judge_cost_usd: 0,
    judge_calls: 0,
    ...over,
    cases: [...cases],
  });
}
