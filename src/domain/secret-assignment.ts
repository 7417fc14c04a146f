/** Secrets that only their name gives away: random text assigned to a password, a token or a key. */
import { isPlaceholder } from "./secret-formats.ts";

/** Offsets of the value alone, in UTF-16 units. */
export interface AssignedSecret {
  readonly start: number;
  readonly end: number;
}

const NAME =
  "(?<![\\w.-])(?<name>[\\w.-]{0,40}?(?:secret|token|passw(?:or)?d|passphrase|api_?key|access_?key|private_?key|auth_?key|encryption_?key|signing_?key|credential)[\\w-]{0,24})";
const SIGN = "[\"'\\]]{0,2}\\s{0,8}(?:=>|:=|[:=])\\s{0,8}";
/** In code a value stands in quotes; without them it is an expression. */
const IN_QUOTES = new RegExp(`${NAME}${SIGN}(?<quote>["'\`])(?<value>[^"'\`\\s]{12,200})\\k<quote>`, "gi");
/** In settings files it is the rest of the line. */
const BARE = new RegExp(`${NAME}${SIGN}(?<value>[^"'\`\\s#;,]{12,200})(?=\\s*$)`, "gim");
const SETTINGS_FILE = /(?:^|\/)(?:\.env(?:\..*)?|[^/]*\.(?:env|ini|cfg|conf|properties|toml|ya?ml|tfvars))$/i;

export function findAssignedSecrets(path: string, text: string): readonly AssignedSecret[] {
  const patterns = SETTINGS_FILE.test(path) ? [IN_QUOTES, BARE] : [IN_QUOTES];
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const { name = "", value = "" } = match.groups ?? {};
      if (isAboutSecret(name) || !isSecretText(value)) return [];
      const start = match.index + match[0].lastIndexOf(value);
      return [{ start, end: start + value.length }];
    }),
  );
}

/** Such as `token_url`, `secretName`, `passwordField`: what it holds is no secret. */
const ABOUT =
  /(?:ur[il]|endpoint|host|address|name|type|kind|id|ids|path|file|dir|field|label|prefix|suffix|header|regex|pattern|format|hash|digest|checksum|count|len(?:gth)?|placeholder|errors?|message|title|text|expir\w*|ttl|version|public|arn|ref|selector|class|column|table|event|action|scope|issuer|audience|alg(?:orithm)?|template|hint|help|description|example|param(?:eter)?|policy|manager|provider|service|factory|store|env|var)s?$/i;

function isAboutSecret(name: string): boolean {
  return ABOUT.test(name) || /public|(?:^|[_.-])(?:fake|mock|dummy|test|example)/i.test(name);
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** Addresses, paths, templates, look-ups, calls: expressions that happen to stand where a value could. */
const EXPRESSION = /:\/\/|^[./~@$%&<]|\$\{|\{\{|[()[\]{}<>]|env\.|environ|\.\w+\.\w+\.|^sha\d+[-:]/i;
const WORD = /^(?:[A-Z]?[a-z]+|[A-Z]+|[A-Z][a-z]+\d?|v?\d{1,4})$/;
const MIN_LENGTH = 16;
/** Bits a character. Random letters and digits of 20 characters have about 4.1, hexadecimal 3.4, English words 3.2. */
const MIN_ENTROPY = 3.5;
const MIN_HEX_ENTROPY = 3.1;

function isSecretText(value: string): boolean {
  if (value.length < MIN_LENGTH || UUID.test(value) || EXPRESSION.test(value) || isPlaceholder(value))
    return false;
  if (/^[0-9a-f]+$/i.test(value)) return value.length >= 32 && entropyOf(value) >= MIN_HEX_ENTROPY;
  const digits = value.replace(/\D/g, "").length;
  if (digits < 2 || !/[A-Za-z]/.test(value)) return false;
  const isWords = value
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .split(/[-_.:/+|]+/)
    .every((piece) => piece === "" || WORD.test(piece));
  return !isWords && entropyOf(value) >= MIN_ENTROPY;
}

/** Shannon's: how many bits a character carries, from how often each occurs. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
