/** Code from elsewhere that a reviewer of a chunk would open, chosen by what it tells within a budget of tokens. */
import { isTestPath } from "./language-family.ts";
import type { LineRange, Scope, SourceOutline } from "./outline.ts";
import { estimateTokens } from "./usage.ts";
import { type ChangedName, looksLikeDefinition, type UsedName } from "./wanted.ts";
import type { WordHit } from "./word-scan.ts";

/** What one chunk may show of the rest of the repository. */
export const RELATED_TOKEN_BUDGET = 6_000;
/** What one chunk may show of its own files around the hunks. */
export const AROUND_TOKEN_BUDGET = 5_000;

/** Some lines of a file at head, and why they are shown. */
export interface Excerpt {
  readonly path: string;
  readonly first: number;
  readonly lines: readonly string[];
  readonly reason: string;
}

/** Lines worth showing, before their text is at hand. */
export interface Pointer extends LineRange {
  readonly path: string;
  readonly reason: string;
  /** Higher is shown earlier. */
  readonly rank: number;
}

/** A name in a file of the repository. */
export interface NameHit extends WordHit {
  readonly path: string;
}

/** A definition longer than this is shown by its beginning: signature, comment, first statements. */
const MAX_DEFINITION_LINES = 45;
const AROUND_CALL = 4;
const MAX_CALLERS = 4;
const MAX_DEFINITIONS = 2;
/** Below it stand local variables and names that many things have: they fill the page and tell nothing. */
export const MIN_TELLING_WEIGHT = 1;
const RANK_OF_WEIGHT = 10;

/** Where the names that a chunk uses are defined. `outlines` holds the files that were worth parsing. */
export function definitionPointers(
  used: readonly UsedName[],
  hits: ReadonlyMap<string, readonly NameHit[]>,
  outlines: ReadonlyMap<string, SourceOutline>,
): readonly Pointer[] {
  return used.flatMap(({ name, weight }) => {
    const places = (hits.get(name) ?? []).filter((hit) => looksLikeDefinition(hit.text, name));
    const found = places.flatMap((hit) =>
      scopeAt(outlines.get(hit.path), name, hit.line).map((scope) => ({ hit, scope })),
    );
    return found
      .slice(0, MAX_DEFINITIONS)
      .map(({ hit, scope }, at) => ({
        path: hit.path,
        start: scope.leadStart,
        end: Math.min(scope.end, scope.leadStart + MAX_DEFINITION_LINES - 1),
        reason: `definition of ${name}`,
        rank:
          RANK_OF_WEIGHT * weight - 8 * at - (isTestPath(hit.path) ? 15 : 0) - (found.length > 4 ? 10 : 0),
      }))
      .filter(({ rank }) => rank >= RANK_OF_WEIGHT * MIN_TELLING_WEIGHT);
  });
}

function scopeAt(outline: SourceOutline | undefined, name: string, line: number): readonly Scope[] {
  const scope = outline?.scopes.find(
    (one) => one.name === name && line >= one.start && line <= one.signatureEnd,
  );
  return scope === undefined ? [] : [scope];
}

const CHANGE_RANK: Readonly<Record<ChangedName["change"], number>> = {
  removed: 40,
  signature: 32,
  table: 26,
  body: 18,
};
const CHANGE_WORDS: Readonly<Record<ChangedName["change"], string>> = {
  removed: "still mentions the removed",
  signature: "uses the changed",
  table: "uses the table",
  body: "uses the changed",
};

/** Who relies on code that the chunk changes: callers, other definitions of the same name, tests. */
export function callerPointers(
  changed: readonly ChangedName[],
  hits: ReadonlyMap<string, readonly NameHit[]>,
): readonly Pointer[] {
  return changed.flatMap(({ name, path, change }) => {
    const elsewhere = (hits.get(name) ?? []).filter((hit) => hit.path !== path && !isImport(hit.text));
    const siblings = elsewhere.filter((hit) => looksLikeDefinition(hit.text, name)).slice(0, MAX_DEFINITIONS);
    const callers = elsewhere.filter((hit) => !looksLikeDefinition(hit.text, name));
    const real = callers.filter((hit) => !isTestPath(hit.path)).slice(0, MAX_CALLERS);
    const tests = callers.filter((hit) => isTestPath(hit.path)).slice(0, 1);
    const rarity = callers.length > 30 ? -12 : 0;
    return [
      ...real.map((hit, at) =>
        around(hit, `${CHANGE_WORDS[change]} ${name}`, CHANGE_RANK[change] - 4 * at + rarity),
      ),
      ...siblings.map((hit) => ({
        ...around(hit, `another definition of ${name}`, 14 + rarity),
        end: hit.line + 20,
      })),
      ...tests.map((hit) => around(hit, `tests ${name}`, 6)),
    ];
  });
}

function around(hit: NameHit, reason: string, rank: number): Pointer {
  return {
    path: hit.path,
    start: Math.max(1, hit.line - AROUND_CALL),
    end: hit.line + AROUND_CALL,
    reason,
    rank,
  };
}

