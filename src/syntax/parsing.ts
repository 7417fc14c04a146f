/** One text → its outline, with a stop that is asked for again and again while the parser works. */
import type { Node, Query, QueryMatch, Tree } from "web-tree-sitter";
import type { SourceOutline } from "../domain/outline.ts";
import type { LoadedGrammar } from "./grammar.ts";
import { outlineOf } from "./scope-reading.ts";

/** Tells whether to give up. */
export type Stop = () => boolean;

/**
 * Where patterns may begin: a scope deeper than this is one that no person wrote, and 200,000 nested calls would keep
 * as many half-matched patterns open.
 */
const MAX_SCOPE_DEPTH = 400;
/** Patterns that may be open at a time; with more the cost of a step grows with their number. */
const MAX_OPEN_PATTERNS = 2_048;

/** Null when it was stopped. */
export function parseOutline(grammar: LoadedGrammar, text: string, stop: Stop): SourceOutline | null {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  // Not every grammar takes a file without anything in it.
  if (source.trim() === "")
    return outlineOf({ language: grammar.language, source, scopes: [], syntaxErrors: 0 });
  const tree = treeOf(grammar, source, stop);
  if (tree === null) return null;
  try {
    const scopes = grammar.scopes === null ? [] : matchesOf(grammar.scopes, tree.rootNode, stop);
    const errors = tree.rootNode.hasError ? errorsOf(grammar.errors, tree.rootNode, stop) : [];
    if (scopes === null || errors === null) return null;
    // A recovery may hide in a node that no tree shows; the root tells all the same.
    const syntaxErrors = tree.rootNode.hasError ? Math.max(1, errors.length) : 0;
    return outlineOf({ language: grammar.language, source, scopes, syntaxErrors });
  } finally {
    tree.delete();
  }
}

function treeOf(grammar: LoadedGrammar, source: string, stop: Stop): Tree | null {
  // The type says that the callback gives nothing; the parser stops where it gives true.
  const tree = grammar.parser.parse(source, null, { progressCallback: stop });
  // Else the next text would be read as the rest of this one.
  if (tree === null) grammar.parser.reset();
  return tree;
}

function matchesOf(query: Query, root: Node, stop: Stop): readonly QueryMatch[] | null {
  return bounded(stop, (progressCallback) =>
    query.matches(root, {
      progressCallback,
      matchLimit: MAX_OPEN_PATTERNS,
      maxStartDepth: MAX_SCOPE_DEPTH,
    }),
  );
}

/** Every depth counts here: an error that is not seen would make a broken suggestion pass. */
function errorsOf(query: Query, root: Node, stop: Stop): readonly QueryMatch[] | null {
  return bounded(stop, (progressCallback) => query.matches(root, { progressCallback }));
}

/** A query that is stopped gives what it has so far without a word, so the stop is remembered. */
function bounded<T>(stop: Stop, run: (progressCallback: Stop) => T): T | null {
  let stopped = false;
  const result = run(() => {
    stopped ||= stop();
    return stopped;
  });
  return stopped ? null : result;
}
