/** docs/rules.md: everything that the structural rules and the search for secrets know, for people. */

import type { RuleLanguage } from "../src/checks/languages.ts";
import type { StructuralRule } from "../src/checks/rule-library.ts";
import { SECRET_FORMATS } from "../src/domain/secret-formats.ts";

const SECTIONS: readonly { readonly title: string; readonly language: RuleLanguage }[] = [
  { title: "TypeScript and JavaScript", language: "typescript" },
  { title: "Python", language: "python" },
  { title: "Java", language: "java" },
  { title: "Go", language: "go" },
  { title: "Rust", language: "rust" },
];
const SEVERITY = { critical: "🔴 critical", suggestion: "🟡 suggestion", nit: "🟢 nit" } as const;

const INTRODUCTION = `# Structural rules and secrets

Written by \`npm run rules\` from [rules/](../rules) and \`src/domain/secret-formats.ts\`: do not edit it here.

A rule describes a shape of code that is wrong nearly always. It fires only where a change adds or edits that code, and
not in tests, examples, generated or vendored files. *Rate* is the number of findings in 1,000 changed lines of the
rule's languages, measured with \`scripts/rule-rates.ts\` over the last commits of open-source repositories; a rule
above 2 is off.`;

const HOW_TO_ADD = `## Add a rule

1. Write \`rules/<id>.yml\`, beginning with a copy of the rule that is most like it. \`rule\` is a
   [rule object of ast-grep](https://ast-grep.github.io/reference/rule.html); \`examples\` are its tests: at least two
   that it finds (\`bad\`) and three near ones that it must not (\`good\`). Run \`npx vitest run test/checks/rules.test.ts\`.
2. Measure it: \`node scripts/rule-rates.ts <a bare clone> --commits 300 --out found.json\`, read what it found, and write
   its \`rate\`. Above 2, or where more than three in ten are wrong, \`enabled\` is \`false\`.
3. \`npm run rules\` writes this page.`;

export function rulesTable(rules: readonly StructuralRule[]): string {
  const sections = SECTIONS.map(({ title, language }) => {
    const own = rules.filter((rule) => rule.languages.includes(language));
    return `## ${title}\n\n${ruleTable(own)}`;
  });
  return `${[INTRODUCTION, ...sections, secrets(), HOW_TO_ADD].join("\n\n")}\n`;
}

function ruleTable(rules: readonly StructuralRule[]): string {
  const rows = rules.map((rule) => {
    const rate = rule.rate === null ? "none seen" : rule.rate.toFixed(2);
    const state = rule.enabled ? rate : `off (${rate})`;
    const cells = [`\`${rule.id}\``, rule.pass, SEVERITY[rule.severity], rule.title, example(rule), state];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| rule | pass | severity | what | for example | rate |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** The first bad example without the frame that its language needs around a statement. */
function example(rule: StructuralRule): string {
  const text = (rule.examples.bad[0] ?? "")
    .replace(/^package a\n/, "")
    .replace(/\s+/g, " ")
    .trim();
  return `\`${text.replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}

function secrets(): string {
  const formats = SECRET_FORMATS.map(({ name, title }) => `| \`secret-${name}\` | ${title} |`);
  return [
    "## Secrets",
    "",
    "Looked for on added lines of all files; security, 🔴 critical, and 🟡 in tests and documents. The value is never shown.",
    "secretlint's recommended rules are asked too; their findings are named `secret-<service>`.",
    "",
    "| rule | what |",
    "|---|---|",
    ...formats,
    "| `secret-assigned` | random text that is assigned to a password, a token or a key; not in tests and documents |",
  ].join("\n");
}
