/** What goes between the server and the process that matches rules. */
import type { LineRange } from "../domain/outline.ts";
import type { Grammar } from "./languages.ts";

/** A rule as the parser takes it. */
export interface MatcherRule {
  readonly id: string;
  readonly matcher: Readonly<Record<string, unknown>>;
}

export interface MatchRequest {
  readonly grammar: Grammar;
  readonly text: string;
  readonly rules: readonly MatcherRule[];
  /** Only what stands in these lines is looked for. */
  readonly within: readonly LineRange[];
}

export interface RuleMatch extends LineRange {
  readonly rule: string;
  /** Within code that its language marks as a test, such as `#[cfg(test)]`. */
  readonly inTest: boolean;
}

export type MatchAnswer =
  | {
      readonly kind: "matched";
      readonly matches: readonly RuleMatch[];
      /** Places within the lines that the grammar could not read. */
      readonly unread: number;
    }
  | { readonly kind: "failed"; readonly reason: string };
