/** What a manifest of packages says, whatever its language. */
import type { Ecosystem } from "./advisories.ts";

export interface Dependency {
  readonly name: string;
  /** As written: a range, a version, an address; empty where nothing is said. */
  readonly spec: string;
  readonly line: number;
}

export interface Manifest {
  readonly ecosystem: Ecosystem;
  readonly dependencies: readonly Dependency[];
  /** Scripts that run when it is installed. */
  readonly installScripts: readonly Dependency[];
}

export type ManifestOutcome =
  | { readonly kind: "read"; readonly manifest: Manifest }
  | { readonly kind: "refused"; readonly reason: string };
