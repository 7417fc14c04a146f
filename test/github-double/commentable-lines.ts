/**
 * Where GitHub lets a review comment stand, read from the patch alone. This is the reference the product's own
 * placement is checked against, so it is written from GitHub's rules and imports nothing from `src`.
 *
 * The rules: a comment on the RIGHT needs a context or added line, one on the LEFT a context or deleted line, and
 * only lines printed in a hunk of the patch count. A range starts before it ends and stays within one hunk.
 * `position` counts the lines below the first `@@`, later `@@` lines included.
 */

export interface CommentableLines {
  readonly right: ReadonlyMap<number, number>;
  readonly left: ReadonlyMap<number, number>;
}

export interface Anchor {
  readonly line?: number | undefined;
  readonly side?: string | undefined;
  readonly start_line?: number | undefined;
  readonly start_side?: string | undefined;
  readonly position?: number | undefined;
}

export interface PatchRow {
  readonly kind: "hunk" | "context" | "added" | "deleted" | "no-newline";
  readonly hunk: number;
  readonly position: number;
  readonly left: number | null;
  readonly right: number | null;
  readonly text: string;
}

interface Cursor {
  hunk: number;
  left: number;
  right: number;
  leftRemaining: number;
  rightRemaining: number;
}

export const ANCHOR_FAULTS = {
  line: "Pull request review thread line must be part of the diff",
  startLine: "Pull request review thread start line must be part of the diff",
  order: "Pull request review thread start line must precede the end line.",
  hunk: "Pull request review thread start line must be part of the same hunk as the line.",
  position: "Pull request review thread position is invalid",
  both: "Pull request review thread position and line cannot both be given",
  side: "Pull request review thread side is invalid",
  startWithoutLine: "Pull request review thread start line needs a line",
} as const;

/** Line number to index of the hunk it is in, for each side. */
export function commentableLines(patch: string): CommentableLines {
  const right = new Map<number, number>();
  const left = new Map<number, number>();
  for (const row of readPatch(patch)) {
    if (row.right !== null) right.set(row.right, row.hunk);
    if (row.left !== null) left.set(row.left, row.hunk);
  }
  return { right, left };
}

/** Why GitHub would refuse this anchor on this patch, in its words; null when it is accepted. */
export function anchorFault(patch: string, anchor: Anchor): string | null {
  if (anchor.position !== undefined) {
    return anchor.line === undefined ? positionFault(patch, anchor.position) : ANCHOR_FAULTS.both;
  }
  const side = sideOf(anchor.side ?? "RIGHT");
  const startSide = sideOf(anchor.start_side ?? side ?? "");
  if (side === null || startSide === null) return ANCHOR_FAULTS.side;
  if (anchor.line === undefined) {
    return anchor.start_line === undefined ? ANCHOR_FAULTS.line : ANCHOR_FAULTS.startWithoutLine;
  }
  const rows = readPatch(patch);
  const end = rowOf(rows, side, anchor.line);
  if (end === undefined) return ANCHOR_FAULTS.line;
  if (anchor.start_line === undefined) return null;
  // On one side the numbers decide, even before the start is looked for in the diff.
  if (startSide === side && anchor.start_line >= anchor.line) return ANCHOR_FAULTS.order;
  const start = rowOf(rows, startSide, anchor.start_line);
  if (start === undefined) return ANCHOR_FAULTS.startLine;
  if (start.position >= end.position) return ANCHOR_FAULTS.order;
  return start.hunk === end.hunk ? null : ANCHOR_FAULTS.hunk;
}

/** Every line of a patch as the files API gives it, i.e. without a file header. */
export function readPatch(patch: string): PatchRow[] {
  const rows: PatchRow[] = [];
  const cursor: Cursor = { hunk: -1, left: 0, right: 0, leftRemaining: 0, rightRemaining: 0 };
  for (const [position, text] of patch.split("\n").entries()) {
    rows.push(readRow(text, position, cursor));
  }
  return rows;
}

/** The row a line number of one side is printed in. */
export function rowOf(rows: readonly PatchRow[], side: "LEFT" | "RIGHT", line: number): PatchRow | undefined {
  return rows.find((row) => (side === "RIGHT" ? row.right : row.left) === line);
}

function readRow(text: string, position: number, cursor: Cursor): PatchRow {
  if (text.startsWith("\\"))
    return { kind: "no-newline", hunk: cursor.hunk, position, left: null, right: null, text };
  // Inside a hunk a line may itself look like a header, so the counts decide whether the hunk is over.
  if (cursor.leftRemaining === 0 && cursor.rightRemaining === 0) return openHunk(text, position, cursor);
  const mark = text[0];
  if (mark !== "+" && mark !== "-" && mark !== " ")
    throw new Error(`not a patch line: ${JSON.stringify(text)}`);
  const left = mark === "+" ? null : cursor.left++;
  const right = mark === "-" ? null : cursor.right++;
  if (left !== null) cursor.leftRemaining -= 1;
  if (right !== null) cursor.rightRemaining -= 1;
  const kind = mark === "+" ? "added" : mark === "-" ? "deleted" : "context";
  return { kind, hunk: cursor.hunk, position, left, right, text };
}

function openHunk(text: string, position: number, cursor: Cursor): PatchRow {
  const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text);
  if (!header) throw new Error(`not a hunk header: ${JSON.stringify(text)}`);
  cursor.hunk += 1;
  cursor.left = Number(header[1]);
  cursor.right = Number(header[3]);
  // A missing count means one line.
  cursor.leftRemaining = Number(header[2] ?? 1);
  cursor.rightRemaining = Number(header[4] ?? 1);
  return { kind: "hunk", hunk: cursor.hunk, position, left: null, right: null, text };
}

function positionFault(patch: string, position: number): string | null {
  const row = readPatch(patch)[position];
  const isCode = row?.kind === "context" || row?.kind === "added" || row?.kind === "deleted";
  return isCode ? null : ANCHOR_FAULTS.position;
}

function sideOf(side: string): "LEFT" | "RIGHT" | null {
  return side === "LEFT" || side === "RIGHT" ? side : null;
}
