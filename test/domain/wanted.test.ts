import { describe, expect, it } from "vitest";
import type { ChunkFile } from "../../src/domain/chunk.ts";
import type { Scope, SourceOutline } from "../../src/domain/outline.ts";
import { looksLikeDefinition, wantedBy } from "../../src/domain/wanted.ts";
import { aDiff } from "../builders.ts";

function aChunkFile(patch: string, path = "src/a.ts"): ChunkFile {
  const diff = aDiff(patch, { path });
  const hunks = diff.patch.kind === "hunks" ? diff.patch.hunks : [];
  return { path, previousPath: null, status: "modified", hunks, part: 1, parts: 1, tokens: 0 };
}

const wanted = (patch: string, scopes: readonly Scope[] = []) => {
  const outline: SourceOutline = { language: "typescript", scopes, imports: [], syntaxErrors: 0 };
  return wantedBy([aChunkFile(patch)], new Map([["src/a.ts", outline]]));
};
const usedIn = (line: string) => wanted(`@@ -1,0 +1,1 @@\n+${line}`).used.map(({ name }) => name);

describe("names that a changed line uses", () => {
  it.each([
    ["a call before a plain name", "loadUser(accountNumber)", ["loadUser", "accountNumber"]],
    ["a method", "repository.findActive(id)", ["findActive", "repository"]],
    ["a constructor and a type", "new RetryPolicy() as Policy", ["RetryPolicy", "Policy"]],
    ["a constant", "if (count > MAX_COUNT) {}", ["MAX_COUNT"]],
    ["a macro", "ensure_owner!(user)", ["ensure_owner"]],
    ["nothing in strings and remarks", 'x("callMe(1)") // orCallMe(2)', []],
    ["nothing but keywords", "return await this", []],
  ])("finds %s", (_what, line, expected) => {
    expect(usedIn(line)).toEqual(expected);
  });

  it("leaves out what the chunk itself defines", () => {
    const { used } = wanted(
      "@@ -1,1 +1,3 @@\n+function loadUser(id) {\n+  return readRow(id);\n loadUser(1)",
    );
    expect(used.map(({ name }) => name)).toEqual(["readRow"]);
  });

  it("survives a line of five million characters", () => {
    expect(usedIn(`f(${"a(".repeat(2_500_000)}`).length).toBeLessThan(10);
  });
});

const scope = (name: string, start: number, end: number, over: Partial<Scope> = {}): Scope => ({
  kind: "function",
  name,
  start,
  end,
  leadStart: start,
  signatureEnd: start,
  ...over,
});

describe("code whose callers a chunk changes", () => {
  const body = "@@ -10,3 +10,3 @@\n {\n-  a();\n+  b();\n }";

  it.each<[string, string, readonly Scope[], readonly string[]]>([
    ["the function around a changed line", body, [scope("close", 9, 12)], ["close body"]],
    ["a changed signature", body, [scope("close", 10, 12, { signatureEnd: 11 })], ["close signature"]],
    [
      "a method, not its class",
      body,
      [scope("File", 1, 50, { kind: "class" }), scope("close", 9, 12)],
      ["close body"],
    ],
    ["a class whose own line changes", body, [scope("File", 1, 50, { kind: "class" })], ["File body"]],
    ["nothing elsewhere", body, [scope("open", 20, 30)], []],
    ["a removed function", "@@ -4,2 +4,1 @@\n-function drop() {}\n x", [], ["drop removed"]],
    ["not a renewed one", "@@ -4,2 +4,2 @@\n-function drop() {}\n+function drop(now) {}\n x", [], []],
    ["a table", "@@ -1,0 +1,1 @@\n+ALTER TABLE public.orders ADD COLUMN x int;", [], ["orders table"]],
  ])("names %s", (_what, patch, scopes, expected) => {
    expect(wanted(patch, scopes).changed.map(({ name, change }) => `${name} ${change}`)).toEqual(expected);
  });
});

describe("a line that defines a name", () => {
  it.each([
    ["export async function load(id: string) {", true],
    ["def load(self, id):", true],
    ["func (s *Store) load(ctx context.Context) error {", true],
    ["pub(crate) async fn load<T>(id: T) -> Result<()> {", true],
    ["  private final Map<String, User> load(String id) throws IOException {", true],
    ["  async load(id) {", true],
    ["const load = async (id) => {", true],
    ["  load: (id) => {", true],
    ["  return load(id);", false],
    ["  const user = load(id);", false],
    ["  store.load(id, () => {", false],
    ["if (load(id)) {", false],
  ])("%s: %s", (line, expected) => {
    expect(looksLikeDefinition(line, "load")).toBe(expected);
  });
});
