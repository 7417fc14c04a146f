/** Lock files → the packages that they fix, each with where it comes from and whether it runs a script when installed. */
import { z } from "zod";
import { parseJson } from "./package-json.ts";

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** The address that it is fetched from; null where the lock file does not say. */
  readonly source: string | null;
  readonly hasInstallScript: boolean;
  readonly line: number;
}

export type LockOutcome =
  | { readonly kind: "read"; readonly packages: readonly LockedPackage[] }
  | { readonly kind: "refused"; readonly reason: string };

const npmLockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional().catch(undefined),
      resolved: z.string().optional().catch(undefined),
      hasInstallScript: z.boolean().optional().catch(undefined),
      link: z.boolean().optional().catch(undefined),
    }),
  ),
});

export function isLockFile(path: string): boolean {
  return /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml)$/.test(path);
}

export function readLock(path: string, text: string): LockOutcome {
  return path.endsWith(".yaml") ? readPnpmLock(text) : readNpmLock(text);
}

function readNpmLock(text: string): LockOutcome {
  const parsed = parseJson(text);
  const lock = parsed.kind === "json" ? npmLockSchema.safeParse(parsed.value) : null;
  if (lock === null || !lock.success)
    return { kind: "refused", reason: "not readable as a lock file of npm 7 or newer" };
  const lines = new Map<string, number>();
  for (const [at, line] of text.split("\n").entries()) {
    const key = /^\s*"((?:[^"\\]+\/)?node_modules\/[^"\\]+)"\s*:\s*\{/.exec(line)?.[1];
    if (key !== undefined) lines.set(key, at + 1);
  }
  const packages = Object.entries(lock.data.packages).flatMap(([key, entry]): LockedPackage[] => {
    const name = key.split("node_modules/").at(-1) ?? "";
    if (!key.includes("node_modules/") || entry.link === true) return [];
    const { version = "", resolved = null, hasInstallScript = false } = entry;
    return [{ name, version, source: resolved, hasInstallScript, line: lines.get(key) ?? 1 }];
  });
  return { kind: "read", packages };
}

/** Longer lines are not pnpm's. */
const MAX_LINE = 1_000;

/** By its lines: a block for each package, in the form that pnpm itself writes. */
function readPnpmLock(text: string): LockOutcome {
  if (!/^lockfileVersion:/m.test(text))
    return { kind: "refused", reason: "not readable as a lock file of pnpm" };
  const packages: {
    name: string;
    version: string;
    source: string | null;
    hasInstallScript: boolean;
    line: number;
  }[] = [];
  let section = "";
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.length > MAX_LINE) continue;
    section = /^(\w+):/.exec(line)?.[1] ?? section;
    if (section !== "packages") continue;
    const key = /^ {2}['"]?\/?((?:@[^/@\s'"]+\/)?[^@/\s'"]+)[@/]([^:'"\s(]+)[^:]*:\s*$/.exec(line);
    if (key !== null)
      packages.push({
        name: key[1] ?? "",
        version: key[2] ?? "",
        source: null,
        hasInstallScript: false,
        line: at + 1,
      });
    const current = packages.at(-1);
    if (current === undefined) continue;
    const source = /^ {4}resolution: \{.*?\b(?:tarball|repo): ([^,}\s]+)/.exec(line)?.[1];
    if (source !== undefined) current.source = source;
    if (/^ {4}requiresBuild: true/.test(line)) current.hasInstallScript = true;
  }
  return { kind: "read", packages };
}
