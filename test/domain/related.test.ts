import { describe, expect, it } from "vitest";
import type { Scope, SourceOutline } from "../../src/domain/outline.ts";
import {
  callerPointers,
  choosePointers,
  definitionPointers,
  middlewarePointers,
  type NameHit,
  type Pointer,
  windowsAround,
} from "../../src/domain/related.ts";
import type { ChangedName } from "../../src/domain/wanted.ts";

const hit = (path: string, line: number, text: string, name = "loadUser"): NameHit => ({
  name,
  path,
  line,
  text,
});
const hits = (...all: readonly NameHit[]) => new Map([["loadUser", all]]);
const DEFINITION = "export function loadUser(id: string) {";
const CALL = "  const user = await loadUser(id);";

function outlineWith(over: Partial<Scope> = {}): SourceOutline {
  const scope: Scope = {
    kind: "function",
    name: "loadUser",
    start: 10,
    end: 20,
    leadStart: 8,
    signatureEnd: 10,
    ...over,
  };
  return { language: "typescript", scopes: [scope], imports: [], syntaxErrors: 0 };
}

describe("where a used name is defined", () => {
  const pointers = (found: readonly NameHit[], outline: SourceOutline | null, weight = 3) =>
    definitionPointers(
      [{ name: "loadUser", weight }],
      hits(...found),
      new Map(outline === null ? [] : found.map(({ path }) => [path, outline])),
    );

  it("is shown with what belongs to it from above", () => {
    expect(pointers([hit("src/users.ts", 10, DEFINITION)], outlineWith())).toEqual([
      { path: "src/users.ts", start: 8, end: 20, reason: "definition of loadUser", rank: 30 },
    ]);
  });

  it("is shown by its beginning where it is long", () => {
    expect(pointers([hit("src/users.ts", 10, DEFINITION)], outlineWith({ end: 900 }))).toMatchObject([
      { start: 8, end: 52 },
    ]);
  });

  it.each<[what: string, found: readonly NameHit[], outline: SourceOutline | null, weight: number]>([
    ["the line only mentions it", [hit("src/users.ts", 10, CALL)], outlineWith(), 3],
    ["no grammar knows the file", [hit("src/users.ts", 10, DEFINITION)], null, 3],
    ["the definition stands elsewhere in the file", [hit("src/users.ts", 300, DEFINITION)], outlineWith(), 3],
    ["the name says little", [hit("src/users.ts", 10, DEFINITION)], outlineWith(), 0.5],
  ])("is not shown where %s", (_, found, outline, weight) => {
    expect(pointers(found, outline, weight)).toEqual([]);
  });

  it("is shown twice at most, the second lower, one of a test lower still", () => {
    const found = [
      hit("src/a.ts", 10, DEFINITION),
      hit("test/b.ts", 10, DEFINITION),
      hit("src/c.ts", 10, DEFINITION),
    ];

    expect(pointers(found, outlineWith(), 4).map(({ path, rank }) => [path, rank])).toEqual([
      ["src/a.ts", 40],
      ["test/b.ts", 17],
    ]);
  });
});

describe("who relies on what is changed", () => {
  const changed = (change: ChangedName["change"]): ChangedName => ({
    name: "loadUser",
    path: "src/users.ts",
    change,
  });
  const pointers = (change: ChangedName["change"], ...found: readonly NameHit[]) =>
    callerPointers([changed(change)], hits(...found));

  it.each<[ChangedName["change"], reason: string]>([
    ["removed", "still mentions the removed loadUser"],
    ["signature", "uses the changed loadUser"],
    ["table", "uses the table loadUser"],
    ["body", "uses the changed loadUser"],
  ])("after %s, a caller is shown with some lines around", (change, reason) => {
    expect(pointers(change, hit("src/api.ts", 30, CALL))).toMatchObject([
      { path: "src/api.ts", start: 26, end: 34, reason },
    ]);
  });

  it("what is gone outranks what has another signature, and that what does other things", () => {
    const rank = (change: ChangedName["change"]) =>
      pointers(change, hit("src/api.ts", 30, CALL))[0]?.rank ?? 0;

    expect(rank("removed")).toBeGreaterThan(rank("signature"));
    expect(rank("signature")).toBeGreaterThan(rank("body"));
  });

  it("imports and the file itself are no callers", () => {
    const found = [
      hit("src/api.ts", 1, 'import { loadUser } from "./users.ts";'),
      hit("src/api.py", 1, "from users import loadUser"),
      hit("src/users.ts", 40, CALL),
    ];

    expect(pointers("signature", ...found)).toEqual([]);
  });

  it("four callers, one test and two definitions of the same name are enough", () => {
    const many = Array.from({ length: 20 }, (_, at) => hit(`src/${at}.ts`, 30, CALL));
    const tests = Array.from({ length: 5 }, (_, at) => hit(`test/${at}.test.ts`, 30, CALL));
    const others = Array.from({ length: 5 }, (_, at) => hit(`other/${at}.ts`, 30, DEFINITION));

    expect(pointers("signature", ...many, ...tests, ...others).map(({ path }) => path)).toEqual([
      "src/0.ts",
      "src/1.ts",
      "src/2.ts",
      "src/3.ts",
      "other/0.ts",
      "other/1.ts",
      "test/0.test.ts",
    ]);
  });
});

