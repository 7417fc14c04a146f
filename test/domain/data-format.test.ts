import { expect, test } from "vitest";
import { isValidData } from "../../src/domain/data-format.ts";

test.each([
  ["a.json", '{"a": [1]}', true],
  ["a.json", '{"a": [1],}', false],
  ["A.JSON", "", false],
  ["a.yml", "on:\n  push:\n    branches: [main]\n", true],
  ["a.yaml", "a: 1\n---\nb: 2\n", true],
  ["a.yaml", "a: 1\n  b: 2\n", false],
  ["a.yaml", "a: 1\na: 2\n", false],
  ["a.yaml", "a: [1\nb: 2\n", false],
  ["a.yaml", "[".repeat(10_000), null],
  ["a.yaml", "- ".repeat(1_000), null],
  ["a.yaml", "a: 1\n".repeat(20_000), null],
  ["a.sql", "select 1", null],
  ["json", "{}", null],
])("%s %j", (path, text, valid) => {
  expect(isValidData(path, text)).toBe(valid);
});
