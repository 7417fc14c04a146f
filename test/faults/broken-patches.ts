// Patches of one file that no reader should trust: what git never prints, but proxies, mirrors and old servers may.

/** By the numbers of the research on parse-diff: each made that reader crash, hang, or read something else. */
export function brokenPatches(): Readonly<Record<string, string>> {
  const good = "@@ -1 +1 @@\n-export const a = 1;\n+export const a = 2;";
  return {
    "P1 a hunk cut short, with another file behind it":
      "@@ -1,5 +1,5 @@\n-export const a = 1;\n+export const a = 2;\ndiff --git a/src/b.ts b/src/b.ts\n--- a/src/b.ts\n+++ b/src/b.ts\n@@ -1 +1 @@\n-b\n+c",
    "P2 a hunk that begins with the end of the file": `@@ -1 +1 @@\n\\ No newline at end of file\n${good.slice(12)}`,
    "P7 line ends turned into CRLF": `${good.replaceAll("\n", "\r\n")}\r\n\\ No newline at end of file\r`,
    "P8 a combined diff":
      "@@@ -1,1 -1,1 +1,1 @@@\n- export const a = 1;\n -export const a = 0;\n++export const a = 2;",
    "P9 a section that looks like paths":
      "@@ -1 +1 @@ import x from a/foo.js to b/bar.js\n-export const a = 1;\n+export const a = 2;",
    "P10 lines after the last hunk that look like a header": `${good}\n--- a/src/ghost.ts\n+++ b/src/ghost.ts`,
    "P11 a mail around it": `From: someone\nSubject: diff --git a/x b/x\n\n${good}`,
    "P12 the end of the file twice": `${good}\n\\ No newline at end of file\n\\ No newline at end of file`,
    "P13 nothing but a header": "@@ -1 +1 @@",
    "P15 a section of 800 KB": `@@ -1 +1 @@ ${"a/ ".repeat(270_000)}\n-export const a = 1;\n+export const a = 2;`,
    "P15 a header of 200 KB": `diff --git ${"a/".repeat(100_000)} b\n${good}`,
    "counts beyond all numbers": `@@ -1,99999999999999999999 +1 @@\n-export const a = 1;\n+export const a = 2;`,
    "line zero": "@@ -0 +0 @@\n-export const a = 1;\n+export const a = 2;",
    "no hunk at all": "export const a = 2;",
    "an empty text": "",
  };
}
