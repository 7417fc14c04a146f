import { describe, expect, it } from "vitest";
import { coversAllPasses, EVERYTHING, pathFilter, reviewScope } from "../../src/domain/scope.ts";

function matches(glob: string, path: string): boolean {
  return pathFilter(reviewScope([], [glob]))(path);
}

describe("passes", () => {
  it("none named means all", () => {
    expect(reviewScope([], ["src"]).passes).toEqual(EVERYTHING.passes);
  });

  it("run in review order, each once, however they were named", () => {
    const scope = reviewScope(["performance", "security", "performance"], []);

    expect(scope.passes).toEqual(["security", "performance"]);
    expect(coversAllPasses(scope)).toBe(false);
  });

  it("all named are all", () => {
    expect(coversAllPasses(reviewScope([...EVERYTHING.passes].toReversed(), []))).toBe(true);
  });
});

describe("paths", () => {
  it.each([
    ["src/api/**", "src/api/users.ts"],
    ["src/api/**", "src/api/v1/deep/users.ts"],
    ["src/api", "src/api/users.ts"],
    ["src/api/", "src/api/v1/users.ts"],
    ["./src/api", "src/api/users.ts"],
    ["/src/api", "src/api/users.ts"],
    ["src/a.ts", "src/a.ts"],
    ["src/*.ts", "src/a.ts"],
    ["src/*/x.ts", "src/api/x.ts"],
    ["**/*.ts", "a.ts"],
    ["**/*.ts", "deep/er/a.ts"],
    ["src/**/x.ts", "src/x.ts"],
    ["src/**/x.ts", "src/a/b/x.ts"],
    ["*", "deep/er/a.ts"],
    ["**", ".github/workflows/ci.yml"],
    [".github/**", ".github/workflows/ci.yml"],
    ["*.test.ts", "a.b.test.ts"],
    ["a?c.ts", "abc.ts"],
    ["src/{api,web}/**", "src/web/x.ts"],
    ["*.{ts,tsx}", "a.tsx"],
    ["app/[id]/page.tsx", "app/[id]/page.tsx"],
    ["app/(group)/page.tsx", "app/(group)/page.tsx"],
    ["src/routes/+page.svelte", "src/routes/+page.svelte"],
    ["src/größe/**", "src/größe/日本.ts"],
    ["src/**", "src/odd\nname.ts"],
    ["src/?.ts", "src/🎉.ts"],
    ["src/a{b", "src/a{b"],
    ["/", "any/thing.ts"],
    ["./", "any/thing.ts"],
    [".", "any/thing.ts"],
    ["//", "any/thing.ts"],
    ["", "any/thing.ts"],
  ])("%j holds %j", (glob, path) => {
    expect(matches(glob, path)).toBe(true);
  });

  it.each([
    ["src/api/**", "src/apis/users.ts"],
    ["src/api", "src/api.ts"],
    ["src/api", "other/src/api/users.ts"],
    ["src/*.ts", "src/deep/a.ts"],
    ["src/*/x.ts", "src/a/b/x.ts"],
    ["*.ts", "src/a.ts"],
    ["a?c.ts", "a/c.ts"],
    ["a?c.ts", "ac.ts"],
    ["src/{api,web}/**", "src/db/x.ts"],
    ["SRC/**", "src/a.ts"],
    ["../src", "src/a.ts"],
    ["app/[id]/page.tsx", "app/i/page.tsx"],
    ["src/a.ts", "src/aXts"],
    ["src/**/x.ts", "src/a/y.ts"],
  ])("%j does not hold %j", (glob, path) => {
    expect(matches(glob, path)).toBe(false);
  });

  it("none named means every path", () => {
    expect(pathFilter(EVERYTHING)("any/thing.ts")).toBe(true);
  });

  it("one of several is enough", () => {
    const filter = pathFilter(reviewScope([], ["docs/**", "*.md"]));

    expect(["docs/a.txt", "README.md", "src/a.ts"].map(filter)).toEqual([true, true, false]);
  });

  it.each([
    ["*a".repeat(100) + "b", "a".repeat(4_000)],
    ["**/a/".repeat(80) + "b", "a/".repeat(2_000)],
    ["*a*/".repeat(60) + "b", `${"a".repeat(60)}/`.repeat(60)],
    ["+(+(+(+(a))))b", "a".repeat(4_000)],
    ["{a,{a,{a,{a,{a,b}}}}}".repeat(15), "a".repeat(4_000)],
    ["{a,b}".repeat(70), "a".repeat(70)],
  ])("a glob made to run for hours does not: %#", (glob, path) => {
    expect(matches(glob, path)).toBe(false);
  });
});
