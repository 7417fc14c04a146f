import { describe, expect, it } from "vitest";
import { CHUNK_TOKEN_BUDGET, tokensOf } from "../../src/domain/chunk.ts";
import type { FileDiff, NoPatchReason } from "../../src/domain/diff.ts";
import { NO_FACTS, natureOf } from "../../src/domain/file-kind.ts";
import { describePlan, planReview, REVIEW_TOKEN_BUDGET, type ReviewPlan } from "../../src/domain/plan.ts";
import { EVERYTHING, reviewScope } from "../../src/domain/scope.ts";
import { aDiff, aFileWith, aLibrary, aNewFile, aPullRequest, aRandom } from "../builders.ts";

function plan(files: readonly FileDiff[], over: { passes?: []; paths?: readonly string[] } = {}): ReviewPlan {
  return planReview(aPullRequest({ files }), reviewScope([], over.paths ?? []), aLibrary());
}

function chunkPaths(made: ReviewPlan): readonly string[] {
  return [...new Set(made.chunks.flatMap((chunk) => chunk.files.map((file) => file.path)))];
}

function without(reason: NoPatchReason, path = "src/a.ts", detail = `why: ${reason}`): FileDiff {
  return aFileWith({ kind: "none", reason, detail }, { path });
}

describe("every changed file is in a chunk or left out with a reason", () => {
  it.each<[name: string, file: FileDiff, cause: string, reason: string]>([
    ["a binary file", without("binary"), "nature", "why: binary"],
    ["a pure rename", without("rename"), "nature", "why: rename"],
    ["a changed mode", without("mode"), "nature", "why: mode"],
    ["an empty file", without("empty"), "nature", "why: empty"],
    ["a submodule", without("submodule"), "nature", "why: submodule"],
    ["a file without a patch", without("too-large"), "limit", "why: too-large"],
    ["a patch that cannot be read", without("unusable"), "limit", "why: unusable"],
    ["a lock file", aDiff(undefined, { path: "web/package-lock.json" }), "nature", "lock file"],
    ["a lock file too large to show", without("too-large", "yarn.lock"), "nature", "lock file"],
    ["generated code", aDiff(undefined, { path: "api/user.pb.go" }), "nature", "generated code"],
  ])("%s", (_, file, cause, reason) => {
    const made = plan([file, aDiff(undefined, { path: "src/z.ts" })]);

    expect(made.leftOut).toEqual([{ path: file.path, state: "skipped", cause, reason }]);
    expect(chunkPaths(made)).toEqual(["src/z.ts"]);
  });

  it("a path that was not asked for is out of scope before anything else is said about it", () => {
    const made = plan([aDiff(), without("too-large", "docs/x.md")], { paths: ["src"] });

    expect(made.leftOut).toMatchObject([{ path: "docs/x.md", cause: "scope" }]);
  });

  const hundredK = (path: string) =>
    aNewFile(
      path,
      Array.from({ length: 400 }, () => "x".repeat(690)),
    );
  const pathsLike = (count: number, folder: string) =>
    Array.from({ length: count }, (_, at) => `${folder}/${at}.ts`);

  it("over the review's budget the riskiest files are read, in the order of the pull request", () => {
    const files = ["docs/a.md", "lib/b.ts", "lib/c.ts", "src/auth/session.ts", "test/d.test.ts"].map(
      hundredK,
    );

    const made = plan(files);

    const [first] = files;
    const size = first?.patch.kind === "hunks" ? tokensOf(first.patch.hunks) : 0;
    expect(3 * size).toBeLessThan(REVIEW_TOKEN_BUDGET);
    expect(4 * size).toBeGreaterThan(REVIEW_TOKEN_BUDGET);
    expect(chunkPaths(made)).toEqual([
      "docs/a.md",
      "lib/b.ts",
      "lib/c.ts",
      "src/auth/session.ts",
      "test/d.test.ts",
    ]);
    expect([...made.cut.keys()]).toEqual(["docs/a.md", "test/d.test.ts"]);
  });

  it("what finds no room is left out with its size and the reason", () => {
    const files = [...pathsLike(12, "src/auth"), ...pathsLike(4, "docs")].map(hundredK);

    const made = plan(files);

    expect(made.leftOut.length).toBeGreaterThan(5);
    expect(made.leftOut.find((file) => file.path === "docs/3.ts")).toEqual({
      path: "docs/3.ts",
      state: "skipped",
      cause: "limit",
      reason:
        "over the review budget of 400,000 tokens, riskier files came first (this file has about 100,022)",
    });
  });

  it("of a file larger than the whole budget the riskiest part is read, and those behind it still get in", () => {
    const huge = aNewFile(
      "src/auth/huge.ts",
      Array.from({ length: 100_000 }, (_, at) => `const value${at} = compute(${at});`),
    );

    const made = plan([huge, aDiff(undefined, { path: "src/small.ts" })]);

    expect(made.leftOut).toEqual([]);
    expect(made.cut.get("src/auth/huge.ts")).toMatch(
      /^over the review budget of 400,000 tokens: [\d,]+ of 100,000 changed lines read \(0 of 1 hunks in full\)$/,
    );
    expect(chunkPaths(made)).toEqual(["src/auth/huge.ts", "src/small.ts"]);
    const read = made.chunks.reduce((sum, chunk) => sum + chunk.tokens, 0);
    expect(read).toBeGreaterThan(REVIEW_TOKEN_BUDGET * 0.45);
    expect(read).toBeLessThan(REVIEW_TOKEN_BUDGET);
  });

  it("for 30 random pull requests: none is lost, none is in both, order is kept", () => {
    const random = aRandom(9);
    const reasons = ["binary", "rename", "too-large", "unusable"] as const;
    for (let n = 0; n < 30; n++) {
      const files = Array.from({ length: random(30) }, (_, at) => {
        const path = `${random(2) === 0 ? "src" : "docs"}/${at}.${random(5) === 0 ? "snap" : "ts"}`;
        if (random(4) === 0) return without(reasons[random(4)] ?? "binary", path);
        return aNewFile(
          path,
          Array.from({ length: 1 + random(900) }, () => "x".repeat(random(400))),
        );
      });

      const made = plan(files, random(2) === 0 ? { paths: ["src/**"] } : {});

      const [read, out] = [chunkPaths(made), made.leftOut.map((file) => file.path)];
      expect([...read, ...out].toSorted()).toEqual(files.map((file) => file.path).toSorted());
      expect(read).toEqual(files.map((file) => file.path).filter((path) => read.includes(path)));
      expect(out).toEqual(files.map((file) => file.path).filter((path) => out.includes(path)));
      expect(made.leftOut.every((file) => file.reason !== null && file.reason !== "")).toBe(true);
      expect(made.chunks.every((chunk) => chunk.tokens <= CHUNK_TOKEN_BUDGET)).toBe(true);
    }
  });
});

