/** Plan and templates → the exact text of each request, ordered so that the longest shared part comes first. */
import { type Chunk, type ChunkFile, shownText } from "./chunk.ts";
import { type Coverage, coverageCounts } from "./coverage.ts";
import type { Reading } from "./depth.ts";
import type { DiffLine, Hunk } from "./diff.ts";
import type { Finding } from "./finding.ts";
import { numberedLines } from "./lookup.ts";
import { PASSES, type Pass } from "./pass.ts";
import { fillTemplate, type Guide, type PromptLibrary } from "./prompt-library.ts";
import type { PullRequest } from "./pull-request.ts";
import type { Excerpt } from "./related.ts";
import { type Redactor, redactLines } from "./secret-redaction.ts";
import { clip, nonceFor, quarantine, showInvisible, visibleProse } from "./untrusted-text.ts";

/** `cached` ends a prefix that later requests repeat: at most 4 of them in a request (Anthropic API). */
export interface PromptBlock {
  readonly text: string;
  readonly cached: boolean;
}

export interface Prompt {
  readonly system: readonly PromptBlock[];
  readonly user: readonly PromptBlock[];
}

/** What every request of one review begins with. */
export interface PromptPrefix {
  readonly nonce: string;
  /** Secrets never leave: what is found by its look, and what this process holds itself. */
  readonly redact: Redactor;
  readonly system: PromptBlock;
  readonly outline: PromptBlock;
}

const MAX_TITLE_CHARACTERS = 300;
const MAX_DESCRIPTION_CHARACTERS = 6_000;
const MAX_COMMITS = 30;
const MAX_LISTED_FILES = 400;
/** Most severe first, so that what is cut is what matters least to the summary. */
const MAX_SUMMARISED_FINDINGS = 200;

export function promptPrefix(
  pullRequest: PullRequest,
  library: PromptLibrary,
  guides: readonly Guide[],
  today: string,
  redact: Redactor,
): PromptPrefix {
  const nonce = nonceFor(untrustedTexts(pullRequest));
  const system = [library.preamble.text, ...guides.map((guide) => `# ${guide.title}\n\n${guide.text}`)].join(
    "\n\n",
  );
  const outline = [
    `Today is ${today}. The pull request under review:`,
    untrusted({ nonce, redact }, { kind: "pull-request" }, outlineText(pullRequest, redact)),
  ].join("\n\n");
  return { nonce, redact, system: { text: system, cached: true }, outline: { text: outline, cached: true } };
}

/** Every stranger's text enters a prompt here: in a block that it cannot close, and without secrets. */
export function untrusted(
  { nonce, redact }: Pick<PromptPrefix, "nonce" | "redact">,
  attributes: Readonly<Record<string, string>>,
  text: string,
): string {
  return quarantine(nonce, attributes, redact(text).text);
}

function untrustedTexts(pullRequest: PullRequest): readonly string[] {
  const { title, description, author, baseRef, headRef, commits, files } = pullRequest;
  return [title, description, author, baseRef, headRef, ...commits, ...files.flatMap(fileTexts)];
}

function fileTexts(file: PullRequest["files"][number]): readonly string[] {
  const hunks = file.patch.kind === "hunks" ? file.patch.hunks : [];
  const names = file.previousPath === null ? [file.path] : [file.path, file.previousPath];
  return [...names, ...hunks.flatMap((hunk) => [hunk.section, ...hunk.lines.map((line) => line.text)])];
}

/** A stranger's words, cut only when no secret is left in them: half of one would not be known as one. */
function shownProse(redact: Redactor, text: string, limit: number): string {
  return clip(visibleProse(redact(text).text).trim(), limit);
}

function outlineText(pullRequest: PullRequest, redact: Redactor): string {
  const files = pullRequest.files.map((file) => {
    const from = file.previousPath === null ? "" : ` (was ${showInvisible(file.previousPath)})`;
    return `- ${showInvisible(file.path)}${from}: ${file.status}, +${file.additions} -${file.deletions}`;
  });
  const commits = pullRequest.commits.map(
    (subject) => `- ${shownProse(redact, subject, MAX_TITLE_CHARACTERS)}`,
  );
  return [
    `Title: ${shownProse(redact, pullRequest.title, MAX_TITLE_CHARACTERS)}`,
    `Branches: ${showInvisible(pullRequest.headRef)} into ${showInvisible(pullRequest.baseRef)}`,
    `Description:\n${shownProse(redact, pullRequest.description, MAX_DESCRIPTION_CHARACTERS) || "(none)"}`,
    ...(commits.length > 0 ? [`Commits:\n${listed(commits, MAX_COMMITS)}`] : []),
    `Changed files:\n${listed(files, MAX_LISTED_FILES)}`,
  ].join("\n\n");
}

