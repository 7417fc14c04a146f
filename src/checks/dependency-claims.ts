/** When the rules for dependencies fire: what is new in a manifest or lock file against its base. */
import type { PackageVersion } from "./advisories.ts";
import type { DependencyRuleId } from "./dependency-rules.ts";
import type { LockedPackage } from "./lock-file.ts";
import { resembledName } from "./look-alike.ts";
import type { Dependency, Manifest } from "./manifest-facts.ts";
import { exactVersion, isOpen, isOutsideRegistry, majorOf } from "./version-spec.ts";

export interface DependencyClaim {
  readonly rule: DependencyRuleId;
  readonly line: number;
  readonly subject: string;
  readonly detail: string;
}

export interface Claims {
  readonly claims: readonly DependencyClaim[];
  readonly versions: readonly { readonly package: PackageVersion; readonly line: number }[];
}

/** `base` is null for a new manifest: then everything in it is new. */
export function manifestClaims(path: string, base: Manifest | null, head: Manifest): Claims {
  const before = new Map((base?.dependencies ?? []).map((dependency) => [dependency.name, dependency]));
  const changed = head.dependencies.filter(({ name, spec }) => before.get(name)?.spec !== spec);
  const claims = changed.flatMap((now) => dependencyClaims(path, head, before.get(now.name) ?? null, now));
  const scripts = new Map((base?.installScripts ?? []).map(({ name, spec }) => [name, spec]));
  const changedScripts = head.installScripts.filter(({ name, spec }) => scripts.get(name) !== spec);
  const versions = changed.flatMap(({ name, spec, line }) => {
    const version = exactVersion(spec);
    return version === null ? [] : [{ package: { ecosystem: head.ecosystem, name, version }, line }];
  });
  return {
    claims: [
      ...claims,
      ...changedScripts.map(({ name, line }) => claim("dependency-own-install-script", line, name)),
    ],
    versions,
  };
}

function claim(rule: DependencyRuleId, line: number, subject: string, detail = ""): DependencyClaim {
  return { rule, line, subject, detail };
}

function dependencyClaims(
  path: string,
  { ecosystem }: Manifest,
  was: Dependency | null,
  now: Dependency,
): readonly DependencyClaim[] {
  const { name, spec, line } = now;
  const subject = spec === "" ? name : `${name} ${spec.replace(/^replace:/, "=> ")}`;
  if (isOutsideRegistry(spec, path)) {
    const already = was !== null && isOutsideRegistry(was.spec, path);
    return already ? [] : [claim("dependency-outside-registry", line, subject)];
  }
  const claims: DependencyClaim[] = [];
  if (isOpenedBy(ecosystem, was, spec)) claims.push(claim("dependency-range-opened", line, subject));
  const [oldMajor, newMajor] = [was === null ? null : majorOf(was.spec), majorOf(spec)];
  if (oldMajor !== null && newMajor !== null && newMajor < oldMajor && !isDate(oldMajor))
    claims.push(claim("dependency-major-downgraded", line, `${name} ${was?.spec} to ${spec}`));
  const resembled =
    was === null && (ecosystem === "npm" || ecosystem === "PyPI") ? resembledName(ecosystem, name) : null;
  if (resembled !== null)
    claims.push(claim("dependency-look-alike", line, name, `The popular one is called ${resembled}.`));
  return claims;
}

/** A version by date says nothing about the interface. */
function isDate(major: number): boolean {
  return major > 1_900;
}

/** New ones count only where the ecosystem has a lock and a habit of bounds: `*` and `latest` in npm and Cargo. */
function isOpenedBy(ecosystem: Manifest["ecosystem"], was: Dependency | null, spec: string): boolean {
  // Versions of Maven and workspaces come from elsewhere where they are left out.
  if (!isOpen(spec) || (spec === "" && ecosystem === "Maven")) return false;
  if (was !== null) return !isOpen(was.spec) && majorOf(was.spec) !== null;
  return (ecosystem === "npm" || ecosystem === "crates.io") && !spec.startsWith(">");
}

/** `base` is null for a new lock file: then no script and no host in it is news by itself. */
export function lockClaims(base: readonly LockedPackage[] | null, head: readonly LockedPackage[]): Claims {
  if (base === null) return { claims: foreignHosts(head, head), versions: versionsOf([], head) };
  const scripted = new Set(base.filter((one) => one.hasInstallScript).map((one) => one.name));
  const seen = new Set<string>();
  const scripts = head
    .filter(({ name, hasInstallScript }) => {
      const isNew = hasInstallScript && !scripted.has(name) && !seen.has(name);
      if (isNew) seen.add(name);
      return isNew;
    })
    .map(({ name, version, line }) => claim("dependency-install-script", line, `${name} ${version}`));
  const sources = new Set(base.map((one) => `${one.name} ${one.source}`));
  const fresh = head.filter((one) => !sources.has(`${one.name} ${one.source}`));
  return {
    claims: [...scripts, ...foreignHosts(fresh, base.length === 0 ? head : base)],
    versions: versionsOf(base, head),
  };
}

function versionsOf(base: readonly LockedPackage[], head: readonly LockedPackage[]): Claims["versions"] {
  const known = new Set(base.map(({ name, version }) => `${name} ${version}`));
  return head
    .filter(({ name, version }) => version !== "" && !known.has(`${name} ${version}`))
    .map(({ name, version, line }) => ({ package: { ecosystem: "npm", name, version }, line }));
}

/** The registry is the host that most packages come from: a mirror of a company is one as good as any. */
function foreignHosts(
  packages: readonly LockedPackage[],
  whole: readonly LockedPackage[],
): readonly DependencyClaim[] {
  const counts = new Map<string, number>();
  for (const { source } of whole) {
    const host = hostOf(source);
    if (host !== null) counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  const usual = new Set([...counts].filter(([, count]) => count * 10 >= whole.length).map(([host]) => host));
  return packages.flatMap(({ name, source, line }) => {
    if (source === null || source.startsWith("file:")) return [];
    const host = source.startsWith("https:") ? hostOf(source) : null;
    if (host !== null && usual.has(host)) return [];
    return [claim("dependency-outside-registry", line, `${name} from ${host ?? source}`)];
  });
}

function hostOf(source: string | null): string | null {
  return source === null ? null : (/^https?:\/\/(?:[^/@]*@)?([^/:?#]+)/.exec(source)?.[1] ?? null);
}
