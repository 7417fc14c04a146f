/** The check for dependencies: manifests and lock files, base against head. */
import type { Finding } from "../domain/finding.ts";
import type { ChangedFile, CheckReport, CheckSkip } from "../review/checks.ts";
import type { Advisories, PackageVersion } from "./advisories.ts";
import { changePlaces, nearestPlace } from "./change-places.ts";
import { type Check, quoteLines } from "./check.ts";
import { type DependencyClaim, lockClaims, manifestClaims } from "./dependency-claims.ts";
import { DEPENDENCY_RULES } from "./dependency-rules.ts";
import { isLockFile, readLock } from "./lock-file.ts";
import { isManifest, readManifest } from "./manifest.ts";
import { ruleFinding } from "./rule-finding.ts";

const NAME = "dependencies";
/** A lock file that was renewed changes everywhere; the first ones tell it. */
const MAX_CLAIMS_PER_FILE = 20;

/** `advisories` is null where the look-up is off: without network, which is the default. */
export function dependenciesCheck(advisories: Advisories | null): Check {
  const concerns = (path: string) =>
    (isManifest(path) || isLockFile(path)) &&
    !/(?:^|\/)(?:node_modules|vendor|tests?|fixtures?)\//i.test(path);
  return {
    name: NAME,
    concerns,
    comparesBase: concerns,
    run: async (input) => {
      const skips: CheckSkip[] = [];
      const findings: Finding[] = [];
      const versions: Versioned[] = [];
      for (const file of input.files) {
        const read = readFile(file, skips);
        findings.push(
          ...read.claims.slice(0, MAX_CLAIMS_PER_FILE).flatMap((claim) => toFinding(claim, file)),
        );
        if (read.claims.length > MAX_CLAIMS_PER_FILE)
          skips.push({
            check: NAME,
            path: file.diff.path,
            reason: `only the first ${MAX_CLAIMS_PER_FILE} findings are shown`,
          });
        versions.push(...read.versions.map((version) => ({ ...version, file })));
      }
      const known = await knownVulnerable(advisories, versions, input.signal, skips);
      return { findings: [...findings, ...known], skips, erDiagram: null } satisfies CheckReport;
    },
  };
}

export interface NewVersion {
  readonly package: PackageVersion;
  readonly line: number;
}

interface Versioned extends NewVersion {
  readonly file: ChangedFile;
}

interface FileReading {
  readonly claims: readonly DependencyClaim[];
  readonly versions: readonly NewVersion[];
}

const NOTHING: FileReading = { claims: [], versions: [] };

function readFile(file: ChangedFile, skips: CheckSkip[]): FileReading {
  const { path } = file.diff;
  if (file.head === null) return NOTHING;
  if (isLockFile(path)) {
    const [base, head] = [file.base === null ? null : readLock(path, file.base), readLock(path, file.head)];
    if (head.kind === "read") return lockClaims(base?.kind === "read" ? base.packages : null, head.packages);
    skips.push({ check: NAME, path, reason: head.reason });
    return NOTHING;
  }
  const base = file.base === null ? null : readManifest(path, file.base);
  const head = readManifest(path, file.head);
  if (head?.kind === "read")
    return manifestClaims(path, base?.kind === "read" ? base.manifest : null, head.manifest);
  skips.push({ check: NAME, path, reason: head?.reason ?? "not a manifest that is known" });
  return NOTHING;
}

function toFinding(claim: DependencyClaim, file: ChangedFile): readonly Finding[] {
  const place = nearestPlace(changePlaces(file.diff), { side: "RIGHT", line: claim.line });
  if (place === null) return [];
  const lines = ((place.side === "RIGHT" ? file.head : file.base) ?? "").split("\n");
  return [
    ruleFinding(claim.rule, DEPENDENCY_RULES[claim.rule], {
      path: file.diff.path,
      ...place,
      subject: claim.subject,
      evidence: quoteLines(lines, place.line, place.line),
      detail: claim.detail,
    }),
  ];
}

async function knownVulnerable(
  advisories: Advisories | null,
  versions: readonly Versioned[],
  signal: AbortSignal,
  skips: CheckSkip[],
): Promise<readonly Finding[]> {
  if (advisories === null || versions.length === 0) return [];
  const outcome = await advisories.affecting(
    versions.map((version) => version.package),
    signal,
  );
  if (outcome.kind === "unavailable") {
    skips.push({ check: NAME, path: null, reason: outcome.reason });
    return [];
  }
  return outcome.advisories.flatMap(({ affected, ids }) => {
    const found = versions.find((version) => sameVersion(version.package, affected));
    if (found === undefined) return [];
    return toFinding(
      {
        rule: "dependency-known-vulnerable",
        line: found.line,
        subject: `${affected.name} ${affected.version}`,
        detail: `Known: ${ids.join(", ")}.`,
      },
      found.file,
    );
  });
}

function sameVersion(a: PackageVersion, b: PackageVersion): boolean {
  return a.ecosystem === b.ecosystem && a.name === b.name && a.version === b.version;
}
