/** A rule of a check's table, and the finding that it makes at a place. */
import type { Side } from "../domain/diff.ts";
import type { Finding } from "../domain/finding.ts";
import type { Pass, Severity } from "../domain/pass.ts";
import { stripInvisible } from "../domain/untrusted-text.ts";
import { checkFinding } from "./check.ts";

/** Everything about a finding but its place and its subject. */
export interface Rule {
  readonly pass: Pass;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
}

const MAX_SUBJECT = 90;

export interface RulePlace {
  readonly path: string;
  readonly side: Side;
  readonly line: number;
  readonly subject: string;
  readonly evidence: string;
  /** Goes before the rule's own reason; may be empty. */
  readonly detail: string;
}

export function ruleFinding(id: string, rule: Rule, place: RulePlace): Finding {
  const { path, side, line, evidence } = place;
  const subject = oneLine(place.subject);
  return checkFinding({
    rule: id,
    pass: rule.pass,
    severity: rule.severity,
    path,
    side,
    startLine: line,
    line,
    title: subject === "" ? rule.title : `${rule.title}: ${subject}`,
    why: place.detail === "" ? rule.why : `${place.detail} ${rule.why}`,
    fix: rule.fix,
    evidence,
  });
}

/** Names come from the pull request: no line breaks, nothing invisible, nothing endless. */
function oneLine(text: string): string {
  const line = stripInvisible(text).replace(/\s+/g, " ").trim();
  return line.length > MAX_SUBJECT ? `${line.slice(0, MAX_SUBJECT - 1)}…` : line;
}
