/** The path that a model named → the changed file that it means, as long as there is no doubt. */
import type { FileDiff } from "./diff.ts";

/**
 * The exact path first; then the name before a rename, the path without what diffs put before it, without regard to
 * case, and at last as the only changed file that ends like it. Two that fit are none: the quote would be looked for in
 * the wrong file.
 */
export function changedFile(claimed: string, files: ReadonlyMap<string, FileDiff>): FileDiff | null {
  const exact = files.get(claimed);
  if (exact !== undefined) return exact;
  const all = [...files.values()];
  const plain = withoutDots(claimed);
  const bare = plain.replace(/^[ab]\//, "");
  return (
    files.get(plain) ??
    only(all.filter((file) => file.previousPath === plain)) ??
    files.get(bare) ??
    only(all.filter((file) => file.previousPath === bare)) ??
    only(all.filter((file) => file.path.toLowerCase() === bare.toLowerCase())) ??
    endsAlike(plain, all) ??
    endsAlike(bare, all)
  );
}

/** A line number at the end is a habit of terminals; `a/` and `b/`, which the caller takes off, are git's. */
function withoutDots(path: string): string {
  return path
    .replaceAll("\\", "/")
    .replace(/^(?:\.?\/)+/, "")
    .replace(/:\d+(?:-\d+)?$/, "");
}

function endsAlike(path: string, files: readonly FileDiff[]): FileDiff | null {
  if (path === "") return null;
  return (
    only(files.filter((file) => file.path.endsWith(`/${path}`))) ??
    only(files.filter((file) => path.endsWith(`/${file.path}`)))
  );
}

function only(files: readonly FileDiff[]): FileDiff | null {
  return files.length === 1 ? (files[0] ?? null) : null;
}