const IMPORT =
  /^\s*(import\b|from\s+\S+\s+import|use\s|using\s|#include|require\(|export\s+(\*|\{[^}]*\})\s+from|const\s+\{[^}]*\}\s*=\s*require)/;

function isImport(text: string): boolean {
  return IMPORT.test(text);
}

/** A route is only as safe as what stands before it: where its router or application is set up. */
export function middlewarePointers(
  path: string,
  text: string,
  hunks: readonly LineRange[],
): readonly Pointer[] {
  const lines = text.split("\n");
  const routes = hunks.some(({ start, end }) =>
    lines.slice(start - 1, end).some((line) => ROUTE.test(line.slice(0, 300))),
  );
  if (!routes) return [];
  return lines
    .flatMap((line, at) => (MIDDLEWARE.test(line.slice(0, 300)) ? [at + 1] : []))
    .slice(0, 6)
    .map((line) => ({
      path,
      start: Math.max(1, line - 1),
      end: line + 2,
      reason: "runs before the routes",
      rank: 22,
    }));
}

const ROUTE =
  /\.(get|post|put|patch|delete|route|all|handle|handlefunc)\s*\(\s*["'`/]|@(Get|Post|Put|Patch|Delete|Request)(Mapping)?\b|@\w+\.(get|post|put|patch|delete|route)\(|path\(\s*["']/i;
const MIDDLEWARE =
  /\.(use|middleware|layer|addHook|Use|With|Group)\s*\(|add_middleware|@UseGuards|@PreAuthorize|dependencies\s*=\s*\[|MIDDLEWARE\b/;

/** The best pointers first, none twice, none of what is shown anyway, as far as the budget goes. */
export function choosePointers(
  pointers: readonly Pointer[],
  shown: ReadonlyMap<string, readonly LineRange[]>,
  charactersOf: (pointer: Pointer) => number,
  budget: number,
): readonly Pointer[] {
  const taken = new Map<string, LineRange[]>();
  const chosen: Pointer[] = [];
  let tokens = 0;
  for (const pointer of pointers.toSorted((a, b) => b.rank - a.rank || comparePlaces(a, b))) {
    const known = [...(shown.get(pointer.path) ?? []), ...(taken.get(pointer.path) ?? [])];
    if (known.some((range) => overlap(range, pointer) > 0.6)) continue;
    const size = estimateTokens(charactersOf(pointer)) + EXCERPT_OVERHEAD_TOKENS;
    if (tokens + size > budget) continue;
    tokens += size;
    chosen.push(pointer);
    taken.set(pointer.path, [...(taken.get(pointer.path) ?? []), pointer]);
  }
  return chosen.toSorted(comparePlaces);
}

const EXCERPT_OVERHEAD_TOKENS = 40;

/** Which part of the pointer the range covers, 0 to 1. */
function overlap(range: LineRange, pointer: LineRange): number {
  const common = Math.min(range.end, pointer.end) - Math.max(range.start, pointer.start) + 1;
  return Math.max(0, common) / (pointer.end - pointer.start + 1);
}

function comparePlaces(a: Pointer, b: Pointer): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : a.start - b.start;
}

/** Lines on each side of a claim that its sceptic sees, whatever the chunk shows. */
const WINDOW_LINES = 60;
/** A file up to this size is shown whole. */
const WHOLE_FILE_LINES = 160;
const MAX_WINDOWS_CHARACTERS = 24_000;

/** The file around some lines, without the runs that are shown already. */
export function windowsAround(
  path: string,
  text: string,
  places: readonly number[],
  shown: readonly LineRange[],
): readonly Excerpt[] {
  const lines = text.split("\n");
  const wanted = new Set<number>();
  const isShown = (line: number) => shown.some(({ start, end }) => line >= start && line <= end);
  const wholes = lines.length <= WHOLE_FILE_LINES ? [Math.ceil(lines.length / 2)] : places;
  const reach = lines.length <= WHOLE_FILE_LINES ? lines.length : WINDOW_LINES;
  let characters = 0;
  for (const place of wholes) {
    for (let line = Math.max(1, place - reach); line <= Math.min(lines.length, place + reach); line++) {
      if (wanted.has(line) || isShown(line)) continue;
      characters += Math.min(2_000, lines[line - 1]?.length ?? 0) + 10;
      if (characters > MAX_WINDOWS_CHARACTERS) break;
      wanted.add(line);
    }
  }
  return runsOf([...wanted].toSorted((a, b) => a - b)).map(({ start, end }) => ({
    path,
    first: start,
    lines: lines.slice(start - 1, end),
    reason: "around the claim",
  }));
}

/** Sorted numbers → the ranges they form. */
function runsOf(numbers: readonly number[]): readonly LineRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last.end + 1) last.end = number;
    else ranges.push({ start: number, end: number });
  }
  return ranges;
}
