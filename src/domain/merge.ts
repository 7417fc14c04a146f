/** Placed findings → one finding a defect, in the order in which people should read them, each with its fingerprint. */
import { type Finding, fingerprint, normaliseCode } from "./finding.ts";
import { compareSeverity, PASSES } from "./pass.ts";
import type { Anchor, Placement } from "./placement.ts";

/** A finding that has a place in the file at head. */
export interface PlacedFinding extends Omit<Finding, "startLine" | "line" | "side"> {
  readonly id: string;
  readonly anchor: Anchor;
  readonly placement: "inline" | "outside";
}

export interface Placed {
  readonly finding: Finding;
  readonly placement: Placement;
}

/** Two titles say the same when they share at least this part of their words. */
const SAME_TITLE = 0.6;

/** Dropped placements are left out; whoever counts them does so before. */
export function mergeFindings(placed: readonly Placed[]): readonly PlacedFinding[] {
  const standing = placed.flatMap(({ finding, placement }) =>
    placement.kind === "dropped" ? [] : [{ ...finding, anchor: placement.anchor, placement: placement.kind }],
  );
  const merged: Omit<PlacedFinding, "id">[] = [];
  for (const finding of standing) {
    const twin = merged.findIndex((other) => isSameDefect(finding, other));
    const other = merged[twin];
    if (other === undefined) merged.push(finding);
    else merged[twin] = joined(other, finding);
  }
  return identified(merged).toSorted(byImportance);
}

function isSameDefect(a: Omit<PlacedFinding, "id">, b: Omit<PlacedFinding, "id">): boolean {
  if (a.path !== b.path || a.anchor.side !== b.anchor.side) return false;
  // An old defect must not take a new one out of the verdict.
  if (a.preExisting !== b.preExisting) return false;
  if (a.anchor.startLine > b.anchor.line || b.anchor.startLine > a.anchor.line) return false;
  const sameQuote = normaliseCode(a.evidence) === normaliseCode(b.evidence);
  return titleOverlap(a.title, b.title) >= SAME_TITLE || (sameQuote && a.pass === b.pass);
}

function titleOverlap(a: string, b: string): number {
  const [left, right] = [words(a), words(b)];
  const shared = [...left].filter((word) => right.has(word)).length;
  return shared / Math.max(1, Math.min(left.size, right.size));
}

function words(title: string): ReadonlySet<string> {
  return new Set(title.toLowerCase().match(/[\p{L}\p{N}_]{3,}/gu) ?? []);
}

/** The more severe one speaks (the earlier pass between equals); the other pass is named. */
function joined(a: Omit<PlacedFinding, "id">, b: Omit<PlacedFinding, "id">): Omit<PlacedFinding, "id"> {
  const [keeper, other] = compareSeverity(b.severity, a.severity) < 0 ? [b, a] : [a, b];
  const passes = new Set([...keeper.alsoFoundBy, other.pass, ...other.alsoFoundBy]);
  return { ...keeper, alsoFoundBy: PASSES.filter((pass) => pass !== keeper.pass && passes.has(pass)) };
}

/** Equal quotes in one file are told apart by their order, so that each keeps its own id when both move. */
function identified(findings: readonly Omit<PlacedFinding, "id">[]): readonly PlacedFinding[] {
  const seen = new Map<string, number>();
  return findings
    .toSorted((a, b) => a.anchor.line - b.anchor.line)
    .map((finding) => {
      const first = fingerprint(finding, 0);
      const occurrence = seen.get(first) ?? 0;
      seen.set(first, occurrence + 1);
      return { ...finding, id: fingerprint(finding, occurrence) };
    });
}

function byImportance(a: PlacedFinding, b: PlacedFinding): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    PASSES.indexOf(a.pass) - PASSES.indexOf(b.pass) ||
    (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) ||
    a.anchor.line - b.anchor.line
  );
}
