/** What a parser tells about one source file: its named scopes, its imports, and how far it could be read. */

/** Lines count from 1; both ends belong to the range. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

export type ScopeKind = "function" | "class" | "type" | "constant" | "module";

/**
 * A declaration with a name. Scopes nest by their ranges: a method lies within its class. `constant` stands only for
 * declarations on the top level of a file or a class.
 */
export interface Scope extends LineRange {
  readonly kind: ScopeKind;
  readonly name: string;
  /** First line of what belongs to it from above: doc comment, decorators, annotations; `start` where there is nothing. */
  readonly leadStart: number;
  /** Last line of its signature: the line on which its body begins; `end` where it has none. */
  readonly signatureEnd: number;
}

export interface SourceOutline {
  /** The grammar that read it, such as "typescript". */
  readonly language: string;
  /** In order of their first line, the outer one before the inner one. */
  readonly scopes: readonly Scope[];
  readonly imports: readonly LineRange[];
  /** Places that the grammar could not read; 0 in a file that parses. */
  readonly syntaxErrors: number;
}

/** An outline, or why there is none; a file without one is shown by its hunks and its indentation. */
export type OutlineOutcome =
  | { readonly kind: "outlined"; readonly outline: SourceOutline }
  | { readonly kind: "none"; readonly reason: "no grammar" | "too large" | "took too long" };
