/** A block of code moved to where it goes: models lose the indentation of a block, or of its first line, and mix tabs and spaces. */

/** What a level is where the file does not show one. */
const DEFAULT_STEP = 4;
const OPENS_BLOCK = /[{([:]\s*$/;

/**
 * The first line of text gets the indentation of the first replaced one; the others keep their distance to it.
 * Tabs and spaces follow the file.
 */
export function reindent(
  block: readonly string[],
  replaced: readonly string[],
  file: readonly string[],
): readonly string[] {
  const target = firstIndent(replaced);
  // Spaces and tabs may be part of a text in the code, so what stands right is not touched.
  if (target === null || firstIndent(block) === target) return block;
  const style = styleOf(target, file);
  const even = evenly(block, style);
  const own = firstIndent(even);
  if (own === null) return block;
  if (lostOnlyAtFirst(even, own, target, style)) return withFirstIndent(even, target);
  return even.map((line) => (line.trim() === "" ? "" : shifted(line, own, target)));
}

/** A line that is less indented than the first one stays as much less than the target, as far as there is room. */
function shifted(line: string, own: string, target: string): string {
  const indent = indentOf(line);
  const text = line.slice(indent.length);
  if (indent.startsWith(own)) return target + indent.slice(own.length) + text;
  return target.slice(0, Math.max(0, target.length - (own.length - indent.length))) + text;
}

/** The first line was trimmed and the others were not: they stand where they must, deeper than the target if it opens a block. */
function lostOnlyAtFirst(block: readonly string[], own: string, target: string, style: Style): boolean {
  const [first, ...others] = block.filter((line) => line.trim() !== "");
  const second = others[0];
  if (first === undefined || second === undefined || own.length >= target.length) return false;
  const inside = OPENS_BLOCK.test(first) ? target + (style.unit === "\t" ? "\t" : " ") : target;
  return second.startsWith(inside) && others.every((line) => line.startsWith(target));
}

function withFirstIndent(block: readonly string[], target: string): readonly string[] {
  const at = block.findIndex((line) => line.trim() !== "");
  return block.map((line, index) => (index === at ? target + line.trimStart() : line));
}

interface Style {
  readonly unit: "\t" | " ";
  /** Spaces a level. */
  readonly step: number;
}

function styleOf(target: string, file: readonly string[]): Style {
  const tabbed = file.filter((line) => line.startsWith("\t")).length;
  const spaced = file.filter((line) => /^ {2}/.test(line));
  const usesTabs = target === "" ? tabbed > spaced.length : target.startsWith("\t");
  return { unit: usesTabs ? "\t" : " ", step: smallestStep(spaced) };
}

function smallestStep(lines: readonly string[]): number {
  // The star of a comment that goes on stands one column further right than any level.
  const widths = lines
    .filter((line) => !/^\s+\*/.test(line))
    .map((line) => indentOf(line).length)
    .filter((width) => width >= 2);
  return widths.length === 0 ? DEFAULT_STEP : widths.reduce((least, width) => Math.min(least, width), 8);
}

/** Every indentation in the unit of the file. */
function evenly(block: readonly string[], style: Style): readonly string[] {
  const own = commonStep(block);
  return block.map((line) => {
    const indent = indentOf(line);
    const text = line.slice(indent.length);
    if (style.unit === " ") return indent.replaceAll("\t", " ".repeat(style.step)) + text;
    // Spaces behind a tab are alignment, not levels.
    const levels = /^ */.exec(indent)?.[0].length ?? 0;
    return "\t".repeat(Math.floor(levels / own)) + indent.slice(levels - (levels % own)) + text;
  });
}

/** What all widths of a block are a multiple of: its first line may stand several levels deep. */
function commonStep(block: readonly string[]): number {
  const widths = block.map((line) => /^ */.exec(line)?.[0].length ?? 0).filter((width) => width >= 2);
  const common = widths.reduce(greatestDivisor, 0);
  return common === 0 ? DEFAULT_STEP : Math.max(2, common);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

function firstIndent(lines: readonly string[]): string | null {
  const first = lines.find((line) => line.trim() !== "");
  return first === undefined ? null : indentOf(first);
}

function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}
