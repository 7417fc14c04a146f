import { describe, expect, it } from "vitest";
import { endingOf, isTestPath, relatives } from "../../src/domain/language-family.ts";

describe("which files can hold code that belongs to a change", () => {
  it.each<[changed: readonly string[], path: string, expected: boolean]>([
    [["a.ts"], "b.jsx", true],
    [["a.ts"], "b.py", false],
    [["A.java"], "B.kt", true],
    [["a.ts", "b.go"], "c.go", true],
    [["a.ts"], "schema.sql", true],
    [["schema.sql"], "b.rs", true],
    [["schema.prisma"], "schema.sql", true],
    [["README.md"], "b.ts", false],
    [["README.md"], "schema.sql", false],
    [["a.ts"], "README.md", false],
    [["a.TS"], "B.Tsx", true],
    [["Makefile"], "a.ts", false],
    [[], "a.ts", false],
  ])("%j and %s: %s", (changed, path, expected) => {
    expect(relatives(changed)(path)).toBe(expected);
  });

  it.each<[string, string]>([
    ["src/a.d.ts", "ts"],
    ["src.d/Makefile", ""],
    [".env", "env"],
    ["A.PY", "py"],
    ["", ""],
  ])("the ending of %s is %j", (path, ending) => {
    expect(endingOf(path)).toBe(ending);
  });
});

describe("a test is told by its path", () => {
  it.each([
    "test/a.ts",
    "src/__tests__/a.ts",
    "src/a.test.ts",
    "src/a_spec.rb",
    "pkg/a_test.go",
    "tests/test_a.py",
    "src/UserTest.java",
    "src/UserTests.cs",
    "e2e/login.ts",
  ])("%s is one", (path) => {
    expect(isTestPath(path)).toBe(true);
  });

  it.each([
    "src/a.ts",
    "src/latest.ts",
    "src/contest/a.ts",
    "src/attest.go",
    "src/protest.java",
    "testimony.py",
  ])("%s is none", (path) => {
    expect(isTestPath(path)).toBe(false);
  });
});
