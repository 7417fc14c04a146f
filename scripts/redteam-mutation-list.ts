/** The guards against hostile text, each with the change that switches it off. */

export interface Mutation {
  readonly guard: string;
  /** Under `src/`. */
  readonly file: string;
  /** Exactly once in the file. */
  readonly text: string;
  readonly replacement: string;
}

const mutation = (guard: string, file: string, text: string, replacement: string): Mutation => ({
  guard,
  file,
  text,
  replacement,
});

const PROSE = "domain/untrusted-text.ts";
const MARKDOWN = "domain/markdown.ts";
const REDACTION = "domain/secret-redaction.ts";

const TO_THE_MODEL: readonly Mutation[] = [
  mutation("invisible characters are taken out of prose", PROSE, '.replace(INVISIBLE, "")', ""),
  mutation(
    "invisible characters are shown in code",
    PROSE,
    ".replace(INVISIBLE, (character) =>",
    ".replace(/\\u{F8FF}/gu, (character) =>",
  ),
  mutation(
    "all that Unicode calls ignorable is invisible",
    PROSE,
    "\\p{Default_Ignorable_Code_Point}",
    "\\u200B-\\u200F\\u202A-\\u202E",
  ),
  mutation(
    "a variation selector stays only after an emoji",
    PROSE,
    "(?<=\\p{Extended_Pictographic})[\\uFE0E",
    "[\\uFE0E",
  ),
  mutation(
    "HTML comments are taken out of prose",
    PROSE,
    '    .replace(/<!--(?:-?>|[\\s\\S]*?(?:-->|$))/g, " ");',
    ";",
  ),
  mutation("escape sequences are taken out of prose", PROSE, 'text.replace(TERMINAL_SEQUENCE, "")', "text"),
  mutation(
    "instructions and character data are taken out",
    PROSE,
    'withoutSpans(withoutSpans(written, "<?", "?>"), "<![CDATA[", "]]>")',
    "written",
  ),
  mutation("declarations are taken out", PROSE, '.replace(DECLARATION, " ")', ""),
  mutation("attributes are taken out", PROSE, '.replace(TAG_WITH_ATTRIBUTES, "<$1>")', ""),
  mutation("definitions are taken out", PROSE, '\n    .replace(DEFINITION, "")', ""),
  mutation(
    "the title is cleaned",
    "domain/prompt.ts",
    "clip(visibleProse(pullRequest.title)",
    "clip((pullRequest.title)",
  ),
  mutation(
    "the description is cleaned",
    "domain/prompt.ts",
    "clip(visibleProse(pullRequest.description)",
    "clip((pullRequest.description)",
  ),
  mutation("commit messages are cleaned", "domain/prompt.ts", "clip(visibleProse(subject)", "clip((subject)"),
  mutation(
    "branch names are shown",
    "domain/prompt.ts",
    "showInvisible(pullRequest.headRef)",
    "pullRequest.headRef",
  ),
  mutation(
    "the delimiter depends on the texts",
    PROSE,
    'return hash.digest("hex").slice(0, 16);',
    'return hash.digest("hex") && "0123456789abcdef";',
  ),
  mutation(
    "the delimiter is taken out of a block",
    PROSE,
    "${text.replaceAll(nonce, REMOVED_NONCE)}",
    "${text}",
  ),
  mutation(
    "attributes of a block are JSON",
    PROSE,
    "${JSON.stringify(showInvisible(value).replaceAll(nonce, REMOVED_NONCE))}",
    '"${showInvisible(value).replaceAll(nonce, REMOVED_NONCE)}"',
  ),
  mutation("a lone return is shown", "domain/chunk.ts", '.replaceAll("\\r", "\\\\u{D}")', ""),
  mutation(
    "hidden characters are findings",
    "domain/hidden-text.ts",
    ".slice(0, MAX_FINDINGS)",
    ".slice(0, 0)",
  ),
  mutation(
    "instructions to the reviewer are findings",
    "domain/reviewer-bait.ts",
    "files.flatMap(findingsOf).slice(0, MAX_FINDINGS)",
    "[]",
  ),
  mutation(
    "instructions in prose are notes",
    "domain/reviewer-bait.ts",
    'const bait = baitIn(plain(text), "prose");',
    'const bait = baitIn("", "prose");',
  ),
];

