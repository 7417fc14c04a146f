import { describe, expect, it } from "vitest";
import { indexNames, scanWords } from "../../src/domain/word-scan.ts";

const found = (text: string, ...names: string[]) =>
  scanWords(text, indexNames(names), 100).map(({ name, line }) => `${name}:${line}`);

describe("names in a text", () => {
  it.each([
    ["a call", "a\nopen(x)\n", ["open"], ["open:2"]],
    ["not within a longer word", "reopen(openly, open_1, $open)", ["open"], []],
    ["once a line", "open(open)\nopen()", ["open"], ["open:1", "open:2"]],
    ["two names on a line", "read(write)", ["read", "write"], ["read:1", "write:1"]],
    ["at the very end", "x\ny.close", ["close"], ["close:2"]],
    ["letters beyond ASCII", "größe = 1\ngröße2 = 2", ["größe"], ["größe:1"]],
    ["after CRLF", "a\r\nb\r\nopen\r\n", ["open"], ["open:3"]],
    ["nothing", "", ["open"], []],
  ])("finds %s", (_what, text, names, expected) => {
    expect(found(text, ...names)).toEqual(expected);
  });

  it("says the text of the line, cut", () => {
    const [hit] = scanWords(`x\n  open(${"y".repeat(5_000)})`, indexNames(["open"]), 10);
    expect(hit?.text.startsWith("  open(y")).toBe(true);
    expect(hit?.text.length).toBe(300);
  });

  it("stops at its limit", () => {
    expect(scanWords("open\n".repeat(1_000), indexNames(["open"]), 7)).toHaveLength(7);
  });

  it("agrees with a plain search over random text", () => {
    const words = ["alpha", "beta", "alphabet", "be", "ta"];
    const text = Array.from(
      { length: 4_000 },
      (_, at) => `${words[(at * 7) % 5]}${[" ", "\n", "(", "_", "."][(at * 3) % 5]}`,
    ).join("");
    const expected = text
      .split("\n")
      .flatMap((line, at) => (/(?<![\w$])alpha(?![\w$])/.test(line) ? [`alpha:${at + 1}`] : []));
    expect(scanWords(text, indexNames(["alpha"]), 10_000).map(({ name, line }) => `${name}:${line}`)).toEqual(
      expected,
    );
    expect(expected.length).toBeGreaterThan(10);
  });
});
