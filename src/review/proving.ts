/** Suggestions → buttons: each is applied to the file in memory, and the result must be read by a parser as well as before. */
import { isValidData } from "../domain/data-format.ts";
import type { FileDiff } from "../domain/diff.ts";
import type { PlacedFinding } from "../domain/merge.ts";
import type { OutlineOutcome } from "../domain/outline.ts";
import { compareSeverity } from "../domain/pass.ts";
import type { FileContent } from "../domain/pull-request.ts";
import { proposeSuggestion, type SuggestionProof } from "../domain/suggestion.ts";
import type { ReviewPorts } from "./ports.ts";
import type { Syntax } from "./repository-view.ts";
import type { Survey } from "./surveying.ts";

export interface ProofRequest {
  readonly findings: readonly PlacedFinding[];
  /** Files at head; a file that is not here proves nothing. */
  readonly contents: ReadonlyMap<string, FileContent>;
  readonly files: readonly FileDiff[];
  readonly syntax: Syntax;
  readonly signal: AbortSignal;
}

/** By the id of the finding, for every finding with a suggestion. Rejects only when `signal` aborts. */
export async function proveSuggestions(request: ProofRequest): Promise<ReadonlyMap<string, SuggestionProof>> {
  const suggesting = request.findings.filter((finding) => finding.suggestion !== null);
  const outlines = rememberedOutlines(request);
  const proofs = await Promise.all(
    suggesting.map(async (finding) => ({ finding, proof: await prove(finding, request, outlines) })),
  );
  return withoutOverlaps(proofs);
}

interface Proved {
  readonly finding: PlacedFinding;
  readonly proof: SuggestionProof;
}

type Outlines = (path: string, text: string) => Promise<OutlineOutcome>;

/** The file before is the same for all of its suggestions. */
function rememberedOutlines({ syntax, signal }: ProofRequest): Outlines {
  const known = new Map<string, Promise<OutlineOutcome>>();
  return (path, text) => {
    const outcome = known.get(path) ?? syntax.outline(path, text, signal);
    known.set(path, outcome);
    return outcome;
  };
}

async function prove(
  finding: PlacedFinding,
  request: ProofRequest,
  outlines: Outlines,
): Promise<SuggestionProof> {
  const { path, anchor, suggestion } = finding;
  const content = request.contents.get(path);
  const patch = request.files.find((file) => file.path === path)?.patch;
  if (suggestion === null || finding.placement !== "inline" || patch?.kind !== "hunks")
    return unproven("it is not about lines of the diff");
  if (content?.kind !== "text") return unproven("the file at head could not be read");
  const proposal = proposeSuggestion({ anchor, suggestion, head: content.text, hunks: patch.hunks });
  if (proposal.kind === "refused") return unproven(proposal.reason);
  const fault = await parseFault(path, content.text, proposal.applied, request, outlines);
  return fault === null ? { kind: "proven", text: proposal.text } : unproven(fault);
}

function unproven(reason: string): SuggestionProof {
  return { kind: "unproven", reason };
}

async function parseFault(
  path: string,
  head: string,
  applied: string,
  { syntax, signal }: ProofRequest,
  outlines: Outlines,
): Promise<string | null> {
  const before = await outlines(path, head);
  if (before.kind === "none" && before.reason === "no grammar") return dataFault(path, head, applied);
  const after = await syntax.outline(path, applied, signal);
  if (before.kind === "none" || after.kind === "none") return CANNOT_PARSE;
  return after.outline.syntaxErrors <= before.outline.syntaxErrors ? null : BREAKS_SYNTAX;
}

/** Data is right or wrong, it has no half: a file that was wrong before proves nothing. */
function dataFault(path: string, head: string, applied: string): string | null {
  if (isValidData(path, head) !== true) return CANNOT_PARSE;
  return isValidData(path, applied) === true ? null : BREAKS_SYNTAX;
}

const CANNOT_PARSE = "the file cannot be parsed here";
const BREAKS_SYNTAX = "the file would no longer parse";

/** Each is proven alone; two about the same lines cannot both be pressed, so the more severe one keeps its button. */
function withoutOverlaps(proved: readonly Proved[]): ReadonlyMap<string, SuggestionProof> {
  const kept: PlacedFinding[] = [];
  const result = new Map<string, SuggestionProof>();
  for (const { finding, proof } of proved.toSorted(bySeverity)) {
    const isTaken = proof.kind === "proven" && kept.some((other) => overlap(finding, other));
    if (proof.kind === "proven" && !isTaken) kept.push(finding);
    result.set(finding.id, isTaken ? unproven("another suggestion is about the same lines") : proof);
  }
  return result;
}

/** Equals keep their order. */
function bySeverity(a: Proved, b: Proved): number {
  return compareSeverity(a.finding.severity, b.finding.severity);
}

function overlap(a: PlacedFinding, b: PlacedFinding): boolean {
  return a.path === b.path && a.anchor.startLine <= b.anchor.line && b.anchor.startLine <= a.anchor.line;
}

/** Reads the files that suggestions are about, and proves them. */
export async function proveAll(
  { syntax }: Pick<ReviewPorts, "syntax">,
  { view, listed }: Survey,
  findings: readonly PlacedFinding[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SuggestionProof>> {
  const paths = findings.filter((finding) => finding.suggestion !== null).map((finding) => finding.path);
  const contents = await view.readHead([...new Set(paths)], signal);
  return proveSuggestions({ findings, contents, files: listed.files, syntax, signal });
}
