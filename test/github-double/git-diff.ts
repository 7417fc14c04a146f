// Turns one `git diff` into the rows of GitHub's files API: status, counts and the header-less patch.
import { type GitDirectory, mergeBase, remembered, runGit } from "./git-directory.ts";

export type FileStatus = "added" | "removed" | "modified" | "renamed" | "copied" | "changed";

export interface FileDiff {
  readonly filename: string;
  readonly previousFilename: string | null;
  readonly status: FileStatus;
  /** The blob at head, or the deleted one. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** From the first `@@` on, without file header; null where GitHub leaves `patch` out. */
  readonly patch: string | null;
}

export interface DiffSummary {
  readonly mergeBase: string;
  readonly files: readonly FileDiff[];
  readonly byPath: ReadonlyMap<string, FileDiff>;
  readonly additions: number;
  readonly deletions: number;
  /** Lines of the whole diff text, the figure GitHub's 20,000 line limit is about. */
  readonly lines: number;
}

interface RawEntry {
  readonly letter: string;
  readonly oldSha: string;
  readonly newSha: string;
  readonly oldPath: string;
  readonly newPath: string;
}

interface Section {
  readonly hunks: string;
  readonly additions: number;
  readonly deletions: number;
  readonly lines: number;
}

// GitHub's limits for one file's diff (docs: repository-limits): no patch above either.
const MAX_PATCH_LINES = 20_000;
const MAX_PATCH_BYTES = 500 * 1024;
export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

const DIFF_FLAGS =
  "-M -U3 --inter-hunk-context=0 --no-color --no-ext-diff --no-textconv --no-abbrev --src-prefix=a/ --dst-prefix=b/ " +
  "--submodule=short --ignore-submodules=none -O/dev/null";
const STATUS: Readonly<Record<string, FileStatus>> = {
  A: "added",
  C: "copied",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "changed",
};

/** The three-dot diff of a pull request: from the merge base to the head. */
export function pullDiff(git: GitDirectory, base: string, head: string): Promise<DiffSummary> {
  return remembered(git.diffs, `${base}...${head}`, async () => {
    const from = await mergeBase(git, base, head);
    return summarize(from, await rawDiff(git, from, head));
  });
}

/** The diff of one commit to its first parent (or to nothing). */
export function treeDiff(git: GitDirectory, from: string, to: string): Promise<DiffSummary> {
  return remembered(git.diffs, `${from}..${to}`, async () => summarize(from, await rawDiff(git, from, to)));
}

/** The text of the `.diff` media type; unlike the files API it quotes unusual names as plain git does. */
export async function diffText(git: GitDirectory, base: string, head: string): Promise<string> {
  const from = await mergeBase(git, base, head);
  const output = await runGit(git, [
    "-c",
    "core.quotepath=true",
    "diff",
    ...DIFF_FLAGS.split(" "),
    from,
    head,
  ]);
  return output.toString();
}

async function rawDiff(git: GitDirectory, from: string, to: string): Promise<string> {
  const output = await runGit(git, ["diff", "--raw", "-p", "-z", ...DIFF_FLAGS.split(" "), from, to]);
  return output.toString();
}

function summarize(from: string, output: string): DiffSummary {
  const { entries, patchStart } = readRawEntries(output);
  const files: FileDiff[] = [];
  let at = patchStart;
  let lines = 0;
  for (const entry of entries) {
    const { section, next } = readSection(output, at);
    // A type change (file to symlink) is one raw entry but two sections: a deletion and a creation.
    const second = entry.letter === "T" ? readSection(output, next) : null;
    at = second?.next ?? next;
    lines += section.lines + (second?.section.lines ?? 0);
    files.push(fileDiff(entry, section, second?.section ?? null));
  }
  return {
    mergeBase: from,
    files,
    byPath: new Map(files.map((file) => [file.filename, file])),
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    lines,
  };
}

/** Reads `:mode mode sha sha S\0path\0[path\0]…`; after the last one a NUL starts the patch. */
function readRawEntries(output: string): { entries: RawEntry[]; patchStart: number } {
  const entries: RawEntry[] = [];
  let at = 0;
  function field(): string {
    const end = output.indexOf("\0", at);
    const text = output.slice(at, end);
    at = end + 1;
    return text;
  }
  while (output[at] === ":") {
    const [, , oldSha = "", newSha = "", status = ""] = field().split(" ");
    const letter = status.slice(0, 1);
    const oldPath = field();
    const newPath = letter === "R" || letter === "C" ? field() : oldPath;
    entries.push({ letter, oldSha, newSha, oldPath, newPath });
  }
  return { entries, patchStart: at + 1 };
}

function fileDiff(entry: RawEntry, section: Section, second: Section | null): FileDiff {
  const additions = section.additions + (second?.additions ?? 0);
  const deletions = section.deletions + (second?.deletions ?? 0);
  const moved = entry.letter === "R" || entry.letter === "C";
  const modeOnly = entry.letter === "M" && entry.oldSha === entry.newSha;
  const tooLarge = section.lines > MAX_PATCH_LINES || Buffer.byteLength(section.hunks) > MAX_PATCH_BYTES;
  const status = modeOnly ? "changed" : STATUS[entry.letter];
  if (status === undefined) throw new Error(`git diff: status ${entry.letter} of ${entry.newPath}`);
  return {
    filename: entry.newPath,
    previousFilename: moved ? entry.oldPath : null,
    status,
    sha: entry.letter === "D" ? entry.oldSha : entry.newSha,
    additions,
    deletions,
    patch: section.hunks === "" || second !== null || tooLarge ? null : section.hunks,
  };
}

/** One `diff --git` section from `start` on. Hunk lengths come from the `@@` counts, never from how a line looks. */
function readSection(text: string, start: number): { section: Section; next: number } {
  if (!text.startsWith("diff --git ", start)) throw new Error(`git diff: no section at ${start}`);
  let at = lineEnd(text, start);
  let lines = 1;
  while (at < text.length && !text.startsWith("@@ ", at) && !text.startsWith("diff --git ", at)) {
    at = lineEnd(text, at);
    lines += 1;
  }
  const hunksStart = at;
  let additions = 0;
  let deletions = 0;
  while (text.startsWith("@@ ", at)) {
    const hunk = readHunk(text, at);
    additions += hunk.additions;
    deletions += hunk.deletions;
    lines += hunk.lines;
    at = hunk.next;
  }
  const hunks = text.slice(hunksStart, at).replace(/\n$/, "");
  return { section: { hunks, additions, deletions, lines }, next: at };
}

function readHunk(text: string, start: number): Omit<Section, "hunks"> & { next: number } {
  let at = lineEnd(text, start);
  const header = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(text.slice(start, at));
  if (!header) throw new Error(`git diff: bad hunk header at ${start}`);
  let oldLeft = Number(header[1] ?? 1);
  let newLeft = Number(header[2] ?? 1);
  const count = { additions: 0, deletions: 0, lines: 1 };
  while (at < text.length && (oldLeft > 0 || newLeft > 0 || text[at] === "\\")) {
    const mark = text[at];
    if (mark === "+") count.additions += 1;
    if (mark === "-") count.deletions += 1;
    if (mark === "+" || mark === " ") newLeft -= 1;
    if (mark === "-" || mark === " ") oldLeft -= 1;
    count.lines += 1;
    at = lineEnd(text, at);
  }
  return { ...count, next: at };
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}
