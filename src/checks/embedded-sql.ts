/** SQL that stands as one string literal in a migration written in code; what is put together from parts is left alone. */

export interface EmbeddedSql {
  readonly direction: "up" | "down";
  readonly sql: string;
  readonly offset: number;
}

type Language = "javascript" | "python" | "ruby" | "go";

interface Literals {
  /** Each alternative names its text `t0`, `t1`, …: what stands between the quotes. */
  readonly literal: RegExp;
  /** Functions that lead forward or back, with the word that tells in group 1. */
  readonly direction: RegExp;
  readonly down: RegExp;
  /** What a placeholder inside the string looks like. */
  readonly placeholder: RegExp;
  /** What follows a literal that is only the first of several. */
  readonly continued: RegExp;
}

// Loops are unrolled (text, then escape and text): a quote that never closes costs one pass, not many.
const BACKTICK = "`(?<t0>[^`\\\\]*(?:\\\\[\\s\\S][^`\\\\]*)*)`";
const SINGLE = "'(?<t1>[^'\\\\\\n]*(?:\\\\[\\s\\S][^'\\\\\\n]*)*)'";
const DOUBLE = '"(?<t2>[^"\\\\\\n]*(?:\\\\[\\s\\S][^"\\\\\\n]*)*)"';
const CALL = String.raw`(?:\.\s*(?:raw|query|execute|runSql|unsafe)\s*\(\s*(?:sql\s*)?|\bsql\s*)`;

const LANGUAGES: Readonly<Record<Language, Literals>> = {
  javascript: {
    literal: new RegExp(`${CALL}(?:${BACKTICK}|${SINGLE}|${DOUBLE})`, "g"),
    direction: /\b(up|down)\s*(?:[:=(]|\s=)/g,
    down: /^down$/,
    placeholder: /\$\{[^}]{0,200}\}/g,
    continued: /^\s*\+/,
  },
  python: {
    literal: new RegExp(
      String.raw`\.execute\s*\(\s*(?:(?:\w+\.)?(?:text|DDL)\s*\(\s*)?[rRfFuU]{0,2}(?:"""(?<t0>[\s\S]*?)"""|'''(?<t3>[\s\S]*?)'''|${SINGLE}|${DOUBLE})`,
      "g",
    ),
    direction: /\bdef\s+(upgrade|downgrade)\b/g,
    down: /^downgrade$/,
    placeholder: /\{[^}\n]{0,200}\}/g,
    continued: /^\s*[rRfFuU]?["'+%]/,
  },
  ruby: {
    literal: new RegExp(
      String.raw`\bexecute[\s(]+(?:<<[~-]?["']?(?<tag>[A-Z_]\w*)["']?[^\n]*\n(?<t0>[\s\S]{0,8000}?)\n[ \t]*\k<tag>\b|${SINGLE}|${DOUBLE})`,
      "g",
    ),
    direction: /\bdef\s+(up|down|change)\b|\bdir\.(?:up|down)\b/g,
    down: /down$/,
    placeholder: /#\{[^}\n]{0,200}\}/g,
    continued: /^\s*(?:\\\s*\n|\+)/,
  },
  go: {
    literal: new RegExp("`(?<t0>[^`]*)`|" + DOUBLE, "g"),
    direction: /\bfunc\s+\w*?([uU]p|[dD]own)\w*\s*\(/g,
    down: /^down$/i,
    // fmt.Sprintf verbs stand for names.
    placeholder: /%[sqvd]/g,
    continued: /^\s*\+/,
  },
};
const STARTS_SQL =
  /^\s*(?:--[^\n]*\n\s*)*(?:create|alter|drop|truncate|update|insert|delete|rename|set|reindex|with|do|begin|comment|grant|revoke|lock|vacuum|refresh|copy)\s/i;
/** A file of more is generated. */
const MAX_STRINGS = 400;

export function embeddedSql(language: Language, text: string): readonly EmbeddedSql[] {
  const { literal, direction, down, placeholder, continued } = LANGUAGES[language];
  const marks = [...text.matchAll(direction)].map((mark) => ({
    at: mark.index,
    isDown: down.test(mark[1] ?? mark[0]),
  }));
  const found: EmbeddedSql[] = [];
  for (const match of text.matchAll(literal)) {
    const inner = Object.entries(match.groups ?? {}).find(
      ([name, value]) => name !== "tag" && value !== undefined,
    )?.[1];
    if (inner === undefined || !STARTS_SQL.test(inner)) continue;
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 80);
    if (continued.test(after)) continue;
    const offset = match.index + match[0].lastIndexOf(inner);
    const isDown = marks.findLast((mark) => mark.at < match.index)?.isDown === true;
    const sql = unescapeInPlace(inner, placeholder);
    found.push({ direction: isDown ? "down" : "up", sql, offset });
    if (found.length >= MAX_STRINGS) break;
  }
  return found;
}

/** Every replacement is as long as what it replaces, so that places stay true. */
function unescapeInPlace(text: string, placeholder: RegExp): string {
  return text
    .replace(placeholder, (place) => "_".repeat(place.length))
    .replace(/\\[nrt]/g, "  ")
    .replace(/\\(["'`\\])/g, " $1");
}
