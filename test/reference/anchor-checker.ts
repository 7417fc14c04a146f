/**
 * Whether GitHub takes a review comment at an anchor: read from the text of the patch and from GitHub's rules alone.
 * Shares no code with `src`, and walks a patch in another way: it looks at each line once and keeps two lists of what is
 * printed, one for each side.
 *
 * The rules (REST description of "create a review", and the words of its refusals):
 * - the line must be part of the diff: on the RIGHT an added or unchanged one, on the LEFT a deleted or unchanged one;
 * - a start line must be part of the diff, in the same hunk, and come before the line;
 * - a path must be a changed file; a file without a patch takes no comment on a line.
 */

export type Side = "LEFT" | "RIGHT";

export interface AnchorClaim {
  readonly path: string;
  readonly side: Side;
  readonly line: number;
  readonly start_line?: number;
  readonly start_side?: Side;
}

export type Answer = { readonly kind: "accepted" } | { readonly kind: "refused"; readonly reason: string };

/** A line as the diff prints it; `order` counts printed lines over the whole patch. */
export interface PrintedLine {
  readonly mark: "+" | "-" | " ";
  readonly left: number | null;
  readonly right: number | null;
  readonly hunk: number;
  readonly order: number;
  readonly text: string;
}

/** Patches by path, as the files API gives them; null where it gives none. */
export function checkAnchor(patches: ReadonlyMap<string, string | null>, claim: AnchorClaim): Answer {
  const patch = patches.get(claim.path);
  if (patch === undefined) return refused("path is invalid");
  if (patch === null) return refused("diff hunk can't be blank");
  const printed = printedLines(patch);
  const end = lineOn(printed, claim.side, claim.line);
  if (end === undefined) return refused("line must be part of the diff");
  if (claim.start_line === undefined) {
    return claim.start_side === undefined ? { kind: "accepted" } : refused("start side needs a start line");
  }
  const startSide = claim.start_side ?? claim.side;
  if (startSide === claim.side && claim.start_line >= claim.line)
    return refused("start line must precede the end line");
  const start = lineOn(printed, startSide, claim.start_line);
  if (start === undefined) return refused("start line must be part of the diff");
  if (start.hunk !== end.hunk) return refused("start line must be part of the same hunk as the line");
  return start.order < end.order ? { kind: "accepted" } : refused("start line must precede the end line");
}

function refused(reason: string): Answer {
  return { kind: "refused", reason };
}

function lineOn(printed: readonly PrintedLine[], side: Side, line: number): PrintedLine | undefined {
  return printed.find((one) => (side === "LEFT" ? one.left : one.right) === line);
}

/** Throws where the text is no patch that git could have printed. */
export function printedLines(patch: string): readonly PrintedLine[] {
  const printed: PrintedLine[] = [];
  const text = patch.endsWith("\n") ? patch.slice(0, -1) : patch;
  const rows = text.split("\n");
  let hunk = -1;
  for (let row = 0; row < rows.length; ) {
    const header = /^@@ -([0-9]+)(,[0-9]+)? \+([0-9]+)(,[0-9]+)? @@( |\r?$)/.exec(rows[row] ?? "");
    if (header === null) throw new Error(`no hunk header: ${JSON.stringify(rows[row])}`);
    hunk += 1;
    row += 1;
    const lefts = counter(header[1], header[2]);
    const rights = counter(header[3], header[4]);
    while (lefts.more() || rights.more() || rows[row]?.startsWith("\\") === true) {
      const line = rows[row];
      if (line === undefined) throw new Error("the hunk is cut short");
      row += 1;
      if (line.startsWith("\\")) continue;
      const mark = line.charAt(0);
      if (mark !== "+" && mark !== "-" && mark !== " ") throw new Error(`no line: ${JSON.stringify(line)}`);
      const left = mark === "+" ? null : lefts.next();
      const right = mark === "-" ? null : rights.next();
      printed.push({ mark, left, right, hunk, order: printed.length, text: line.slice(1) });
    }
  }
  return printed;
}

function counter(start: string | undefined, count: string | undefined) {
  let next = Number(start);
  // A count that is left out is 1.
  let left = count === undefined ? 1 : Number(count.slice(1));
  return {
    more: () => left > 0,
    next: () => {
      if (left === 0) throw new Error("more lines than the header announces");
      left -= 1;
      return next++;
    },
  };
}
