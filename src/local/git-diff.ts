/** What git prints for a diff → FileDiff. Names come from the NUL-separated listing, never from the patch text. */
import {
  countChanges,
  type FileDiff,
  type FileStatus,
  type NoPatchReason,
  type Patch,
  parsePatch,
} from "../domain/diff.ts";
import type { Git } from "./git.ts";

/** Independent of anybody's configuration; three lines of context and rename detection, as GitHub shows a pull request. */
const DIFF = [
  "diff",
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--no-relative",
  "--inter-hunk-context=0",
  "--find-renames",
  "--diff-algorithm=default",
  "--submodule=short",
  "--ignore-submodules=none",
];
const PATCH = ["--patch", "--unified=3", "--src-prefix=a/", "--dst-prefix=b/"];

interface Entry {
  readonly status: string;
  readonly baseMode: string;
  readonly headMode: string;
  readonly path: string;
  readonly previousPath: string | null;
}

export async function readDiff(
  git: Git,
  base: string,
  head: string,
  signal: AbortSignal,
): Promise<readonly FileDiff[]> {
  const [listing, patches] = await Promise.all([
    git.run([...DIFF, "--raw", "-z", "--no-abbrev", base, head, "--"], signal),
    git.text([...DIFF, ...PATCH, base, head, "--"], signal),
  ]);
  const sections = patchSections(patches);
  let at = 0;
  return parseListing(listing.toString("utf8")).map((entry) => {
    // A file that became a symlink (status T) is printed as a deletion and an addition.
    const count = entry.status === "T" ? 2 : 1;
    const own = sections.slice(at, at + count);
    at += count;
    return toFileDiff(entry, own);
  });
}

/**
 * Lines of a hunk begin with a space, +, - or a backslash, so a line that begins with `diff --git` always starts a file.
 * A line ends at `\n` and nowhere else: to the flag `m` it also begins after a lone `\r` or U+2028 within the code.
 */
function patchSections(text: string): readonly string[] {
  return text === "" ? [] : text.split(/(?<=\n)(?=diff --git )/);
}

/** `:100644 100644 <sha> <sha> R086 NUL old NUL new NUL`, again and again. */
function parseListing(listing: string): readonly Entry[] {
  const fields = listing.split("\0");
  const entries: Entry[] = [];
  for (let at = 0; at + 1 < fields.length; ) {
    const [baseMode = "", headMode = "", , , status = ""] = (fields[at] ?? "").slice(1).split(" ");
    const moved = status.startsWith("R") || status.startsWith("C");
    const first = fields[at + 1] ?? "";
    const path = moved ? (fields[at + 2] ?? "") : first;
    entries.push({ status: status.charAt(0), baseMode, headMode, path, previousPath: moved ? first : null });
    at += moved ? 3 : 2;
  }
  return entries;
}

const STATUS: Readonly<Record<string, FileStatus>> = {
  A: "added",
  M: "modified",
  D: "removed",
  R: "renamed",
  C: "copied",
  T: "changed",
};
const SUBMODULE_MODE = "160000";

function toFileDiff(entry: Entry, sections: readonly string[]): FileDiff {
  const patch = patchOf(entry, sections);
  const counts = patch.kind === "hunks" ? countChanges(patch.hunks) : { additions: 0, deletions: 0 };
  return {
    path: entry.path,
    previousPath: entry.previousPath,
    status: STATUS[entry.status] ?? "modified",
    ...counts,
    patch,
  };
}

function patchOf(entry: Entry, sections: readonly string[]): Patch {
  if (entry.baseMode === SUBMODULE_MODE || entry.headMode === SUBMODULE_MODE)
    return none("submodule", "submodule pointer");
  if (sections.length > 1) return none("mode", "the kind of file changed (file, symlink)");
  const section = sections[0] ?? "";
  const start = section.search(/(?<=\n)@@ /);
  if (start >= 0) return parsePatch(section.slice(start));
  if (/\n(Binary files |GIT binary patch)/.test(section)) return none("binary", "binary file");
  if (entry.previousPath !== null)
    return none("rename", entry.status === "C" ? "copied without changes" : "renamed without changes");
  if (entry.baseMode !== entry.headMode && entry.status === "M") return none("mode", "only its mode changed");
  return none("empty", "empty file");
}

function none(reason: NoPatchReason, detail: string): Patch {
  return { kind: "none", reason, detail };
}
