/** Text of a pull request that is addressed to an automated reviewer. It is reported and changes nothing else. */
import { shownText } from "./chunk.ts";
import type { DiffLine, FileDiff } from "./diff.ts";
import type { Finding } from "./finding.ts";
import type { PullRequest } from "./pull-request.ts";
import { stripInvisible } from "./untrusted-text.ts";

export interface ReviewerBait {
  readonly findings: readonly Finding[];
  /** What stands where no line can be commented: one sentence each, for the review. They are no gaps of its coverage. */
  readonly notes: readonly string[];
}

const RULE = "reviewer-instruction";
const MAX_FINDINGS = 10;

export function reviewerBait(
  pullRequest: Pick<PullRequest, "title" | "description" | "commits" | "headRef" | "files">,
): ReviewerBait {
  const { title, description, commits, headRef, files } = pullRequest;
  const places: readonly (readonly [place: string, text: string])[] = [
    ["The title", title],
    ["The description", description],
    ["A commit message", commits.join("\n")],
    ["The name of the branch", headRef.replace(/[-_/]+/g, " ")],
    ["The name of a file", files.map(({ path }) => path.replace(/[-_/]+/g, " ")).join("\n")],
  ];
  return {
    notes: places.flatMap(([place, text]) => {
      const bait = baitIn(plain(text), "prose");
      return bait === null ? [] : [`${place} ${bait.says}; it was read as data.`];
    }),
    findings: files.flatMap(findingsOf).slice(0, MAX_FINDINGS),
  };
}

interface Bait {
  /** After "The description": what it does. */
  readonly says: string;
  /** Over text in small letters with single spaces. Every repetition is bounded, so that no text takes long. */
  readonly pattern: RegExp;
  /** `prose`: in code the same words are usual, such as the tags of a chat. `comment`: in code only behind its mark. */
  readonly where: "anywhere" | "comment" | "prose";
}

const MACHINE = "(?:ai|a\\.i\\.|llm|gpt|claude|gemini|copilot|automated|automatic|bot)";
const REVIEWER = `(?:${MACHINE}[ -](?:code[ -]|security[ -]|pr[ -])?(?:review(?:er|ers|ing)?|assistant|agent|model|scanner|tool)s?|(?:code[ -])?review[ -](?:bot|agent|model|ai)s?|language models?)`;
const ORDER =
  "(?:please |you (?:must|should|may|can|are to) |kindly )?(?:do not|don't|dont|never|skip|ignore|disregard|approve|mark|treat|report|rate|consider|assume|respond|reply|answer|output|return|stop|only|always|there (?:is|are) no|this (?:is|file|code|change))";
const WORK = "(?:pr|pull request|change|changeset|diff|patch|commit|code|file|function|review)";

const BAITS: readonly Bait[] = [
  {
    says: "asks its reader to forget its instructions",
    pattern:
      /\b(?:ignore|disregard|forget|override|bypass) (?:(?:all|any|every|the|your|of|these|those|my) ){0,3}(?:previous|prior|above|earlier|preceding|foregoing|existing|system|original) (?:and \w{1,20} )?(?:instructions?|prompts?|rules|directions|guidelines|messages|context)\b/,
    where: "anywhere",
  },
  {
    says: "gives an order to an automated reviewer",
    pattern: new RegExp(`(?:\\b|@)${REVIEWER} ?(?:[:,;.!]|-|–|—)+ ?${ORDER}\\b`),
    where: "anywhere",
  },
  {
    says: "holds a message to an automated reviewer",
    pattern: new RegExp(
      `\\b(?:note|message|instructions?|attention|memo|hint|reminder)s? (?:to|for) (?:(?:the|any|all|every|our) )?${REVIEWER}\\b`,
    ),
    where: "anywhere",
  },
  {
    says: "asks that nothing be reported",
    pattern: new RegExp(
      `\\b(?:(?:do not|don't|dont|never) (?:report|flag|raise|mention|list|comment on) (?:(?:this|these|those|any|it|that|the|following|${WORK}s?|findings?|issues?|problems?|lines?) ){1,4}(?:as (?:an? )?(?:security |critical )?(?:issue|vulnerabilit|problem|bug|defect|finding|risk)|in (?:your|the) (?:review|findings|report))|report (?:zero|no|0) (?:security )?(?:findings|issues|vulnerabilities|defects|problems) (?:for|in|on|about) (?:this|the) ${WORK})`,
    ),
    where: "anywhere",
  },
  {
    says: "asks for an approval by machine",
    pattern: new RegExp(
      `\\b(?:(?:mark|treat|rate|classify) (?:this|the) ${WORK} as (?:approved|safe|secure|clean|harmless|lgtm)|approve (?:this|the) ${WORK} (?:without (?:further |any )?(?:review|comments?|findings|checks)|immediately|automatically|unconditionally)|(?:your|the) (?:review|verdict|summary|answer|response) (?:must|should|has to) (?:be|say|state|contain|read) )`,
    ),
    where: "anywhere",
  },
  {
    says: "asks its reader for its instructions or secrets",
    pattern:
      /\b(?:reveal|print|output|repeat|show|post|send|leak|dump|include|disclose) (?:me )?(?:all )?(?:of )?your (?:system prompt|prompt|instructions|environment|env\b|secrets?|api keys?|tokens?|credentials)/,
    where: "anywhere",
  },
  {
    says: "claims to end or replace what the reviewer was told",
    pattern:
      /<\/?untrusted-|\bend of (?:the )?(?:untrusted|quoted|user|pull request|diff)(?: (?:input|data|content|block|section|text|diff))?\b[^a-z]{0,20}(?:new|real|actual|system|instructions?)\b|\b(?:new|updated|real|actual|additional) (?:system )?instructions? (?:for (?:you|the (?:ai|model|assistant|reviewer))|from (?:the )?(?:system|developer|operator))\b/,
    where: "anywhere",
  },
  {
    says: "poses as a system or an assistant",
    pattern:
      /<\|?(?:im_start|system|assistant)\|?>|<\|im_start\|>|\[\/?inst\]|<<\/?sys>>|<\/(?:system|assistant|instructions|system-reminder)>|<system-reminder>|\[system\] ?:|(?:^|\n) ?(?:human|assistant|system) ?: [^\n]{0,200}\b(?:review|findings?|approve)/,
    where: "prose",
  },
  {
    says: "holds a made-up answer of a reviewer",
    pattern: /["'`]?findings["'`]? ?: ?\[ ?\]/,
    where: "comment",
  },
];

function baitIn(text: string, kind: "prose" | "comment" | "code"): (Bait & { readonly at: number }) | null {
  for (const bait of BAITS) {
    if (bait.where === "prose" && kind !== "prose") continue;
    if (bait.where === "comment" && kind === "code") continue;
    const match = bait.pattern.exec(text);
    if (match !== null) return { ...bait, at: match.index };
  }
  return null;
}

/** As a reader takes it: without what cannot be seen, without the dress of letters, in small letters, gaps folded. */
function plain(text: string): string {
  return stripComments(text)
    .replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (whole, hex?: string, decimal?: string) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
    })
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[’‘]/g, "'")
    .replace(/(?<!\w)[*_]{1,3}(?=\w)|(?<=\w)[*_]{1,3}(?!\w)/g, "")
    .replace(/[^\S\n]+/g, " ");
}

