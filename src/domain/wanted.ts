/** What a reviewer of a chunk would look up: the names its changed lines use, and the code whose callers it changes. */
import type { ChunkFile } from "./chunk.ts";
import type { DiffLine } from "./diff.ts";
import type { Scope, SourceOutline } from "./outline.ts";

/** A name that a changed line uses and the chunk does not define. */
export interface UsedName {
  readonly name: string;
  /** Higher: more likely to decide something. */
  readonly weight: number;
}

/** A function or type whose code this chunk changes or removes. */
export interface ChangedName {
  readonly name: string;
  readonly path: string;
  /** `signature` and `removed` concern every caller, `body` only those that rely on what it does. */
  readonly change: "removed" | "signature" | "body" | "table";
}

export interface Wanted {
  readonly used: readonly UsedName[];
  readonly changed: readonly ChangedName[];
}

const MAX_USED = 60;
const MAX_CHANGED = 40;
const MIN_NAME = 3;

export function wantedBy(files: readonly ChunkFile[], outlines: ReadonlyMap<string, SourceOutline>): Wanted {
  const defined = new Set<string>();
  const used = new Map<string, number>();
  const changed: ChangedName[] = [];
  for (const file of files) {
    const lines = file.hunks.flatMap((hunk) => hunk.lines);
    for (const line of lines) for (const name of definitionsOn(line.text)) defined.add(name);
    for (const line of lines)
      if (line.kind !== "context") for (const one of usesOn(line)) add(used, one.name, one.weight);
    changed.push(...changedIn(file, lines, outlines.get(file.path)));
  }
  return {
    used: [...used]
      .filter(([name]) => !defined.has(name) && !KEYWORDS.has(name))
      .map(([name, weight]) => ({ name, weight }))
      .toSorted((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1))
      .slice(0, MAX_USED),
    changed: distinct(changed).slice(0, MAX_CHANGED),
  };
}

function add(used: Map<string, number>, name: string, weight: number): void {
  const known = used.get(name) ?? 0;
  // The first use says nearly everything; more of them only a little.
  used.set(name, Math.max(known, weight) + (known > 0 ? 0.2 : 0));
}

const DEFINITION =
  /\b(?:function\*?|class|interface|type|enum|struct|trait|impl|record|union|module|namespace|object|protocol|def|fn|fun|func|const|let|var|val|static|macro_rules!)\s+(?:\([^)]{0,80}\)\s*)?([A-Za-z_$][\w$]*)/g;

/** Names that a line defines, by the words before them; for languages without such words see `looksLikeDefinition`. */
function definitionsOn(text: string): readonly string[] {
  return [...text.slice(0, 500).matchAll(DEFINITION)].flatMap((match) => match[1] ?? []);
}

