/** What the passes say → findings that stand at a place in the code, one for each defect they agree on. */
import { mergeFindings, type Placed, type PlacedFinding, type SymbolAt } from "../domain/merge.ts";
import type { SourceOutline } from "../domain/outline.ts";
import { sumUsage, type Usage } from "../domain/usage.ts";
import type { Afforded } from "./affording.ts";
import { type PassOutcome, runPasses } from "./pass-runner.ts";
import { placeFindings, type ReadHead } from "./placing.ts";
import type { ModelFailure } from "./ports.ts";
import type { Session } from "./session.ts";
import type { Survey } from "./surveying.ts";

/** What was found and where it stands; the trace keeps also what was dropped and why. */
export interface Found {
  readonly findings: readonly PlacedFinding[];
  readonly trace: readonly Placed[];
  readonly dropped: number;
  readonly outcomes: readonly PassOutcome[];
  readonly usage: Usage;
  /** Set when not one pass came through: then an empty list of findings means nothing. */
  readonly failure: Pick<ModelFailure, "reason" | "next"> | null;
  /** A call that the model service could not serve for the moment. */
  readonly unserved: ModelFailure | null;
}

/** What the built-in checks found comes first: it needs no model, and the passes were told. */
export async function findDefects(session: Session, afforded: Afforded): Promise<Found> {
  const { survey } = afforded;
  const outcomes = await runPasses(session, afforded);
  const reviewed = outcomes.filter((outcome) => outcome.kind === "reviewed");
  const claims = [...survey.checked.findings, ...reviewed.flatMap(({ findings }) => findings)];
  const trace = await placeFindings(claims, survey.listed.files, readingHead(session, survey));
  const findings = mergeFindings(trace, symbolsOf(survey.outlines));
  const surplus = reviewed.reduce((sum, outcome) => sum + outcome.surplus, 0);
  const dropped = surplus + trace.filter(({ placement }) => placement.kind === "dropped").length;
  session.observe({ stage: "placed", findings: findings.length, dropped });
  return {
    findings,
    trace,
    dropped,
    outcomes,
    usage: sumUsage(outcomes.map((outcome) => outcome.usage)),
    failure: commonFailure(outcomes),
    unserved: longestWait(outcomes.flatMap((one) => (one.kind === "failed" ? [one.failure] : []))),
  };
}

function readingHead(session: Session, { view }: Survey): ReadHead {
  return (paths) => view.readHead(paths, session.asking.signal);
}

function symbolsOf(outlines: ReadonlyMap<string, SourceOutline>): SymbolAt {
  return (path, line) => {
    const around = (outlines.get(path)?.scopes ?? []).filter(
      ({ start, end }) => start <= line && line <= end,
    );
    return around.map(({ name }) => name).join(".");
  };
}

export function longestWait(failures: readonly ModelFailure[]): ModelFailure | null {
  return (
    failures
      .filter(({ next }) => next === "retry")
      .toSorted((a, b) => (b.retryAfterMs ?? 0) - (a.retryAfterMs ?? 0))[0] ?? null
  );
}

function commonFailure(outcomes: readonly PassOutcome[]): Found["failure"] {
  const failures = outcomes.flatMap((outcome) => (outcome.kind === "failed" ? [outcome.failure] : []));
  if (failures.length === 0 || failures.length < outcomes.length) return null;
  const reason = [...new Set(failures.map((failure) => failure.reason))].join("; ");
  // What concerns every call outranks what was lost in one of them.
  const next = (["reconfigure", "stop", "retry"] as const).find((one) =>
    failures.some((failure) => failure.next === one),
  );
  return { reason, next: next ?? "give-up" };
}
