/** Findings → places: the diff decides most, the file at head is read only where the diff leaves a doubt. */
import { changedFile } from "../domain/changed-path.ts";
import type { FileDiff } from "../domain/diff.ts";
import type { Finding } from "../domain/finding.ts";
import type { Placed } from "../domain/merge.ts";
import { placeByContent, placeInDiff } from "../domain/placement.ts";
import type { FileContent } from "../domain/pull-request.ts";

export type ReadHead = (path: string) => Promise<FileContent>;

export async function placeFindings(
  findings: readonly Finding[],
  files: readonly FileDiff[],
  readHead: ReadHead,
): Promise<readonly Placed[]> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const first = findings
    .map((finding) => withRealPath(finding, byPath))
    .map((finding) => ({ finding, placement: placeInDiff(finding, byPath) }));
  const wanted = new Set(
    first.filter(({ placement }) => placement === null).map(({ finding }) => finding.path),
  );
  const contents = new Map(
    await Promise.all([...wanted].map(async (path) => [path, await readHead(path)] as const)),
  );
  return first.map(({ finding, placement }) => ({
    finding,
    placement: placement ?? placeByContent(finding, contents.get(finding.path) ?? { kind: "absent" }, byPath),
  }));
}

/** From here on a finding carries the path that GitHub knows. */
function withRealPath(finding: Finding, files: ReadonlyMap<string, FileDiff>): Finding {
  const file = changedFile(finding.path, files);
  return file === null ? finding : { ...finding, path: file.path };
}