/** Whether a line that mentions a name seems to define it: cheap, to choose which files are worth parsing. */
export function looksLikeDefinition(text: string, name: string): boolean {
  if (definitionsOn(text).includes(name)) return true;
  const at = text.indexOf(name);
  const after = text.slice(at + name.length);
  const before = text.slice(0, at).trimStart();
  // A method or a typed declaration: a name, parameters and a body or the rest of a signature, nothing called before it.
  if (
    /^\s*(<[^>]{0,80}>)?\s*\([^;]*$/.test(after) &&
    !/[.=(,!]\s*$|\b(return|new|await|yield|throw|if|while)\s/.test(before)
  )
    return (
      /[{:,(]\s*$|=>\s*$|\)\s*(throws\s.*)?$/.test(after.trimEnd()) || /^[\w<>[\]?,&*\s:@]+\s$/.test(before)
    );
  return /^\s*[:=]\s*(async\b|function\b|\(|class\b|z\.|new\b)/.test(after) && !/[.(]\s*$/.test(before);
}

const STRINGS_AND_REMARKS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\/.*$|(?:^|\s)#\s.*$|^\s*\*.*$/g;
const NAME = /[A-Za-z_$][\w$]*/g;

function usesOn(line: DiffLine): readonly UsedName[] {
  const text = line.text.slice(0, 500).replace(STRINGS_AND_REMARKS, " ");
  return [...text.matchAll(NAME)].flatMap((match) => {
    const [name] = match;
    if (name.length < MIN_NAME) return [];
    const after = text.slice(match.index + name.length);
    const before = text.slice(0, match.index).trimEnd();
    const weight = weightOf(name, before, after);
    return weight === 0 ? [] : [{ name, weight: line.kind === "added" ? weight : weight / 2 }];
  });
}

function weightOf(name: string, before: string, after: string): number {
  const isMember = before.endsWith(".") || before.endsWith("->") || before.endsWith("::");
  if (/^\s*(<[\w\s,]{0,60}>)?\s*\(|^!\(/.test(after)) return isMember ? 2.5 : 3;
  if (/^[A-Z][a-z]/.test(name) || /\b(new|extends|implements|instanceof)$/.test(before)) return 2;
  if (/^[A-Z][A-Z0-9_]+$/.test(name)) return 2;
  if (before.endsWith("@")) return 2;
  // A plain variable is mostly local; a member tells about the type it belongs to.
  return isMember ? 0.6 : name.length > 6 ? 0.5 : 0;
}

function changedIn(
  file: ChunkFile,
  lines: readonly DiffLine[],
  outline: SourceOutline | undefined,
): readonly ChangedName[] {
  const { path } = file;
  const kept = new Set(lines.flatMap((line) => (line.kind === "deleted" ? [] : definitionsOn(line.text))));
  const removed = lines
    .filter((line) => line.kind === "deleted")
    .flatMap((line) => definitionsOn(line.text))
    .filter((name) => name.length >= MIN_NAME && !kept.has(name))
    .map((name): ChangedName => ({ name, path, change: "removed" }));
  const tables = lines
    .filter((line) => line.kind !== "context")
    .flatMap((line) => tablesOn(line.text))
    .map((name): ChangedName => ({ name, path, change: "table" }));
  return [...removed, ...changedScopes(file, outline), ...tables];
}

const TABLE =
  /\b(?:create|alter|drop|truncate)\s+table\s+(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?(?:[\w"`]+\.)?["`]?(\w+)/gi;

function tablesOn(text: string): readonly string[] {
  return [...text.slice(0, 500).matchAll(TABLE)].flatMap((match) => match[1] ?? []);
}

function changedScopes(file: ChunkFile, outline: SourceOutline | undefined): readonly ChangedName[] {
  if (outline === undefined) return [];
  const touched = touchedLines(file);
  return outline.scopes
    .filter((scope) => scope.name.length >= MIN_NAME && scope.kind !== "module")
    .flatMap((scope) => {
      const own = touched.filter((line) => line >= scope.start && line <= scope.end);
      if (own.length === 0 || isOnlyWithin(scope, own, outline.scopes)) return [];
      const signature = own.some((line) => line <= scope.signatureEnd);
      return [
        { name: scope.name, path: file.path, change: signature ? ("signature" as const) : ("body" as const) },
      ];
    });
}

/** A class is not changed by a change within one of its methods, and a function not by one within a function of its own. */
function isOnlyWithin(scope: Scope, touched: readonly number[], scopes: readonly Scope[]): boolean {
  return touched.every((line) =>
    scopes.some(
      (inner) =>
        inner !== scope &&
        inner.start >= scope.start &&
        inner.end <= scope.end &&
        inner.start <= line &&
        inner.end >= line,
    ),
  );
}

/** Lines of the head version at which something was added, or beside which something was deleted. */
function touchedLines(file: ChunkFile): readonly number[] {
  const touched = new Set<number>();
  for (const hunk of file.hunks) {
    let last = hunk.headStart - 1;
    for (const line of hunk.lines) {
      if (line.headLine !== null) last = line.headLine;
      if (line.kind === "context" || line.text.trim() === "") continue;
      touched.add(line.headLine ?? Math.max(1, last));
    }
  }
  return [...touched];
}

function distinct(changed: readonly ChangedName[]): readonly ChangedName[] {
  const order = ["removed", "signature", "table", "body"] as const;
  const first = new Map<string, ChangedName>();
  for (const one of changed.toSorted((a, b) => order.indexOf(a.change) - order.indexOf(b.change)))
    if (!first.has(one.name)) first.set(one.name, one);
  return [...first.values()];
}

const KEYWORDS: ReadonlySet<string> = new Set(
  `abstract and any array assert async await base bool boolean break byte case catch char class const constructor continue
  def default defer del delete elif else enum err error errors except export extends extern fallthrough false final finally
  float for foreach from func function fun goto global if impl implements import instanceof int interface internal into is
  lambda let len long loop map match mod module move mut namespace new nil none None not null number object of operator or
  override package pass private protected pub public raise range read return self Self set short sizeof static str string
  String struct super switch this throw throws trait true True False try type typeof undefined union unknown unsafe unsigned
  use using val var virtual void volatile when where while with yield console print println printf Promise Object Array
  Number Boolean Error Math JSON Date Map Set fmt require describe expect test it`.split(/\s+/),
);
