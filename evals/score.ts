/** From judged findings to figures: precision, recall, noise, duplicates, cost. Pure. */
import { PASSES, SEVERITIES, type Severity } from "../src/domain/pass.ts";
import type { Proportion } from "./proportion.ts";
import type { CaseResult, JudgedFinding, Run } from "./run-file.ts";

export interface GroupScore {
  readonly name: string;
  /** Of the findings in this group, how many are true defects worth fixing. */
  readonly precision: Proportion;
  /** Of the goldens in this group, how many some finding names. */
  readonly recall: Proportion;
}

export interface Score {
  readonly overall: GroupScore;
  readonly byPass: readonly GroupScore[];
  readonly bySeverity: readonly GroupScore[];
  readonly byStack: readonly GroupScore[];
  readonly byContext: readonly GroupScore[];
  /** Of the matched goldens, how many got the severity that the golden has. */
  readonly severityRight: Proportion;
  /** Clean cases without any 🔴 or 🟡. */
  readonly silentOnClean: Proportion;
  /** 🔴 and 🟡 on clean cases. */
  readonly noiseOnClean: number;
  readonly nits: number;
  /** Findings beyond the first for one golden. */
  readonly duplicates: number;
  /** Findings that the judge could not judge; they are in no share. */
  readonly unjudged: number;
  readonly cases: {
    readonly reviewed: number;
    readonly incomplete: number;
    readonly failed: readonly string[];
  };
  readonly cost: Cost;
}

export interface Cost {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly usd: number;
  /** Sum over the reviews, as if one followed the other. */
  readonly reviewMs: number;
}

type Reviewed = CaseResult & { readonly outcome: Extract<CaseResult["outcome"], { kind: "reviewed" }> };
type Golden = CaseResult["golden"][number];

interface ScoredFinding extends JudgedFinding {
  readonly stack: string;
}

interface ScoredGolden extends Golden {
  readonly stack: string;
  readonly found: boolean;
}

/** Nits neither help nor hurt the figures that decide: both sides count 🔴 and 🟡. Nits have a row of their own. */
export function counts(severity: Severity): boolean {
  return severity !== "nit";
}

export function scoreRun(run: Run): Score {
  const reviewed = run.cases.filter(isReviewed);
  const findings = reviewed.flatMap((one) => ownFindings(one).map((each) => ({ ...each, stack: one.stack })));
  const goldens = reviewed.flatMap(scoredGoldens);
  const main = findings.filter((finding) => counts(finding.severity));
  const mainGoldens = goldens.filter((golden) => counts(golden.severity));
  const clean = reviewed.filter((one) => one.clean);
  const noise = clean.map((one) => ownFindings(one).filter((each) => counts(each.severity)).length);
  return {
    overall: group("all 🔴 🟡", main, mainGoldens),
    byPass: PASSES.map((pass) => groupWhere(pass, main, mainGoldens, (one) => one.pass === pass)),
    bySeverity: SEVERITIES.map((severity) =>
      groupWhere(severity, findings, goldens, (one) => one.severity === severity),
    ),
    byStack: stacksOf(reviewed).map((stack) =>
      groupWhere(stack, main, mainGoldens, (one) => one.stack === stack),
    ),
    byContext: contextsOf(mainGoldens).map((context) =>
      group(
        context,
        [],
        mainGoldens.filter((golden) => golden.context === context),
      ),
    ),
    severityRight: severityRight(reviewed),
    silentOnClean: { hits: noise.filter((count) => count === 0).length, of: clean.length },
    noiseOnClean: noise.reduce((sum, count) => sum + count, 0),
    nits: findings.filter((finding) => !counts(finding.severity)).length,
    duplicates: reviewed.map(duplicatesIn).reduce((sum, count) => sum + count, 0),
    unjudged: findings.filter((finding) => finding.verdict.kind === "unjudged").length,
    cases: {
      reviewed: reviewed.length,
      incomplete: reviewed.filter((one) => !one.outcome.complete).length,
      failed: run.cases.filter((one) => one.outcome.kind === "failed").map((one) => one.id),
    },
    cost: costOf(reviewed),
  };
}

function isReviewed(one: CaseResult): one is Reviewed {
  return one.outcome.kind === "reviewed";
}

/** What is listed as older than the change is no claim about the change. */
export function ownFindings(one: CaseResult): readonly JudgedFinding[] {
  return one.outcome.kind === "reviewed"
    ? one.outcome.findings.filter((finding) => !finding.pre_existing)
    : [];
}

/** Indexes of the goldens that some finding names. */
export function foundGoldens(one: CaseResult): ReadonlySet<number> {
  return new Set(
    ownFindings(one).flatMap(({ verdict }) =>
      verdict.kind === "judged" && verdict.golden !== null ? [verdict.golden] : [],
    ),
  );
}

function scoredGoldens(one: Reviewed): readonly ScoredGolden[] {
  const found = foundGoldens(one);
  return one.golden.map((golden, at) => ({ ...golden, stack: one.stack, found: found.has(at) }));
}

function groupWhere(
  name: string,
  findings: readonly ScoredFinding[],
  goldens: readonly ScoredGolden[],
  isIn: (one: ScoredFinding | ScoredGolden) => boolean,
): GroupScore {
  return group(name, findings.filter(isIn), goldens.filter(isIn));
}

function group(
  name: string,
  findings: readonly ScoredFinding[],
  goldens: readonly ScoredGolden[],
): GroupScore {
  const judged = findings.flatMap(({ verdict }) => (verdict.kind === "judged" ? [verdict] : []));
  return {
    name,
    precision: { hits: judged.filter((verdict) => verdict.real).length, of: judged.length },
    recall: { hits: goldens.filter((golden) => golden.found).length, of: goldens.length },
  };
}

function stacksOf(cases: readonly Reviewed[]): readonly string[] {
  return [...new Set(cases.map((one) => one.stack))].toSorted();
}

function contextsOf(goldens: readonly ScoredGolden[]): readonly string[] {
  return [...new Set(goldens.map((golden) => golden.context))].toSorted();
}

/** Of several findings for one golden the first counts, which is the most severe one. */
function severityRight(cases: readonly Reviewed[]): Proportion {
  const pairs = cases.flatMap((one) =>
    one.golden.flatMap((golden, at) => {
      const finding = ownFindings(one).find(
        ({ verdict }) => verdict.kind === "judged" && verdict.golden === at,
      );
      return finding === undefined ? [] : [finding.severity === golden.severity];
    }),
  );
  return { hits: pairs.filter(Boolean).length, of: pairs.length };
}

function duplicatesIn(one: Reviewed): number {
  const named = ownFindings(one).filter(
    ({ verdict }) => verdict.kind === "judged" && verdict.golden !== null,
  ).length;
  return named - foundGoldens(one).size;
}

function costOf(cases: readonly Reviewed[]): Cost {
  const sum = (pick: (usage: Reviewed["outcome"]["usage"]) => number) =>
    cases.reduce((total, one) => total + pick(one.outcome.usage), 0);
  return {
    calls: sum((usage) => usage.calls),
    inputTokens: sum((usage) => usage.input_tokens),
    outputTokens: sum((usage) => usage.output_tokens),
    cacheReadTokens: sum((usage) => usage.cache_read_tokens),
    cacheWriteTokens: sum((usage) => usage.cache_write_tokens),
    usd: sum((usage) => usage.cost_usd),
    reviewMs: sum((usage) => usage.duration_ms),
  };
}
