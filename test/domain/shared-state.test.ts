import { describe, expect, it } from "vitest";
import { cutIntoChunks } from "../../src/domain/chunk.ts";
import { sharedStatePointers } from "../../src/domain/shared-state.ts";
import { aDiff } from "../builders.ts";

/** Twenty empty lines, with these in between. */
function fileWith(lines: Readonly<Record<number, string>>): string {
  return Array.from({ length: 60 }, (_, at) => lines[at + 1] ?? "").join("\n");
}

function pointersOf(
  changed: readonly string[],
  text: string,
  shown: readonly (readonly [number, number])[] = [],
) {
  const patch = `@@ -1,0 +1,${changed.length} @@\n${changed.map((line) => `+${line}`).join("\n")}`;
  const [file] = cutIntoChunks([aDiff(patch)])[0]?.files ?? [];
  if (file === undefined) throw new Error("no file");
  return sharedStatePointers(
    file,
    text,
    shown.map(([start, end]) => ({ start, end })),
  );
}

describe("who else writes what a change writes", () => {
  it.each<[what: string, changed: string, other: string]>([
    ["a field", "this.state = 'done';", "  this.state = 'open';"],
    ["a field that is added to", "job.retryCount += 1;", "  retryCount = 0;"],
    ["a field behind a pointer", "job->state = DONE;", "  job->state = OPEN;"],
    ["a private field", "this.#open = false;", "  this.#open = true;"],
    ["a column", "UPDATE jobs SET state = 'done'", "  UPDATE jobs SET state = 'open'"],
  ])("%s", (_, changed, other) => {
    expect(pointersOf([changed], fileWith({ 40: other }))).toMatchObject([
      { path: "src/a.ts", start: 36, end: 46, reason: expect.stringMatching(/^also writes \w+$/) },
    ]);
  });

  it.each<[what: string, changed: string, other: string]>([
    ["a comparison", "if (this.state === 1) {", "  this.state = 2;"],
    ["an arrow", "a.map((x) => x)", "  map = 2;"],
    ["a read of it elsewhere", "this.state = 1;", "  if (this.state == 2)"],
    ["a longer name", "this.state = 1;", "  this.estate = 2; this.stateful = 3;"],
    ["an assignment that is no column", "  limit = 5", "  limit = 6"],
  ])("but not %s", (_, changed, other) => {
    expect(pointersOf([changed], fileWith({ 40: other }))).toEqual([]);
  });

  it("what the chunk shows is not shown again, and places that touch are one", () => {
    const text = fileWith({ 10: "this.state = 1;", 30: "this.state = 2;", 33: "this.state = 3;" });

    expect(pointersOf(["this.state = 0;"], text, [[8, 12]]).map(({ start, end }) => [start, end])).toEqual([
      [26, 36],
    ]);
  });

  it("eight places are enough, and a name is no pattern", () => {
    const many = Array.from({ length: 1_000 }, (_, at) => (at % 20 === 0 ? "this.state = 1;" : "")).join(
      "\n",
    );

    expect(pointersOf(["this.state = 0;"], many)).toHaveLength(8);
    expect(pointersOf([`this.${"a".repeat(400)} = 0;`], many)).toEqual([]);
  });

  it("a line of five million characters is borne", () => {
    expect(pointersOf(["this.state = 0;"], `${"a.b=".repeat(1_250_000)}\nthis.state = 1;`)).toHaveLength(1);
  });
});
