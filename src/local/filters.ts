/** The programs that a repository wants its files to pass when they are added, switched off. */
import { type Git, GitFault } from "./git.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Settings for git by which no filter of the repository's own settings runs, included files among them. Those of the
 * person stay: Git LFS is one, and without it every large file would seem to be changed. Values are read by git from
 * GIT_CONFIG_COUNT, GIT_CONFIG_KEY_n and GIT_CONFIG_VALUE_n (git-config, ENVIRONMENT).
 */
export async function withoutFilters(git: Git, env: Env): Promise<Env> {
  const before = Number(env["GIT_CONFIG_COUNT"] ?? 0);
  const keys = (await filterKeys(git)).filter((key) => /\.(?:clean|smudge|process|required)$/i.test(key));
  const pairs = keys.flatMap((key, at) => [
    [`GIT_CONFIG_KEY_${before + at}`, key],
    [`GIT_CONFIG_VALUE_${before + at}`, /\.required$/i.test(key) ? "false" : ""],
  ]);
  return keys.length === 0
    ? {}
    : { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(before + keys.length) };
}

/** Scope and name in turn, each ended by a null. */
async function filterKeys(git: Git): Promise<readonly string[]> {
  try {
    const fields = (
      await git.text(["config", "--show-scope", "--name-only", "-z", "--get-regexp", "^filter\\."])
    ).split("\0");
    return fields.flatMap((scope, at) =>
      at % 2 === 0 && (scope === "local" || scope === "worktree") ? [fields[at + 1] ?? ""] : [],
    );
  } catch (error) {
    // Nothing is set.
    if (error instanceof GitFault && error.exitCode === 1) return [];
    throw error;
  }
}
