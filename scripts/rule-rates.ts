// node scripts/rule-rates.ts DIR [--commits N] [--out FILE]: how often each check fires on the last commits of a repository.
// Prints findings in 1,000 changed lines by rule (lines of the rule's languages), and writes every finding for reading.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { builtInChecks } from "../src/checks/built-in-checks.ts";
import { languageOf, type RuleLanguage } from "../src/checks/languages.ts";
import { loadRules } from "../src/checks/rule-library.ts";
import { secretsCheck } from "../src/checks/secrets.ts";
import { structureCheck } from "../src/checks/structure.ts";
import type { FileDiff } from "../src/domain/diff.ts";
import { type Git, gitIn } from "../src/local/git.ts";
import { readDiff } from "../src/local/git-diff.ts";
import type { ChangedFile } from "../src/review/checks.ts";
import type { RepositoryView } from "../src/review/repository-view.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { commits: { type: "string", default: "300" }, out: { type: "string" } },
});
const directory = positionals[0];
if (directory === undefined) throw new Error("name the git directory of a repository");

/** Also those that are off: the figures decide about them. */
const rules = loadRules();
const checks = builtInChecks([secretsCheck(), structureCheck(rules)]);
const git = gitIn(directory, process.env);
const signal = new AbortController().signal;

const lines = new Map<RuleLanguage | "all", number>();
const found: { commit: string; rule: string; path: string; line: number; evidence: string }[] = [];
const skipped = new Map<string, number>();
for (const commit of await lastCommits(git, Number(values.commits))) {
  const diffs = await readDiff(git, `${commit}^`, commit, signal);
  const files = await Promise.all(diffs.map((diff) => withTexts(git, commit, diff)));
  for (const { path, additions } of diffs) count(path, additions);
  const { findings, skips } = await checks.run({ files, view: noView(), signal });
  for (const { rule, path, startLine, evidence } of findings)
    found.push({ commit, rule: rule ?? "", path, line: startLine, evidence });
  for (const { reason } of skips) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
}
printRates();
if (values.out !== undefined)
  writeFileSync(values.out, JSON.stringify({ lines: [...lines], found }, null, 1));

async function lastCommits(repository: Git, limit: number): Promise<readonly string[]> {
  // First parents only, merges against their first parent: one commit is one pull request in most repositories.
  const text = await repository.text(["rev-list", "--first-parent", `--max-count=${limit + 1}`, "HEAD"]);
  // The oldest of a shallow copy has no parent to compare with.
  return text.trim().split("\n").slice(0, limit);
}

async function withTexts(repository: Git, commit: string, diff: FileDiff): Promise<ChangedFile> {
  const read = diff.patch.kind === "hunks" && diff.status !== "removed" && languageOf(diff.path) !== null;
  return { diff, base: null, head: read ? await repository.text(["show", `${commit}:${diff.path}`]) : null };
}

function count(path: string, additions: number): void {
  const language = languageOf(path)?.language;
  lines.set("all", (lines.get("all") ?? 0) + additions);
  if (language !== undefined) lines.set(language, (lines.get(language) ?? 0) + additions);
}

/** These checks look at the changed files alone. */
function noView(): RepositoryView {
  return {
    files: [],
    treeMissing: "not read",
    readHead: async () => new Map(),
    readBase: async () => new Map(),
    scan: async function* () {},
    close: async () => {},
  };
}

function printRates(): void {
  console.log(`added lines: ${[...lines].map(([language, number]) => `${language} ${number}`).join(", ")}`);
  for (const [reason, number] of skipped) console.log(`skipped ${number}: ${reason}`);
  const byRule = Map.groupBy(found, ({ rule }) => rule);
  for (const [id, all] of [...byRule].toSorted((a, b) => b[1].length - a[1].length)) {
    const languages = rules.find((rule) => rule.id === id)?.languages ?? (["all"] as const);
    const changed = languages.reduce((sum, language) => sum + (lines.get(language) ?? 0), 0);
    console.log(`${id}  ${all.length}  ${((1000 * all.length) / changed).toFixed(2)} in 1,000 lines`);
  }
}
