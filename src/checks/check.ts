/** What every built-in check is, and how it says what it found. */
import type { Side } from "../domain/diff.ts";
import type { Finding } from "../domain/finding.ts";
import type { Pass, Severity } from "../domain/pass.ts";
import type { CheckInput, CheckReport } from "../review/checks.ts";

export interface Check {
  /** Shown to people where something was skipped, such as "secrets". */
  readonly name: string;
  /** Which changed files it looks at. */
  readonly concerns: (path: string) => boolean;
  /** Whether it compares a file with its version at base; absent: it reads the head alone. */
  readonly comparesBase?: (path: string) => boolean;
  /** May reject, may be slow: `built-in-checks.ts` turns both into a skip. `input.files` holds only what it concerns. */
  run(input: CheckInput): Promise<CheckReport>;
}

export interface CheckClaim {
  readonly rule: string;
  readonly pass: Pass;
  readonly severity: Severity;
  readonly path: string;
  readonly side: Side;
  /** Exact numbers in the version of `side`: what a check found is placed by side and line, not by its quote. */
  readonly startLine: number;
  readonly line: number;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  /**
   * The first source lines of the place, up to `MAX_EVIDENCE_LINES`, verbatim but for secrets: `[secret]` stands in
   * their place, so such a quote is not found in the file.
   */
  readonly evidence: string;
  readonly suggestion?: string;
}

/** As many as a model may quote: enough to know the place again when lines move. */
const MAX_EVIDENCE_LINES = 3;

/** A finding of a check. Unlike a model's, its line numbers are true: whoever places it asks no more than `rule !== null`. */
export function checkFinding(claim: CheckClaim): Finding {
  const { suggestion = null, ...rest } = claim;
  return { ...rest, suggestion, alsoFoundBy: [], preExisting: false };
}

/** The lines `start` to `end` of a text, counted from 1, cut to what evidence may hold. */
export function quoteLines(lines: readonly string[], start: number, end: number): string {
  return lines.slice(start - 1, Math.min(end, start - 1 + MAX_EVIDENCE_LINES)).join("\n");
}
