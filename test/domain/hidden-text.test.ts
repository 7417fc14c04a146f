import { describe, expect, it } from "vitest";
import { hiddenTextFindings } from "../../src/domain/hidden-text.ts";
import { placeInDiff } from "../../src/domain/placement.ts";
import { aDiff, aNewFile } from "../builders.ts";

function found(line: string, path = "src/a.ts") {
  return hiddenTextFindings([aNewFile(path, ["const first = 1;", line])]);
}

describe("what cannot be seen is a finding", () => {
  it.each([
    ["an override", "if (isAdmin) { /*\u202E } if (x) { \u2066*/", "critical"],
    ["an isolate", "const role = 'user\u2066// admin\u2069';", "critical"],
    ["an override in a document", "see \u202Egpj.exe", "critical", "README.md"],
    ["an override among Hebrew", "שלום \u202Eabc", "critical", "locales/he.po"],
    ["tag letters", "// fine\u{E0069}\u{E0067}\u{E006E}", "critical"],
    ["a variation selector that carries data", "const a = 'x\u{E0100}\u{E0101}';", "critical"],
    ["an invisible parameter", "const { timeout,\u3164} = query;", "critical"],
    ["a half-width filler", "let \uFFA0 = 1;", "critical"],
    ["a zero-width space in a name", "const user\u200BName = 1;", "suggestion"],
    ["a zero-width joiner in a name", "is\u200DAdmin = true", "suggestion"],
    ["a word joiner behind a name", "admin\u2060 = true", "suggestion"],
    ["a grapheme joiner", "pass\u034Fword", "suggestion"],
    ["a soft hyphen in code", "const pass\u00ADword = 1;", "suggestion"],
    ["a byte order mark within", "const a\uFEFF = 1;", "suggestion"],
    ["a variation selector behind a letter", "let a\uFE0F = 1;", "suggestion"],
    ["an escape", "# ok \u001B[2K\u001B[1A", "suggestion"],
    ["a backspace", "rm -rf /\u0008\u0008", "suggestion"],
  ] as const)("%s", (_, line, severity, path: string = "src/a.ts") => {
    const [finding, ...others] = found(line, path);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity, path, line: 2, pass: "security", rule: "hidden-characters" });
    expect(finding?.evidence).toContain("\\u{");
    expect(finding?.why).toMatch(/U\+[0-9A-F]{4,6}/);
  });

  it.each([
    ["a byte order mark at the file's start", "\uFEFFconst a = 1;", "src/a.ts"],
    ["an emoji of several", "say('👩\u200D💻 🏳\uFE0F\u200D🌈 👍🏽\u200D')", "src/a.ts"],
    ["an emoji in its coloured form", "say('❤\uFE0F 1\uFE0F\u20E3')", "src/a.ts"],
    ["the flag of a region", "say('🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}')", "src/a.ts"],
    ["a soft hyphen in a document", "Donau\u00ADdampf\u00ADschiff", "docs/a.md"],
    ["marks in a translation", 'msgstr "\u200Fשלום\u200E"', "locale/he.po"],
    ["marks in JSON", '{ "hello": "\u200Fمرحبا\u200E" }', "locales/ar.json"],
    ["isolates around a name in a translation", "hello = مرحبا \u2068{ $name }\u2069", "i18n/ar.ftl"],
    ["a joiner that Persian is written with", "const t = 'می\u200Cخواهم';", "src/a.ts"],
    ["a joiner in Hindi", "const t = 'क्\u200Dष';", "src/a.ts"],
    ["a variant of an ideograph", "const t = '葛\u{E0100}';", "src/a.ts"],
    ["a zero-width space alone in quotes", "const ZERO_WIDTH = '\u200B';", "src/a.ts"],
    ["an escape that is written out", "const ZERO_WIDTH = '\\u200B\\u202E';", "src/a.ts"],
    ["colours in a snapshot", "\u001B[32mok\u001B[39m", "test/__snapshots__/a.snap"],
    ["plain text in any script", "const t = 'Größe 日本語 한국어 😀';", "src/a.ts"],
  ])("but not %s", (name, line, path) => {
    const lines = name.includes("start") ? [line, "b"] : ["a", line];

    expect(hiddenTextFindings([aNewFile(path, lines)])).toEqual([]);
  });

  it("only on lines that this change adds", () => {
    expect(hiddenTextFindings([aDiff("@@ -1,2 +1,2 @@\n a\u202Eb\n-c\u202Ed\n+e")])).toEqual([]);
  });

  it("once for each kind and file, with the number of lines, and 20 in all", () => {
    const lines = ["a\u202Eb", "c\u202Ed", "user\u200BName"];
    const findings = hiddenTextFindings([aNewFile("src/a.ts", lines)]);

    expect(findings.map(({ severity, line }) => [severity, line])).toEqual([
      ["critical", 1],
      ["suggestion", 3],
    ]);
    expect(findings[0]?.why).toContain("2 added lines");
    const many = Array.from({ length: 50 }, (_, at) => aNewFile(`src/${at}.ts`, lines));
    expect(hiddenTextFindings(many)).toHaveLength(20);
  });

  it("and its quote is found in the diff", () => {
    const file = aNewFile("src/a.ts", ["x", `${"y".repeat(3_000)}\u202E`, "z\u202E"]);
    const [finding] = hiddenTextFindings([file]);

    expect(finding && placeInDiff(finding, new Map([[file.path, file]]))).toMatchObject({
      kind: "inline",
      anchor: { line: 2 },
    });
  });

  it("a line of 5 MB of them is read", () => {
    expect(found("a\u200B\u202E🏴".repeat(1_000_000))).toHaveLength(2);
  });
});
