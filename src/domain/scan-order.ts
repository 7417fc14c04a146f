/** Which files of a repository are searched for names, and in which order: what is near a change tells more about it. */
import { isTestPath, relatives } from "./language-family.ts";
import { kindOfPath } from "./path-kinds.ts";

/** What one review searches; in a larger repository the farthest files are left out, and look-ups can still reach them. */
const MAX_SCAN_BYTES = 64 * 1024 * 1024;
const MAX_SCAN_FILES = 30_000;
/** Larger ones are data more often than code. */
const MAX_FILE_BYTES = 256 * 1024;

interface Sized {
  readonly path: string;
  readonly bytes: number;
}

/** Nearest first. The cost is linear in the number of files, times the depth of their folders. */
export function scanOrder(files: readonly Sized[], changed: readonly string[]): readonly string[] {
  const isRelative = relatives(changed);
  const depths = folderDepths(changed);
  const ranked = files
    .filter((file) => file.bytes <= MAX_FILE_BYTES && isRelative(file.path))
    .map((file) => ({ ...file, near: nearness(file.path, depths) }))
    .toSorted((a, b) => b.near - a.near);
  const chosen: string[] = [];
  let bytes = 0;
  for (const file of ranked) {
    if (!isWritten(file.path)) continue;
    bytes += file.bytes;
    if (bytes > MAX_SCAN_BYTES || chosen.length >= MAX_SCAN_FILES) break;
    chosen.push(file.path);
  }
  return chosen;
}

/** What people wrote themselves: generated and vendored code tells what others promise, and there is much of it. */
function isWritten(path: string): boolean {
  const kind = kindOfPath(path);
  return kind === null || kind === "likely generated";
}

/** Every folder above a changed file, with its depth. */
function folderDepths(changed: readonly string[]): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  for (const path of changed) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) depths.set(parts.slice(0, depth).join("/"), depth);
  }
  return depths;
}

function nearness(path: string, depths: ReadonlyMap<string, number>): number {
  const test = isTestPath(path) ? 0.5 : 0;
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
    const depth = depths.get(path.slice(0, at));
    if (depth !== undefined) return depth - test;
  }
  return -test;
}