const TO_GITHUB: readonly Mutation[] = [
  mutation(
    "mentions and references are broken",
    MARKDOWN,
    ".replace(/[@#](?=[\\w-])/g, (sign) => sign + ZERO_WIDTH_SPACE)",
    "",
  ),
  mutation(
    "references of the old form are broken",
    MARKDOWN,
    ".replace(/\\b(GH)-(?=\\d)/gi, `$1-${ZERO_WIDTH_SPACE}`)",
    "",
  ),
  mutation("commit ids are broken", MARKDOWN, ".replace(/.{6}(?=.)/g, `$&${ZERO_WIDTH_SPACE}`)", ""),
  mutation(
    "addresses are broken",
    MARKDOWN,
    ".replace(/\\b(https?|ftp|mailto|xmpp):/gi, `$1${ZERO_WIDTH_SPACE}:`)",
    "",
  ),
  mutation(
    "links become words and code",
    MARKDOWN,
    "return linkAsText(plainText(node), node.url);",
    "return [node];",
  ),
  mutation(
    "images become code",
    MARKDOWN,
    'return [{ type: "inlineCode", value: oneLine(node.alt || node.url) }];',
    "return [node];",
  ),
  mutation(
    "definitions are dropped",
    MARKDOWN,
    '    case "definition":\n',
    '    case "definition":\n      return [node];\n',
  ),
  mutation(
    "blocks of HTML become code",
    MARKDOWN,
    'return [{ type: "paragraph", children: [{ type: "inlineCode", value: oneLine(node.value) }] }];',
    "return [node];",
  ),
  mutation(
    "HTML in text becomes code",
    MARKDOWN,
    '? [] : [{ type: "inlineCode", value: oneLine(node.value) }]',
    "? [] : [node]",
  ),
  mutation(
    "comments are dropped",
    MARKDOWN,
    'return node.value.startsWith("<!--") ? [] :',
    'return node.value.startsWith("<!--") ? [node] :',
  ),
  mutation(
    "headings become strong words",
    MARKDOWN,
    'return [{ type: "paragraph", children: [{ type: "strong", children: safePhrases(node.children, 1) }] }];',
    "return [node];",
  ),
  mutation(
    "neighbours are joined before they are searched",
    MARKDOWN,
    "if (isLeaf && last?.type === node.type)",
    "if (false && isLeaf && last?.type === node.type)",
  ),
  mutation("suggestions lose their button", MARKDOWN, "/^suggestion/i.test(name) || ", ""),
  mutation(
    "formulas are text",
    MARKDOWN,
    "FORMULA.test(text) ? blocks.map(withoutDollars) : blocks",
    "blocks",
  ),
  mutation("maps and formulas in fences are code", MARKDOWN, "|| DRAWN.test(name)", ""),
  mutation(
    "active diagrams are code",
    MARKDOWN,
    "ACTIVE_DIAGRAM.test(code) ? null",
    "ACTIVE_DIAGRAM.test(code) ? name",
  ),
  mutation("depth is bounded", MARKDOWN, 'return text.replace(DEEP_LINE, "$1");', "return text;"),
  mutation("a fence is longer than those within", MARKDOWN, '"`".repeat(longest + 1)', '"```"'),
  mutation(
    "code shows what cannot be seen",
    MARKDOWN,
    'return [{ type: "inlineCode", value: showInvisible(node.value) }];',
    "return [node];",
  ),
  mutation(
    "a fence stands on a line of its own",
    "domain/messages.ts",
    "? `**Fix:**\\n\\n${safe}`",
    "? `**Fix:** ${safe}`",
  ),
  mutation(
    "gaps are blocks of their own",
    "domain/messages.ts",
    "oneParagraph(safeMarkdown(gap))",
    "safeLine(gap)",
  ),
  mutation(
    "titles are made safe",
    "domain/messages.ts",
    "${SEVERITY_TAG[finding.severity]} · ${finding.pass}${also} — ${safeLine(finding.title)}",
    "${SEVERITY_TAG[finding.severity]} · ${finding.pass}${also} — ${finding.title}",
  ),
  mutation(
    "the summary is made safe",
    "domain/messages.ts",
    "safeMarkdown(review.summary)",
    "review.summary",
  ),
  mutation(
    "bodies are bounded",
    "domain/messages.ts",
    "if (body.length <= limit) return body;",
    "if (limit > 0) return body;",
  ),
  mutation(
    "the check's title is valid",
    "domain/check-words.ts",
    'showInvisible(text.replace(/\\s+/g, " "))',
    'text.replace(/\\s+/g, " ")',
  ),
  mutation(
    "the check's summary is made safe",
    "github/review-sink.ts",
    "${safeMarkdown(review.summary)}",
    "${review.summary}",
  ),
  mutation(
    "a review never approves",
    "github/review-sink.ts",
    'event: "COMMENT" as const',
    'event: (/approve/i.test(review.summary) ? "APPROVE" : "COMMENT") as "COMMENT"',
  ),
  mutation(
    "a finding stands only where its quote stands",
    "domain/placement.ts",
    "return found === null ? null : {",
    'if (found === null) return { kind: "inline", anchor: { side: "RIGHT", startLine: finding.startLine, line: finding.line } };\n  return {',
  ),
  mutation(
    "a finding is of a file of the diff",
    "domain/placement.ts",
    'if (file === undefined) return { kind: "dropped", reason: "unknown path" };',
    'if (file === undefined) return { kind: "inline", anchor: { side: "RIGHT", startLine: 1, line: 1 } };',
  ),
  mutation(
    "a short quote is a whole line",
    "domain/placement.ts",
    'quote.join("").length < MIN_PARTIAL_QUOTE',
    'quote.join("").length < 0',
  ),
  mutation(
    "marks are signed",
    "domain/marker.ts",
    "return wanted.length === given.length && timingSafeEqual(wanted, given);",
    "return wanted.length >= 0 && given.length >= 0 && timingSafeEqual(wanted, wanted);",
  ),
  mutation(
    "marks are bound to their pull request",
    "domain/marker.ts",
    "`${place.repositoryId}/${place.number} ${content}`",
    "`${String(typeof place)} ${content}`",
  ),
  mutation(
    "marks are signed with a key",
    "domain/marker.ts",
    'return createHmac("sha256", webhookSecret).update',
    'return createHmac("sha256", webhookSecret && "").update',
  ),
];

