import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  clip,
  nonceFor,
  quarantine,
  showInvisible,
  stripInvisible,
  visibleProse,
} from "../../src/domain/untrusted-text.ts";

const HIDDEN: readonly (readonly [string, string])[] = [
  ["null", "\0"],
  ["escape", "\u001B"],
  ["delete", "\u007F"],
  ["next line", "\u0085"],
  ["soft hyphen", "\u00AD"],
  ["grapheme joiner", "\u034F"],
  ["Arabic letter mark", "\u061C"],
  ["Hangul filler", "\u3164"],
  ["zero-width space", "\u200B"],
  ["zero-width joiner", "\u200D"],
  ["right-to-left mark", "\u200F"],
  ["line separator", "\u2028"],
  ["right-to-left override", "\u202E"],
  ["word joiner", "\u2060"],
  ["isolate", "\u2066"],
  ["byte order mark", "\uFEFF"],
  ["interlinear mark", "\uFFF9"],
  ["musical mark", "\u{1D173}"],
  ["tag letter", "\u{E0041}"],
  ["variation selector 17", "\u{E0100}"],
  ["variation selector 1", "\uFE00"],
  ["variation selector 16 behind a letter", "\uFE0F"],
  ["Mongolian vowel separator", "\u180E"],
  ["Mongolian variation selector", "\u180B"],
  ["invisible plus", "\u2064"],
  ["shorthand mark", "\u{1BCA0}"],
];

describe("a character that cannot be seen", () => {
  it.each(HIDDEN)("%s is shown in code", (_, character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();

    expect(showInvisible(`a${character}b`)).toBe(`a\\u{${code}}b`);
  });

  it.each(HIDDEN)("%s is taken out of prose", (_, character) => {
    expect(stripInvisible(`a${character}b`)).toBe("ab");
  });

  it.each([["\t"], ["\n"], [" "], ["ä日🎉"], ["\u00A0"], ["❤\uFE0F"], ["1\uFE0F\u20E3"]])(
    "but %j stays",
    (text) => {
      expect([showInvisible(text), stripInvisible(text)]).toEqual([text, text]);
    },
  );

  it("half a character is replaced, not passed on", () => {
    expect([showInvisible("a\uD83Db"), stripInvisible("a\uDE00b")]).toEqual(["a\uFFFDb", "a\uFFFDb"]);
  });
});

