/** Complete, valid values; a test names only what it is about. */
import { type Coverage, type FileCoverage, reviewed } from "../src/domain/coverage.ts";
import { countChanges, type FileDiff, type Patch, parsePatch } from "../src/domain/diff.ts";
import type { Finding, PassReply, VerdictReply } from "../src/domain/finding.ts";
import type { SourceOutline } from "../src/domain/outline.ts";
import { PASSES, type Pass, type Severity } from "../src/domain/pass.ts";
import type { Prompt } from "../src/domain/prompt.ts";
import type { PromptFile } from "../src/domain/prompt-library.ts";
import { type PromptLibrary, parsePromptLibrary } from "../src/domain/prompt-library.ts";
import type { FileContent, PullRequest } from "../src/domain/pull-request.ts";
import { isRepositoryPath } from "../src/domain/repository-path.ts";
import type { Review, ReviewFinding } from "../src/domain/review.ts";
import { EVERYTHING } from "../src/domain/scope.ts";
import { redactSecrets } from "../src/domain/secret-redaction.ts";
import { NO_USAGE, type Usage } from "../src/domain/usage.ts";
import { type Checks, NO_CHECKS } from "../src/review/checks.ts";
import type {
  Clock,
  Closing,
  CurrentState,
  Earlier,
  Model,
  ModelFailure,
  ModelOutcome,
  ModelRequest,
  PostOutcome,
  PullRequestSource,
  ReviewPorts,
  ReviewRequest,
  ReviewSink,
  ReviewUpdate,
} from "../src/review/ports.ts";
import { NO_BOOK, openPurse } from "../src/review/purse.ts";
import type { RepositoryView, Syntax } from "../src/review/repository-view.ts";
import type { ReviewEvent } from "../src/review/review-events.ts";

export const BASE_SHA = "1".repeat(40);
export const HEAD_SHA = "2".repeat(40);

/** One line replaced between two that stay: head lines 10 to 12. */
export const SMALL_PATCH =
  "@@ -10,3 +10,3 @@ function close()\n const a = 1;\n-const b = 2;\n+const b = 3;\n const c = 4;";

export function aDiff(text: string = SMALL_PATCH, over: Partial<FileDiff> = {}): FileDiff {
  return aFileWith(parsePatch(text), over);
}

export function aFileWith(patch: Patch, over: Partial<FileDiff> = {}): FileDiff {
  const counts = patch.kind === "hunks" ? countChanges(patch.hunks) : { additions: 0, deletions: 0 };
  return { path: "src/a.ts", previousPath: null, status: "modified", ...counts, patch, ...over };
}