const SECRETS: readonly Mutation[] = [
  mutation(
    "formats of secrets are found",
    REDACTION,
    "...findSecrets(text).map(",
    "...findSecrets(text.slice(0, 0)).map(",
  ),
  mutation(
    "keys without their beginning are found",
    REDACTION,
    "    ...keyEnds(text),\n",
    "    ...keyEnds(text.slice(0, 0)),\n",
  ),
  mutation(
    "random values under telling names are found",
    REDACTION,
    "    ...assignedSecrets(text),\n",
    "    ...assignedSecrets(text.slice(0, 0)),\n",
  ),
  mutation(
    "the server's own values are found",
    REDACTION,
    "const parts = left.split(form);",
    'const parts = form === "" ? [] : [left];',
  ),
  mutation(
    "own values are found in base64",
    REDACTION,
    '[...lines, Buffer.from(whole).toString("base64")]',
    "[...lines]",
  ),
  mutation("own values are found line by line", REDACTION, "whole.split(/\\r?\\n|\\\\n/)", "[whole]"),
  mutation(
    "lines keep their numbers",
    REDACTION,
    ".replace(/[^\\s][^\\n]*/g, placeOf(kind))",
    ".replace(/[\\s\\S]+/g, placeOf(kind))",
  ),
  mutation(
    "what goes to GitHub is redacted",
    "github/traffic.ts",
    "{ ...init, body: redactJson(redact, init.body) }",
    "init",
  ),
  mutation("what is logged is redacted", "log.ts", "endedLine(redactJson(redact, line))", "endedLine(line)"),
  mutation(
    "the command line knows its key",
    "own-secrets.ts",
    '{ kind: "anthropic-key", value: raw["ANTHROPIC_API_KEY"] ?? "" },',
    "",
  ),
  mutation(
    "the password of the store is known",
    "own-secrets.ts",
    "value: decodeURIComponent(written)",
    'value: ""',
  ),
];