function listed(lines: readonly string[], limit: number): string {
  const rest = lines.length - limit;
  return rest > 0 ? [...lines.slice(0, limit), `- … and ${rest} more`].join("\n") : lines.join("\n");
}

/** What a chunk shows besides its hunks: the code around them, and code from elsewhere that they depend on. */
export interface ChunkContext {
  readonly around: readonly Excerpt[];
  readonly related: readonly Excerpt[];
}

export const NO_CONTEXT: ChunkContext = { around: [], related: [] };

/** The second block: shared by all questions about this chunk. */
export function chunkBlock(prefix: PromptPrefix, chunk: Chunk, context: ChunkContext): PromptBlock {
  const files = chunk.files.map((file) => fileText(prefix, file));
  const excerpts = [
    ...context.around.map((excerpt) => excerptText(prefix, "around", excerpt)),
    ...context.related.map((excerpt) => excerptText(prefix, "related", excerpt)),
  ];
  const shown = excerpts.length === 0 ? "" : `\n\n${CONTEXT_WORDS}\n\n${excerpts.join("\n\n")}`;
  return { text: `The part of the diff to review now:\n\n${files.join("\n\n")}${shown}`, cached: true };
}

const CONTEXT_WORDS =
  "Code of the repository at head that this part depends on, or that depends on it. It is not under review:";

function excerptText(prefix: PromptPrefix, kind: "around" | "related", excerpt: Excerpt): string {
  const attributes = { kind, path: excerpt.path, because: excerpt.reason };
  const { lines } = redactLines(prefix.redact, excerpt.lines);
  return untrusted(prefix, attributes, numberedLines(lines, excerpt.first));
}

function fileText(prefix: PromptPrefix, file: ChunkFile): string {
  const attributes = {
    kind: "diff",
    path: file.path,
    status: file.status,
    ...(file.previousPath === null ? {} : { previous_path: file.previousPath }),
    ...(file.parts === 1 ? {} : { part: `${file.part} of ${file.parts}` }),
  };
  return untrusted(prefix, attributes, file.hunks.map((hunk) => hunkText(hunk, prefix.redact)).join("\n"));
}

/** Secrets are looked for before a line is cut and the margin is there: a key may be several lines, or a long one. */
function hunkText(hunk: Hunk, redact: Redactor): string {
  const texts = redactLines(
    redact,
    hunk.lines.map((line) => line.text),
  ).lines;
  const section = hunk.section === "" ? "" : ` ${showInvisible(hunk.section)}`;
  const header = `@@ base ${range(hunk.baseStart, hunk.baseCount)}, head ${range(hunk.headStart, hunk.headCount)} @@${section}`;
  return [header, ...hunk.lines.map((line, at) => numberedLine(line, shownText(texts[at] ?? "")))].join("\n");
}

function range(start: number, count: number): string {
  return count === 0 ? "none" : `${start}-${start + count - 1}`;
}

const MARK: Readonly<Record<DiffLine["kind"], string>> = { context: " ", added: "+", deleted: "-" };

function numberedLine(line: DiffLine, text: string): string {
  const number =
    line.headLine === null ? `L${String(line.baseLine).padStart(5)}` : String(line.headLine).padStart(6);
  return `${number} |${MARK[line.kind]} ${text}`;
}

/** One question over one chunk: prefix, chunk, then the short instruction, which alone differs between questions. */
export function readingPrompt(
  prefix: PromptPrefix,
  chunk: PromptBlock,
  library: PromptLibrary,
  reading: Reading,
  reported: readonly Finding[],
): Prompt {
  const [pass, ...others] = reading;
  const text =
    others.length === 0
      ? passText(prefix, library, pass, reported)
      : lensesText(prefix, library, reading, reported);
  return { system: [prefix.system], user: [prefix.outline, chunk, { text, cached: false }] };
}

function passText(
  prefix: PromptPrefix,
  library: PromptLibrary,
  pass: Pass,
  reported: readonly Finding[],
): string {
  const instruction = fillTemplate(library.passes[pass], {
    already_reported: alreadyReported(prefix, reported),
  });
  return `${passHeading(library, pass)}\n\n${instruction}`;
}

function passHeading(library: PromptLibrary, pass: Pass): string {
  return `# Pass ${PASSES.indexOf(pass) + 1} of ${PASSES.length}: ${library.titles[pass]}`;
}

