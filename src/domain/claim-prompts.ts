/** Questions about findings: to the sceptic that tries to refute them, and which of them say the same. */
import { excerptText } from "./chunk-text.ts";
import type { Finding } from "./finding.ts";
import { type Prompt, type PromptBlock, type PromptPrefix, untrusted, withoutSecrets } from "./prompt.ts";
import { fillTemplate, type PromptLibrary } from "./prompt-library.ts";
import type { Excerpt } from "./related.ts";
import { clip, showInvisible } from "./untrusted-text.ts";

/** A finding as it is put to the sceptic, with its number in this question. */
export interface Claim {
  readonly number: number;
  readonly finding: Omit<Finding, "startLine" | "line" | "side">;
  readonly place: string;
}

/** The sceptic's question: the same chunk as the passes saw it, the claims, and more of the files they are about. */
export function verifyPrompt(
  prefix: PromptPrefix,
  chunk: PromptBlock,
  library: PromptLibrary,
  claims: readonly Claim[],
  code: readonly Excerpt[],
): Prompt {
  const text = fillTemplate(library.verify, {
    claims: untrusted(
      prefix,
      { kind: "claims" },
      claims.map((claim) => claimText(prefix, claim)).join("\n\n"),
    ),
    code:
      code.length === 0
        ? "(all of it is shown above)"
        : code.map((excerpt) => excerptText(prefix, "around", excerpt)).join("\n\n"),
  });
  return { system: [prefix.system], user: [prefix.outline, chunk, { text, cached: false }] };
}

function claimText(prefix: PromptPrefix, { number, finding: raw, place }: Claim): string {
  const finding = withoutSecrets(prefix, raw);
  return [
    `Claim ${number}: ${finding.title}`,
    `Place: ${place}; pass: ${finding.pass}; severity: ${finding.severity}; pre-existing: ${finding.preExisting ? "yes" : "no"}`,
    `Quote:\n${showInvisible(finding.evidence)}`,
    `Why: ${finding.why}`,
    `Fix: ${finding.fix}`,
  ].join("\n");
}

/** Which findings that stand close together say the same. */
export function duplicatesPrompt(
  prefix: PromptPrefix,
  library: PromptLibrary,
  findings: readonly Claim[],
): Prompt {
  const text = fillTemplate(library.duplicates, {
    findings: untrusted(
      prefix,
      { kind: "findings" },
      findings.map((claim) => duplicateLine(prefix, claim)).join("\n"),
    ),
  });
  return { system: [prefix.system], user: [prefix.outline, { text, cached: false }] };
}

function duplicateLine(prefix: PromptPrefix, { number, finding, place }: Claim): string {
  const { pass, title, why } = withoutSecrets(prefix, finding);
  return `${number}. ${place} [${pass}] ${title}: ${clip(why, 500)}`;
}
