import { afterAll, describe, expect, test } from "vitest";
import { languageOf, type RuleLanguage, type SourceLanguage } from "../../src/checks/languages.ts";
import { loadRules } from "../../src/checks/rule-library.ts";
import { ruleRunner } from "../../src/checks/rule-runner.ts";
import { toMatcher } from "../../src/checks/structure.ts";

const FILE_NAMES: Readonly<Record<RuleLanguage, readonly string[]>> = {
  typescript: ["a.ts", "a.tsx"],
  javascript: ["a.js"],
  python: ["a.py"],
  java: ["A.java"],
  go: ["a.go"],
  rust: ["a.rs"],
};
const PATIENCE_MS = 30_000;

const rules = loadRules();
const runner = ruleRunner();
afterAll(() => runner.close());

describe.each(rules.flatMap((rule) => rule.languages.map((language) => ({ id: rule.id, language, rule }))))(
  "$id in $language",
  ({ rule, language }) => {
    const sources = FILE_NAMES[language].map((name) => languageOf(name)).filter((source) => source !== null);
    const mentions = new RegExp(rule.mentions ?? "", "i");

    async function firings(text: string): Promise<readonly number[]> {
      const counts: number[] = [];
      // The runner takes one request at a time.
      for (const source of sources) counts.push(mentions.test(text) ? await matches(text, source) : 0);
      return counts;
    }
    async function matches(text: string, { grammar }: SourceLanguage): Promise<number> {
      const within = [{ start: 1, end: text.split("\n").length }];
      const request = { grammar, text, rules: [toMatcher(rule)], within };
      const answer = await runner.match(request, PATIENCE_MS, new AbortController().signal);
      if (answer.kind === "failed") throw new Error(`${rule.id} in ${grammar}: ${answer.reason}`);
      return answer.matches.length;
    }

    test.each(rule.examples.bad)("fires on %j", async (text) => {
      expect(await firings(text)).not.toContain(0);
    });

    test.each(rule.examples.good)("is silent on %j", async (text) => {
      expect(await firings(text)).toEqual(sources.map(() => 0));
    });
  },
);