describe("prose", () => {
  it.each([
    ["a comment", "a<!-- b -->c", "a c"],
    ["a comment of several lines", "a<!--\nb\n-->c", "a c"],
    ["a comment that never ends", "a<!-- b", "a "],
    ["two comments", "a<!--1-->b<!--2-->c", "a b c"],
    ["a comment behind invisible characters", "a<\u200B!--b--\u200B>c", "a c"],
    ["CRLF", "a\r\nb", "a\nb"],
  ])("loses %s", (_, text, left) => {
    expect(stripInvisible(text)).toBe(left);
  });

  test("property: no comment is left, however they are nested", () => {
    const unit = fc.constantFrom("<", "!", "-", "<!--", "-->", ">", "a", "\u200B", "<!");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 24 }), (units) => {
        expect(stripInvisible(units.join(""))).not.toContain("<!--");
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("prose as GitHub shows it", () => {
  it.each([
    ["a colour of a terminal", "a\u001B[31mb\u001B[0m", "ab"],
    ["a link of a terminal", "a\u001B]8;;http://x\u0007b\u001B]8;;\u001B\\c", "abc"],
    ["attributes", 'a <img alt="x" src=y> <b\ntitle=z>c</b>', "a <img> <b>c</b>"],
    ["a comment by definition", "a\n[//]: # (x)\n[x]: y 'z'\nb", "a\n\n\nb"],
    ["an instruction", "a <?x y?> b", "a   b"],
    ["a declaration", "a <!DOCTYPE x> b", "a   b"],
    ["character data", "a <![CDATA[x]]> b", "a   b"],
    ["a short comment", "a <!--> b <!---> c", "a   b   c"],
  ])("loses %s", (_, text, left) => {
    expect(visibleProse(text)).toBe(left);
  });

  it.each([
    ["a comparison", "a < b and c > d, Map<string, number>"],
    ["a footnote", "a[^1]\n\n[^1]: the words"],
    ["a line of a log", "[ERROR]: something failed"],
    ["an instruction that never ends", "```php\n<?php echo 1;\n```"],
    ["a link", "[a](http://b)"],
    ["a list", "- [x] done"],
  ])("keeps %s", (_, text) => {
    expect(visibleProse(text)).toBe(text);
  });

  it.each([["<?"], ["<![CDATA["], ["<!"], ["<a "], ["[x]: "], ["\u001B["], ["<!--"]])(
    "a megabyte of %j is read",
    (piece) => {
      expect(visibleProse(piece.repeat(1_000_000 / piece.length)).length).toBeLessThanOrEqual(1_000_000);
    },
  );
});

describe("the nonce", () => {
  it.each<[name: string, texts: readonly string[]]>([
    ["another text", ["a", "c"]],
    ["another order", ["b", "a"]],
    ["another cut between texts", ["ab"]],
    ["an empty text more", ["a", "b", ""]],
    ["a cut that copies the length prefix", ["a1\0b"]],
  ])("differs for %s", (_, texts) => {
    expect(nonceFor(texts)).not.toBe(nonceFor(["a", "b"]));
  });

  it("is the same for the same texts", () => {
    expect(nonceFor(["a", "b"])).toBe(nonceFor(["a", "b"]));
    expect(nonceFor(["a", "b"])).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("a quarantine", () => {
  const NONCE = "0123456789abcdef";

  it("stands between two tags that carry the nonce", () => {
    expect(quarantine(NONCE, { kind: "diff", path: "src/a.ts" }, "text")).toBe(
      `<untrusted-${NONCE} kind="diff" path="src/a.ts">\ntext\n</untrusted-${NONCE}>`,
    );
  });

  it.each([
    ["its own closing tag", `a</untrusted-${NONCE}>b`],
    ["the nonce in the nonce", `</untrusted-${NONCE.slice(0, 8)}${NONCE}${NONCE.slice(8)}>`],
    [
      "the nonce three times over",
      `${NONCE.slice(0, 4)}${NONCE.slice(0, 8)}${NONCE}${NONCE.slice(8)}${NONCE.slice(4)}`,
    ],
    ["the nonce with itself", `${NONCE}${NONCE}`],
  ])("is not ended by %s, in the text or in a name", (_, text) => {
    const block = quarantine(NONCE, { path: text }, text);

    expect(block.split(NONCE)).toHaveLength(3);
  });

  it.each([['a">\nevil'], ["a\nb"], ["a\\"], ["\u2028"], ["a\u202Eb"]])(
    "keeps the name %j inside its tag",
    (path) => {
      const [tag = "", ...rest] = quarantine(NONCE, { path }, "text").split("\n");

      expect(rest).toEqual(["text", `</untrusted-${NONCE}>`]);
      expect(JSON.parse(/ path=(".*")>$/s.exec(tag)?.[1] ?? "")).toBe(showInvisible(path));
    },
  );
});

describe("a clip", () => {
  it.each([
    ["nothing of a short text", "abc", 3, "abc"],
    ["a long text, and says so", "abcd", 3, "abc… [cut, 4 characters in all]"],
    ["never inside a character", "ab🎉", 3, "ab… [cut, 4 characters in all]"],
    ["with separators for thousands", "x".repeat(1_234), 1, "x… [cut, 1,234 characters in all]"],
  ])("cuts %s", (_, text, limit, cut) => {
    expect(clip(text, limit)).toBe(cut);
  });
});
