/** Two runs over the same cases: what the second won and lost, and whether that is more than chance. */
import { mcnemar } from "./proportion.ts";
import { printable, shareCells } from "./report.ts";
import type { CaseResult, Run } from "./run-file.ts";
import { counts, foundGoldens, ownFindings, type Score, scoreRun } from "./score.ts";
import { heading, type TableFormat, table } from "./table.ts";

export interface CaseChange {
  readonly id: string;
  /** Indexes of goldens that only the second, or only the first run found. */
  readonly won: readonly number[];
  readonly lost: readonly number[];
  /** 🔴 and 🟡 that are not real. */
  readonly falseBefore: number;
  readonly falseAfter: number;
}

export interface Comparison {
  /** Cases that both runs reviewed. */
  readonly cases: readonly CaseChange[];
  /** Ids that are in one run only, or failed in one of them: in no figure. */
  readonly leftOut: readonly string[];
  readonly goldens: number;
  readonly won: number;
  readonly lost: number;
  readonly p: number;
  readonly before: Score;
  readonly after: Score;
}

export function compareRuns(a: Run, b: Run): Comparison {
  const both = a.cases.flatMap((before) => {
    const after = b.cases.find((one) => one.id === before.id);
    return after !== undefined && isComparable(before, after) ? [{ before, after }] : [];
  });
  const shared = new Set(both.map(({ before }) => before.id));
  const ids = [...new Set([...a.cases, ...b.cases].map((one) => one.id))];
  const cases = both.map(({ before, after }) => changeOf(before, after));
  const won = cases.reduce((sum, one) => sum + one.won.length, 0);
  const lost = cases.reduce((sum, one) => sum + one.lost.length, 0);
  return {
    cases,
    leftOut: ids.filter((id) => !shared.has(id)).toSorted(),
    goldens: both.reduce((sum, { before }) => sum + mainGoldens(before).length, 0),
    won,
    lost,
    p: mcnemar(won, lost),
    before: scoreRun(restricted(a, shared)),
    after: scoreRun(restricted(b, shared)),
  };
}

/** A case whose goldens were edited in between is another case. */
function isComparable(before: CaseResult, after: CaseResult): boolean {
  const reviewed = before.outcome.kind === "reviewed" && after.outcome.kind === "reviewed";
  return reviewed && JSON.stringify(before.golden) === JSON.stringify(after.golden);
}

function restricted(run: Run, ids: ReadonlySet<string>): Run {
  return { ...run, cases: run.cases.filter((one) => ids.has(one.id)) };
}

function changeOf(before: CaseResult, after: CaseResult): CaseChange {
  const first = foundGoldens(before);
  const second = foundGoldens(after);
  return {
    id: before.id,
    won: mainGoldens(before).filter((at) => second.has(at) && !first.has(at)),
    lost: mainGoldens(before).filter((at) => first.has(at) && !second.has(at)),
    falseBefore: falseIn(before),
    falseAfter: falseIn(after),
  };
}

function mainGoldens(one: CaseResult): readonly number[] {
  return one.golden.flatMap((golden, at) => (counts(golden.severity) ? [at] : []));
}

function falseIn(one: CaseResult): number {
  return ownFindings(one).filter(
    ({ severity, verdict }) => counts(severity) && verdict.kind === "judged" && !verdict.real,
  ).length;
}

export function renderComparison(a: Run, b: Run, format: TableFormat): string {
  const comparison = compareRuns(a, b);
  const sections = [
    `A: ${a.model}, ${a.depth}, judge ${a.judge}, ${a.started}\nB: ${b.model}, ${b.depth}, judge ${b.judge}, ${b.started}`,
    ...(a.judge === b.judge ? [] : ["The judges differ: a part of every difference below is theirs."]),
    figures(format, comparison),
    `B found ${comparison.won} goldens that A missed, and missed ${comparison.lost} that A found, of ${comparison.goldens} (🔴 🟡). McNemar, exact, two-sided: p = ${comparison.p.toFixed(3)}${comparison.p < 0.05 ? "." : ": this may be chance."}`,
    heading(format, "Case by case"),
    changes(format, a, comparison),
    ...(comparison.leftOut.length === 0
      ? []
      : [`Not compared (in one run only, failed, or edited in between): ${comparison.leftOut.join(", ")}`]),
  ];
  return `${sections.join("\n\n")}\n`;
}

function figures(format: TableFormat, { before, after }: Comparison): string {
  const row = (name: string, pick: (score: Score) => string) => [name, pick(before), pick(after)];
  return table(
    format,
    ["figure", "A", "B"],
    [
      row("precision 🔴 🟡", (score) => shareCells(score.overall.precision).join("  ")),
      row("recall 🔴 🟡", (score) => shareCells(score.overall.recall).join("  ")),
      row("clean cases without 🔴 🟡", (score) => shareCells(score.silentOnClean).join("  ")),
      row("one defect said twice", (score) => String(score.duplicates)),
      row("nits", (score) => String(score.nits)),
      row("model calls", (score) => String(score.cost.calls)),
      row("money", (score) => `$${score.cost.usd.toFixed(2)}`),
    ],
  );
}

function changes(format: TableFormat, a: Run, { cases }: Comparison): string {
  const rows = cases
    .filter((one) => one.won.length + one.lost.length > 0 || one.falseBefore !== one.falseAfter)
    .map((one) => [
      one.id,
      defects(a, one.id, one.won),
      defects(a, one.id, one.lost),
      `${one.falseBefore} → ${one.falseAfter}`,
    ]);
  return rows.length === 0 ? "No difference." : table(format, ["case", "won", "lost", "wrong"], rows);
}

const MAX_DEFECT = 60;

function defects(run: Run, id: string, indexes: readonly number[]): string {
  const golden = run.cases.find((one) => one.id === id)?.golden ?? [];
  const words = indexes.map((at) => printable(golden[at]?.defect ?? "").slice(0, MAX_DEFECT));
  return words.length === 0 ? "–" : words.join("; ");
}
