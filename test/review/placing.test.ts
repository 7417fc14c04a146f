import { expect, it } from "vitest";
import type { FileContent } from "../../src/domain/pull-request.ts";
import { placeFindings } from "../../src/review/placing.ts";
import { aDiff, aFinding } from "../builders.ts";

function aReader(files: Readonly<Record<string, string>>) {
  const read: string[] = [];
  const readHead = async (paths: readonly string[]): Promise<ReadonlyMap<string, FileContent>> => {
    read.push(...paths);
    return new Map(
      paths.map((path) => {
        const text = files[path];
        return [path, text === undefined ? { kind: "absent" } : { kind: "text", text }] as const;
      }),
    );
  };
  return { read, readHead };
}

it("reads no file where the diff leaves no doubt", async () => {
  const { read, readHead } = aReader({});

  const [placed] = await placeFindings([aFinding()], [aDiff()], readHead);

  expect(placed?.placement).toMatchObject({ kind: "inline", anchor: { line: 11 } });
  expect(read).toEqual([]);
});

it("reads a file once for all quotes that are not in its diff", async () => {
  const { read, readHead } = aReader({ "src/a.ts": "far(away);\nfarther(away);" });

  const placed = await placeFindings(
    [aFinding({ evidence: "far(away);" }), aFinding({ evidence: "farther(away);" })],
    [aDiff()],
    readHead,
  );

  expect(placed.map(({ placement }) => placement)).toMatchObject([
    { kind: "outside", anchor: { line: 1 } },
    { kind: "outside", anchor: { line: 2 } },
  ]);
  expect(read).toEqual(["src/a.ts"]);
});

it("a finding carries the path that GitHub knows, whatever the model called it", async () => {
  const { read, readHead } = aReader({ "src/new.ts": "far(away);" });
  const file = aDiff(undefined, { path: "src/new.ts", previousPath: "src/old.ts", status: "renamed" });

  const placed = await placeFindings(
    [aFinding({ path: "src/old.ts" }), aFinding({ path: "./src/old.ts", evidence: "far(away);" })],
    [file],
    readHead,
  );

  expect(placed.map(({ finding, placement }) => [finding.path, placement.kind])).toEqual([
    ["src/new.ts", "inline"],
    ["src/new.ts", "outside"],
  ]);
  expect(read).toEqual(["src/new.ts"]);
});

it("asks for no file that is not part of the change", async () => {
  const { read, readHead } = aReader({ "etc/passwd": "const b = 3;" });

  const [placed] = await placeFindings([aFinding({ path: "etc/passwd" })], [aDiff()], readHead);

  expect(placed?.placement).toEqual({ kind: "dropped", reason: "unknown path" });
  expect(read).toEqual([]);
});