/** The marks of a comment go, its words stay: what is hidden from people is what is looked for. */
function stripComments(text: string): string {
  return stripInvisible(text.replace(/<!--|-->/g, "\n"));
}

/** Those who build or test such readers write these words for their work. */
const ABOUT_READERS =
  /(?:^|[/_.-])(?:tests?|specs?|fixtures?|evals?|prompts?|redteam|red-team|injections?|jailbreaks?|__tests__|testdata|examples?)(?:[/_.-]|$)/i;
const COMMENT_MARK = /^\s{0,200}(?:\/{2,}|#+|\*+|\/\*+|--+|<!--+|;+|%+|"""|''')\s{0,20}/;

function findingsOf(file: FileDiff): readonly Finding[] {
  const hunks = file.patch.kind === "hunks" ? file.patch.hunks : [];
  for (const hunk of hunks)
    for (const run of addedRuns(hunk.lines)) {
      const finding = findingIn(file.path, run);
      if (finding !== null) return [finding];
    }
  return [];
}

/** Added lines that stand one below the other: a sentence may go over several. */
function addedRuns(lines: readonly DiffLine[]): readonly (readonly DiffLine[])[] {
  const runs: DiffLine[][] = [];
  let open: DiffLine[] = [];
  for (const line of lines) {
    if (line.kind === "added") open.push(line);
    else if (open.length > 0) {
      runs.push(open);
      open = [];
    }
  }
  return open.length > 0 ? [...runs, open] : runs;
}

/** Longer lines are data or minified code, and the reviewer sees them cut as well. */
const MAX_LINE_CHARACTERS = 2_000;

function findingIn(path: string, run: readonly DiffLine[]): Finding | null {
  const comments = run.map(({ text }) => COMMENT_MARK.test(text));
  const words = run.map(({ text }) =>
    plain(text.slice(0, MAX_LINE_CHARACTERS).replace(COMMENT_MARK, "")).replaceAll("\n", " ").trim(),
  );
  for (const [at, line] of run.entries()) {
    const own = words[at] ?? "";
    const bait = baitIn(own, comments[at] === true ? "comment" : "code") ?? overTheEnd(words, comments, at);
    if (bait !== null && !isAboutReaders(path, own)) return toFinding(path, line, bait.says);
  }
  return null;
}

/** A sentence that begins in this line and goes on in the next ones. */
function overTheEnd(words: readonly string[], comments: readonly boolean[], at: number): Bait | null {
  const own = words[at] ?? "";
  const kind = comments[at] === true && comments[at + 1] === true ? "comment" : "code";
  const bait = baitIn(words.slice(at, at + 3).join(" "), kind);
  return bait !== null && bait.at < own.length ? bait : null;
}

/** There it takes a word about this review as well. */
function isAboutReaders(path: string, words: string): boolean {
  return ABOUT_READERS.test(path) && !/\b(?:this|your) (?:pr|pull request|review|diff|change)\b/.test(words);
}

function toFinding(path: string, line: DiffLine, says: string): Finding {
  const number = line.headLine ?? 1;
  return {
    pass: "security",
    alsoFoundBy: [],
    severity: "suggestion",
    path,
    side: "RIGHT",
    startLine: number,
    line: number,
    title: "Text that is addressed to an automated reviewer",
    why: `This line ${says}. It did not change this review, but whoever wrote it wanted to: read the rest with care. Other tools that read the repository may obey it.`,
    fix: "Delete the text, or say in the pull request what it is for.",
    suggestion: null,
    evidence: shownText(line.text),
    preExisting: false,
    rule: RULE,
  };
}
