/** How the secrets of well-known services look, and which look-alikes are only placeholders. */

export interface SecretFormat {
  /** Kebab-case; findings carry it as `secret-<name>`. */
  readonly name: string;
  /** For people, with its article: "a GitHub token". */
  readonly title: string;
  /**
   * Global. The group `secret` is the value where the match is more than that. Every repetition has an upper bound or
   * nothing that must follow it, so that no text takes longer than in proportion to its length.
   */
  readonly pattern: RegExp;
  /** Source of an expression that each match also has a match of, in any case: short, and quickly looked for. */
  readonly hint: string;
  /** What an expression cannot decide; `whole` is the entire match. */
  readonly accepts: (value: string, whole: string) => boolean;
}

/** Offsets of the value alone, in UTF-16 units. */
export interface FoundSecret {
  readonly format: SecretFormat;
  readonly start: number;
  readonly end: number;
}

const START = "(?<![A-Za-z0-9_])";
const BASE64URL_PART = "[A-Za-z0-9_-]";
const JWT = `eyJ${BASE64URL_PART}{8,4000}\\.${BASE64URL_PART}{4,8000}\\.${BASE64URL_PART}{16,2000}`;
/** Between the lines of a key: newlines, also escaped ones, and what a language needs to join strings. */
const PEM_GAP = "(?:\\\\[nr]|[\\s\"'`+,;|#*]){0,40}";