/** A new file of these lines. */
export function aNewFile(path: string, lines: readonly string[]): FileDiff {
  const patch = `@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}`).join("\n")}`;
  return aDiff(patch, { path, status: "added" });
}

/** Too large for one chunk; each chunk holds other lines. */
export function manyChunks(count: number): readonly FileDiff[] {
  return Array.from({ length: count }, (_, at) =>
    aNewFile(
      `src/${at}.ts`,
      Array.from({ length: 500 }, (_, line) => `const value${at} = compute(${line});`),
    ),
  );
}

export function aPullRequest(over: Partial<PullRequest> = {}): PullRequest {
  return {
    title: "Close the file",
    description: "It was left open.",
    author: "octocat",
    state: "open",
    draft: false,
    locked: false,
    baseRef: "main",
    headRef: "close-file",
    baseSha: BASE_SHA,
    headSha: HEAD_SHA,
    commits: [],
    files: [aDiff()],
    filesMissing: null,
    ...over,
  };
}

export function aFinding(over: Partial<Finding> = {}): Finding {
  return {
    pass: "correctness",
    alsoFoundBy: [],
    severity: "suggestion",
    path: "src/a.ts",
    side: "RIGHT",
    startLine: 11,
    line: 11,
    title: "The constant is wrong",
    why: "Callers get 3 and expect 2.",
    fix: "Use 2.",
    suggestion: null,
    evidence: "const b = 3;",
    preExisting: false,
    rule: null,
    ...over,
  };
}

export function aReviewFinding(over: Partial<ReviewFinding> = {}): ReviewFinding {
  const { startLine, line, side, ...finding } = aFinding();
  return {
    ...finding,
    id: "0123456789abcdef",
    anchor: { side, startLine, line },
    placement: "inline",
    summaryReason: null,
    proof: null,
    ...over,
  };
}

export function aCoverage(...files: readonly FileCoverage[]): Coverage {
  return { files: files.length === 0 ? [reviewed("src/a.ts")] : files, gaps: [] };
}

export function aUsage(over: Partial<Usage> = {}): Usage {
  return { ...NO_USAGE, calls: 1, inputTokens: 100, outputTokens: 10, costUsd: 0.5, ...over };
}

export function aReview(over: Partial<Review> = {}): Review {
  return {
    base: BASE_SHA,
    head: HEAD_SHA,
    model: "claude-sonnet-5-5",
    scope: EVERYTHING,
    depth: "standard",
    reading: { kind: "model" },
    summary: "A small and sound change.",
    praise: [],
    findings: [],
    dropped: 0,
    refuted: 0,
    notes: [],
    erDiagram: null,
    coverage: aCoverage(),
    usage: aUsage({ calls: 6, inputTokens: 1_000, cacheReadTokens: 9_000, outputTokens: 500 }),
    durationMs: 12_345,
    complete: true,
    ...over,
  };
}

export function promptFiles(): PromptFile[] {
  const file = (name: string, head: readonly string[], text: string) => ({
    name,
    content: `---\n${head.join("\n")}\nversion: 1\n---\n${text}\n`,
  });
  return [
    file("preamble.md", ["kind: preamble", "inputs: []"], "You review code."),
    ...PASSES.map((pass) =>
      file(
        `${pass}.md`,
        ["kind: pass", `pass: ${pass}`, `title: The ${pass} pass`, "inputs: [already_reported]"],
        `Look for ${pass}.\n\nReported:\n{{already_reported}}`,
      ),
    ),
    file(
      "lenses.md",
      ["kind: lenses", "inputs: [lenses, already_reported]"],
      "All at once.\n{{lenses}}\n\nReported:\n{{already_reported}}",
    ),
    file("verify.md", ["kind: verify", "inputs: [claims, code]"], "Refute.\n{{claims}}\n{{code}}"),
    file("duplicates.md", ["kind: duplicates", "inputs: [findings]"], "Group.\n{{findings}}"),
    file(
      "summary.md",
      ["kind: summary", "inputs: [findings, coverage]"],
      "Sum up.\n{{coverage}}\n{{findings}}",
    ),
    file("stacks/go.md", ["kind: stack", "title: Go", "inputs: []", 'files: ["**/*.go"]'], "Go advice."),
    file(
      "domains/api.md",
      ["kind: domain", "title: API", "inputs: []", 'files: ["**/api/**"]'],
      "API advice.",
    ),
  ];
}

export function aLibrary(): PromptLibrary {
  return parsePromptLibrary(promptFiles());
}

export type ReplyFinding = PassReply["findings"][number];

/** What a model says about line 11 of `SMALL_PATCH`. */
export function aReplyFinding(over: Partial<ReplyFinding> = {}): ReplyFinding {
  return {
    path: "src/a.ts",
    side: "RIGHT",
    start_line: 11,
    line: 11,
    evidence: "const b = 3;",
    severity: "suggestion",
    title: "The constant is wrong",
    why: "Callers get 3 and expect 2.",
    fix: "Use 2.",
    suggestion: null,
    pre_existing: false,
    ...over,
  };
}

export type AskedQuestion = Pass | "lenses" | "verify" | "duplicates" | "summary";

/** Which question a prompt asks: told from its last block, as a model would. */
export function askedFor(prompt: Prompt): AskedQuestion {
  const last = prompt.user.at(-1)?.text ?? "";
  if (last.startsWith("All at once.")) return "lenses";
  if (last.startsWith("Refute.")) return "verify";
  if (last.startsWith("Group.")) return "duplicates";
  return PASSES.find((pass) => last.includes(`Look for ${pass}.`)) ?? "summary";
}

/** What a sceptic says who finds nothing wrong with any claim of the prompt. */
export function upholding(prompt: Prompt): VerdictReply {
  const last = prompt.user.at(-1)?.text ?? "";
  const claims = [...last.matchAll(/^Claim (\d+): .*\nPlace: .*; severity: (\w+);/gm)];
  return {
    verdicts: claims.map(([, number, severity]) => ({
      number: Number(number),
      reason: "It happens as claimed.",
      verdict: "upheld" as const,
      severity: severity as Severity,
      pre_existing: false,
    })),
  };
}

function plainReply(prompt: Prompt): unknown {
  switch (askedFor(prompt)) {
    case "summary":
      return { summary: "A sound change.", praise: [] };
    case "verify":
      return upholding(prompt);
    case "duplicates":
      return { groups: [] };
    default:
      return { findings: [] };
  }
}

export function promptText(prompt: Prompt): string {
  return [...prompt.system, ...prompt.user].map((block) => block.text).join("\n\n");
}

export function answered(reply: unknown): ModelOutcome {
  return {
    kind: "answered",
    text: typeof reply === "string" ? reply : JSON.stringify(reply),
    usage: aUsage(),
  };
}

export function failing(next: ModelFailure["next"], over: Partial<ModelFailure> = {}): ModelOutcome {
  return {
    kind: "failed",
    failure: { next, reason: `the service said ${next}`, retryAfterMs: null, ...over },
    usage: aUsage({ inputTokens: 0, outputTokens: 0, costUsd: 0 }),
  };
}

export interface ScriptedModel extends Model {
  readonly requests: readonly ModelRequest[];
}

type Answering = (
  request: ModelRequest,
  call: number,
) => ModelOutcome | undefined | Promise<ModelOutcome | undefined>;

/** Says what the script says; where it says nothing: no findings, every claim upheld, and a plain summary. */
export function aScriptedModel(script: Answering = () => undefined): ScriptedModel {
  const requests: ModelRequest[] = [];
  return {
    id: "claude-sonnet-5-5",
    requests,
    complete: async (request) => {
      requests.push(request);
      request.signal.throwIfAborted();
      const outcome = await script(request, requests.length);
      // A refused request has no reply that begins.
      if (outcome?.kind !== "failed") request.onStarted();
      if (outcome !== undefined) return outcome;
      return answered(plainReply(request.prompt));
    },
  };
}

export interface RecordingSink extends ReviewSink {
  readonly calls: readonly ("earlier" | "begin" | "post" | "discard" | "conclude")[];
  readonly published: readonly ReviewUpdate[];
  readonly closings: readonly Closing[];
  /** Reviews that the check run was concluded with. */
  readonly reviewed: readonly Review[];
}

/** `answers` are what posting comes to, one after the other; then everything is posted. */
export function aRecordingSink(
  earlier: Partial<Earlier> = {},
  answers: readonly PostOutcome[] = [],
): RecordingSink {
  const outcomes = [...answers];
  const reviewed: Review[] = [];
  const calls: RecordingSink["calls"][number][] = [];
  const published: ReviewUpdate[] = [];
  const closings: Closing[] = [];
  return {
    calls,
    published,
    closings,
    reviewed,
    earlier: async () => {
      calls.push("earlier");
      return { reviews: [], findings: new Set(), ...earlier };
    },
    begin: async () => {
      calls.push("begin");
    },
    post: async (update) => {
      calls.push("post");
      published.push(update);
      return outcomes.shift() ?? { kind: "posted" };
    },
    discardPending: async () => {
      calls.push("discard");
    },
    conclude: async (ending) => {
      calls.push("conclude");
      if (ending.kind === "reviewed") reviewed.push(ending.review);
      else closings.push(ending);
    },
  };
}

export function aSource(
  pullRequest: PullRequest = aPullRequest(),
  over: {
    readonly current?: Partial<CurrentState>;
    readonly files?: Record<string, string>;
    readonly view?: RepositoryView;
  } = {},
): PullRequestSource {
  return {
    load: async (signal) => {
      signal.throwIfAborted();
      return pullRequest;
    },
    current: async () => {
      const { headSha, state, draft, locked } = pullRequest;
      return { headSha, state, draft, locked, ...over.current };
    },
    openView: async (_pullRequest, signal) => {
      signal.throwIfAborted();
      return over.view ?? aView({ head: over.files ?? {} });
    },
  };
}

/** What is text is given as it is, anything else as what is said of it. */
export type ViewFiles = Readonly<Record<string, string | FileContent>>;

export interface OpenView extends RepositoryView {
  readonly closed: () => number;
}

/** `treeMissing` empties `files`, as with a repository that is too large; reading still answers. */
export function aView(
  over: { readonly head?: ViewFiles; readonly base?: ViewFiles; readonly treeMissing?: string } = {},
): OpenView {
  const { head = {}, base = {}, treeMissing = null } = over;
  let closed = 0;
  const contentOf = (files: ViewFiles, path: string): FileContent => {
    const own = isRepositoryPath(path) && Object.hasOwn(files, path) ? files[path] : undefined;
    if (own === undefined) return { kind: "absent" };
    return typeof own === "string" ? { kind: "text", text: own } : own;
  };
  const read = async (files: ViewFiles, paths: readonly string[], signal: AbortSignal) => {
    signal.throwIfAborted();
    return new Map(paths.map((path) => [path, contentOf(files, path)]));
  };
  const listed = Object.keys(head)
    .filter((path) => contentOf(head, path).kind !== "absent")
    .toSorted();
  return {
    files: treeMissing === null ? listed.map((path) => ({ path, bytes: byteLength(head[path]) })) : [],
    treeMissing,
    readHead: (paths, signal) => read(head, paths, signal),
    readBase: (paths, signal) => read(base, paths, signal),
    scan: async function* (paths, signal) {
      for (const path of paths) {
        signal.throwIfAborted();
        const content = contentOf(head, path);
        if (content.kind === "text") yield { path, text: content.text };
      }
    },
    close: async () => {
      closed += 1;
    },
    closed: () => closed,
  };
}

function byteLength(content: string | FileContent | undefined): number {
  return typeof content === "string" ? Buffer.byteLength(content) : 0;
}

/** Time stands still, and passes only where somebody sleeps. */
export function aClock(): Clock & { readonly pauses: readonly number[] } {
  let now = Date.parse("2026-11-22T12:00:00Z");
  const pauses: number[] = [];
  return {
    pauses,
    now: () => new Date(now),
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      pauses.push(ms);
      now += ms;
    },
  };
}

export const UNLIMITED = {
  reviewUsd: Number.POSITIVE_INFINITY,
  pullDayUsd: Number.POSITIVE_INFINITY,
  installationMonthUsd: Number.POSITIVE_INFINITY,
};

/** Reads no language; a test that needs a grammar gives its own outlines by path. */
export function aSyntax(outlines: Readonly<Record<string, SourceOutline>> = {}): Syntax {
  return {
    outline: async (path, _text, signal) => {
      signal.throwIfAborted();
      const outline = outlines[path];
      return outline === undefined ? { kind: "none", reason: "no grammar" } : { kind: "outlined", outline };
    },
    close: async () => undefined,
  };
}

export interface Ports extends ReviewPorts {
  readonly source: ReturnType<typeof aSource>;
  readonly sink: RecordingSink;
  readonly model: ScriptedModel;
  readonly clock: ReturnType<typeof aClock>;
  readonly events: readonly ReviewEvent[];
}

export type PortsOver = Partial<
  Pick<Ports, "source" | "sink" | "model" | "clock" | "library" | "purse" | "syntax">
> & { readonly checks?: Checks };

export function aPorts(over: PortsOver = {}): Ports {
  const { checks = NO_CHECKS, ...others } = over;
  const events: ReviewEvent[] = [];
  return {
    source: aSource(),
    sink: aRecordingSink(),
    model: aScriptedModel(),
    purse: openPurse(UNLIMITED, NO_BOOK),
    checks: async () => checks,
    syntax: aSyntax(),
    library: aLibrary(),
    redact: redactSecrets,
    clock: aClock(),
    observe: (event) => events.push(event),
    events,
    ...others,
  };
}

export function aRequest(over: Partial<ReviewRequest> = {}): ReviewRequest {
  return {
    runId: "run-1",
    trigger: "event",
    scope: EVERYTHING,
    depth: "standard",
    reading: { kind: "model" },
    memory: "keep",
    patience: "settle",
    history: "none",
    holds: async () => true,
    signal: new AbortController().signal,
    ...over,
  };
}

/** The same stream of numbers for the same seed (mulberry32), so that a failure can be run again. */
export function aRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
