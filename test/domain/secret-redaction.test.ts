import { describe, expect, it } from "vitest";
import { redactJson, redactLines, redactorFor, redactSecrets } from "../../src/domain/secret-redaction.ts";

/** Put together here, so that no scanner takes this file for a leak. */
const MIXED = "aB3dE5gH7jK9mN2pQ4sT6vW8yZ1bD0fG3hJ5kL7nP9rS2tU4wX6zA8cE1";
const mixed = (length: number) => MIXED.repeat(3).slice(0, length);
const HEX = "9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c";
const TOKEN = `ghp_${mixed(36)}`;
const WHAT = ["PRIVATE", "KEY"].join(" ");
const edge = (word: string) => `-----${word} RSA ${WHAT}-----`;
const PEM = [edge("BEGIN"), mixed(64), mixed(64), mixed(20), edge("END")];

describe("what is taken out", () => {
  it.each([
    ["a token", `const t = "${TOKEN}";`, 'const t = "[secret removed: github-token]";'],
    [
      "a token in an address",
      `https://x:${TOKEN}@github.com`,
      "https://x:[secret removed: connection-string]@github.com",
    ],
    ["two tokens", `${TOKEN} ${TOKEN}`, "[secret removed: github-token] [secret removed: github-token]"],
    [
      "a random value under a telling name",
      `clientSecret: "${mixed(24)}"`,
      'clientSecret: "[secret removed: assigned-secret]"',
    ],
    ["one in an env file", `SESSION_TOKEN=${mixed(30)}`, "SESSION_TOKEN=[secret removed: assigned-secret]"],
    [
      "one in YAML, with CRLF",
      `api_key: ${mixed(30)}\r\nx: 1`,
      "api_key: [secret removed: assigned-secret]\r\nx: 1",
    ],
    ["a hexadecimal key", `signing-key = '${HEX}'`, "signing-key = '[secret removed: assigned-secret]'"],
  ])("%s", (_, text, left) => {
    expect(redactSecrets(text).text).toBe(left);
  });

  it.each([
    ["a word", 'const token = "authorization-header-name";'],
    ["a look-up", "const token = process.env.GITHUB_TOKEN;"],
    ["a call", "token = parseBase64UrlTokenV2(input)"],
    ["a name of code", "token = parseBase64UrlToken"],
    ["a placeholder", `API_KEY=your-${mixed(24)}`],
    ["a digest under another name", `sha256: "${HEX}${HEX}"`],
    ["a path", 'secret_file: "/run/secrets/database-password-file"'],
    ["the first line of a key alone", `if (text.startsWith("${edge("BEGIN")}"))`],
    ["our own marks", `<!-- plumbline:finding ${HEX.slice(0, 16)} mac=${HEX} -->`],
    ["a commit", "2".repeat(40)],
  ])("but not %s", (_, text) => {
    expect(redactSecrets(text)).toEqual({ text, count: 0 });
  });

  it("nothing more by doing it twice", () => {
    const once = redactSecrets([...PEM, TOKEN, `secret = "${mixed(30)}"`].join("\n")).text;

    expect(redactSecrets(once)).toEqual({ text: once, count: 0 });
  });
});

describe("a key of several lines", () => {
  const GONE = "[secret removed: private-key]";
  it.each([
    ["whole", PEM, [PEM[0], GONE, GONE, GONE, PEM[4]]],
    ["without its end", PEM.slice(0, 3), [PEM[0], GONE, GONE]],
    ["without its beginning", PEM.slice(2), [GONE, GONE, PEM[4]]],
    [
      "indented",
      PEM.map((line) => `    ${line}`),
      [`    ${PEM[0]}`, `    ${GONE}`, `    ${GONE}`, `    ${GONE}`, `    ${PEM[4]}`],
    ],
    ["with CRLF", PEM.map((line) => `${line}\r`), null],
  ])("%s keeps its lines", (_, lines, wanted) => {
    const left = redactLines(redactSecrets, lines).lines;

    expect(left).toHaveLength(lines.length);
    expect(left.join("\n")).not.toContain(mixed(20));
    if (wanted !== null) expect(left).toEqual(wanted);
  });
});

describe("the server's own values", () => {
  const own = redactorFor([
    { kind: "webhook-secret", value: "correct horse/battery" },
    { kind: "private-key", value: `${PEM.join("\n")}\n` },
    { kind: "short", value: "abc" },
    { kind: "absent", value: "" },
  ]);

  it.each([
    ["as it is", "it is correct horse/battery."],
    ["in an address", "?s=correct%20horse%2Fbattery."],
    ["in base64", `${Buffer.from("correct horse/battery").toString("base64")}.`],
  ])("%s", (_, text) => {
    expect(own(text).text).toMatch(/\[secret removed: webhook-secret\]\.$/);
  });

  it("any line of a key", () => {
    expect(own(`x ${mixed(64)} y`)).toEqual({ text: "x [secret removed: private-key] y", count: 1 });
  });

  it("but none that stand in innocent words", () => {
    expect(own("abc abcd")).toEqual({ text: "abc abcd", count: 0 });
  });
});

it("a text of JSON stays one", () => {
  const json = JSON.stringify({ key: PEM.join("\n"), installationIdentifier: 7, list: [TOKEN, null, true] });
  const left = JSON.parse(redactJson(redactSecrets, json)) as Record<string, unknown>;

  expect(left).toMatchObject({
    installationIdentifier: 7,
    list: ["[secret removed: github-token]", null, true],
  });
  expect(String(left["key"])).not.toContain(mixed(64));
  expect(redactJson(redactSecrets, `not json ${TOKEN}`)).toBe("not json [secret removed: github-token]");
});

describe("a line of 5 MB is read", () => {
  const SIZE = 5_000_000;
  it.each([
    ["beginnings of keys", edge("BEGIN")],
    ["beginnings of tokens", "ghp_"],
    ["parts of a JWT", "eyJhbGciOi."],
    ["names without values", "secret = "],
    ["nested names", "auth_token_"],
    ["addresses without ends", "a://b:"],
    ["base64", mixed(60)],
    ["lines of base64 without an end", `${mixed(60)}\n`],
    ["ends", `${edge("END")}\n`],
    ["blanks", " "],
  ])("made of %s", (_, piece) => {
    const text = piece.repeat(Math.ceil(SIZE / piece.length));

    expect(redactSecrets(text).text.split("\n")).toHaveLength(text.split("\n").length);
  });
});
