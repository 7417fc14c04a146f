import { describe, expect, it } from "vitest";
import { LOOKUP_TOOLS, numberedLines, parseLookup, pathFault } from "../../src/domain/lookup.ts";

const asked = (tool: string, input: unknown) => parseLookup({ id: "1", tool, input });
const read = (path: string, start_line = 1, end_line = 9) =>
  asked("read_file", { path, start_line, end_line });

describe("a question to the repository", () => {
  it.each<[tool: string, input: object]>([
    ["read_file", { path: "src/a.ts", start_line: 3, end_line: 9 }],
    ["find_definition", { name: "close" }],
    ["find_references", { name: "größe$" }],
    ["search_text", { text: "SELECT * FROM" }],
  ])("%s %j is understood", (tool, input) => {
    expect(asked(tool, input)).toEqual({ kind: tool, ...input });
  });

  it.each<[what: string, tool: string, input: unknown, reason: RegExp]>([
    ["a tool that does not exist", "run_command", { command: "ls" }, /^there is no tool "run_command"$/],
    ["a very long name of a tool", "x".repeat(100_000), {}, /^there is no tool "x{40}"$/],
    ["no input", "read_file", undefined, /./],
    ["a missing field", "read_file", { path: "a" }, /start_line/],
    ["a number in words", "read_file", { path: "a", start_line: "one", end_line: 2 }, /start_line/],
    ["half a line", "read_file", { path: "a", start_line: 1.5, end_line: 2 }, /start_line/],
    ["a name of two words", "find_definition", { name: "a b" }, /one word/],
    ["a pattern for a name", "find_references", { name: "a.*" }, /one word/],
    ["an empty name", "find_references", { name: "" }, /one word/],
    ["a name of 201 characters", "find_references", { name: "a".repeat(201) }, /one word/],
    ["a text of two characters", "search_text", { text: "  ab " }, /3 to 200/],
    ["a text of two lines", "search_text", { text: "abc\ndef" }, /3 to 200/],
    ["a text of 201 characters", "search_text", { text: "a".repeat(201) }, /3 to 200/],
  ])("%s is refused in words", (_, tool, input, reason) => {
    const parsed = asked(tool, input);

    expect(parsed.kind).toBe("refused");
    expect(parsed.kind === "refused" ? parsed.reason : "").toMatch(reason);
    expect(parsed.kind === "refused" ? parsed.reason.length : 0).toBeLessThanOrEqual(300);
  });

  it.each<[start: number, end: number, expected: readonly [number, number]]>([
    [5, 9, [5, 9]],
    [9, 5, [5, 9]],
    [-3, 4, [1, 4]],
    [0, 0, [1, 1]],
    [1, 1_000_000, [1, 400]],
    [100, 499, [100, 499]],
    [100, 500, [100, 499]],
  ])("for lines %d to %d reads at most 400, in order", (start, end, [first, last]) => {
    expect(read("a.ts", start, end)).toEqual({
      kind: "read_file",
      path: "a.ts",
      start_line: first,
      end_line: last,
    });
  });
});

describe("a path", () => {
  it.each([
    "/etc/passwd",
    "../secret",
    "src/../../secret",
    "src\\..\\secret",
    "~/.ssh/id_rsa",
    "~root",
    "C:\\Windows\\win.ini",
    "c:/Windows",
    "\\\\server\\share",
    "file:///etc/passwd",
    "https://evil.example/a",
    "",
    "a\0b",
  ])("%j is not even looked at", (path) => {
    expect(pathFault(path)).not.toBeNull();
    expect(read(path).kind).toBe("refused");
  });

  it.each(["src/a.ts", "a..b/c...d", "größe [1]/a b%20#.ts", ".github/workflows/ci.yml", "a:b"])(
    "%j can be asked for",
    (path) => {
      expect(pathFault(path)).toBeNull();
    },
  );
});

it("every tool is described with a closed list of fields, and each field in words", () => {
  for (const { input } of LOOKUP_TOOLS)
    for (const field of Object.values(input.shape))
      expect((field as { description?: string }).description).toBeTruthy();
});

it("lines are numbered as those of a diff, with what is invisible made visible", () => {
  expect(numberedLines(["a", "b\u202E"], 99)).toBe("    99 |  a\n   100 |  b\\u{202E}");
});
