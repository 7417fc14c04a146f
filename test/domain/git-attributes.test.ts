import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import {
  MAX_ATTRIBUTES_CHARACTERS,
  MAX_ATTRIBUTES_LINES,
  MAX_STEPS_PER_PATH,
  marksOf,
  parseGitAttributes,
} from "../../src/domain/git-attributes.ts";
import { matchesPath, parsePattern, partsOf } from "../../src/domain/git-pattern.ts";
import { aRandom } from "../builders.ts";
import { type TempRepository, tempRepository } from "../builders-git.ts";

function generated(line: string, path: string): string {
  return marksOf(path, parseGitAttributes(new Map([["", line]]))).generated;
}

describe("what a line says", () => {
  it.each<[line: string, mark: string]>([
    ["*.go linguist-generated", "set"],
    ["*.go linguist-generated=true", "set"],
    ["*.go text eol=lf linguist-generated -diff", "set"],
    ["  *.go\tlinguist-generated\r", "set"],
    ['"*.go" linguist-generated', "set"],
    ['"\\052.go" linguist-generated', "set"],
    ["*.go -linguist-generated", "unset"],
    ["*.go linguist-generated=false", "unset"],
    ["*.go !linguist-generated", "unspecified"],
    ["*.go linguist-generated=maybe", "unspecified"],
    ["*.go linguist-generated -linguist-generated", "unset"],
    ["*.go linguist-generatedness", "unspecified"],
    ["*.go linguist-vendored", "unspecified"],
    ["# *.go linguist-generated", "unspecified"],
    ["!*.go linguist-generated", "unspecified"],
    ["[attr]own linguist-generated\n*.go own", "unspecified"],
    ["*.go binary", "unspecified"],
    ["*.go -diff", "unspecified"],
    ["linguist-generated", "unspecified"],
    ["", "unspecified"],
    ['"*.go linguist-generated', "unspecified"],
  ])("%j: %s", (line, mark) => {
    expect(generated(line, "api/user.go")).toBe(mark);
  });

  it("the last line that matches decides, for each attribute by itself", () => {
    const attributes = parseGitAttributes(
      new Map([["", "* linguist-generated linguist-vendored\n*.go -linguist-generated\n*.ts text\n"]]),
    );

    expect(marksOf("a.go", attributes)).toEqual({ generated: "unset", vendored: "set" });
    expect(marksOf("a.ts", attributes)).toEqual({ generated: "set", vendored: "set" });
  });

  it("the nearest folder decides before those above it", () => {
    const attributes = parseGitAttributes(
      new Map([
        ["", "*.go linguist-generated"],
        ["api", "/own.go -linguist-generated\nv1/*.go !linguist-generated"],
        ["api/v2", "*.go linguist-vendored"],
      ]),
    );

    expect(marksOf("own.go", attributes).generated).toBe("set");
    expect(marksOf("api/own.go", attributes).generated).toBe("unset");
    expect(marksOf("api/deep/own.go", attributes).generated).toBe("set");
    expect(marksOf("api/v1/x.go", attributes).generated).toBe("unspecified");
    expect(marksOf("api/v2/x.go", attributes)).toEqual({ generated: "set", vendored: "set" });
    expect(marksOf("xapi/own.go", attributes).generated).toBe("set");
  });
});

