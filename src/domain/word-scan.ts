/** Finds many names in much text in one pass: the cost grows with the text, not with the number of names. */

/** Where a name stands: the line counts from 1. */
export interface WordHit {
  readonly name: string;
  readonly line: number;
  /** The line's text, cut. */
  readonly text: string;
}

const MAX_HIT_TEXT = 300;

/** Names by length, so that a word that cannot be one of them is never cut out of the text. */
export interface NameIndex {
  readonly names: ReadonlySet<string>;
  readonly lengths: ReadonlySet<number>;
}

export function indexNames(names: Iterable<string>): NameIndex {
  const all = new Set(names);
  return { names: all, lengths: new Set([...all].map((name) => name.length)) };
}

const WORD_TABLE = Uint8Array.from({ length: 128 }, (_, code) =>
  /[\w$]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** Letters beyond ASCII belong to words, too; what else stands there does no harm within a search for names. */
function isWordCode(code: number): boolean {
  return code < 128 ? WORD_TABLE[code] === 1 : true;
}

/** At most `limit` hits, one a name and line. Linear in the length of the text. */
export function scanWords(text: string, index: NameIndex, limit: number): readonly WordHit[] {
  const hits: WordHit[] = [];
  const length = text.length;
  for (let at = 0; at < length; ) {
    if (!isWordCode(text.charCodeAt(at))) {
      at += 1;
      continue;
    }
    const start = at;
    while (at < length && isWordCode(text.charCodeAt(at))) at += 1;
    if (!index.lengths.has(at - start)) continue;
    const word = text.slice(start, at);
    if (!index.names.has(word)) continue;
    hits.push({ name: word, line: start, text: "" });
    if (hits.length >= limit) break;
  }
  return withLines(text, hits);
}

/** Line numbers are counted only up to the last hit, and only in files that have one. */
function withLines(text: string, hits: readonly WordHit[]): readonly WordHit[] {
  const placed: WordHit[] = [];
  let [line, lineStart] = [1, 0];
  for (const hit of hits) {
    for (let next = text.indexOf("\n", lineStart); next >= 0 && next < hit.line; ) {
      line += 1;
      lineStart = next + 1;
      next = text.indexOf("\n", lineStart);
    }
    const last = placed.at(-1);
    if (last?.line === line && last.name === hit.name) continue;
    const end = text.indexOf("\n", lineStart);
    const full = text.slice(lineStart, end < 0 ? text.length : end);
    placed.push({ name: hit.name, line, text: full.slice(0, MAX_HIT_TEXT) });
  }
  return placed;
}
