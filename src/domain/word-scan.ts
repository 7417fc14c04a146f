/** Finds many names in much text in one pass: the cost grows with the text, not with the number of names. */

/** Where a name stands: the line counts from 1. */
export interface WordHit {
  readonly name: string;
  readonly line: number;
  /** The line's text, cut. */
  readonly text: string;
}

const MAX_HIT_TEXT = 300;

/** Names with their lengths, so that a word that cannot be one of them is never cut out of the text. */
export interface NameIndex {
  readonly names: ReadonlySet<string>;
  readonly lengths: ReadonlySet<number>;
}

export function indexNames(names: Iterable<string>): NameIndex {
  const all = new Set(names);
  return { names: all, lengths: new Set([...all].map((name) => name.length)) };
}

/** At most `limit` hits, one a name and line. Linear in the length of the text. */
export function scanWords(text: string, index: NameIndex, limit: number): readonly WordHit[] {
  return withLines(text, offsetsOf(text, index, limit));
}

const WORD_TABLE = Uint8Array.from({ length: 128 }, (_, code) =>
  /[\w$]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** Letters beyond ASCII belong to words, too; what else stands there does no harm within a search for names. */
function isWordCode(code: number): boolean {
  return code < 128 ? WORD_TABLE[code] === 1 : true;
}

interface Offset {
  readonly name: string;
  readonly at: number;
}

function offsetsOf(text: string, { names, lengths }: NameIndex, limit: number): readonly Offset[] {
  const offsets: Offset[] = [];
  for (let at = 0; at < text.length && offsets.length < limit; at++) {
    if (!isWordCode(text.charCodeAt(at))) continue;
    const start = at;
    while (at < text.length && isWordCode(text.charCodeAt(at))) at += 1;
    if (!lengths.has(at - start)) continue;
    const name = text.slice(start, at);
    if (names.has(name)) offsets.push({ name, at: start });
  }
  return offsets;
}

/** Lines are counted only up to the last hit, and only in texts that have one. */
function withLines(text: string, offsets: readonly Offset[]): readonly WordHit[] {
  const hits: WordHit[] = [];
  let [line, lineStart] = [1, 0];
  for (const { name, at } of offsets) {
    for (let end = text.indexOf("\n", lineStart); end >= 0 && end < at; end = text.indexOf("\n", lineStart)) {
      line += 1;
      lineStart = end + 1;
    }
    const last = hits.at(-1);
    if (last?.line === line && last.name === name) continue;
    const end = text.indexOf("\n", lineStart);
    const whole = text.slice(lineStart, end < 0 ? text.length : end);
    hits.push({ name, line, text: whole.slice(0, MAX_HIT_TEXT) });
  }
  return hits;
}
