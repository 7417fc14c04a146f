/** The figures of one run as people read them, in a terminal or as Markdown. */
import { f1, type Proportion, share, wilson } from "./proportion.ts";
import { ROUGH_NOTE } from "./rough-match.ts";
import type { Run } from "./run-file.ts";
import { type GroupScore, ownFindings, type Score, scoreRun } from "./score.ts";
import { heading, type TableFormat, table } from "./table.ts";

export function renderRun(run: Run, format: TableFormat): string {
  const score = scoreRun(run);
  const sections = [
    `Model ${run.model}, depth ${run.depth}, judge ${run.judge}, ${run.started}`,
    ...(run.judge === "none" ? [ROUGH_NOTE] : []),
    shares(format, score),
    heading(format, "What else"),
    facts(format, run, score),
    heading(format, "Missed"),
    missed(format, run),
    heading(format, "Wrong"),
    wrong(format, run),
    ...failures(format, run),
  ];
  return `${sections.join("\n\n")}\n`;
}

function shares(format: TableFormat, score: Score): string {
  const groups = [
    [score.overall],
    score.bySeverity,
    score.byPass,
    score.byStack,
    score.byContext.map((group) => ({ ...group, name: `needs ${group.name}` })),
  ];
  return table(format, ["group", "precision", "95 %", "recall", "95 %", "F1"], groups.flat().map(shareRow));
}

function shareRow({ name, precision, recall }: GroupScore): readonly string[] {
  const mean = f1(precision, recall);
  return [name, ...shareCells(precision), ...shareCells(recall), mean === null ? "–" : mean.toFixed(2)];
}

/** `12/14 0.86` and `0.60–0.96`. */
export function shareCells(proportion: Proportion): readonly [string, string] {
  const value = share(proportion);
  const interval = wilson(proportion);
  if (value === null || interval === null) return ["–", "–"];
  return [
    `${proportion.hits}/${proportion.of} ${value.toFixed(2)}`,
    `${interval.low.toFixed(2)}–${interval.high.toFixed(2)}`,
  ];
}

function facts(format: TableFormat, run: Run, score: Score): string {
  const { cases, cost } = score;
  const [silent, silentInterval] = shareCells(score.silentOnClean);
  const [severity, severityInterval] = shareCells(score.severityRight);
  return table(
    format,
    ["fact", "value"],
    [
      ["cases reviewed", `${cases.reviewed} (${cases.incomplete} incomplete), ${cases.failed.length} failed`],
      ["clean cases without 🔴 🟡", `${silent} (${silentInterval})`],
      ["🔴 🟡 on clean cases", String(score.noiseOnClean)],
      ["severity as the golden's", `${severity} (${severityInterval})`],
      ["one defect said twice", String(score.duplicates)],
      ["nits", String(score.nits)],
      ["findings not judged", String(score.unjudged)],
      ["model calls", String(cost.calls)],
      ["tokens in, fresh", thousands(cost.inputTokens)],
      [
        "tokens in, cache read and written",
        `${thousands(cost.cacheReadTokens)} and ${thousands(cost.cacheWriteTokens)}`,
      ],
      ["tokens out", thousands(cost.outputTokens)],
      [
        "money",
        `$${cost.usd.toFixed(2)}, and $${run.judge_cost_usd.toFixed(2)} for ${run.judge_calls} calls of the judge`,
      ],
      ["time of the reviews, and on the clock", `${seconds(cost.reviewMs)} and ${seconds(run.wall_ms)}`],
    ],
  );
}

function thousands(count: number): string {
  return count.toLocaleString("en");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`;
}

function missed(format: TableFormat, run: Run): string {
  const rows = run.cases.flatMap((one) => {
    const named = new Set(ownFindings(one).flatMap(({ verdict }) => goldenOf(verdict)));
    if (one.outcome.kind === "failed") return [];
    return one.golden.flatMap((golden, at) =>
      named.has(at) ? [] : [[one.id, `${golden.severity} ${golden.pass}`, `${golden.file}:${golden.line}`]],
    );
  });
  return rows.length === 0 ? "Nothing." : table(format, ["case", "golden", "place"], rows);
}

function goldenOf(verdict: ReturnType<typeof ownFindings>[number]["verdict"]): readonly number[] {
  return verdict.kind === "judged" && verdict.golden !== null ? [verdict.golden] : [];
}

function wrong(format: TableFormat, run: Run): string {
  const rows = run.cases.flatMap((one) =>
    ownFindings(one)
      .filter(({ verdict }) => verdict.kind === "judged" && !verdict.real)
      .map((finding) => [one.id, `${finding.severity} ${finding.pass}`, printable(finding.title)]),
  );
  return rows.length === 0 ? "Nothing." : table(format, ["case", "finding", "title"], rows);
}

/** Titles are the model's words: nothing in them may steer a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, " ").slice(0, 100);
}

function failures(format: TableFormat, run: Run): readonly string[] {
  const rows = run.cases.flatMap((one) =>
    one.outcome.kind === "failed" ? [[one.id, printable(one.outcome.reason)]] : [],
  );
  if (rows.length === 0) return [];
  return [heading(format, "Failed: in no figure above"), table(format, ["case", "reason"], rows)];
}
