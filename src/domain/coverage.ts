/** Which changed files were reviewed and which were not, and why. Part of every review. */

export type CoverageState = "reviewed" | "partial" | "skipped" | "failed";

/**
 * Why a file was left out. `nature`: there is nothing to read in it. `scope`: the run was asked for other paths.
 * `limit` and `failure` are gaps: the review is incomplete because of them.
 */
export type CoverageCause = "nature" | "scope" | "limit" | "failure";

export interface FileCoverage {
  readonly path: string;
  readonly state: CoverageState;
  readonly cause: CoverageCause | null;
  /** A sentence for people; null only on a reviewed file. */
  readonly reason: string | null;
}

export interface Coverage {
  readonly files: readonly FileCoverage[];
  /** Gaps that belong to no single file: the file list was cut, a pass failed to summarise. */
  readonly gaps: readonly string[];
}

export function reviewed(path: string): FileCoverage {
  return { path, state: "reviewed", cause: null, reason: null };
}

/** What the built-in checks alone have seen: by wish (`scope`), or because there is no model (`limit`). */
export function checkedOnly(path: string, cause: "scope" | "limit", reason: string): FileCoverage {
  return { path, state: "partial", cause, reason };
}

export function skipped(path: string, cause: "nature" | "scope" | "limit", reason: string): FileCoverage {
  return { path, state: "skipped", cause, reason };
}

/**
 * Nothing failed and nothing was cut. A change of nothing but lock files is complete without a file read; one in which
 * the paths asked for match nothing is not, because that is a slip of the pen and must not look like a clean review.
 */
export function isComplete(coverage: Coverage): boolean {
  const isGap = (file: FileCoverage) => file.cause === "limit" || file.cause === "failure";
  if (coverage.gaps.length > 0 || coverage.files.some(isGap)) return false;
  const isRead = (file: FileCoverage) =>
    file.state === "reviewed" || (file.state === "partial" && file.cause === "scope");
  return coverage.files.some(isRead) || coverage.files.every((file) => file.cause === "nature");
}

/** Every file of the change was read in full: what a green check asserts. */
export function isWhole(coverage: Coverage): boolean {
  return coverage.gaps.length === 0 && coverage.files.every((file) => file.state === "reviewed");
}

/** `12 files reviewed, 1 skipped`: counts by state, the empty ones left out. */
export function coverageCounts(coverage: Coverage): string {
  const states: readonly CoverageState[] = ["reviewed", "partial", "skipped", "failed"];
  const counts = states.flatMap((state) => {
    const count = coverage.files.filter((file) => file.state === state).length;
    return count > 0 ? [`${count} ${state}`] : [];
  });
  return counts.length === 0 ? "no changed files" : counts.join(", ");
}
