/** Added lines whose characters people cannot see, or see in another order than a compiler: each kind once a file. */
import { shownText } from "./chunk.ts";
import type { DiffLine, FileDiff } from "./diff.ts";
import type { Finding } from "./finding.ts";
import type { Severity } from "./pass.ts";

const RULE = "hidden-characters";
/** Somebody who changes a thousand files with a mark in each has one defect. */
const MAX_FINDINGS = 20;

export function hiddenTextFindings(files: readonly FileDiff[]): readonly Finding[] {
  return files.flatMap(findingsOf).slice(0, MAX_FINDINGS);
}

function findingsOf(file: FileDiff): readonly Finding[] {
  const hunks = file.patch.kind === "hunks" ? file.patch.hunks : [];
  const added = hunks.flatMap((hunk) => hunk.lines).filter((line) => line.kind === "added");
  const suspects = added.filter((line) => SUSPECT.test(line.text));
  return KINDS.flatMap((kind) => {
    const hits = suspects.flatMap((line) => {
      const character = firstHidden(kind, line, file.path);
      return character === null ? [] : [{ line, character }];
    });
    const [first] = hits;
    return first === undefined ? [] : [toFinding(kind, file.path, first.line, first.character, hits.length)];
  });
}

/** One look at each line, before any question about neighbours. */
const SUSPECT =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- these very characters are what is looked for
  /[\p{Default_Ignorable_Code_Point}\u0008\u001B\u009B]/u;

interface Kind {
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly characters: RegExp;
  /** Whether a character is at home where it stands: `before` and `after` are its neighbours in the line. */
  readonly belongs: (place: Place) => boolean;
}

interface Place {
  readonly path: string;
  readonly line: DiffLine;
  readonly at: number;
  readonly before: string;
  readonly after: string;
  readonly character: string;
}

const KINDS: readonly Kind[] = [
  {
    severity: "critical",
    title: "Direction marks: what people see is not what the compiler sees",
    why: "They make a line read in another order than it runs: a check can look like a comment, a comment like code.",
    characters: /[\u202A-\u202E\u2066-\u2069]/gu,
    belongs: ({ path, line, character }) =>
      isWords(path) && RIGHT_TO_LEFT.test(line.text) && !/[\u202D\u202E]/u.test(character),
  },
  {
    severity: "critical",
    title: "Characters of the tag block: text that people cannot see",
    why: "Whole sentences can be written in it. Whoever reads the file by machine reads them; no reviewer does.",
    characters: /[\u{E0000}-\u{E0FFF}]/gu,
    belongs: (place) => isFlag(place) || isVariant(place),
  },
  {
    severity: "critical",
    title: "An invisible letter: a name that people cannot see",
    why: "Languages take it as a letter of a name, so a variable or parameter can stand where a gap seems to be.",
    characters: /[\u115F\u1160\u3164\uFFA0]/gu,
    belongs: ({ before, after }) => /\p{Script=Hangul}/u.test(before) || /\p{Script=Hangul}/u.test(after),
  },
  {
    severity: "suggestion",
    title: "A zero-width character in a name or word",
    why: "Two names that look the same are not: a search, a comparison or a review of the one misses the other.",
    characters:
      // oxlint-disable-next-line no-misleading-character-class -- single characters are meant
      /[\u00AD\u034F\u061C\u180B-\u180F\u200B-\u200F\u2060-\u2064\u206A-\u206F\uFEFF\uFE00-\uFE0F]/gu,
    belongs: isHarmlessZeroWidth,
  },
  {
    severity: "suggestion",
    title: "A control character that changes what a terminal shows",
    why: "Whoever prints the file, or a diff of it, sees other text than what stands there.",
    // oxlint-disable-next-line no-control-regex -- these very characters are what is looked for
    characters: /[\u0008\u001B\u009B]/gu,
    belongs: ({ path }) => /\.(?:snap|log|ans|cast|golden|out)$|(?:^|\/)__snapshots__\//i.test(path),
  },
];

function firstHidden(kind: Kind, line: DiffLine, path: string): string | null {
  for (const match of line.text.matchAll(kind.characters)) {
    const [character] = match;
    const before = lastCharacter(line.text.slice(Math.max(0, match.index - 2), match.index));
    const after = String.fromCodePoint(line.text.codePointAt(match.index + character.length) ?? 0x20);
    if (!kind.belongs({ path, line, at: match.index, before, after, character })) return character;
  }
  return null;
}

function lastCharacter(text: string): string {
  return Array.from(text).at(-1) ?? " ";
}

const RIGHT_TO_LEFT = /\p{Script=Arabic}|\p{Script=Hebrew}|\p{Script=Syriac}|\p{Script=Thaana}/u;
const WORDS =
  /\.(?:po|pot|json5?|jsonc|arb|ftl|strings|stringsdict|xlf|xliff|resx|properties|ya?ml|xml|md|mdx|markdown|rst|adoc|txt|tex|html?|csv|tsv|srt|vtt)$/i;

/** Translations and documents, in which people's languages bring marks of their own. */
function isWords(path: string): boolean {
  return WORDS.test(path);
}

/** 🏴 and tag letters up to a cancel tag are the flag of a region. */
function isFlag({ line, at }: Place): boolean {
  const around = line.text.slice(Math.max(0, at - 16), at + 16);
  return /\u{1F3F4}[\u{E0061}-\u{E007A}\u{E0030}-\u{E0039}]{1,6}\u{E007F}/u.test(around);
}

/** Ideographs have variants that are chosen so. */
function isVariant({ before, character }: Place): boolean {
  return /\p{Script=Han}/u.test(before) && /[\u{E0100}-\u{E01EF}]/u.test(character);
}

function isHarmlessZeroWidth(place: Place): boolean {
  const { path, line, at, before, after, character } = place;
  if (character === "\uFEFF" && line.headLine === 1 && at === 0) return true;
  if (isWords(path)) return true;
  if (/[\uFE00-\uFE0F]/u.test(character))
    return !isNamePart(before) || /\p{Script=Han}/u.test(before) || after === "\u20E3";
  // Joiners within emoji, and in scripts that are written with them.
  if (/\uFE0F|\p{Emoji_Modifier}|\p{Extended_Pictographic}/u.test(before)) return true;
  return !isLatinNamePart(before) && !isLatinNamePart(after);
}

function isNamePart(character: string): boolean {
  return /[\p{L}\p{N}_$]/u.test(character);
}

function isLatinNamePart(character: string): boolean {
  return /[\p{Script=Latin}\p{N}_$]/u.test(character);
}

function toFinding(kind: Kind, path: string, line: DiffLine, character: string, lines: number): Finding {
  const number = line.headLine ?? 1;
  const name = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  const more = lines === 1 ? "" : ` It is so on ${lines} added lines of this file; this is the first.`;
  return {
    pass: "security",
    alsoFoundBy: [],
    severity: kind.severity,
    path,
    side: "RIGHT",
    startLine: number,
    line: number,
    title: kind.title,
    why: `The line holds ${name}, shown here as an escape. ${kind.why}${more}`,
    fix: "Delete the character, or write it as an escape of the language where it is meant.",
    suggestion: null,
    evidence: shownText(line.text),
    preExisting: false,
    rule: RULE,
  };
}
