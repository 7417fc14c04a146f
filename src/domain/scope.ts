/** What a run was asked to look at: some passes, some paths, or everything. */
import { inOrder, PASSES, type Pass } from "./pass.ts";

export interface ReviewScope {
  /** In review order. */
  readonly passes: readonly Pass[];
  /** Globs (`*`, `**`, `?`, `{a,b}`) over paths; empty means every path. A folder stands for everything below it. */
  readonly paths: readonly string[];
}

export const EVERYTHING: ReviewScope = { passes: PASSES, paths: [] };

export function reviewScope(passes: readonly Pass[], paths: readonly string[]): ReviewScope {
  return { passes: passes.length === 0 ? PASSES : inOrder(passes), paths };
}

export function coversAllPasses(scope: ReviewScope): boolean {
  return scope.passes.length === PASSES.length;
}

/** A function that tells whether a path is in scope. `/` and `.` are the whole repository. */
export function pathFilter(scope: ReviewScope): (path: string) => boolean {
  const globs = scope.paths.map((glob) => glob.replace(/^\.?(?:\/+|$)/, "").replace(/\/+$/, ""));
  if (globs.length === 0 || globs.includes("")) return () => true;
  const patterns = globs.flatMap(alternatives).map((glob) => [...glob.split("/"), "**"]);
  return (path) => {
    const names = path.split("/");
    return patterns.some((pattern) => walk(pattern, names, "**", sameName));
  };
}

const MAX_ALTERNATIVES = 32;

/** `{a,b}` written out; past the limit a brace is an ordinary character. */
function alternatives(glob: string): readonly string[] {
  let all = [glob];
  for (;;) {
    const next = all.flatMap((one) => {
      const brace = /\{([^{}]*,[^{}]*)\}/.exec(one);
      if (brace === null) return [one];
      const [before, after] = [one.slice(0, brace.index), one.slice(brace.index + brace[0].length)];
      return (brace[1] ?? "").split(",").map((choice) => `${before}${choice}${after}`);
    });
    if (next.length === all.length || next.length > MAX_ALTERNATIVES) return all;
    all = next;
  }
}

function sameName(glob: string, name: string): boolean {
  if (!/[*?]/.test(glob)) return glob === name;
  return walk(Array.from(glob), Array.from(name), "*", (wanted, given) => wanted === "?" || wanted === given);
}

/**
 * Matches greedily; on a mismatch only the last star is widened, so the cost is at most the product of both lengths.
 * A stranger may choose the glob and the file names: a regular expression made from `*a*a*a*a*a*a*b` runs for hours.
 */
function walk(
  pattern: readonly string[],
  parts: readonly string[],
  star: string,
  same: (wanted: string, given: string) => boolean,
): boolean {
  let at = 0;
  let widened: { readonly at: number; from: number } | null = null;
  for (let part = 0; part < parts.length; ) {
    const wanted = pattern[at];
    if (wanted === star) {
      widened = { at, from: part };
      at += 1;
    } else if (wanted !== undefined && same(wanted, parts[part] ?? "")) {
      at += 1;
      part += 1;
    } else if (widened !== null) {
      widened.from += 1;
      at = widened.at + 1;
      part = widened.from;
    } else return false;
  }
  return pattern.slice(at).every((rest) => rest === star);
}
