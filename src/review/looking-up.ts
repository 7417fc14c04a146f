/** Answers one look-up from the repository at head: lines of a file, definitions, references, literal text. */
import { type Lookup, MAX_SHOWN_MATCH_CHARACTERS, numberedLines } from "../domain/lookup.ts";
import type { FileContent } from "../domain/pull-request.ts";
import type { NameHit } from "../domain/related.ts";
import { scanOrder } from "../domain/scan-order.ts";
import { clip, showInvisible } from "../domain/untrusted-text.ts";
import { looksLikeDefinition } from "../domain/wanted.ts";
import { indexNames, scanWords } from "../domain/word-scan.ts";
import type { LookupReader } from "./lookup-desk.ts";
import type { RepositoryView, Syntax } from "./repository-view.ts";

const MAX_MATCHES = 40;
const MAX_DEFINITIONS = 5;
const MAX_DEFINITION_LINES = 120;

/** `near` are the changed paths: what lies close to them is looked at first. */
export function repositoryReader(
  view: RepositoryView,
  syntax: Syntax,
  near: readonly string[],
): LookupReader {
  // The order is the same for every search of a run, and making it sorts the whole tree.
  let order: readonly string[] | null = null;
  const paths = () => (order ??= scanOrder(view.files, near));
  return (lookup, signal) => {
    switch (lookup.kind) {
      case "read_file":
        return readLines(view, lookup, signal);
      case "find_definition":
        return findDefinition(view, syntax, paths(), lookup.name, signal);
      case "find_references":
        return findReferences(view, paths(), lookup.name, signal);
      case "search_text":
        return searchText(view, paths(), lookup.text, signal);
    }
  };
}

async function readLines(
  view: RepositoryView,
  { path, start_line: first, end_line: last }: Extract<Lookup, { kind: "read_file" }>,
  signal: AbortSignal,
): Promise<string> {
  const content = (await view.readHead([path], signal)).get(path) ?? ABSENT;
  if (content.kind === "absent") return `There is no file ${JSON.stringify(path)} at the head commit.`;
  if (content.kind === "unreadable") return `The file cannot be read: ${content.reason}.`;
  const lines = content.text.split("\n");
  const shown = lines.slice(first - 1, last);
  if (shown.length === 0) return `The file has only ${lines.length} lines.`;
  return `${heading(path, `${lines.length} lines`)}\n${numberedLines(shown, first)}`;
}

const ABSENT: FileContent = { kind: "absent" };

function heading(path: string, remark: string): string {
  return `${showInvisible(path)} (${remark})`;
}

async function findDefinition(
  view: RepositoryView,
  syntax: Syntax,
  paths: readonly string[],
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const found: string[] = [];
  const index = indexNames([name]);
  for await (const { path, text } of view.scan(paths, signal)) {
    if (found.length >= MAX_DEFINITIONS) break;
    const places = scanWords(text, index, MAX_MATCHES).filter((hit) => looksLikeDefinition(hit.text, name));
    if (places.length > 0)
      found.push(...(await definitionsIn(syntax, path, text, name, places[0]?.line ?? 1, signal)));
  }
  return found.length === 0
    ? nothing(view, `No definition of ${name} was found`)
    : found.slice(0, MAX_DEFINITIONS).join("\n\n");
}

async function definitionsIn(
  syntax: Syntax,
  path: string,
  text: string,
  name: string,
  firstLine: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const lines = text.split("\n");
  const outcome = await syntax.outline(path, text, signal);
  // Without a grammar the lines that look like the definition are shown.
  const ranges =
    outcome.kind === "outlined"
      ? outcome.outline.scopes
          .filter((scope) => scope.name === name)
          .map((scope) => ({
            start: scope.leadStart,
            end: Math.min(scope.end, scope.leadStart + MAX_DEFINITION_LINES),
          }))
      : [{ start: firstLine, end: firstLine + 20 }];
  return ranges.map(
    ({ start, end }) =>
      `${heading(path, `from line ${start}`)}\n${numberedLines(lines.slice(start - 1, end), start)}`,
  );
}

async function findReferences(
  view: RepositoryView,
  paths: readonly string[],
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const hits: NameHit[] = [];
  const index = indexNames([name]);
  for await (const { path, text } of view.scan(paths, signal)) {
    if (hits.length >= MAX_MATCHES) break;
    hits.push(...scanWords(text, index, MAX_MATCHES).map((hit) => ({ ...hit, path })));
  }
  return hits.length === 0 ? nothing(view, `Nothing mentions ${name}`) : listed(hits);
}

async function searchText(
  view: RepositoryView,
  paths: readonly string[],
  wanted: string,
  signal: AbortSignal,
): Promise<string> {
  const hits: NameHit[] = [];
  for await (const { path, text } of view.scan(paths, signal)) {
    if (hits.length >= MAX_MATCHES) break;
    if (text.includes(wanted)) hits.push(...linesWith(path, text, wanted));
  }
  return hits.length === 0 ? nothing(view, "The text was not found") : listed(hits);
}

function linesWith(path: string, text: string, wanted: string): readonly NameHit[] {
  return text
    .split("\n")
    .flatMap((line, at) => (line.includes(wanted) ? [{ path, name: "", line: at + 1, text: line }] : []))
    .slice(0, MAX_MATCHES);
}

function listed(hits: readonly NameHit[]): string {
  const lines = hits
    .slice(0, MAX_MATCHES)
    .map(
      ({ path, line, text }) =>
        `${showInvisible(path)}:${line}: ${clip(showInvisible(text.trim()), MAX_SHOWN_MATCH_CHARACTERS)}`,
    );
  const more =
    hits.length > MAX_MATCHES || hits.length === MAX_MATCHES
      ? `\n(the first ${MAX_MATCHES}; there may be more)`
      : "";
  return `${lines.join("\n")}${more}`;
}

/** What is not found in a part of the tree may stand in the rest: a wrong "does not exist" is the worst answer. */
function nothing(view: RepositoryView, fact: string): string {
  return view.treeMissing === null
    ? `${fact} in the source files near this change.`
    : `${fact}; the tree of the repository is not known (${view.treeMissing}), so this proves nothing.`;
}
