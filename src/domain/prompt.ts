/** Plan and templates → the exact text of each request, ordered so that the longest shared part comes first. */
import { type Coverage, coverageCounts } from "./coverage.ts";
import type { Reading } from "./depth.ts";
import type { Finding } from "./finding.ts";
import { PASSES, type Pass } from "./pass.ts";
import { fillTemplate, type Guide, type PromptLibrary } from "./prompt-library.ts";
import type { PullRequest } from "./pull-request.ts";
import type { Redactor } from "./secret-redaction.ts";
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

/** Each text by itself: within a line of several, the end of a secret is not to be seen. */
export function withoutSecrets<T extends Pick<Finding, "title" | "why" | "fix" | "evidence">>(
  { redact }: Pick<PromptPrefix, "redact">,
  finding: T,
): T {
  const clean = (text: string) => redact(text).text;
  const { title, why, fix, evidence } = finding;
  return { ...finding, title: clean(title), why: clean(why), fix: clean(fix), evidence: clean(evidence) };
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
