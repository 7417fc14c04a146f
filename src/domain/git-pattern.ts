/** One pattern of `.gitattributes` and whether it matches the path of a file, by git's rules (gitignore(5), wildmatch.c). */
import { walk } from "./wildcard.ts";

/** `star`: any run of characters; `any`: one character; `set`: one of a bracket expression. */
type Token =
  | { readonly kind: "star" }
  | { readonly kind: "any" }
  | { readonly kind: "character"; readonly character: string }
  | { readonly kind: "set"; readonly negated: boolean; readonly ranges: readonly Range[] };

type Range = readonly [from: string, to: string];

type Segment = { readonly kind: "folders" } | { readonly kind: "name"; readonly tokens: readonly Token[] };

/** `name`: matches the last part of a path at any depth. `path`: matches the path from the folder of its file. */
export interface FilePattern {
  readonly kind: "name" | "path";
  readonly segments: readonly Segment[];
}

/** A path cut once for many patterns. */
export interface PathParts {
  readonly names: readonly string[];
  readonly characters: ReadonlyMap<string, readonly string[]>;
}

/** Counts down with every comparison; at 0 nothing matches any more. */
export interface Steps {
  left: number;
}

const MAX_PATTERN_CHARACTERS = 256;
/** More than this many in one pattern is no name that people give to a set of files. */
const MAX_STARS = 16;
const STAR: Token = { kind: "star" };
const FOLDERS: Segment = { kind: "folders" };

/** Null where no file can match it, or where it is out of bounds: such a rule says nothing. */
export function parsePattern(text: string): FilePattern | null {
  if (text.length > MAX_PATTERN_CHARACTERS || text.endsWith("/")) return null;
  if (text.split("*").length - 1 > MAX_STARS) return null;
  const kind = text.includes("/") ? "path" : "name";
  const names = text.replace(/^\//, "").split("/");
  const segments: Segment[] = [];
  for (const [at, name] of names.entries()) {
    if (kind === "path" && /^\*\*+$/.test(name)) {
      segments.push(FOLDERS);
      // `a/**` is everything below a, but not a itself.
      if (at === names.length - 1) segments.push({ kind: "name", tokens: [STAR] });
    } else {
      const tokens = tokensOf(name);
      if (tokens === null) return null;
      segments.push({ kind: "name", tokens });
    }
  }
  return { kind, segments };
}

export function partsOf(path: string): PathParts {
  const names = path.split("/");
  return { names, characters: new Map(names.map((name) => [name, bytesOf(name)])) };
}

/** Git compares bytes: `?` is one of the two of an `ü`. */
function bytesOf(name: string): readonly string[] {
  return Array.from(Buffer.from(name).toString("latin1"));
}

export function matchesPath(pattern: FilePattern, path: PathParts, steps: Steps): boolean {
  const names = pattern.kind === "name" ? path.names.slice(-1) : path.names;
  return walk(pattern.segments, names, FOLDERS, (segment, name) => {
    steps.left -= 1;
    if (segment.kind === "folders" || steps.left <= 0) return false;
    return walk(segment.tokens, path.characters.get(name) ?? [], STAR, (token, character) => {
      steps.left -= 1;
      return steps.left > 0 && isOne(token, character);
    });
  });
}

function isOne(token: Token, character: string): boolean {
  switch (token.kind) {
    case "star":
      return false;
    case "any":
      return true;
    case "character":
      return token.character === character;
    case "set":
      return token.negated !== token.ranges.some(([from, to]) => from <= character && character <= to);
  }
}

/** Null for a bracket that does not end (git: matches nothing) or names a class such as `[:alpha:]` (not supported). */
function tokensOf(name: string): readonly Token[] | null {
  const characters = bytesOf(name);
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (character === "*") {
      if (tokens.at(-1) !== STAR) tokens.push(STAR);
    } else if (character === "?") tokens.push({ kind: "any" });
    else if (character === "\\") {
      at += 1;
      const escaped = characters[at];
      if (escaped === undefined) return null;
      tokens.push({ kind: "character", character: escaped });
    } else if (character === "[") {
      const bracket = readBracket(characters, at + 1);
      if (bracket === null) return null;
      tokens.push(bracket.token);
      at = bracket.end;
    } else tokens.push({ kind: "character", character });
  }
  return tokens;
}

/** `from` is behind the `[`; a `]` that stands first is an ordinary one. */
function readBracket(
  characters: readonly string[],
  from: number,
): { readonly token: Token; readonly end: number } | null {
  const negated = characters[from] === "!" || characters[from] === "^";
  const first = negated ? from + 1 : from;
  const ranges: Range[] = [];
  for (let at = first; at < characters.length; at++) {
    if (characters[at] === "]" && at > first) return { token: { kind: "set", negated, ranges }, end: at };
    if (characters[at] === "[" && characters[at + 1] === ":") return null;
    if (characters[at] === "\\") at += 1;
    const start = characters[at] ?? "";
    if (characters[at + 1] === "-" && characters[at + 2] !== "]" && characters[at + 2] !== undefined) {
      at += characters[at + 2] === "\\" ? 3 : 2;
      ranges.push([start, characters[at] ?? ""]);
    } else ranges.push([start, start]);
  }
  return null;
}
