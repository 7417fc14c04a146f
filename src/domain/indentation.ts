/** Scopes of a file that no grammar reads: its less and less indented lines above a place, as far as they look like headers. */
import type { LineRange, Scope } from "./outline.ts";

/** More say where a place is, but not what it does. */
const MAX_SCOPES = 4;
/** A header further up than this is found too late to matter, and a file may have a million lines. */
const MAX_LINES_UP = 2_000;
/** A longer line is data; its beginning is enough to tell. */
const MAX_LINE = 400;
const TAB_WIDTH = 4;
const COMMENT = /^(?:\/\/|\/\*|\*|#(?!\[)|--|;|%|<!--|"""|''')/;
const CLOSER = /^[)\]}]|^(?:end|fi|done|esac)\b/;
const OPEN_END = /(?:[{([:=>]|\b(?:do|then|begin|is|as|where))$/i;
/** Words that begin a declaration or a block in the languages without a grammar here. */
const HEADER_WORD =
  /^(?:(?:pub|public|private|protected|internal|static|final|open|override|abstract|async|export|local|create)\s+)*(?:class|def|defn?p?|defmodule|enum|extension|fn|for|foreach|fun|func|function|if|impl|interface|let|match|module|namespace|object|package|proc|procedure|protocol|record|resource|struct|sub|switch|table|trait|try|type|unless|until|when|while|with)\b/i;

/** Outer to inner, at most four. `lines` are the file at head; kind and name are not known, so the header's text is the name. */
export function indentationScopes(lines: readonly string[], range: LineRange): readonly Scope[] {
  const first = firstText(lines, range);
  if (first === null) return [];
  const found: Scope[] = [];
  let limit = indentOf(lines[first - 1] ?? "");
  const top = Math.max(1, range.start - MAX_LINES_UP);
  for (let number = first - 1; number >= top && limit > 0 && found.length < MAX_SCOPES; number--) {
    const line = lines[number - 1] ?? "";
    const text = line.slice(0, MAX_LINE).trim();
    const indent = indentOf(line);
    if (text === "" || indent >= limit || COMMENT.test(text)) continue;
    // `) {`, `} else {` and a lone `{` belong to a line above with the same indentation.
    if (text === "{" || (CLOSER.test(text) && OPEN_END.test(text))) limit = indent + 1;
    else if (!CLOSER.test(text)) {
      limit = indent;
      if (looksLikeHeader(text) || lines[number]?.trim() === "{")
        found.push(headerScope(number, text, range));
    }
  }
  return found.toReversed();
}

/** A closing line is part of what it closes; so its own indentation says nothing. */
function firstText(lines: readonly string[], range: LineRange): number | null {
  for (let number = range.start; number <= Math.min(range.end, lines.length); number++) {
    const text = (lines[number - 1] ?? "").slice(0, MAX_LINE).trim();
    if (text !== "") return number;
  }
  return null;
}

function indentOf(line: string): number {
  let width = 0;
  for (const character of line) {
    if (character === " ") width += 1;
    else if (character === "\t") width += TAB_WIDTH - (width % TAB_WIDTH);
    else break;
  }
  return width;
}

function looksLikeHeader(text: string): boolean {
  return OPEN_END.test(text) || HEADER_WORD.test(text);
}

function headerScope(line: number, text: string, range: LineRange): Scope {
  return {
    kind: "module",
    name: text,
    start: line,
    end: Math.max(line, range.end),
    leadStart: line,
    signatureEnd: line,
  };
}