function lensesText(
  prefix: PromptPrefix,
  library: PromptLibrary,
  reading: Reading,
  reported: readonly Finding[],
): string {
  const lenses = reading.map((pass) => {
    const [looksFor = ""] = library.passes[pass].text.split("## Already reported");
    return `#${passHeading(library, pass)}\n\n${looksFor.trim()}`;
  });
  return fillTemplate(library.lenses, {
    lenses: lenses.join("\n\n"),
    already_reported: alreadyReported(prefix, reported),
  });
}

/** A finding as it is put to the sceptic, with its number in this question. */
export interface Claim {
  readonly number: number;
  readonly finding: Omit<Finding, "startLine" | "line" | "side">;
  readonly place: string;
}

/** The sceptic's question: the same chunk as the passes saw it, the claims, and more of the files they are about. */
export function verifyPrompt(
  prefix: PromptPrefix,
  chunk: PromptBlock,
  library: PromptLibrary,
  claims: readonly Claim[],
  code: readonly Excerpt[],
): Prompt {
  const text = fillTemplate(library.verify, {
    claims: untrusted(
      prefix,
      { kind: "claims" },
      claims.map((claim) => claimText(prefix, claim)).join("\n\n"),
    ),
    code:
      code.length === 0
        ? "(all of it is shown above)"
        : code.map((excerpt) => excerptText(prefix, "around", excerpt)).join("\n\n"),
  });
  return { system: [prefix.system], user: [prefix.outline, chunk, { text, cached: false }] };
}

/** Each text by itself: within a line of several, the end of a secret is not to be seen. */
function withoutSecrets<T extends Claim["finding"]>({ redact }: Pick<PromptPrefix, "redact">, finding: T): T {
  const clean = (text: string) => redact(text).text;
  const { title, why, fix, evidence } = finding;
  return { ...finding, title: clean(title), why: clean(why), fix: clean(fix), evidence: clean(evidence) };
}

function claimText(prefix: PromptPrefix, { number, finding: raw, place }: Claim): string {
  const finding = withoutSecrets(prefix, raw);
  return [
    `Claim ${number}: ${finding.title}`,
    `Place: ${place}; pass: ${finding.pass}; severity: ${finding.severity}; pre-existing: ${finding.preExisting ? "yes" : "no"}`,
    `Quote:\n${showInvisible(finding.evidence)}`,
    `Why: ${finding.why}`,
    `Fix: ${finding.fix}`,
  ].join("\n");
}

/** Which findings that stand close together say the same. */
export function duplicatesPrompt(
  prefix: PromptPrefix,
  library: PromptLibrary,
  findings: readonly Claim[],
): Prompt {
  const text = fillTemplate(library.duplicates, {
    findings: untrusted(
      prefix,
      { kind: "findings" },
      findings.map((claim) => duplicateLine(prefix, claim)).join("\n"),
    ),
  });
  return { system: [prefix.system], user: [prefix.outline, { text, cached: false }] };
}

function duplicateLine(prefix: PromptPrefix, { number, finding, place }: Claim): string {
  const { pass, title, why } = withoutSecrets(prefix, finding);
  return `${number}. ${place} [${pass}] ${title}: ${clip(why, 500)}`;
}

function alreadyReported(prefix: PromptPrefix, findings: readonly Finding[]): string {
  if (findings.length === 0) return "(nothing yet)";
  const lines = findings
    .map((finding) => withoutSecrets(prefix, finding))
    .map(({ path, line, pass, severity, title }) => `- ${path}:${line} [${pass}, ${severity}] ${title}`);
  return untrusted(prefix, { kind: "earlier-findings" }, lines.join("\n"));
}

/** The last small call: words about the whole, once all findings are settled. */
export function summaryPrompt(
  prefix: PromptPrefix,
  library: PromptLibrary,
  findings: readonly Finding[],
  coverage: Coverage,
): Prompt {
  const lines = findings
    .map((finding) => withoutSecrets(prefix, finding))
    .map(
      ({ path, line, pass, severity, title, why }) =>
        `- ${path}:${line} [${pass}, ${severity}] ${title}: ${clip(why, 400)}`,
    );
  const text = fillTemplate(library.summary, {
    findings:
      lines.length === 0
        ? "(no findings)"
        : untrusted(prefix, { kind: "findings" }, listed(lines, MAX_SUMMARISED_FINDINGS)),
    coverage: `${coverageCounts(coverage)}${coverage.gaps.map((gap) => `; ${gap}`).join("")}`,
  });
  return { system: [prefix.system], user: [prefix.outline, { text, cached: false }] };
}
