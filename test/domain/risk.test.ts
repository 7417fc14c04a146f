import { describe, expect, it } from "vitest";
import { byRisk, riskOf, riskOfHunk } from "../../src/domain/risk.ts";
import { aDiff, aNewFile } from "../builders.ts";

const file = (path: string, additions = 20, deletions = 5) =>
  aDiff(undefined, { path, additions, deletions });

describe("the riskier of two is read first", () => {
  it.each<[riskier: string, other: string]>([
    ["src/auth/login.ts", "src/list/item.ts"],
    ["src/userSession.ts", "src/itemList.ts"],
    ["lib/crypto.go", "lib/colour.go"],
    ["app/payments/refund.rb", "app/pages/about.rb"],
    ["src/http/middleware.ts", "src/http/colours.ts"],
    ["db/migrations/001.sql", "db/seeds/001.sql"],
    ["src/upload.py", "src/report.py"],
    ["src/pickle_reader.py", "src/line_reader.py"],
    [".github/workflows/ci.yml", "config/colours.yml"],
    ["Dockerfile", "src/colours.ts"],
    ["deploy/Dockerfile.prod", "deploy/README.md"],
    ["infra/main.tf", "infra/notes.md"],
    ["package.json", "tsconfig.json"],
    ["requirements.txt", "notes.txt"],
    ["src/item.ts", "config/item.json"],
    ["src/item.ts", "test/item.test.ts"],
    ["src/item.ts", "src/item.spec.ts"],
    ["src/Latest.java", "src/ItemTest.java"],
    ["config/item.json", "docs/item.md"],
    ["test/item.test.ts", "docs/item.md"],
    ["src/auth.test.ts", "src/item.test.ts"],
    ["src/item.zz", "src/item.md"],
  ])("%s before %s", (riskier, other) => {
    expect(byRisk([file(other), file(riskier)]).map(({ path }) => path)).toEqual([riskier, other]);
  });

  it.each<[name: string, riskier: [added: number, deleted: number], other: [added: number, deleted: number]]>(
    [
      ["the larger change", [200, 0], [20, 0]],
      ["what is added before what only goes away", [20, 0], [0, 20]],
      ["what is added before much that only goes away", [10, 0], [0, 2_000]],
    ],
  )("%s", (_, riskier, other) => {
    expect(riskOf(file("src/a.ts", ...riskier))).toBeGreaterThan(riskOf(file("src/a.ts", ...other)));
  });
});

it("size alone does not push a document before code that guards something", () => {
  expect(riskOf(file("src/auth.ts", 1, 0))).toBeGreaterThan(riskOf(file("docs/a.md", 100_000, 0)));
});

it("equals stay in the order of the pull request", () => {
  const files = ["src/c.ts", "src/a.ts", "src/b.ts"].map((path) => file(path));

  expect(byRisk(files)).toEqual(files);
});

describe("of the hunks of one file", () => {
  const hunkOf = (lines: readonly string[]) => {
    const { patch } = aNewFile("a", lines);
    if (patch.kind === "none" || patch.hunks[0] === undefined) throw new Error("no hunk");
    return patch.hunks[0];
  };

  it("one that speaks of passwords is riskier than one that is longer", () => {
    const long = hunkOf(Array.from({ length: 100 }, (_, at) => `line ${at}`));

    expect(riskOfHunk(hunkOf(["if (password === given)"]))).toBeGreaterThan(riskOfHunk(long));
  });

  it("a word behind the first 200 characters of a line, or below 100 lines, is not looked for", () => {
    const plain = Array.from({ length: 101 }, () => "x");

    expect(riskOfHunk(hunkOf([`${" ".repeat(200)}password`]))).toBe(riskOfHunk(hunkOf(["x"])));
    expect(riskOfHunk(hunkOf([...plain.slice(1), "password"]))).toBe(riskOfHunk(hunkOf(plain)));
  });
});