/** Sources: the services' own documents on their token formats, and GitHub's list of secret scanning patterns. */
export const SECRET_FORMATS: readonly SecretFormat[] = [
  token("aws-access-key-id", "AKIA|ASIA", "an AWS access key id", "(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])"),
  named(
    "aws-secret-access-key",
    "secret",
    "an AWS secret access key",
    "(?:secret_?access_?key|aws_?secret(?:_?key)?)",
    "[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])",
    looksRandom,
  ),
  {
    name: "private-key",
    title: "a private key",
    hint: "PRIVATE KEY",
    pattern: new RegExp(
      `-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?<secret>(?:${PEM_GAP}[A-Za-z0-9+/=]{16,2000}){1,400}(?:${PEM_GAP}[A-Za-z0-9+/=]{1,15})?)`,
      "g",
    ),
    // Parsers and messages hold the first line of a key; a key also has a body. OpenSSH's holds long runs of A.
    accepts: (value) => value.replace(/[^A-Za-z0-9+/=]/g, "").length >= 32 && looksRandom(value),
  },
  {
    name: "connection-string",
    title: "a password in a connection string",
    hint: "://",
    pattern:
      /(?<![A-Za-z0-9+.-])[a-z][a-z0-9+]{1,20}:\/\/(?!\{)[^\s:@/"'`<>]{0,100}:(?<secret>[^\s@/"'`<>]{3,200})@[A-Za-z0-9[{$][^\s"'`<>/]{0,200}/g,
    accepts: isRealPassword,
  },
  { ...token("jwt", "eyJ", "a JSON Web Token", JWT), accepts: isRealJwt },
  token("github-token", "gh[pousr]_", "a GitHub token", "gh[pousr]_[A-Za-z0-9]{36,251}"),
  // Installation tokens in their longer form: ghs_<app id>_<JWT>.
  token("github-installation-token", "ghs_", "a GitHub installation token", `ghs_\\d{1,12}_${JWT}`),
  token("github-fine-grained-token", "github_pat_", "a GitHub token", "github_pat_[A-Za-z0-9_]{60,255}"),
  token(
    "anthropic-key",
    "sk-ant-",
    "an Anthropic API key",
    `sk-ant-[a-z0-9]{3,12}-${BASE64URL_PART}{32,200}`,
  ),
  token(
    "openai-key",
    "sk-",
    "an OpenAI API key",
    `sk-(?:(?:proj|svcacct|admin)-${BASE64URL_PART}{40,250}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})`,
  ),
  token("slack-token", "xox|xapp-", "a Slack token", "(?:xox[abeoprs]|xapp)-[0-9A-Za-z-]{20,250}"),
  token(
    "slack-webhook",
    "hooks\\.slack",
    "a Slack webhook address",
    "https://hooks\\.slack\\.com/(?<secret>(?:services|workflows)/T[A-Z0-9]{6,14}/[A-Z0-9]{6,14}/[A-Za-z0-9/]{18,60})",
  ),
  token("stripe-key", "k_live_", "a Stripe live key", "[sr]k_live_[A-Za-z0-9]{20,250}"),
  token("stripe-webhook-secret", "whsec_", "a Stripe webhook secret", "whsec_[A-Za-z0-9+/]{24,100}"),
  token("google-api-key", "AIza", "a Google API key", `AIza${BASE64URL_PART}{35}(?!${BASE64URL_PART})`),
  token("google-oauth-secret", "GOCSPX-", "a Google OAuth client secret", `GOCSPX-${BASE64URL_PART}{24,40}`),
  token("npm-token", "npm_", "an npm token", "npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
  named(
    "npm-auth-token",
    "_authToken",
    "an npm registry token",
    "_authToken",
    "[A-Za-z0-9_/+-]{20,200}",
    looksRandom,
  ),
  token(
    "gitlab-token",
    "gl[a-z]{2,4}-",
    "a GitLab token",
    `gl(?:pat|ptt|dt|rt|cbt|ft|soat|imt)-[A-Za-z0-9_.-]{20,300}`,
  ),
  token(
    "sendgrid-key",
    "SG\\.",
    "a SendGrid API key",
    `SG\\.${BASE64URL_PART}{16,32}\\.${BASE64URL_PART}{32,64}`,
  ),
  token("twilio-key", "SK[0-9a-f]", "a Twilio API key", "SK[0-9a-f]{32}(?![0-9A-Za-z])"),
  named(
    "twilio-token",
    "twilio",
    "a Twilio auth token",
    "twilio[a-z_.-]{0,30}(?:token|secret)",
    "[0-9a-f]{32}(?![0-9A-Za-z])",
    hasVariety,
  ),
  token("pypi-token", "pypi-", "a PyPI token", `pypi-AgE${BASE64URL_PART}{50,400}`),
  token("hugging-face-token", "hf_", "a Hugging Face token", "hf_[A-Za-z0-9]{34}(?![A-Za-z0-9])"),
  token("digitalocean-token", "_v1_", "a DigitalOcean token", "do[opr]_v1_[a-f0-9]{64}"),
  token("vault-token", "hv[sb]\\.", "a Vault token", `hv[sb]\\.${BASE64URL_PART}{24,300}`),
  token("docker-token", "dckr_", "a Docker Hub token", `dckr_(?:pat|oat)_${BASE64URL_PART}{27,60}`),
  token("shopify-token", "shp[acps]", "a Shopify token", "shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
  named(
    "azure-storage-key",
    "AccountKey",
    "an Azure storage key",
    "AccountKey",
    "[A-Za-z0-9+/]{86}==",
    // The key of the storage emulator, the same on every machine, begins so.
    (value) => looksRandom(value) && !value.startsWith("Eby8vdM02xNOcqFlq"),
  ),
];

/** In order of their place; where two overlap, the longer one that begins first. */
export function findSecrets(text: string): readonly FoundSecret[] {
  const found = SECRET_FORMATS.flatMap((format) => matchesOf(format, text));
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return found.filter((secret) => {
    if (secret.start < end) return false;
    end = secret.end;
    return true;
  });
}

function matchesOf(format: SecretFormat, text: string): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const match of text.matchAll(format.pattern)) {
    const whole = match[0];
    const value = match.groups?.["secret"] ?? whole;
    // The value is the last thing of its kind in the match: a name before it may hold the same letters.
    const start = match.index + Math.max(whole.lastIndexOf(value), 0);
    if (format.accepts(value, whole)) found.push({ format, start, end: start + value.length });
  }
  return found;
}

/** A token that is known by its own look. */
function token(name: string, hint: string, title: string, source: string): SecretFormat {
  return {
    name,
    hint,
    title,
    pattern: new RegExp(START + source, "g"),
    accepts: (value) => !isPlaceholder(value),
  };
}

/** A value that is known by the name it is assigned to. */
function named(
  name: string,
  hint: string,
  title: string,
  key: string,
  value: string,
  accepts: (value: string) => boolean,
): SecretFormat {
  return {
    name,
    hint,
    title,
    pattern: new RegExp(`${key}["'\\]]{0,2}\\s{0,8}(?:=>|:=|[:=])\\s{0,8}["'\`]?(?<secret>${value})`, "gi"),
    accepts: (secret) => accepts(secret) && !isPlaceholder(secret),
  };
}

const PLACEHOLDER_WORD =
  /example|sample|dummy|placeholder|change[-_]?me|your[-_]|redacted|replace[-_]|insert[-_]|not[-_]?a?[-_]?(?:real|secret)|fake|x{4,}|\*{3,}|\.{3}|[<>]|\$\{|\{\{|\$\(|%[A-Za-z_]+%/i;
const SEQUENCE = /0123456|1234567|abcdefg|qwerty|deadbeef|cafebabe|(.)\1{5,}/i;

/** Documented dummies, templates and look-ups: what people write where a secret belongs. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER_WORD.test(value) || SEQUENCE.test(value) || !hasVariety(value);
}

/** A random token of 20 characters and more does not get by with so few different ones. */
function hasVariety(value: string): boolean {
  return new Set(value).size >= Math.min(8, value.length / 3);
}

/** Not a word, not a hexadecimal digest: small and capital letters and digits together. */
export function looksRandom(value: string): boolean {
  return /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value) && new Set(value).size >= 10;
}

const COMMON_PASSWORD =
  /^(?:pass(?:w(?:or)?d)?|pw|pwd|secret|root|admin|user(?:name)?|test(?:ing)?|guest|dev|postgres|mysql|redis|mongo|rabbitmq|token|key|foo|bar|baz|abc|123|[a-z])\d{0,4}$/i;
const LOCAL_HOST =
  /@(?:localhost|127\.|0\.0\.0\.0|\[::1?\]|[\w.-]*\bexample\b|[\w.-]*\.(?:test|invalid|local)\b)/i;

/** Passwords of a developer's own machine and of manuals are no secret; a template is none either. */
function isRealPassword(password: string, whole: string): boolean {
  const user = /:\/\/([^:]*):/.exec(whole)?.[1] ?? "";
  if (COMMON_PASSWORD.test(password) || password === user || LOCAL_HOST.test(whole)) return false;
  return (
    !/^[$%{:]|[{}()]|^\w{0,3}$/.test(password) &&
    !PLACEHOLDER_WORD.test(password) &&
    !/^(.)\1+$/.test(password)
  );
}

/** Its header says how it is signed. The token that every manual of JWT shows is no secret. */
function isRealJwt(value: string): boolean {
  const [header = "", payload = ""] = value.split(".");
  const decoded = decodeJson(header);
  if (typeof decoded !== "object" || decoded === null || !("alg" in decoded)) return false;
  const claims = decodeJson(payload);
  const isManuals =
    typeof claims === "object" && claims !== null && "name" in claims && claims.name === "John Doe";
  return !isManuals;
}

function decodeJson(base64url: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64url, "base64url").toString("utf8"));
  } catch (error) {
    // Anything of three parts may look like a token; what is no JSON is none.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
