/** The languages that structural rules are written for, and the grammar that reads a file. */
import { extname } from "node:path/posix";

export const RULE_LANGUAGES = ["typescript", "javascript", "python", "java", "go", "rust"] as const;
export type RuleLanguage = (typeof RULE_LANGUAGES)[number];

/** Names by which the parser knows its grammars: the first three are its own. */
export type Grammar = "TypeScript" | "Tsx" | "JavaScript" | "python" | "java" | "go" | "rust";

export interface SourceLanguage {
  readonly language: RuleLanguage;
  readonly grammar: Grammar;
}

const TYPESCRIPT: SourceLanguage = { language: "typescript", grammar: "TypeScript" };
const JAVASCRIPT: SourceLanguage = { language: "javascript", grammar: "JavaScript" };
const BY_EXTENSION: Readonly<Record<string, SourceLanguage>> = {
  ".ts": TYPESCRIPT,
  ".mts": TYPESCRIPT,
  ".cts": TYPESCRIPT,
  ".tsx": { language: "typescript", grammar: "Tsx" },
  ".js": JAVASCRIPT,
  ".mjs": JAVASCRIPT,
  ".cjs": JAVASCRIPT,
  ".jsx": JAVASCRIPT,
  ".py": { language: "python", grammar: "python" },
  ".java": { language: "java", grammar: "java" },
  ".go": { language: "go", grammar: "go" },
  ".rs": { language: "rust", grammar: "rust" },
};

/** By the path's name alone; null where no rule can read it. */
export function languageOf(path: string): SourceLanguage | null {
  return BY_EXTENSION[extname(path).toLowerCase()] ?? null;
}
