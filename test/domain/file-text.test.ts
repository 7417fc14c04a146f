// Which bytes are a file's text, and which names are a file's.
import { describe, expect, it } from "vitest";
import { fileContent, MAX_FILE_BYTES } from "../../src/domain/file-text.ts";
import { isRepositoryPath } from "../../src/domain/repository-path.ts";

const bytes = (...values: readonly number[]) => Uint8Array.from(values);
const encoded = (text: string) => new TextEncoder().encode(text);

describe("the bytes of a file", () => {
  it.each<[name: string, bytes: Uint8Array, text: string]>([
    ["nothing", bytes(), ""],
    ["UTF-8", encoded("日本語 🎉\r\n"), "日本語 🎉\r\n"],
    ["a byte order mark, which stays", bytes(0xef, 0xbb, 0xbf, 0x61), "\uFEFFa"],
    ["as much as is read", encoded("x".repeat(MAX_FILE_BYTES)), "x".repeat(MAX_FILE_BYTES)],
    ["a NUL where git no longer looks", encoded(`${"x".repeat(8_000)}\0`), `${"x".repeat(8_000)}\0`],
  ])("are text: %s", (_name, given, text) => {
    expect(fileContent(given)).toEqual({ kind: "text", text });
  });

  it.each<[name: string, bytes: Uint8Array, reason: string]>([
    ["a NUL", encoded(`${"x".repeat(7_999)}\0`), "not a text file"],
    ["Latin-1", bytes(0x63, 0x61, 0x66, 0xe9), "not a text file"],
    ["a half character", bytes(0xf0, 0x9f, 0x8e), "not a text file"],
    ["half a surrogate pair", bytes(0xed, 0xa0, 0x80), "not a text file"],
    ["UTF-16", bytes(0xff, 0xfe, 0x61, 0x00), "not a text file"],
    ["more than is read", encoded("x".repeat(MAX_FILE_BYTES + 1)), "larger than 512 KiB"],
  ])("are none: %s", (_name, given, reason) => {
    expect(fileContent(given)).toEqual({ kind: "unreadable", reason });
  });
});

describe("a path within a repository", () => {
  it.each(["a", "a/b.ts", ".github/x", "..a/b..", "a b/'\"\n", "-x", ":(top)x", "C:\\x", "~/x"])(
    "is %j",
    (path) => {
      expect(isRepositoryPath(path)).toBe(true);
    },
  );

  it.each(["", "/", "/etc/passwd", "a/", "a//b", ".", "..", "./a", "a/./b", "../a", "a/..", "a\0b"])(
    "is not %j",
    (path) => {
      expect(isRepositoryPath(path)).toBe(false);
    },
  );
});