describe("what runs before a route", () => {
  const text = [
    "const app = express();",
    "app.use(requireLogin);",
    "",
    "app.get('/users', list);",
    "app.post('/users', add);",
  ].join("\n");

  it("is shown where the change is about routes", () => {
    expect(middlewarePointers("app.ts", text, [{ start: 4, end: 5 }])).toMatchObject([
      { path: "app.ts", start: 1, end: 4, reason: "runs before the routes" },
    ]);
  });

  it("is not shown where it is not", () => {
    expect(middlewarePointers("app.ts", text, [{ start: 1, end: 1 }])).toEqual([]);
  });

  it("is no list without end", () => {
    const many = `${"app.use(x);\n".repeat(1_000)}app.get('/users', list);`;

    expect(middlewarePointers("app.ts", many, [{ start: 1_001, end: 1_001 }])).toHaveLength(6);
  });
});

describe("what is shown of all that", () => {
  const pointer = (over: Partial<Pointer> = {}): Pointer => ({
    path: "a.ts",
    start: 1,
    end: 10,
    reason: "r",
    rank: 10,
    ...over,
  });
  const chosen = (
    pointers: readonly Pointer[],
    shown: readonly (readonly [number, number])[] = [],
    budget = 1_000,
  ) =>
    choosePointers(
      pointers,
      new Map([["a.ts", shown.map(([start, end]) => ({ start, end }))]]),
      () => 280,
      budget,
    ).map(({ path, start }) => `${path}:${start}`);

  it("is the best that fits, in the order of files and lines", () => {
    const pointers = [
      pointer({ path: "b.ts", rank: 30 }),
      pointer({ start: 100, end: 110, rank: 20 }),
      pointer({ rank: 1 }),
    ];

    // 280 characters are 100 tokens, and each excerpt has a heading of 40.
    expect(chosen(pointers, [], 280)).toEqual(["a.ts:100", "b.ts:1"]);
    expect(chosen(pointers, [], 279)).toEqual(["b.ts:1"]);
    expect(chosen(pointers, [], 10)).toEqual([]);
  });

  it.each<[what: string, shown: readonly (readonly [number, number])[], expected: readonly string[]]>([
    ["nothing that is shown anyway", [[1, 10]], []],
    ["nothing that is shown for the most part", [[4, 10]], []],
    ["what is shown to a small part", [[8, 10]], ["a.ts:1"]],
  ])("is %s", (_, shown, expected) => {
    expect(chosen([pointer()], shown)).toEqual(expected);
  });

  it("is nothing twice", () => {
    expect(chosen([pointer({ rank: 5 }), pointer({ start: 2, rank: 9 })])).toEqual(["a.ts:2"]);
  });
});

describe("the file around a claim", () => {
  const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}`).join("\n");
  const windows = (
    count: number,
    places: readonly number[],
    shown: readonly (readonly [number, number])[] = [],
  ) =>
    windowsAround(
      "a.ts",
      lines(count),
      places,
      shown.map(([start, end]) => ({ start, end })),
    ).map(({ first, lines: own }) => [first, first + own.length - 1]);

  it.each<
    [
      what: string,
      count: number,
      places: readonly number[],
      shown: readonly (readonly [number, number])[],
      expected: readonly (readonly number[])[],
    ]
  >([
    ["a short file is shown whole", 160, [3], [], [[1, 160]]],
    [
      "without what the chunk shows",
      160,
      [3],
      [[10, 20]],
      [
        [1, 9],
        [21, 160],
      ],
    ],
    ["a long one by 60 lines on each side", 1_000, [500], [], [[440, 560]]],
    ["two places that are near by one window", 1_000, [500, 520], [], [[440, 580]]],
    [
      "at the edges by what there is",
      1_000,
      [1, 1_000],
      [],
      [
        [1, 61],
        [940, 1_000],
      ],
    ],
    ["a long one without a place not at all", 1_000, [], [], []],
    ["a place that all is shown of not at all", 1_000, [500], [[400, 600]], []],
  ])("%s", (_, count, places, shown, expected) => {
    expect(windows(count, places, shown)).toEqual(expected);
  });

  it("is at most 24,000 characters, however long its lines are", () => {
    const text = Array.from({ length: 1_000 }, () => "x".repeat(1_990)).join("\n");

    const shown = windowsAround("a.ts", text, [500], []).reduce(
      (sum, { lines: own }) => sum + own.join("").length,
      0,
    );

    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThanOrEqual(24_000);
  });
});
