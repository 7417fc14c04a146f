/** How thoroughly a review reads: what it asks about each chunk, and what it puts to the sceptic. */
import type { Pass } from "./pass.ts";

/**
 * `quick`: all lenses in one ordered question a chunk, nothing verified but what would block a merge. `standard`: one
 * question a pass, everything verified. `deep`: every finding verified alone.
 */
export const DEPTHS = ["quick", "standard", "deep"] as const;
export type Depth = (typeof DEPTHS)[number];

/** One question over a chunk: a single pass, or several lenses in their order. */
export type Reading = readonly [Pass, ...Pass[]];

export function readingsOf(depth: Depth, passes: readonly Pass[]): readonly Reading[] {
  const [first, ...others] = passes;
  if (first === undefined) return [];
  return depth === "quick" ? [[first, ...others]] : passes.map((pass): Reading => [pass]);
}

/** A shallower one, or null: the ladder by which a review fits into its budget. */
export function shallower(depth: Depth): Depth | null {
  return DEPTHS[DEPTHS.indexOf(depth) - 1] ?? null;
}
