/** Findings → places: the diff decides most, the file at head is read only where the diff leaves a doubt. */
import { changedFile } from "../domain/changed-path.ts";
import type { FileDiff } from "../domain/diff.ts";
import type { Finding } from "../domain/finding.ts";
import type { Placed } from "../domain/merge.ts";
import { placeByContent, placeByLine, placeInDiff } from "../domain/placement.ts";
import type { FileContent } from "../domain/pull-request.ts";

export type ReadHead = (paths: readonly string[]) => Promise<ReadonlyMap<string, FileContent>>;

export async function placeFindings(
  findings: readonly Finding[],
  files: readonly FileDiff[],
  readHead: ReadHead,
): Promise<readonly Placed[]> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const first = findings
    .map((finding) => withRealPath(finding, byPath))
    .map((finding) => ({
      finding,
      // A check knows its lines, and what it quotes may be masked; a model knows its quote.
      placement: finding.rule === null ? placeInDiff(finding, byPath) : placeByLine(finding, byPath),
    }));
  const wanted = new Set(
    first.filter(({ placement }) => placement === null).map(({ finding }) => finding.path),
  );
  const contents = wanted.size === 0 ? new Map<string, FileContent>() : await readHead([...wanted]);
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
