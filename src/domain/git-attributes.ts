/** `.gitattributes` at base → which files its maintainers call generated or vendored. Matches as git does, in bounded work. */
import {
  type FilePattern,
  matchesPath,
  type PathParts,
  parsePattern,
  partsOf,
  type Steps,
} from "./git-pattern.ts";

/** `set`: it is; `unset`: it is not, whatever its name looks like; `unspecified`: nobody says. */
export type Mark = "set" | "unset" | "unspecified";

/**
 * The two attributes that say what a file is. `binary` and `-diff` say only how a change is displayed: the code behind
 * them runs all the same, so they never keep a file from being reviewed.
 */
export interface LinguistMarks {
  readonly generated: Mark;
  readonly vendored: Mark;
}

export const NO_MARKS: LinguistMarks = { generated: "unspecified", vendored: "unspecified" };

interface Rule {
  readonly pattern: FilePattern;
  readonly generated: Mark | null;
  readonly vendored: Mark | null;
}

/** The rules of each folder (`""` is the root) that speak of these attributes. */
export type GitAttributes = ReadonlyMap<string, readonly Rule[]>;

/** Larger files are read up to there: attributes of real repositories take some kilobytes. */
export const MAX_ATTRIBUTES_CHARACTERS = 64 * 1024;
export const MAX_ATTRIBUTES_LINES = 2_000;
/** Git ignores longer lines (attr.h, ATTR_MAX_LINE_LENGTH). */
const MAX_LINE_CHARACTERS = 2_048;
/** Comparisons spent on one path. Past them no further rule matches, and what nobody marked is reviewed. */
export const MAX_STEPS_PER_PATH = 50_000;

/** `texts`: folder (`""`, `web/app`) → text of the `.gitattributes` in it, as it stands at base. */
export function parseGitAttributes(texts: ReadonlyMap<string, string>): GitAttributes {
  return new Map([...texts].map(([folder, text]) => [folder, rulesOf(text)]));
}

/** The nearest folder that says something decides, and in one file the last line: for each attribute by itself. */
export function marksOf(path: string, attributes: GitAttributes): LinguistMarks {
  if (attributes.size === 0) return NO_MARKS;
  const steps: Steps = { left: MAX_STEPS_PER_PATH };
  let marks: { generated: Mark | null; vendored: Mark | null } = { generated: null, vendored: null };
  for (const [folder, below] of foldersAbove(path)) {
    const rules = attributes.get(folder);
    if (rules === undefined) continue;
    marks = withRules(marks, rules, partsOf(below), steps);
    if (marks.generated !== null && marks.vendored !== null) break;
  }
  return { generated: marks.generated ?? "unspecified", vendored: marks.vendored ?? "unspecified" };
}

function withRules(
  known: { readonly generated: Mark | null; readonly vendored: Mark | null },
  rules: readonly Rule[],
  path: PathParts,
  steps: Steps,
) {
  let { generated, vendored } = known;
  for (const rule of rules.toReversed()) {
    const speaks =
      (generated === null && rule.generated !== null) || (vendored === null && rule.vendored !== null);
    if (!speaks || !matchesPath(rule.pattern, path, steps)) continue;
    generated ??= rule.generated;
    vendored ??= rule.vendored;
  }
  return { generated, vendored };
}

/** The folders that hold a path, the nearest first, each with the path as seen from it. */
function foldersAbove(path: string): readonly (readonly [string, string])[] {
  const folders: (readonly [string, string])[] = [];
  for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
    folders.push([path.slice(0, slash), path.slice(slash + 1)]);
  }
  return [...folders, ["", path]];
}

function rulesOf(text: string): readonly Rule[] {
  return text
    .slice(0, MAX_ATTRIBUTES_CHARACTERS)
    .split("\n", MAX_ATTRIBUTES_LINES)
    .filter((line) => line.length <= MAX_LINE_CHARACTERS)
    .flatMap(parseRule);
}

/** A line that is no rule says nothing: comments, negative patterns (git forbids them) and macros (`[attr]…`). */
function parseRule(line: string): readonly Rule[] {
  const { name, rest } = patternAndRest(line.replace(/^[ \t]+/, "").replace(/\r$/, ""));
  if (name === "" || name.startsWith("#") || name.startsWith("!") || name.startsWith("[attr]")) return [];
  const states = rest.split(/[ \t]+/);
  const generated = markAmong(states, "linguist-generated");
  const vendored = markAmong(states, "linguist-vendored");
  if (generated === null && vendored === null) return [];
  const pattern = parsePattern(name);
  return pattern === null ? [] : [{ pattern, generated, vendored }];
}

function markAmong(states: readonly string[], attribute: string): Mark | null {
  let mark: Mark | null = null;
  for (const state of states) {
    if (state === attribute || state === `${attribute}=true`) mark = "set";
    else if (state === `-${attribute}` || state === `${attribute}=false`) mark = "unset";
    else if (state === `!${attribute}` || state.startsWith(`${attribute}=`)) mark = "unspecified";
  }
  return mark;
}

/** A pattern that begins with a quote is written as a C string, so that it can hold spaces. */
function patternAndRest(line: string): { readonly name: string; readonly rest: string } {
  const quoted = /^"((?:[^"\\]|\\.)*)"(.*)$/.exec(line);
  if (quoted !== null) return { name: unquote(quoted[1] ?? ""), rest: quoted[2] ?? "" };
  const end = line.search(/[ \t]/);
  return end < 0 ? { name: line, rest: "" } : { name: line.slice(0, end), rest: line.slice(end) };
}

const C_ESCAPES: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Octal escapes stand for bytes of UTF-8. */
function unquote(text: string): string {
  return text.replace(/(?:\\[0-3][0-7]{2})+|\\(.)/g, (run: string, single: string | undefined) =>
    single === undefined
      ? Buffer.from(
          run
            .slice(1)
            .split("\\")
            .map((octal) => Number.parseInt(octal, 8)),
        ).toString("utf8")
      : (C_ESCAPES[single] ?? single),
  );
}