describe("what is cut is said", () => {
  it("one long line", () => {
    expect([...plan([aNewFile("a", ["x".repeat(5_000_000)])]).cut]).toEqual([
      ["a", "1 line longer than 2,000 characters shown only up to there"],
    ]);
  });

  it("several, in this file only", () => {
    const files = [aNewFile("a", ["x".repeat(2_001), "y".repeat(2_000), "z".repeat(3_000)]), aDiff()];

    expect([...plan(files).cut]).toEqual([
      ["a", "2 lines longer than 2,000 characters shown only up to there"],
    ]);
  });

  it("files that nobody listed are a gap of the whole", () => {
    const pullRequest = aPullRequest({ filesMissing: "7 of 3007 changed files are not known" });

    expect(planReview(pullRequest, EVERYTHING, aLibrary()).gaps).toEqual([
      "7 of 3007 changed files are not known",
    ]);
  });
});

it("guides come from the files that are read, not from those left out", () => {
  const files = [aDiff(undefined, { path: "cmd/main.go" }), without("binary", "api/logo.png")];

  expect(plan(files).guides.map((guide) => guide.title)).toEqual(["Go"]);
});

it("describes itself as plain data", () => {
  const big = aNewFile(
    "src/big.ts",
    Array.from({ length: 1_500 }, () => "const value = compute(input);"),
  );

  const described = describePlan(plan([big, without("binary", "logo.png")]), "standard");

  expect(described).toMatchObject({
    model_calls: described.chunks.length * 5 + 1,
    guides: [],
    gaps: [],
    cut: [],
  });
  expect(described.chunks[0]?.files).toEqual([`src/big.ts (part 1 of ${described.chunks.length})`]);
  expect(described.left_out).toHaveLength(1);
});

it("without a file to read there is no model call", () => {
  expect(describePlan(plan([without("binary")]), "standard").model_calls).toBe(0);
});

describe("the nature of a file", () => {
  it.each([
    ["package-lock.json", "lock file"],
    ["a/b/PNPM-LOCK.YAML", "lock file"],
    ["bun.lockb", "lock file"],
    ["go.sum", "lock file"],
    ["Cargo.lock", "lock file"],
    ["x/gradle.lockfile", "lock file"],
    ["api/v1/user.pb.go", "generated code"],
    ["svc/user_pb2_grpc.py", "generated code"],
    ["web/__generated__/types.ts", "generated code"],
    ["src/schema.gen.ts", "generated code"],
    ["vendor/github.com/x/y.go", "vendored code"],
    ["a/node_modules/b/index.js", "vendored code"],
    ["dist/app.min.js", "build output"],
    ["static/app.js.map", "build output"],
    ["test/__snapshots__/a.snap", "test snapshot"],
    [".hidden/deep.snap", "test snapshot"],
  ])("%j is %s", (path, reason) => {
    expect(natureOf(aDiff(undefined, { path }), NO_FACTS)).toBe(reason);
  });

  it.each([
    ["package.json"],
    ["src/lock.ts"],
    ["src/generator.ts"],
    ["src/generated.ts"],
    ["src/vendor.ts"],
    ["app/vendor/own-code.ts"],
    ["mapping.js.mapper"],
    ["src/minjs"],
    ["locks/Cargo.locked"],
    [""],
    ["a/".repeat(2_000)],
  ])("%j is code to read", (path) => {
    expect(natureOf(aDiff(undefined, { path }), NO_FACTS)).toBeNull();
  });
});
