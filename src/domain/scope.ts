/** What a run was asked to look at: some passes, some paths, or everything. */
import picomatch from "picomatch";
import { inOrder, PASSES, type Pass } from "./pass.ts";

export interface ReviewScope {
  /** In review order. */
  readonly passes: readonly Pass[];
  /** Globs over paths; empty means every path. A plain folder stands for everything below it. */
  readonly paths: readonly string[];
}

export const EVERYTHING: ReviewScope = { passes: PASSES, paths: [] };

export function reviewScope(passes: readonly Pass[], paths: readonly string[]): ReviewScope {
  return { passes: passes.length === 0 ? PASSES : inOrder(passes), paths };
}

export function coversAllPasses(scope: ReviewScope): boolean {
  return scope.passes.length === PASSES.length;
}

/** A function that tells whether a path is in scope; globs are compiled once. */
export function pathFilter(scope: ReviewScope): (path: string) => boolean {
  if (scope.paths.length === 0) return () => true;
  const globs = scope.paths.flatMap((glob) => {
    const trimmed = glob.replace(/^\.?\/+/, "").replace(/\/+$/, "");
    return [trimmed, `${trimmed}/**`];
  });
  return picomatch(globs, { dot: true });
}
