/**
 * One tree-sitter query a language. Captures: `@function`, `@class`, `@type`, `@constant`, `@module` a scope as a whole,
 * `@name` its name, `@body` its body, `@open` the end of its signature where the body does not begin with a mark of its
 * own, `@import` an import, `@lead` what may belong to the scope below it. Names with `_` serve a condition only.
 */
import { C_SHARP, CPP, GO, JAVA, RUST } from "./compiled-queries.ts";
import { JAVASCRIPT, TYPESCRIPT } from "./ecmascript-queries.ts";
import type { Language } from "./languages.ts";
import { BASH, PHP, POWERSHELL, PYTHON, RUBY } from "./scripting-queries.ts";

/** Null where a language has nothing that is called a scope: its files are only checked for syntax errors. */
export const SCOPE_QUERIES: Readonly<Record<Language, string | null>> = {
  bash: BASH,
  "c-sharp": C_SHARP,
  cpp: CPP,
  css: null,
  go: GO,
  java: JAVA,
  javascript: JAVASCRIPT,
  php: PHP,
  powershell: POWERSHELL,
  python: PYTHON,
  ruby: RUBY,
  rust: RUST,
  tsx: TYPESCRIPT,
  typescript: TYPESCRIPT,
};

export const ERROR_QUERY = "(ERROR) @error (MISSING) @missing";
