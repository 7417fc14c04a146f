/** Plan and templates → the exact text of each request, ordered so that the longest shared part comes first. */
import { type Chunk, type ChunkFile, shownText } from "./chunk.ts";
import { type Coverage, coverageCounts } from "./coverage.ts";
import type { DiffLine, Hunk } from "./diff.ts";
import type { Finding } from "./finding.ts";
import { PASSES, type Pass } from "./pass.ts";
import { fillTemplate, type Guide, type PromptLibrary } from "./prompt-library.ts";
import type { PullRequest } from "./pull-request.ts";
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
): PromptPrefix {
  const nonce = nonceFor(untrustedTexts(pullRequest));
  const system = [library.preamble.text, ...guides.map((guide) => `# ${guide.title}\n\n${guide.text}`)].join(
    "\n\n",
  );
  const outline = [
    `Today is ${today}. The pull request under review:`,
    quarantine(nonce, { kind: "pull-request" }, outlineText(pullRequest)),
  ].join("\n\n");
  return { nonce, system: { text: system, cached: true }, outline: { text: outline, cached: true } };
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

function outlineText(pullRequest: PullRequest): string {
  const files = pullRequest.files.map((file) => {
    const from = file.previousPath === null ? "" : ` (was ${showInvisible(file.previousPath)})`;
    return `- ${showInvisible(file.path)}${from}: ${file.status}, +${file.additions} -${file.deletions}`;
  });
  const commits = pullRequest.commits.map(
    (subject) => `- ${clip(visibleProse(subject), MAX_TITLE_CHARACTERS)}`,
  );
  return [
    `Title: ${clip(visibleProse(pullRequest.title), MAX_TITLE_CHARACTERS)}`,
    `Branches: ${showInvisible(pullRequest.headRef)} into ${showInvisible(pullRequest.baseRef)}`,
    `Description:\n${clip(visibleProse(pullRequest.description).trim(), MAX_DESCRIPTION_CHARACTERS) || "(none)"}`,
    ...(commits.length > 0 ? [`Commits:\n${listed(commits, MAX_COMMITS)}`] : []),
    `Changed files:\n${listed(files, MAX_LISTED_FILES)}`,
  ].join("\n\n");
}

function listed(lines: readonly string[], limit: number): string {
  const rest = lines.length - limit;
  return rest > 0 ? [...lines.slice(0, limit), `- … and ${rest} more`].join("\n") : lines.join("\n");
}

/** The second block: shared by the five passes over this chunk. */
export function chunkBlock(prefix: PromptPrefix, chunk: Chunk): PromptBlock {
  return {
    text: `The part of the diff to review now:\n\n${chunk.files.map((file) => fileText(prefix.nonce, file)).join("\n\n")}`,
    cached: true,
  };
}

function fileText(nonce: string, file: ChunkFile): string {
  const attributes = {
    kind: "diff",
    path: file.path,
    status: file.status,
    ...(file.previousPath === null ? {} : { previous_path: file.previousPath }),
    ...(file.parts === 1 ? {} : { part: `${file.part} of ${file.parts}` }),
  };
  return quarantine(nonce, attributes, file.hunks.map(hunkText).join("\n"));
}

function hunkText(hunk: Hunk): string {
  const section = hunk.section === "" ? "" : ` ${showInvisible(hunk.section)}`;
  const header = `@@ base ${range(hunk.baseStart, hunk.baseCount)}, head ${range(hunk.headStart, hunk.headCount)} @@${section}`;
  return [header, ...hunk.lines.map(numberedLine)].join("\n");
}

function range(start: number, count: number): string {
  return count === 0 ? "none" : `${start}-${start + count - 1}`;
}

const MARK: Readonly<Record<DiffLine["kind"], string>> = { context: " ", added: "+", deleted: "-" };

function numberedLine(line: DiffLine): string {
  const number =
    line.headLine === null ? `L${String(line.baseLine).padStart(5)}` : String(line.headLine).padStart(6);
  return `${number} |${MARK[line.kind]} ${shownText(line.text)}`;
}

/** One pass over one chunk: prefix, chunk, then the short instruction, which alone differs between passes. */
export function passPrompt(
  prefix: PromptPrefix,
  chunk: PromptBlock,
  library: PromptLibrary,
  pass: Pass,
  reported: readonly Finding[],
): Prompt {
  const instruction = fillTemplate(library.passes[pass], {
    already_reported: alreadyReported(prefix.nonce, reported),
  });
  const heading = `# Pass ${PASSES.indexOf(pass) + 1} of ${PASSES.length}: ${library.titles[pass]}`;
  return {
    system: [prefix.system],
    user: [prefix.outline, chunk, { text: `${heading}\n\n${instruction}`, cached: false }],
  };
}

function alreadyReported(nonce: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return "(nothing yet)";
  const lines = findings.map(
    (finding) => `- ${finding.path}:${finding.line} [${finding.pass}, ${finding.severity}] ${finding.title}`,
  );
  return quarantine(nonce, { kind: "earlier-findings" }, lines.join("\n"));
}

/** The last small call: words about the whole, once all findings are settled. */
export function summaryPrompt(
  prefix: PromptPrefix,
  library: PromptLibrary,
  findings: readonly Finding[],
  coverage: Coverage,
): Prompt {
  const lines = findings.map(
    (finding) =>
      `- ${finding.path}:${finding.line} [${finding.pass}, ${finding.severity}] ${finding.title}: ${clip(finding.why, 400)}`,
  );
  const text = fillTemplate(library.summary, {
    findings:
      lines.length === 0
        ? "(no findings)"
        : quarantine(prefix.nonce, { kind: "findings" }, listed(lines, MAX_SUMMARISED_FINDINGS)),
    coverage: `${coverageCounts(coverage)}${coverage.gaps.map((gap) => `; ${gap}`).join("")}`,
  });
  return { system: [prefix.system], user: [prefix.outline, { text, cached: false }] };
}
