import { describe, expect, it } from "vitest";
import { scanOrder } from "../../src/domain/scan-order.ts";

const files = (...paths: readonly string[]) => paths.map((path) => ({ path, bytes: 1_000 }));

describe("the files that are searched for names", () => {
  it("begin with the nearest, source before its tests", () => {
    const all = files(
      "lib/far.ts",
      "src/api/deep/below.ts",
      "src/near.ts",
      "src/api/users.test.ts",
      "src/api/users.ts",
    );

    expect(scanOrder(all, ["src/api/routes.ts"])).toEqual([
      "src/api/deep/below.ts",
      "src/api/users.ts",
      "src/api/users.test.ts",
      "src/near.ts",
      "lib/far.ts",
    ]);
  });

  it.each<[what: string, path: string]>([
    ["another language", "src/a.py"],
    ["no code", "README.md"],
    ["a dependency's copy", "node_modules/x/index.ts"],
    ["a lock file", "package-lock.json"],
  ])("leave out %s", (_, path) => {
    expect(scanOrder(files(path, "src/b.ts"), ["src/a.ts"])).toEqual(["src/b.ts"]);
  });

  it("leave out what is larger than 256 KiB", () => {
    const sized = [
      { path: "src/large.ts", bytes: 256 * 1024 + 1 },
      { path: "src/b.ts", bytes: 256 * 1024 },
    ];

    expect(scanOrder(sized, ["src/a.ts"])).toEqual(["src/b.ts"]);
  });

  it("end at 64 MiB, the farthest left out", () => {
    const sized = Array.from({ length: 300 }, (_, at) => ({ path: `lib/${at}.ts`, bytes: 256 * 1024 }));

    expect(scanOrder([...sized, ...files("src/near.ts")], ["src/a.ts"])).toHaveLength(256);
    expect(scanOrder([...sized, ...files("src/near.ts")], ["src/a.ts"])[0]).toBe("src/near.ts");
  });

  it("end at 30,000 files, and 100,000 of them are put in order", () => {
    const many = Array.from({ length: 100_000 }, (_, at) => ({
      path: `lib/${at % 100}/${at}.ts`,
      bytes: 10,
    }));

    expect(scanOrder(many, ["lib/7/a.ts"])).toHaveLength(30_000);
    expect(scanOrder(many, ["lib/7/a.ts"])[0]).toMatch(/^lib\/7\//);
  });
});
