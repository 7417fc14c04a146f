/** A model's replacement text → the exact text that GitHub's button would put there, or why it gets no button. */
import type { Hunk } from "./diff.ts";
import type { LineRange } from "./outline.ts";
import type { Anchor } from "./placement.ts";
import { reindent } from "./reindent.ts";
import { showInvisible } from "./untrusted-text.ts";

export interface SuggestionRequest {
  readonly anchor: Anchor;
  readonly suggestion: string;
  /** The file at head, whole. */
  readonly head: string;
  readonly hunks: readonly Hunk[];
}

/** What became of a suggestion: a button, or an example with the reason why it is no more. */
export type SuggestionProof =
  /** `text` replaces exactly the lines of the anchor; no newline at its end. */
  { readonly kind: "proven"; readonly text: string } | { readonly kind: "unproven"; readonly reason: string };

export type SuggestionProposal =
  /** `text` goes into the block, `applied` is the file after a press of the button. */
  | { readonly kind: "candidate"; readonly text: string; readonly applied: string }
  | { readonly kind: "refused"; readonly reason: string };

/** More is a rewrite, which nobody accepts unread with one click. */
const MAX_LINES = 60;
/** A longer line is data, not code that a person would read. */
const MAX_LINE_CHARACTERS = 2_000;

/** Legal, whole and different; whether the result can be parsed is proven afterwards (`review/proving.ts`). */
export function proposeSuggestion(request: SuggestionRequest): SuggestionProposal {
  const { anchor, suggestion, head, hunks } = request;
  const misplaced = placeFault(anchor, hunks);
  if (misplaced !== null) return refused(misplaced);
  const file = splitFile(head);
  const range = { start: anchor.startLine, end: anchor.line };
  if (file === null) return refused("the file mixes line endings");
  if (range.end > file.lines.length) return refused("the lines are not in the file");
  const given = linesOf(suggestion);
  if (isBlank(given)) return refused("it contains nothing");
  if (given.length > MAX_LINES) return refused(`it has more than ${MAX_LINES} lines`);
  const replaced = file.lines.slice(range.start - 1, range.end);
  const own = withoutNeighbours(given, file.lines, range);
  if (own === null) return refused("it repeats the lines around it");
  const lines = reindent(own, replaced, file.lines);
  const unfit = textFault(lines);
  if (unfit !== null) return refused(unfit);
  if (lines.join("\n") === replaced.join("\n")) return refused("it is what stands there already");
  return { kind: "candidate", text: lines.join("\n"), applied: applySuggestion(head, range, lines) };
}

function refused(reason: string): SuggestionProposal {
  return { kind: "refused", reason };
}

/** GitHub takes a suggestion on the head's side only, for lines that one hunk of the diff shows. */
function placeFault(anchor: Anchor, hunks: readonly Hunk[]): string | null {
  if (anchor.side !== "RIGHT") return "it is about deleted lines";
  if (anchor.startLine < 1 || anchor.startLine > anchor.line) return "its lines are not a range";
  const hunk = hunks.find(
    ({ headStart, headCount }) => anchor.startLine >= headStart && anchor.line < headStart + headCount,
  );
  if (hunk === undefined) return "its lines are not in one hunk of the diff";
  // GitHub: "Applying suggestions on deleted lines is not supported", also for those between two lines that stay.
  const first = hunk.lines.findIndex((line) => line.headLine === anchor.startLine);
  const last = hunk.lines.findIndex((line) => line.headLine === anchor.line);
  const hasDeleted = hunk.lines.slice(first, last + 1).some((line) => line.kind === "deleted");
  return hasDeleted ? "deleted lines stand between its lines" : null;
}

/** An empty block is fragile: it deletes, or does nothing (googleapis/code-suggester#127). */
function isBlank(lines: readonly string[]): boolean {
  return lines.every((line) => line.trim() === "");
}