const COMMANDS: readonly Mutation[] = [
  mutation(
    "commands in code are not obeyed",
    "domain/command.ts",
    ".filter((_, at) => !hidden.has(start.line + at))",
    "",
  ),
  mutation(
    "commands in quotes are not obeyed",
    "domain/command.ts",
    'return node.type === "list" || node.type === "listItem" ? node.children',
    'return node.type === "list" || node.type === "listItem" || node.type === "blockquote" ? node.children',
  ),
  mutation("a command begins its line", "domain/command.ts", "/^\\/review(?:", "/\\/review(?:"),
  mutation(
    "words of a command are known",
    "domain/command.ts",
    "else if (looksLikePath(word)) paths.push(word);",
    "else if (looksLikePath(word) || word.length > 0) paths.push(word);",
  ),
  mutation(
    "paths of a command are paths",
    "domain/command.ts",
    "/^[\\p{L}\\p{M}\\p{N}_@.*?{}[\\],!+()/~$-]+$/u.test(word) && ",
    "",
  ),
  mutation(
    "bots are not obeyed",
    "github/events.ts",
    'comment.user?.type !== "User" ||',
    "comment.user?.login === undefined ||",
  ),
  mutation("apps are not obeyed", "github/events.ts", " || Boolean(comment.performed_via_github_app)", ""),
  mutation(
    "edited comments are not obeyed",
    "review/intake.ts",
    'if (incoming.action !== "created") return ignored(`issue_comment ${incoming.action}`);',
    "",
  ),
  mutation(
    "only those who may write are obeyed",
    "review/command-run.ts",
    'if (!allowed) return { kind: "denied" };',
    "",
  ),
  mutation(
    "permissions are asked for by name",
    "github/commands.ts",
    'new Set(["admin", "write"])',
    'new Set(["admin", "write", "read", "triage"])',
  ),
  mutation("names of a payload are names", "github/events.ts", "/^[\\w.-]{1,200}$/", "/^[^]{1,200}$/"),
  mutation(
    "globs are matched without looking back",
    "domain/scope.ts",
    'return walk(Array.from(glob), Array.from(name), "*", (wanted, given) => wanted === "?" || wanted === given);',
    'return new RegExp(`^${glob.replace(/[^*?]/g, "\\\\$&").replaceAll("*", ".*").replaceAll("?", ".").replace(/\\\\\\\\([a-z])/g, "$1")}$`, "s").test(name);',
  ),
  mutation(
    "front matter is strict",
    "domain/prompt-library.ts",
    'z.strictObject({ kind: z.literal("preamble")',
    'z.object({ kind: z.literal("preamble")',
  ),
  mutation(
    "a secret is needed",
    "env.ts",
    '(secret) => secret !== "development"',
    '(secret) => secret !== ""',
  ),
  mutation(
    "the head is read again before posting",
    "review/publisher.ts",
    "if (current.headSha !== review.head) return superseded(OVERTAKEN);",
    "",
  ),
  mutation(
    "a locked conversation is left alone",
    "review/publisher.ts",
    'if (current.locked) return superseded("the conversation was locked during the review");',
    "",
  ),
];

const GIT: readonly Mutation[] = [
  mutation("git runs no watcher", "local/git.ts", '"core.fsmonitor=false"', '"core.ignoreStat=false"'),
  mutation("git runs no hooks", "local/git.ts", '"core.hooksPath=/dev/null"', '"core.ignoreStat=false"'),
  mutation("git runs no pager", "local/git.ts", '"core.pager=cat"', '"core.ignoreStat=false"'),
  mutation("git checks no signature", "local/git.ts", '"log.showSignature=false"', '"core.ignoreStat=false"'),
  mutation("git runs no diff of others", "local/git-diff.ts", '  "--no-ext-diff",\n', ""),
  mutation("git runs no converter", "local/git-diff.ts", '  "--no-textconv",\n', '  "--textconv",\n'),
  mutation("git runs no filter", "local/revisions.ts", "...(await withoutFilters(git, env)),", ""),
  // `--end-of-options` before names is not in this list: without it `rev-parse --verify` refuses them all the same.
];

/** Guards that the same attacks are about: only those are run, which is stricter than running all. */
export interface MutationGroup {
  readonly attacks: readonly string[];
  readonly mutations: readonly Mutation[];
}

export const MUTATION_GROUPS: readonly MutationGroup[] = [
  { attacks: ["A3", "A7", "A13"], mutations: TO_THE_MODEL },
  { attacks: ["A3", "A8", "A11", "A13", "A22", "A23"], mutations: TO_GITHUB },
  { attacks: ["A2", "A9"], mutations: SECRETS },
  { attacks: ["A4", "A6", "A15", "A16", "A17", "A18", "A19", "A21", "A24"], mutations: COMMANDS },
  { attacks: ["A1", "A4"], mutations: GIT },
];
