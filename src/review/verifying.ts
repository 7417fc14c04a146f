/** Puts findings to a sceptic that sees the real code; what it refutes is not said, what it cannot be asked about is marked. */
import pLimit from "p-limit";
import type { Chunk } from "../domain/chunk.ts";
import { type Claim, verifyPrompt } from "../domain/claim-prompts.ts";
import { verdictReplySchema } from "../domain/finding.ts";
import type { PlacedFinding } from "../domain/merge.ts";
import { type Excerpt, windowsAround } from "../domain/related.ts";
import { addUsage, NO_USAGE, type Usage } from "../domain/usage.ts";
import { afterVerdict, groupsToVerify, readVerdicts, type Verdict } from "../domain/verdict.ts";
import type { Afforded } from "./affording.ts";
import { ask } from "./asking.ts";
import { longestWait } from "./finding-defects.ts";
import type { ModelFailure } from "./ports.ts";
import type { RepositoryView } from "./repository-view.ts";
import type { Session } from "./session.ts";

/** A finding with what became of it. */
export interface Judged {
  readonly finding: PlacedFinding;
  readonly verdict: Verdict;
}

export interface Verified {
  /** Those that stand, most severe first. */
  readonly findings: readonly PlacedFinding[];
  /** All of them, for the trace. */
  readonly judged: readonly Judged[];
  /** What the review has to say about it, or nothing. */
  readonly gaps: readonly string[];
  readonly usage: Usage;
  readonly unserved: ModelFailure | null;
}

/** Questions to the sceptic that are with the model at the same time. */
const CONCURRENCY = 8;

export async function verifyFindings(
  session: Session,
  { survey, depth }: Afforded,
  findings: readonly PlacedFinding[],
): Promise<Verified> {
  const limit = pLimit(CONCURRENCY);
  const groups = byChunk(survey.plan.chunks, findings).flatMap(({ chunk, own }) =>
    groupsToVerify(own, depth).map((group) => ({ chunk, group })),
  );
  const answers = await Promise.all(
    groups.map(({ chunk, group }) => limit(() => judge(session, survey.view, chunk, group))),
  );
  const verdicts = new Map(answers.flatMap(({ verdicts }) => [...verdicts]));
  const judged = findings.map(
    (finding): Judged => ({ finding, verdict: verdicts.get(finding) ?? { kind: "unasked" } }),
  );
  return {
    findings: judged.flatMap(({ finding, verdict }) => afterVerdict(finding, verdict) ?? []),
    judged,
    gaps: gapsOf(judged),
    usage: answers.reduce((sum, answer) => addUsage(sum, answer.usage), NO_USAGE),
    unserved: longestWait(answers.flatMap(({ failure }) => failure ?? [])),
  };
}

/** Each finding with the chunk that shows its place, so that the question begins with what is in the cache. */
function byChunk(chunks: readonly Chunk[], findings: readonly PlacedFinding[]) {
  const [first] = chunks;
  const home = (finding: PlacedFinding) =>
    chunks.find((chunk) => showsPlace(chunk, finding)) ??
    chunks.find((chunk) => chunk.files.some(({ path }) => path === finding.path)) ??
    first;
  return chunks.map((chunk) => ({ chunk, own: findings.filter((finding) => home(finding) === chunk) }));
}

function showsPlace(chunk: Chunk, { path, anchor }: PlacedFinding): boolean {
  const { line, side } = anchor;
  return chunk.files.some(
    (file) =>
      file.path === path &&
      file.hunks.some((hunk) => {
        const [start, count] =
          side === "RIGHT" ? [hunk.headStart, hunk.headCount] : [hunk.baseStart, hunk.baseCount];
        return line >= start && line < start + count;
      }),
  );
}

interface Judgement {
  readonly verdicts: ReadonlyMap<PlacedFinding, Verdict>;
  readonly usage: Usage;
  readonly failure: ModelFailure | null;
}

async function judge(
  session: Session,
  view: RepositoryView,
  chunk: Chunk,
  group: readonly PlacedFinding[],
): Promise<Judgement> {
  const { asking, library, prefix, desk } = session;
  const claims = group.map((finding, at): Claim => ({ number: at + 1, finding, place: placeOf(finding) }));
  const code = await codeFor(view, chunk, group, asking.signal);
  const prompt = verifyPrompt(prefix, session.blockOf(chunk), library, claims, code);
  const reply = verdictReplySchema;
  const answer = await ask(asking, { prompt, reply, desk, tools: "open", onStarted: () => undefined });
  session.observe({ stage: "verified", claims: group.length, outcome: answer.kind, usage: answer.usage });
  const verdicts =
    answer.kind === "answered"
      ? readVerdicts(group, answer.value)
      : group.map((): Verdict => ({ kind: "unverified", reason: answer.failure.reason }));
  return {
    verdicts: new Map(
      group.flatMap((finding, at) => (verdicts[at] === undefined ? [] : [[finding, verdicts[at]]])),
    ),
    usage: answer.usage,
    failure: answer.kind === "failed" ? answer.failure : null,
  };
}

function placeOf({ path, anchor }: PlacedFinding): string {
  return `${path}:${anchor.line}${anchor.side === "LEFT" ? " of the base version" : ""}`;
}

/** More of each file than the chunk shows: around the claim, as far as the budget of the question goes. */
async function codeFor(
  view: RepositoryView,
  chunk: Chunk,
  group: readonly PlacedFinding[],
  signal: AbortSignal,
): Promise<readonly Excerpt[]> {
  const contents = await view.readHead([...new Set(group.map(({ path }) => path))], signal);
  return [...contents].flatMap(([path, content]) => {
    if (content.kind !== "text") return [];
    const own = group.filter((finding) => finding.path === path && finding.anchor.side === "RIGHT");
    const shown = chunk.files
      .filter((file) => file.path === path)
      .flatMap((file) =>
        file.hunks.map((hunk) => ({ start: hunk.headStart, end: hunk.headStart + hunk.headCount - 1 })),
      );
    return windowsAround(
      path,
      content.text,
      own.map(({ anchor }) => anchor.line),
      shown,
    );
  });
}

function gapsOf(judged: readonly Judged[]): readonly string[] {
  const open = judged.flatMap(({ verdict }) => (verdict.kind === "unverified" ? [verdict.reason] : []));
  if (open.length === 0) return [];
  const what = open.length === 1 ? "1 finding" : `${open.length} findings`;
  return [`${what} could not be verified: ${[...new Set(open)].join("; ")}`];
}
