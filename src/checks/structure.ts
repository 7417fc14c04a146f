/** Structural rules: shapes of code that are wrong nearly always, found in its syntax tree. */
import { NO_FACTS, natureOf } from "../domain/file-kind.ts";
import type { Finding } from "../domain/finding.ts";
import type { ChangedFile, CheckReport, CheckSkip } from "../review/checks.ts";
import { addedRanges, hiddenPatch, touchedLines } from "./changed-lines.ts";
import { type Check, checkFinding, quoteLines } from "./check.ts";
import { languageOf, type SourceLanguage } from "./languages.ts";
import type { StructuralRule } from "./rule-library.ts";
import type { MatchRequest, RuleMatch } from "./rule-matching.ts";
import { type RuleRunner, ruleRunner } from "./rule-runner.ts";
import { isDocumentPath, isTestPath } from "./test-path.ts";

const NAME = "structure";
export interface StructureLimits {
  /** For all files. */
  readonly totalMs: number;
  /** An ordinary file takes 10 ms; one that takes so long was made for it, or is data. */
  readonly fileMs: number;
}

/** Within the deadline of a whole check, so that what was found until then is kept. */
export const REVIEW_LIMITS: StructureLimits = { totalMs: 2_500, fileMs: 1_000 };
/** A file that repeats one mistake is told about it often enough. */
const MAX_FINDINGS_PER_RULE_AND_FILE = 5;

interface Candidate {
  readonly file: ChangedFile;
  readonly text: string;
  readonly rules: readonly StructuralRule[];
  readonly request: MatchRequest;
}

/** `rules` decides alone which of them run: leave out those that are off. */
export function structureCheck(rules: readonly StructuralRule[], limits: StructureLimits): Check {
  const mentions = new Map(
    rules.flatMap((rule) => (rule.mentions === undefined ? [] : [[rule.id, new RegExp(rule.mentions, "i")]])),
  );
  return {
    name: NAME,
    concerns: (path) => languageOf(path) !== null,
    run: async ({ files, signal }) => {
      const end = performance.now() + limits.totalMs;
      const hidden = files.flatMap(({ diff }): readonly CheckSkip[] => {
        const reason = hiddenPatch(diff);
        return reason === null ? [] : [{ check: NAME, path: diff.path, reason }];
      });
      // The short ones first: a file that was made to take long must not keep the others from being read.
      const candidates = files
        .flatMap((file) => candidateOf(file, rules, mentions) ?? [])
        .toSorted((a, b) => a.text.length - b.text.length);
      if (candidates.length === 0) return { findings: [], skips: hidden, erDiagram: null };
      const runner = ruleRunner();
      try {
        const report = await matchAll(runner, candidates, { end, fileMs: limits.fileMs }, signal);
        return { ...report, skips: [...hidden, ...report.skips] };
      } finally {
        runner.close();
      }
    },
  };
}

async function matchAll(
  runner: RuleRunner,
  candidates: readonly Candidate[],
  { end, fileMs }: { readonly end: number; readonly fileMs: number },
  signal: AbortSignal,
): Promise<CheckReport> {
  const findings: Finding[] = [];
  const skips: CheckSkip[] = [];
  for (const candidate of candidates) {
    const left = end - performance.now();
    const { path } = candidate.file.diff;
    const answer =
      left <= 0
        ? ({ kind: "failed", reason: "no time was left for it" } as const)
        : await runner.match(candidate.request, Math.min(left, fileMs), signal);
    if (answer.kind === "matched") findings.push(...findingsOf(candidate, answer.matches));
    const reason = answer.kind === "failed" ? answer.reason : unreadReason(answer.unread);
    if (reason !== null) skips.push({ check: NAME, path, reason });
  }
  return { findings, skips, erDiagram: null };
}

function unreadReason(places: number): string | null {
  if (places === 0) return null;
  return `its syntax cannot be read in ${places === 1 ? "one place" : `${places} places`}`;
}

function candidateOf(
  file: ChangedFile,
  rules: readonly StructuralRule[],
  mentions: ReadonlyMap<string, RegExp>,
): Candidate | null {
  const source = languageOf(file.diff.path);
  const { head: text, diff } = file;
  if (source === null || text === null || natureOf(diff, NO_FACTS) !== null) return null;
  const within = addedRanges(diff);
  if (within.length === 0) return null;
  const own = rulesFor(diff.path, source, rules).filter((rule) => mentions.get(rule.id)?.test(text) ?? true);
  if (own.length === 0) return null;
  const request = { grammar: source.grammar, text, rules: own.map(toMatcher), within };
  return { file, text, rules: own, request };
}

function rulesFor(
  path: string,
  { language }: SourceLanguage,
  rules: readonly StructuralRule[],
): readonly StructuralRule[] {
  const skipped = isTestPath(path) || isDocumentPath(path);
  return rules.filter((rule) => rule.languages.includes(language) && !(skipped && rule.tests === "skipped"));
}

export function toMatcher({ id, rule, constraints, utils }: StructuralRule): MatchRequest["rules"][number] {
  return {
    id,
    matcher: {
      rule,
      ...(constraints === undefined ? {} : { constraints }),
      ...(utils === undefined ? {} : { utils }),
    },
  };
}

function findingsOf(candidate: Candidate, matches: readonly RuleMatch[]): readonly Finding[] {
  const lines = candidate.text.split("\n");
  return candidate.rules.flatMap((rule) => {
    const seen = new Set<number>();
    return matches
      .filter((match) => match.rule === rule.id && !(match.inTest && rule.tests === "skipped"))
      .flatMap((match) => findingOf(candidate.file, rule, match, lines) ?? [])
      .filter(({ startLine }) => !seen.has(startLine) && seen.add(startLine))
      .slice(0, MAX_FINDINGS_PER_RULE_AND_FILE);
  });
}

function findingOf(
  { diff }: ChangedFile,
  rule: StructuralRule,
  match: RuleMatch,
  lines: readonly string[],
): Finding | null {
  const place = touchedLines(diff, match);
  if (place === null) return null;
  return checkFinding({
    rule: rule.id,
    pass: rule.pass,
    severity: rule.severity,
    path: diff.path,
    side: "RIGHT",
    startLine: place.start,
    line: place.end,
    title: rule.title,
    why: rule.why.trim(),
    fix: rule.fix.trim(),
    evidence: quoteLines(lines, place.start, place.end),
  });
}
