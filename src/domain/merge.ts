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

/** The name around a line of a file at head; empty where no grammar tells. */
export type SymbolAt = (path: string, line: number) => string;

/** Dropped placements are left out; whoever counts them does so before. */
export function mergeFindings(placed: readonly Placed[], symbolAt: SymbolAt): readonly PlacedFinding[] {
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
  return identified(merged, symbolAt).toSorted(byImportance);
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
function identified(
  findings: readonly Omit<PlacedFinding, "id">[],
  symbolAt: SymbolAt,
): readonly PlacedFinding[] {
  const seen = new Map<string, number>();
  return findings
    .toSorted((a, b) => a.anchor.line - b.anchor.line)
    .map((finding) => {
      const symbol = finding.anchor.side === "RIGHT" ? symbolAt(finding.path, finding.anchor.startLine) : "";
      const first = fingerprint(finding, symbol, 0);
      const occurrence = seen.get(first) ?? 0;
      seen.set(first, occurrence + 1);
      return { ...finding, id: fingerprint(finding, symbol, occurrence) };
    });
}

/** Findings that stand close together in a file, or sound alike: only about these is the model asked. */
export function suspectedTwins(findings: readonly PlacedFinding[]): readonly PlacedFinding[] {
  return findings.filter((one) => findings.some((other) => other !== one && maySayTheSame(one, other)));
}

const NEAR_LINES = 4;
const SIMILAR_TITLE = 0.4;

function maySayTheSame(a: PlacedFinding, b: PlacedFinding): boolean {
  if (a.preExisting !== b.preExisting) return false;
  if (a.path !== b.path) return titleOverlap(a.title, b.title) >= SAME_TITLE;
  const apart = Math.max(a.anchor.startLine - b.anchor.line, b.anchor.startLine - a.anchor.line);
  return (
    (a.anchor.side === b.anchor.side && apart <= NEAR_LINES) ||
    normaliseCode(a.evidence) === normaliseCode(b.evidence) ||
    titleOverlap(a.title, b.title) >= SIMILAR_TITLE
  );
}

/** One finding for each group; a number that is unknown or used twice is passed over. */
export function joinTwins(
  findings: readonly PlacedFinding[],
  groups: readonly (readonly PlacedFinding[])[],
): readonly PlacedFinding[] {
  const absorbed = new Set<PlacedFinding>();
  const keepers = new Map<PlacedFinding, PlacedFinding>();
  for (const group of groups) {
    const free = [...new Set(group)].filter((one) => !absorbed.has(one) && !keepers.has(one));
    const [keeper, ...others] = free.toSorted(byImportance);
    if (keeper === undefined || others.length === 0) continue;
    // What a rule found is known for certain, and says by which rule.
    const spoken = others.reduce<PlacedFinding>(
      (one, other) => ({ ...one, ...joined(one, other), id: one.id }),
      keeper,
    );
    keepers.set(keeper, { ...spoken, ...identityOf(keeper) });
    for (const other of others) absorbed.add(other);
  }
  return findings.filter((one) => !absorbed.has(one)).map((one) => keepers.get(one) ?? one);
}

function identityOf({ id, path, anchor, placement }: PlacedFinding) {
  return { id, path, anchor, placement };
}

function byImportance(a: PlacedFinding, b: PlacedFinding): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    PASSES.indexOf(a.pass) - PASSES.indexOf(b.pass) ||
    (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) ||
    a.anchor.line - b.anchor.line
  );
}