describe("git itself is asked", () => {
  let repository: TempRepository;
  beforeAll(() => {
    repository = tempRepository("attributes");
  });
  afterAll(() => repository.dispose());

  // Left out: `a**/b`. Git cuts the literal beginning off and then reads the stars as folders, against its own manual.
  const PATTERNS = [
    "*.go",
    "a.go",
    "/a.go",
    "api/*.go",
    "/api/*.go",
    "api/**",
    "api/**/a.go",
    "**/a.go",
    "**",
    "/**",
    "*",
    "api/",
    "api",
    "api/*",
    "api/*/a.go",
    "**/v1/*.go",
    "a?go",
    "a[.]go",
    "a[!x]go",
    "a[^.]go",
    "[a-c].go",
    "[]a].go",
    "[a-].go",
    "[a",
    "a\\.go",
    "\\*.go",
    "\\!x.go",
    "a**.go",
    "**api/a.go",
    "*/a.go",
    "*/*",
    "**/**",
    "api//a.go",
    "./a.go",
    "[!a]*",
    "a*b*c.go",
    "*.*",
    "?",
    "???.go",
    "api/v1/**/",
    "[[]x",
    "ü*.go",
    '"with space.go"',
    '"api/with space.go"',
    '"tab\\there.go"',
    '"\\303\\274x.go"',
    "a.go\\",
    "-x.go",
    "*a*a*a*a*",
    "**/*/a.go",
    "***/a.go",
  ];
  const PATHS = [
    "a.go",
    "b.go",
    "api/a.go",
    "api/v1/a.go",
    "api/v1/deep/a.go",
    "x/api/a.go",
    "aXgo",
    "a",
    "api/b.ts",
    "*.go",
    "!x.go",
    "].go",
    "-.go",
    "with space.go",
    "api/with space.go",
    "tab\there.go",
    "üx.go",
    "api",
    "axbxc.go",
    "[x",
    "-x.go",
    "aaaaaaaaaaaaaaaab",
    "abc.go",
    "x/v1/y.go",
    "ab/a.go",
    "xapi/a.go",
  ];

  /** `linguist-generated` of each path, by `git check-attr`; paths need not exist. */
  function gitSays(attributes: string, paths: readonly string[]): readonly string[] {
    repository.write(".gitattributes", attributes);
    const out = execFileSync("git", ["check-attr", "-z", "--stdin", "linguist-generated"], {
      cwd: repository.directory,
      input: paths.map((path) => `${path}\0`).join(""),
      encoding: "utf8",
      env: { PATH: process.env["PATH"], GIT_CONFIG_NOSYSTEM: "1", HOME: "/nonexistent" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const fields = out.split("\0");
    return paths.map((_, at) => fields[at * 3 + 2] ?? "missing");
  }

  it.each(PATTERNS)("%s", (pattern) => {
    const line = `${pattern} linguist-generated\n`;

    const ours = PATHS.map((path) => [path, generated(line, path)]);

    const gits = gitSays(line, PATHS);
    expect(ours).toEqual(PATHS.map((path, at) => [path, gits[at]]));
  });

  test("about random patterns and files of them", () => {
    const random = aRandom(31);
    const PIECES = ["a", "b", "/", "*", "**", "?", "[ab]", "[!a]", ".go", "/**/", "\\a"];
    const WORDS = ["a", "b", "ab", "ba", "a.go", "b.go", "aab"];
    const STATES = ["linguist-generated", "-linguist-generated", "!linguist-generated", "text"];
    const GIT_SAYS: Readonly<Record<string, string>> = {
      set: "set",
      unset: "unset",
      unspecified: "unspecified",
    };
    for (let n = 0; n < 100; n++) {
      const rules = Array.from({ length: 1 + random(8) }, () => {
        const pattern = Array.from({ length: 1 + random(5) }, () => PIECES[random(PIECES.length)]).join("");
        return `${pattern.replace(/(?<=[^/*])\*\*+(?=\/)/g, "*")} ${STATES[random(STATES.length)] ?? ""}`;
      });
      const paths = Array.from({ length: 40 }, () =>
        Array.from({ length: 1 + random(4) }, () => WORDS[random(WORDS.length)]).join("/"),
      );
      const text = `${rules.join("\n")}\n`;

      const attributes = parseGitAttributes(new Map([["", text]]));

      const ours = paths.map((path) => [path, marksOf(path, attributes).generated, text]);
      const gits = gitSays(text, paths);
      expect(ours).toEqual(paths.map((path, at) => [path, GIT_SAYS[gits[at] ?? ""], text]));
    }
  });
});

describe("hostile text costs no more than its limits", () => {
  it("a line behind the last that is read says nothing", () => {
    const filler = "*.x text\n".repeat(MAX_ATTRIBUTES_LINES - 1);

    expect(generated(`${filler}*.go linguist-generated`, "a.go")).toBe("set");
    expect(generated(`${filler}\n*.go linguist-generated`, "a.go")).toBe("unspecified");
  });

  it("what stands behind the last character that is read says nothing", () => {
    const rule = "*.go linguist-generated\n";
    const filler = `${"#".repeat(100)}\n`.repeat(700).slice(0, MAX_ATTRIBUTES_CHARACTERS - rule.length - 1);

    expect(generated(`${filler}\n${rule}`, "a.go")).toBe("set");
    expect(
      generated(`${filler}##\n${rule}`.replace("linguist-generated\n", "linguist-generated"), "a.go"),
    ).toBe("unspecified");
  });

  it.each([
    ["a pattern longer than any name", `${"a".repeat(257)}*`],
    ["a pattern of many stars", "*a".repeat(17)],
  ])("%s says nothing", (_, pattern) => {
    expect(parsePattern(pattern)).toBeNull();
  });

  it.each([
    ["stars in a name", "*a*a*a*a*a*a*a*a*b", "a".repeat(255)],
    ["stars over folders", "**/a/**/a/**/a/**/a/b", "a/".repeat(2_000)],
    ["both", "**/*a*a*b/**/*a*a*b", `${"a".repeat(60)}/`.repeat(60)],
    ["a long beginning again and again", `*${"a".repeat(120)}b`, "a".repeat(4_000)],
  ])("%s: the steps are counted and end", (_, pattern, path) => {
    const parsed = parsePattern(pattern);
    const steps = { left: Number.MAX_SAFE_INTEGER };

    const matched = parsed !== null && matchesPath(parsed, partsOf(path), steps);

    expect(matched).toBe(false);
    expect(Number.MAX_SAFE_INTEGER - steps.left).toBeLessThanOrEqual(2 * pattern.length * path.length);
  });

  it("a path that used up its steps is unmarked, so that it is reviewed", () => {
    const dear = `*${"a".repeat(120)}b linguist-generated\n`;
    const path = "a".repeat(4_000);

    expect(generated(`* linguist-generated\n${dear}`, path)).toBe("unspecified");
    expect(generated(`* linguist-generated\n${dear}`, "a".repeat(100))).toBe("set");
    expect(120 * path.length).toBeGreaterThan(MAX_STEPS_PER_PATH);
  });
});