function textFault(lines: readonly string[]): string | null {
  if (lines.some((line) => line.length > MAX_LINE_CHARACTERS))
    return `a line has more than ${MAX_LINE_CHARACTERS.toLocaleString("en")} characters`;
  // Some languages take it for a remark, and it could pose as one of our marks.
  if (lines.some((line) => line.includes("<!--") || line.includes("-->"))) return "it has an HTML comment";
  return lines.every((line) => showInvisible(line) === line && !line.includes("\r"))
    ? null
    : "it has invisible characters";
}

/** Line ends at the end say nothing; a blank line at the beginning is kept. */
function linesOf(text: string): readonly string[] {
  return text.replaceAll("\r\n", "\n").replace(/\n+$/, "").split("\n");
}

/**
 * Models like to repeat the line before or after what they replace, which would then stand there twice. Such a line is
 * taken off; where even the next one is a repetition, or nothing would be left, the range is not what was meant: null.
 */
function withoutNeighbours(
  given: readonly string[],
  file: readonly string[],
  range: LineRange,
): readonly string[] | null {
  const replaced = file.slice(range.start - 1, range.end);
  const [before, after] = [file[range.start - 2], file[range.end]];
  const startsTwice = (lines: readonly string[]) => repeats(lines[0], before, replaced[0], lines, replaced);
  const endsTwice = (lines: readonly string[]) =>
    repeats(lines.at(-1), after, replaced.at(-1), lines, replaced);
  let lines = given;
  if (startsTwice(lines)) lines = lines.slice(1);
  if (endsTwice(lines)) lines = lines.slice(0, -1);
  if (isBlank(lines)) return null;
  return startsTwice(lines) || endsTwice(lines) ? null : lines;
}

/**
 * A line that stood at this edge before is no repetition. Neither is a closing line of a block that the suggestion opens:
 * `}` before `}` is how blocks end, and brackets that add up as before say so.
 */
function repeats(
  line: string | undefined,
  neighbour: string | undefined,
  stood: string | undefined,
  lines: readonly string[],
  replaced: readonly string[],
): boolean {
  if (line === undefined || neighbour === undefined || line.trim() === "") return false;
  if (line.trim() !== neighbour.trim() || line.trim() === stood?.trim()) return false;
  if (CLOSING_WORD.test(line)) return false;
  return !CLOSING_BRACKETS.test(line) || bracketSum(lines) !== bracketSum(replaced);
}
/** How many of these belong together only a parser can tell, and one is asked afterwards. */
const CLOSING_WORD = /^\s*(?:end|fi|done|esac)\s*$/;
const CLOSING_BRACKETS = /^\s*[)\]}>]+[;,]?\s*$/;

function bracketSum(lines: readonly string[]): number {
  const text = lines.join("\n");
  return (text.match(/[([{]/g)?.length ?? 0) - (text.match(/[)\]}]/g)?.length ?? 0);
}

interface SplitFile {
  readonly lines: readonly string[];
  readonly ending: "\n" | "\r\n";
}

/** Null where a suggestion cannot know which line ending its lines get. */
function splitFile(head: string): SplitFile | null {
  const lines = head.split("\n");
  // What follows the last newline is a line only where there is something.
  if (lines.at(-1) === "") lines.pop();
  const returns = head.split("\r").length - 1;
  if (returns === 0) return { lines, ending: "\n" };
  const pairs = head.split("\r\n").length - 1;
  const ends = head.split("\n").length - 1;
  if (returns !== pairs || pairs !== ends) return null;
  return { lines: lines.map((line) => line.replace(/\r$/, "")), ending: "\r\n" };
}

/**
 * The file after GitHub's button: exactly the lines of the range are replaced. The new lines get the line ending of the
 * file, and the end of the file stays as it was, with or without a newline. GitHub does not document either; mixed
 * endings are refused before, and a parser reads both endings alike (docs/adr/0027).
 */
export function applySuggestion(head: string, range: LineRange, lines: readonly string[]): string {
  const ending = head.includes("\r\n") ? "\r\n" : "\n";
  const all = head.split(ending);
  const hasFinalNewline = all.at(-1) === "";
  const body = hasFinalNewline ? all.slice(0, -1) : all;
  const after = [...body.slice(0, range.start - 1), ...lines, ...body.slice(range.end)];
  return after.join(ending) + (hasFinalNewline ? ending : "");
}
