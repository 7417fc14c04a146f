import { describe, expect, it } from "vitest";
import { CHUNK_TOKEN_BUDGET, tokensOf } from "../../src/domain/chunk.ts";
import type { FileDiff, NoPatchReason } from "../../src/domain/diff.ts";
import { NO_FACTS } from "../../src/domain/file-kind.ts";
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

describe("what is known about files beside their diffs", () => {
  it("decides by path", () => {
    const facts = new Map([
      ["src/a.ts", { ...NO_FACTS, marks: { generated: "set", vendored: "unspecified" } as const }],
      ["src/l.ts", { ...NO_FACTS, entry: "symlink" as const }],
    ]);
    const files = ["src/a.ts", "src/b.ts", "src/l.ts"].map((path) => aDiff(undefined, { path }));

    const made = planReview(aPullRequest({ files }), EVERYTHING, aLibrary(), facts);

    expect(made.leftOut).toEqual([
      {
        path: "src/a.ts",
        state: "skipped",
        cause: "nature",
        reason: "generated code (linguist-generated in .gitattributes)",
      },
      { path: "src/l.ts", state: "skipped", cause: "nature", reason: "symbolic link" },
    ]);
    expect(chunkPaths(made)).toEqual(["src/b.ts"]);
  });
});

describe("ordinary inputs, however large", () => {
  const everyFileOnce = (files: readonly FileDiff[], made: ReviewPlan) =>
    expect([...chunkPaths(made), ...made.leftOut.map((file) => file.path)].toSorted()).toEqual(
      files.map((file) => file.path).toSorted(),
    );
  const tokensRead = (made: ReviewPlan) => made.chunks.reduce((sum, chunk) => sum + chunk.tokens, 0);

  it.each([301, 3_001])("%i files: each is read or listed", (count) => {
    const files = Array.from({ length: count }, (_, at) =>
      aNewFile(
        `${at % 7 === 0 ? "src/auth" : "lib"}/${at}.ts`,
        Array.from({ length: 30 }, (_, line) => `const value${line} = compute(${at});`),
      ),
    );

    const made = plan(files);

    everyFileOnce(files, made);
    const out = new Set(made.leftOut.map((file) => file.path));
    expect([...out].filter((path) => path.startsWith("src/auth"))).toEqual([]);
    expect(out.size > 0).toBe(count === 3_001);
    expect(made.leftOut.every((file) => file.reason?.startsWith("over the review budget"))).toBe(true);
  });

  it("20,001 lines in ten files", () => {
    const files = Array.from({ length: 10 }, (_, at) =>
      aNewFile(
        `src/${at}.ts`,
        Array.from({ length: 2_001 }, (_, line) => `const value${line} = compute(${at});`),
      ),
    );

    const made = plan(files);

    everyFileOnce(files, made);
    expect(made.leftOut).toEqual([]);
    expect([...made.cut.keys()]).toEqual([]);
  });

  it("a line of 5 MB beside a file of 100,000 lines and a thousand small ones", () => {
    const small = Array.from({ length: 1_000 }, (_, at) => aDiff(undefined, { path: `src/${at}.ts` }));
    const lines = Array.from({ length: 100_000 }, (_, at) => `const value${at} = compute(${at});`);
    const files = [
      aNewFile("src/blob.ts", ["x".repeat(5_000_000)]),
      aNewFile("src/crypto/huge.ts", lines),
      ...small,
    ];

    const made = plan(files);

    everyFileOnce(files, made);
    expect(made.leftOut).toEqual([]);
    expect([...made.cut.keys()]).toEqual(["src/blob.ts", "src/crypto/huge.ts"]);
    // What the headers of files take comes on top of what the budget counts.
    expect(tokensRead(made)).toBeLessThan(REVIEW_TOKEN_BUDGET + 60 * 1_100);
  });

  it("the hunks with words of danger are read before the others of a file that is too large", () => {
    const hunk = (at: number) => {
      const word = at === 150 ? "password" : "value";
      const lines = Array.from(
        { length: 100 },
        (_, line) => `+const ${word}${line} = read("${"x".repeat(80)}");`,
      );
      return `@@ -${at * 1_000},0 +${at * 1_000 + 1},100 @@\n${lines.join("\n")}`;
    };
    const file = aDiff(Array.from({ length: 300 }, (_, at) => hunk(at + 1)).join("\n"), {
      path: "lib/many.ts",
    });

    const made = plan([file]);

    const read = made.chunks.flatMap((chunk) => chunk.files.flatMap(({ hunks }) => hunks));
    expect(read.some((one) => one.lines[0]?.text.includes("password"))).toBe(true);
    expect(read.map((one) => one.headStart)).toEqual(
      read.map((one) => one.headStart).toSorted((a, b) => a - b),
    );
    expect(made.cut.get("lib/many.ts")).toBe(
      `over the review budget of 400,000 tokens: ${(read.length * 100).toLocaleString("en")} of 30,000 changed lines read (${read.length} of 300 hunks in full)`,
    );
  });
});
