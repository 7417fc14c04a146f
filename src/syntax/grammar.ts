/** A grammar with its parser and queries, loaded once in the thread that parses. */
import { Language as Grammar, Parser, Query } from "web-tree-sitter";
import type { Language } from "./languages.ts";
import { ERROR_QUERY, SCOPE_QUERIES } from "./queries.ts";

export interface LoadedGrammar {
  readonly language: Language;
  readonly parser: Parser;
  readonly scopes: Query | null;
  readonly errors: Query;
}

/** `folder` is the URL of the grammars' folder, with a slash at its end. */
export async function loadGrammar(language: Language, folder: string): Promise<LoadedGrammar> {
  await Parser.init();
  const grammar = await Grammar.load(new URL(`tree-sitter-${language}.wasm`, folder));
  const source = SCOPE_QUERIES[language];
  return {
    language,
    parser: new Parser().setLanguage(grammar),
    scopes: source === null ? null : new Query(grammar, source),
    errors: new Query(grammar, ERROR_QUERY),
  };
}
