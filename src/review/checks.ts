/** Built-in checks: defects that a parser finds better than a model, found in-process and before the passes. */
import type { FileDiff } from "../domain/diff.ts";
import type { Finding } from "../domain/finding.ts";
import type { RepositoryView } from "./repository-view.ts";

/** A changed file with its whole text on both sides; null where it does not exist or cannot be read. */
export interface ChangedFile {
  readonly diff: FileDiff;
  readonly base: string | null;
  readonly head: string | null;
}

export interface CheckInput {
  readonly files: readonly ChangedFile[];
  /** The rest of the repository at head, for checks that ask who uses what. */
  readonly view: RepositoryView;
  readonly signal: AbortSignal;
}

/** What a check did not look at, and why: said in the review like everything that is left out. */
export interface CheckSkip {
  readonly check: string;
  /** Null when it concerns the whole check. */
  readonly path: string | null;
  readonly reason: string;
}

export interface CheckReport {
  /** Their `rule` names what found them; they are not put to the sceptic. */
  readonly findings: readonly Finding[];
  readonly skips: readonly CheckSkip[];
  /** Mermaid `erDiagram` of the schema after the change, where three or more tables changed; else null. */
  readonly erDiagram: string | null;
}

/** All built-in checks behind one door. Rejects only when `signal` aborts: a check that fails is a skip with its reason. */
export interface Checks {
  /** Whether a check wants to see this file as it was at base. */
  readonly comparesBase: (path: string) => boolean;
  run(input: CheckInput): Promise<CheckReport>;
}

/** For a door, or a test, without checks. */
export const NO_CHECKS: Checks = {
  comparesBase: () => false,
  run: async () => ({ findings: [], skips: [], erDiagram: null }),
};
