// node scripts/rule-rates.ts DIR [--commits N | --whole] [--out FILE]: how often each check fires on the last commits of a
// repository, or, with --whole, on all of its code as if it were new.
// Prints findings in 1,000 changed lines by rule (lines of the rule's languages), and writes every finding for reading.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import pLimit from "p-limit";
import { languageOf, type RuleLanguage } from "../src/checks/languages.ts";
import { loadRules } from "../src/checks/rule-library.ts";
import { secretsCheck } from "../src/checks/secrets.ts";
import { structureCheck } from "../src/checks/structure.ts";
import type { FileDiff } from "../src/domain/diff.ts";
import { NO_FACTS, natureOf } from "../src/domain/file-kind.ts";
import { type Git, gitIn } from "../src/local/git.ts";
import { readDiff } from "../src/local/git-diff.ts";
import type { ChangedFile } from "../src/review/checks.ts";
import type { RepositoryView } from "../src/review/repository-view.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    commits: { type: "string", default: "300" },
    whole: { type: "boolean", default: false },
    out: { type: "string" },
  },
});
const directory = positionals[0];
if (directory === undefined) throw new Error("name the git directory of a repository");

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const MAX_ADDITIONS = 10_000;
const limit = pLimit(4);

/** Also those that are off: the figures decide about them. */
const rules = loadRules();
/** Without the limits of a review: what a rule finds must not depend on how busy the machine is. */
const checks = [secretsCheck(), structureCheck(rules, { totalMs: 600_000, fileMs: 60_000 })];
const git = gitIn(directory, process.env);
const signal = new AbortController().signal;

const lines = new Map<RuleLanguage | "all", number>();
const found: { commit: string; rule: string; path: string; line: number; evidence: string }[] = [];
const skipped = new Map<string, number>();
let unread = 0;
for (const { commit, base } of await changesToRead()) {
  const diffs = await readDiff(git, base, commit, signal).catch(() => null);
  // A partial copy lacks some of its largest files.
  if (diffs === null) unread += 1;
  else await look(commit, diffs);
}
printRates();
if (values.out !== undefined)
  writeFileSync(values.out, JSON.stringify({ lines: [...lines], found }, null, 1));

interface Change {
  readonly commit: string;
  readonly base: string;
}

async function changesToRead(): Promise<readonly Change[]> {
  if (values.whole) return [{ commit: "HEAD", base: EMPTY_TREE }];
  // First parents only, merges against their first parent: one commit is one pull request in most repositories.
  const text = await git.text(["rev-list", "--first-parent", `--max-count=${values.commits}`, "HEAD"]);
  return text
    .trim()
    .split("\n")
    .map((commit) => ({ commit, base: `${commit}^` }));
}

async function look(commit: string, diffs: readonly FileDiff[]): Promise<void> {
  const read = diffs.filter(isReadable);
  for (const { path, additions } of read) count(path, additions);
  const files = await Promise.all(read.map((diff) => limit(() => withTexts(git, commit, diff))));
  const reports = await Promise.all(checks.map((check) => check.run({ files, view: noView(), signal })));
  for (const { rule, path, startLine, evidence } of reports.flatMap((report) => report.findings))
    found.push({ commit, rule: rule ?? "", path, line: startLine, evidence });
  for (const { reason } of reports.flatMap((report) => report.skips))
    skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
}

/** As in a review: what is vendored, generated or too large is not read. */
function isReadable(diff: FileDiff): boolean {
  return natureOf(diff, NO_FACTS) === null && diff.additions > 0 && diff.additions < MAX_ADDITIONS;
}

async function withTexts(repository: Git, commit: string, diff: FileDiff): Promise<ChangedFile> {
  const read = diff.patch.kind === "hunks" && diff.status !== "removed" && languageOf(diff.path) !== null;
  const text = read ? await repository.text(["show", `${commit}:${diff.path}`]).catch(() => null) : null;
  return { diff, base: null, head: text };
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
  if (unread > 0) console.log(`not read: ${unread} changes`);
  for (const [reason, number] of skipped) console.log(`skipped ${number}: ${reason}`);
  const byRule = Map.groupBy(found, ({ rule }) => rule);
  for (const [id, all] of [...byRule].toSorted((a, b) => b[1].length - a[1].length)) {
    const languages = rules.find((rule) => rule.id === id)?.languages ?? (["all"] as const);
    const changed = languages.reduce((sum, language) => sum + (lines.get(language) ?? 0), 0);
    console.log(`${id}  ${all.length}  ${((1000 * all.length) / changed).toFixed(2)} in 1,000 lines`);
  }
}
