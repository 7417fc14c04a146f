/** What stands in one inline comment: severity and pass, title, why, fix, and a button where one was proven. */
import { fitBody, MAX_BODY_CHARACTERS } from "./body-limit.ts";
import { codeBlock, codeSpan, safeLine, safeMarkdown } from "./markdown.ts";
import { SEVERITY_TAG } from "./pass.ts";
import type { ReviewFinding } from "./review.ts";

/** One inline comment, without its marker. A nit is folded: its title says enough to pass it by. */
export function commentBody(finding: ReviewFinding): string {
  const also = finding.alsoFoundBy.length === 0 ? "" : ` (also ${finding.alsoFoundBy.join(", ")})`;
  const button = finding.proof?.kind === "proven" ? suggestionBlock(finding.proof.text) : "";
  const details = [
    safeMarkdown(finding.why),
    fixPart(finding.fix),
    button === "" ? exampleOf(finding) : "",
    finding.rule === null ? "" : `<sub>built-in check ${codeSpan(finding.rule)}</sub>`,
  ].filter((part) => part !== "");
  const head = `${SEVERITY_TAG[finding.severity]} · ${finding.pass}${also} — ${safeLine(finding.title)}`;
  const parts =
    finding.severity === "nit" ? [head, folded("Why and how", details.join("\n\n"))] : [head, ...details];
  // Half a suggestion would be a button that breaks the file, so what is cut is the words.
  const words = fitBody(
    parts.filter((part) => part !== "").join("\n\n"),
    MAX_BODY_CHARACTERS - button.length,
  );
  return button === "" ? words : `${words}\n\n${button}`;
}

function folded(summary: string, text: string): string {
  return text === "" ? "" : `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
}

/** GitHub's button. The text goes in as it was proven; its fence is longer than any run of backticks inside. */
function suggestionBlock(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}suggestion\n${text}\n${fence}`;
}

/**
 * A fence, list, quote or table begins on a line of its own: behind the label its first mark would be text, and what a
 * fence holds would be set free.
 */
export function fixPart(fix: string): string {
  const safe = safeMarkdown(fix);
  if (safe === "") return "";
  return /^(?:`{3}|~{3}|[->|]|\d+[.)] )/.test(safe) ? `**Fix:**\n\n${safe}` : `**Fix:** ${safe}`;
}

/** Code that nobody has proven to apply is an example, never a button; it is left out where the fix already shows code. */
function exampleOf(finding: ReviewFinding): string {
  if (finding.suggestion === null || finding.suggestion.trim() === "" || /^\s*(```|~~~)/m.test(finding.fix))
    return "";
  return codeBlock("", finding.suggestion);
}
