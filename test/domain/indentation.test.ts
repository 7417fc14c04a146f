import { expect, test } from "vitest";
import { indentationScopes } from "../../src/domain/indentation.ts";

/** `>` marks the place. */
function headersOf(marked: string): readonly string[] {
  const lines = marked.split("\n");
  const place = lines.findIndex((line) => line.startsWith(">")) + 1;
  const text = lines.map((line) => line.replace(/^>/, " "));
  return indentationScopes(text, { start: place, end: place }).map((scope) => scope.name);
}

test.each([
  [
    "Kotlin",
    "class A {\n  val x = 1\n  fun f(): Int {\n>   return x\n  }\n}",
    ["class A {", "fun f(): Int {"],
  ],
  [
    "parameters on lines of their own",
    "class A {\n  fun f(\n    a: Int,\n  ) {\n>   go()\n  }\n}",
    ["class A {", "fun f("],
  ],
  [
    "braces on lines of their own",
    "int f(int a)\n{\n  if (a)\n  {\n>   go();\n  }\n}",
    ["int f(int a)", "if (a)"],
  ],
  ["an else", "fun f() {\n  if (a) {\n    b()\n  } else {\n>   c()\n  }\n}", ["fun f() {", "if (a) {"]],
  ["YAML", "jobs:\n  build:\n    # a comment\n    steps:\n>     - run: x", ["jobs:", "build:", "steps:"]],
  [
    "Elixir with tabs",
    "defmodule A do\n\tdef f(x) do\n>\t\tx\n\tend\nend",
    ["defmodule A do", "def f(x) do"],
  ],
  [
    "HCL",
    'resource "a" "b" {\n  name = "c"\n  tags = {\n>   d = 1\n  }\n}',
    ['resource "a" "b" {', "tags = {"],
  ],
  ["a place without indentation", "a {\n  b\n}\n>", []],
  [
    "five levels: the four inner ones",
    "a {\n b {\n  c {\n   d {\n    e {\n>     f",
    ["b {", "c {", "d {", "e {"],
  ],
  ["text that is no header", "some words\n>  more words", []],
  ["a blank place", "a {\n>\n}", []],
])("%s", (_, marked, headers) => {
  expect(headersOf(marked)).toEqual(headers);
});

test("does not climb through a million lines", () => {
  const lines = ["top {", ...Array.from({ length: 1_000_000 }, () => "  x"), "  y"];

  expect(indentationScopes(lines, { start: lines.length, end: lines.length })).toEqual([]);
});
