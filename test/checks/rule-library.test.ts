import { describe, expect, test } from "vitest";
import { RULE_LANGUAGES } from "../../src/checks/languages.ts";
import { loadRules, parseRules } from "../../src/checks/rule-library.ts";

const RULE = `id: some-rule
title: A fact
languages: [go]
pass: security
severity: nit
enabled: true
rate: null
why: It is so.
fix: Do this.
rule: { kind: call_expression }
examples: { bad: [a, b], good: [c, d, e] }
`;

test("a rule is read, with its defaults", () => {
  const [rule] = parseRules([{ name: "some-rule.yml", content: RULE }]);

  expect(rule).toMatchObject({ id: "some-rule", tests: "skipped", rule: { kind: "call_expression" } });
});

describe("a fault names the file and what is wrong:", () => {
  test.each([
    ["another name", "other.yml", RULE, /rules\/other\.yml: its id is some-rule/],
    ["no YAML", "some-rule.yml", "a: [", /rules\/some-rule\.yml: it is no YAML/],
    ["an unknown key", "some-rule.yml", `${RULE}severty: nit\n`, /severty/],
    ["an unknown language", "some-rule.yml", RULE.replace("[go]", "[cobol]"), /languages/],
    ["too few examples", "some-rule.yml", RULE.replace("[a, b]", "[a]"), /examples\.bad/],
  ])("%s", (_, name, content, message) => {
    expect(() => parseRules([{ name, content }])).toThrow(message);
  });
});

test("the library has rules for every language, and more than three in four are on", () => {
  const rules = loadRules();

  for (const language of RULE_LANGUAGES)
    expect(rules.filter((rule) => rule.languages.includes(language)).length).toBeGreaterThanOrEqual(8);
  expect(rules.filter((rule) => rule.enabled).length / rules.length).toBeGreaterThan(0.75);
});

test("no rule that is on fires more than twice in 1,000 changed lines", () => {
  expect(loadRules().filter(({ enabled, rate }) => enabled && (rate ?? 0) > 2)).toEqual([]);
});
