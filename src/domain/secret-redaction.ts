/** Secrets in a text give way to the kind of secret that they are: before the model, before GitHub, before the log. */
import { findSecrets, isPlaceholder, looksRandom, SECRET_FORMATS } from "./secret-formats.ts";

export interface Redacted {
  readonly text: string;
  readonly count: number;
}

/** Keeps the number of lines, so that line numbers stay what they are. Redacting twice changes nothing more. */
export type Redactor = (text: string) => Redacted;

/** A value that this server itself holds. `kind` is what is written in its place. */
export interface OwnSecret {
  readonly kind: string;
  readonly value: string;
}

/** Most texts hold nothing of it, such as the lines of the log that each webhook is waited for with. */
const HINT = new RegExp(
  [
    ...SECRET_FORMATS.map(({ hint }) => hint),
    "-----END ",
    "secret|token|passw|passphrase|credential|auth|key",
  ].join("|"),
  "i",
);

/** What is found by its look alone. */
export const redactSecrets: Redactor = (text) => {
  if (!HINT.test(text)) return { text, count: 0 };
  const spans = [
    ...findSecrets(text).map(({ format, start, end }) => ({ kind: format.name, start, end })),
    ...keyEnds(text),
    ...assignedSecrets(text),
  ];
  return blackedOut(text, spans);
};

/** The same, and the server's own values first: their look need not give them away. */
export function redactorFor(own: readonly OwnSecret[]): Redactor {
  const literals = own.flatMap(({ kind, value }) => formsOf(value).map((form) => ({ kind, form })));
  // The longest first: a part of a value must not be taken out of the whole before it is looked for.
  literals.sort((a, b) => b.form.length - a.form.length);
  return (text) => {
    let left = text;
    let count = 0;
    for (const { kind, form } of literals) {
      if (!left.includes(form)) continue;
      const parts = left.split(form);
      count += parts.length - 1;
      left = parts.join(placeOf(kind));
    }
    const others = redactSecrets(left);
    return { text: others.text, count: count + others.count };
  };
}

/** Lines that stand one below the other, such as those of a hunk: a key is several of them. */
export function redactLines(
  redact: Redactor,
  lines: readonly string[],
): { readonly lines: readonly string[]; readonly count: number } {
  const { text, count } = redact(lines.join("\n"));
  return { lines: count === 0 ? lines : text.split("\n"), count };
}

/**
 * A text of JSON that stays one: each string is looked at by itself, because in the JSON a secret may seem to reach over
 * the quotes, and the end of a line is not to be seen.
 */
export function redactJson(redact: Redactor, json: string): string {
  try {
    let count = 0;
    const left = JSON.stringify(JSON.parse(json), (_, value: unknown) => {
      if (typeof value !== "string") return value;
      const redacted = redact(value);
      count += redacted.count;
      return redacted.text;
    });
    return count === 0 ? json : left;
  } catch (error) {
    if (error instanceof SyntaxError) return redact(json).text;
    throw error;
  }
}

function placeOf(kind: string): string {
  return `[secret removed: ${kind}]`;
}

/** Shorter ones stand in innocent words, and nobody should have one. */
const MIN_OWN_CHARACTERS = 8;
/** The lines around a key are the same in all keys. */
const PEM_EDGE = /^-----(?:BEGIN|END) /;

/** A value as it may be written: line by line, within JSON, in an address, in base64. */
function formsOf(value: string): readonly string[] {
  const whole = value.trim();
  const lines = whole.split(/\r?\n|\\n/).map((line) => line.trim());
  const forms = [...lines, Buffer.from(whole).toString("base64")].flatMap((form) => [
    form,
    JSON.stringify(form).slice(1, -1),
    encodeURIComponent(form.toWellFormed()),
  ]);
  return [...new Set(forms)].filter((form) => form.length >= MIN_OWN_CHARACTERS && !PEM_EDGE.test(form));
}

interface Span {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

const KEY_END = /-----END [A-Z0-9 ]{0,60}PRIVATE KEY/;
const KEY_LINE = /^[\s"'`+,;|#*]{0,40}(?<body>[A-Za-z0-9+/=]{4,200})[\s"'`+,;\\nr]{0,20}$/;

/** A hunk may begin in the middle of a key: the lines above its end. */
function keyEnds(text: string): readonly Span[] {
  if (!text.includes("-----END ")) return [];
  const spans: Span[] = [];
  let open: Span[] = [];
  let at = 0;
  for (const line of text.split("\n")) {
    const body = line.length > 300 ? undefined : KEY_LINE.exec(line)?.groups?.["body"];
    if (KEY_END.test(line)) spans.push(...open);
    const start = at + (body === undefined ? 0 : line.indexOf(body));
    open =
      body === undefined
        ? []
        : [...open, { kind: "private-key", start, end: start + body.length }].slice(-200);
    at += line.length + 1;
  }
  return spans;
}

/** A name that says secret, and a value that nobody makes up: quoted, or all that is left of its line. */
const ASSIGNED =
  /(?:secret|token|passw(?:or)?d|passphrase|credentials?|auth|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key)[\w-]{0,30}["'\]]{0,2}\s{0,8}(?:=>|:=|[:=])\s{0,8}(?:(?<quote>["'`])(?<quoted>[^\s"'`]{16,250})\k<quote>|(?<bare>[A-Za-z0-9+/=_.~-]{16,250})[ \t]{0,8}(?=\r?\n|$))/gi;

function assignedSecrets(text: string): readonly Span[] {
  return [...text.matchAll(ASSIGNED)].flatMap((match) => {
    const { quoted, bare } = match.groups ?? {};
    const value = quoted ?? bare ?? "";
    const random = quoted === undefined ? isRandomWord(value) : looksRandom(value) || isHexKey(value);
    if (!random || isPlaceholder(value)) return [];
    const start = match.index + match[0].lastIndexOf(value);
    return [{ kind: "assigned-secret", start, end: start + value.length }];
  });
}

/** Names of code have small and capital letters and a digit as well, but not digits all over. */
function isRandomWord(value: string): boolean {
  return (looksRandom(value) && (value.match(/\d+/g) ?? []).length >= 3) || isHexKey(value);
}

function isHexKey(value: string): boolean {
  return /^[0-9a-f]{32,128}$/i.test(value) && /\d/.test(value) && /[a-f]/i.test(value);
}

function blackedOut(text: string, spans: readonly Span[]): Redacted {
  const kept: string[] = [];
  let at = 0;
  let count = 0;
  for (const { kind, start, end } of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (start < at) continue;
    kept.push(text.slice(at, start), text.slice(start, end).replace(/[^\s][^\n]*/g, placeOf(kind)));
    at = end;
    count += 1;
  }
  return { text: count === 0 ? text : [...kept, text.slice(at)].join(""), count };
}
