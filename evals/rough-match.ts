/** Matching without a judge: same file, same side, few lines apart. It knows places, not meanings. */
import type { Golden, Place } from "./case-library.ts";
import type { ReportedFinding } from "./run-case.ts";
import type { Verdict } from "./verdict.ts";

const MAX_DISTANCE = 3;

export const ROUGH_NOTE =
  "Rough match: by file and line alone, without a judge. Another defect in the same place counts as found, and every finding elsewhere counts as wrong.";

type Located = Pick<ReportedFinding, "path" | "side" | "line" | "start_line">;

/** The nearest golden wins; of two at the same distance, the first. */
export function matchByPlace(finding: Located, golden: readonly Golden[]): Verdict {
  const near = golden
    .map((one, index) => ({ index, distance: distanceTo(finding, [one, ...one.alternatives]) }))
    .filter(({ distance }) => distance <= MAX_DISTANCE)
    .toSorted((a, b) => a.distance - b.distance)[0];
  if (near === undefined)
    return { kind: "judged", golden: null, alsoValid: false, real: false, reason: "no golden is near" };
  return {
    kind: "judged",
    golden: near.index,
    alsoValid: false,
    real: true,
    reason: `${near.distance} lines from the golden`,
  };
}

function distanceTo(finding: Located, places: readonly Place[]): number {
  const distances = places
    .filter((place) => place.file === finding.path && sideOf(place) === finding.side)
    .map((place) => gap(place.line, finding.start_line ?? finding.line, finding.line));
  return Math.min(...distances, Number.POSITIVE_INFINITY);
}

function sideOf(place: Place): Located["side"] {
  return place.side === "head" ? "RIGHT" : "LEFT";
}

function gap(line: number, first: number, last: number): number {
  return Math.max(first - line, line - last, 0);
}
