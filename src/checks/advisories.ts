/** The door to a data base of known vulnerabilities; where there is none, the look-up is off. */

export type Ecosystem = "npm" | "PyPI" | "Go" | "crates.io" | "Maven";

export interface PackageVersion {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version: string;
}

export interface Advisory {
  readonly affected: PackageVersion;
  /** Such as "GHSA-…" or "CVE-…". */
  readonly ids: readonly string[];
}

export type AdvisoriesOutcome =
  | { readonly kind: "known"; readonly advisories: readonly Advisory[] }
  | { readonly kind: "unavailable"; readonly reason: string };

export interface Advisories {
  /** Never rejects but when `signal` aborts. */
  affecting(packages: readonly PackageVersion[], signal: AbortSignal): Promise<AdvisoriesOutcome>;
}
