/** What a run was asked to look at: some passes, some paths, or everything. */
import { inOrder, PASSES, type Pass } from "./pass.ts";
import { walk } from "./wildcard.ts";

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
