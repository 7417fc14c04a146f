import { describe, expect, it } from "vitest";
import type { Advisories } from "../../src/checks/advisories.ts";
import { dependenciesCheck } from "../../src/checks/dependencies.ts";
import { aChange, runCheck, told } from "./schema-change.ts";

const check = dependenciesCheck(null);

function packageJson(parts: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  return `${JSON.stringify({ name: "a", ...parts }, null, 2)}\n`;
}

const INSTALL = "dependency-own-install-script";
const OUTSIDE = "dependency-outside-registry";
const OPENED = "dependency-range-opened";
const LOOKS = "dependency-look-alike";
const LOWER = "dependency-major-downgraded";

type Specs = Readonly<Record<string, string>>;

/** [what, dependencies before, dependencies after, what is told] */
const NPM: readonly (readonly [string, Specs, Specs, readonly string[]])[] = [
  ["from git", {}, { b: "git+https://example.com/b.git" }, [`${OUTSIDE} @4`]],
  ["from a short form of GitHub", {}, { b: "someone/b#main" }, [`${OUTSIDE} @4`]],
  ["from an archive", { b: "1.0.0" }, { b: "https://example.com/b.tgz" }, [`${OUTSIDE} @4`]],
  ["from a folder above", {}, { b: "file:../../b" }, [`${OUTSIDE} @4`]],
  ["from a folder within", {}, { b: "file:./packages/b" }, []],
  ["from the workspace", {}, { b: "workspace:*" }, []],
  ["from git as before", { b: "github:x/b#1" }, { b: "github:x/b#2" }, []],
  ["any version", {}, { b: "*" }, [`${OPENED} @4`]],
  ["the latest", { b: "^1.2.0" }, { b: "latest" }, [`${OPENED} @4`]],
  ["at least", { b: "1.2.0" }, { b: ">=1.2.0" }, [`${OPENED} @4`]],
  ["at least, with a bound", { b: "1.2.0" }, { b: ">=1.2.0 <2" }, []],
  ["a caret", { b: "1.2.0" }, { b: "^1.2.0" }, []],
  ["a letter missing", {}, { expres: "1.0.0" }, [`${LOOKS} @4`]],
  ["two letters swapped", {}, { lodahs: "1.0.0" }, [`${LOOKS} @4`]],
  ["a popular neighbour of a popular name", {}, { preact: "1.0.0", "react-is": "1.0.0" }, []],
  ["a number at the end", {}, { express5: "1.0.0" }, []],
  ["a look-alike that was there", { expres: "1.0.0" }, { expres: "1.0.1" }, []],
  ["a lower major", { b: "^3.1.0" }, { b: "^2.9.0" }, [`${LOWER} @4`]],
  ["a lower minor", { b: "^3.1.0" }, { b: "^3.0.0" }, []],
  ["a higher major", { b: "^3.1.0" }, { b: "^4.0.0" }, []],
];

describe("package.json", () => {
  it.each(NPM)("%s", async (_, before, after, expected) => {
    const files = [
      aChange("package.json", packageJson({ dependencies: before }), packageJson({ dependencies: after })),
    ];
    const report = await runCheck(check, { files });

    expect(report.skips).toEqual([]);
    expect(told(report)).toEqual(expected);
  });

  it("tells install scripts that are added or changed", async () => {
    const scripts = (value: Specs) => packageJson({ scripts: value });
    const run = async (before: Specs, after: Specs) =>
      told(await runCheck(check, { files: [aChange("package.json", scripts(before), scripts(after))] }));

    expect(await run({ test: "x" }, { test: "x", postinstall: "node a.js" })).toEqual([`${INSTALL} @5`]);
    expect(await run({ postinstall: "a" }, { postinstall: "b" })).toEqual([`${INSTALL} @4`]);
    expect(await run({ postinstall: "a" }, { postinstall: "a", build: "b" })).toEqual([]);
    expect(await run({ preinstall: "a" }, { test: "a" })).toEqual([]);
  });

  it("takes `__proto__` and nonsense for what they are", async () => {
    const report = await runCheck(check, {
      files: [
        aChange(
          "package.json",
          "{}\n",
          '{"dependencies": {"__proto__": "git+ssh://x", "constructor": 3, "b": null}}\n',
        ),
        aChange("a/package.json", "{}\n", '["dependencies"]\n'),
        aChange("b/package.json", "{}\n", '{"dependencies"\n'),
      ],
    });

    expect(Object.prototype).not.toHaveProperty("spec");
    expect(report.skips.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
      "a/package.json: not readable as package.json",
      "b/package.json: not readable as package.json",
    ]);
  });
});

/** [path, before, after, what is told] */
const OTHERS: readonly (readonly [string, string, string, readonly string[]])[] = [
  ["requirements.txt", "requests==2.31.0\n", "requests>=2.31.0\n", [`${OPENED} @1`]],
  ["requirements.txt", "requests==2.31.0\n", "requests>=2.31.0,<3\n", []],
  ["requirements.txt", "requests==2.31.0\n", "requests\n", [`${OPENED} @1`]],
  ["requirements-dev.txt", "a==1.0\n", "a==1.0\nreqeusts==2.0\n", [`${LOOKS} @2`]],
  ["requirements.txt", "a==1.0\n", "a==1.0\nscikit_learn==1.0\npytest-mock==3.0 # ok\n", []],
  ["requirements.txt", "a==1.0\n", "a==1.0\n-e git+https://example.com/b.git#egg=b\n", [`${OUTSIDE} @2`]],
  [
    "requirements.txt",
    "a==1.0\n",
    "a==1.0\n--extra-index-url https://example.com/simple\n",
    [`${OUTSIDE} @2`],
  ],
  ["requirements.txt", "django==4.2\n", "django==3.2\n", [`${LOWER} @1`]],
  [
    "pyproject.toml",
    '[project]\ndependencies = [\n  "httpx>=0.27",\n]\n',
    '[project]\ndependencies = [\n  "httpx>=0.27",\n  "numppy>=1",\n]\n',
    [`${LOOKS} @4`],
  ],
  [
    "pyproject.toml",
    '[tool.poetry.dependencies]\npython = "^3.11"\n',
    '[tool.poetry.dependencies]\npython = "^3.12"\nb = {git = "https://example.com/b.git"}\n',
    [`${OUTSIDE} @3`],
  ],
  ["pyproject.toml", '[tool.ruff]\nselect = ["E"]\n', '[tool.ruff]\nselect = ["E", "flaskk"]\n', []],
  [
    "go.mod",
    "module a\n\nrequire b.dev/b v1.2.0\n",
    "module a\n\nrequire b.dev/b v1.2.0\n\nreplace b.dev/b => github.com/x/b v1.2.1\n",
    [`${OUTSIDE} @5`],
  ],
  ["go.mod", "module a\n", "module a\n\nreplace b.dev/b => ./b\n", []],
  ["go.mod", "require (\n\tb.dev/b v3.0.0\n)\n", "require (\n\tb.dev/b v2.0.0\n)\n", [`${LOWER} @2`]],
  ["Cargo.toml", '[dependencies]\nserde = "1"\n', '[dependencies]\nserde = "*"\n', [`${OPENED} @2`]],
  [
    "Cargo.toml",
    '[dependencies]\nserde = "1"\n',
    '[dependencies]\nserde = { version = "1", features = ["derive"] }\nb = { path = "../b" }\n',
    [],
  ],
  [
    "Cargo.toml",
    '[package]\nname = "a"\n',
    '[package]\nname = "a"\n[dependencies.b]\ngit = "https://example.com/b"\n',
    [`${OUTSIDE} @4`],
  ],
  [
    "pom.xml",
    "<a/>\n",
    "<dependency>\n<groupId>g</groupId><artifactId>a</artifactId><version>LATEST</version>\n</dependency>\n",
    [],
  ],
  [
    "pom.xml",
    "<dependency><groupId>g</groupId><artifactId>a</artifactId><version>2.0</version></dependency>\n",
    "<dependency><groupId>g</groupId><artifactId>a</artifactId><version>LATEST</version></dependency>\n",
    [`${OPENED} @1`],
  ],
];

it.each(OTHERS)("%s: %j to %j", async (path, before, after, expected) => {
  const report = await runCheck(check, { files: [aChange(path, before, after)] });

  expect(report.skips).toEqual([]);
  expect(told(report)).toEqual(expected);
});

describe("lock files", () => {
  const locked = (packages: Readonly<Record<string, object>>) =>
    `${JSON.stringify({ lockfileVersion: 3, packages: { "": {}, ...packages } }, null, 2)}\n`;
  const from = (name: string) => ({
    version: "1.0.0",
    resolved: `https://packages.example/${name}/-/${name}-1.0.0.tgz`,
  });
  const run = async (before: Readonly<Record<string, object>>, after: Readonly<Record<string, object>>) =>
    told(await runCheck(check, { files: [aChange("package-lock.json", locked(before), locked(after))] }));
  const base = { "node_modules/a": from("a"), "node_modules/b": { ...from("b"), hasInstallScript: true } };

  it("tell new packages with an install script", async () => {
    expect(await run(base, { ...base, "node_modules/c": { ...from("c"), hasInstallScript: true } })).toEqual([
      "dependency-install-script @14",
    ]);
    expect(await run(base, { ...base, "node_modules/c": from("c") })).toEqual([]);
    expect(
      await run(base, { ...base, "node_modules/a/node_modules/b": { ...from("b"), hasInstallScript: true } }),
    ).toEqual([]);
  });

  it("tell packages from another host than the others", async () => {
    const elsewhere = { version: "1.0.0", resolved: "https://elsewhere.example/c.tgz" };
    const git = { version: "1.0.0", resolved: "git+ssh://git@github.com/x/c.git#abc" };

    expect(await run(base, { ...base, "node_modules/c": elsewhere })).toEqual([`${OUTSIDE} @14`]);
    expect(await run(base, { ...base, "node_modules/c": git })).toEqual([`${OUTSIDE} @14`]);
    expect(
      await run(
        { ...base, "node_modules/c": git },
        { ...base, "node_modules/c": git, "node_modules/d": from("d") },
      ),
    ).toEqual([]);
    expect(await run(base, { ...base, "node_modules/c": { resolved: "packages/c", link: true } })).toEqual(
      [],
    );
  });

  it("of pnpm are read by their lines", async () => {
    const lock = (more: string) =>
      `lockfileVersion: '9.0'\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: sha512-x}\n${more}`;
    const head = lock(
      "\n  '@x/b@2.0.0':\n    resolution: {tarball: https://elsewhere.example/b.tgz}\n    requiresBuild: true\n",
    );
    const report = await runCheck(check, { files: [aChange("pnpm-lock.yaml", lock(""), head)] });

    expect(told(report)).toEqual(["dependency-install-script @8", `${OUTSIDE} @8`]);
    expect(report.findings[0]?.title).toContain("@x/b 2.0.0");
  });

  it("of another form are a stated skip", async () => {
    const report = await runCheck(check, {
      files: [aChange("package-lock.json", "{}\n", '{"dependencies": {}}\n')],
    });

    expect(report.skips).toEqual([
      {
        check: "dependencies",
        path: "package-lock.json",
        reason: "not readable as a lock file of npm 7 or newer",
      },
    ]);
  });
});

describe("known vulnerabilities", () => {
  const files = [aChange("requirements.txt", "a==1.0\nb==1.0\n", "a==1.0\nb==2.0\nc>=1\n")];

  it("are told for the versions that are new", async () => {
    const asked: string[] = [];
    const advisories: Advisories = {
      affecting: async (packages) => {
        asked.push(...packages.map(({ ecosystem, name, version }) => `${ecosystem} ${name} ${version}`));
        return {
          kind: "known",
          advisories: packages.map((affected) => ({ affected, ids: ["GHSA-x", "CVE-y"] })),
        };
      },
    };
    const report = await runCheck(dependenciesCheck(advisories), { files });

    expect(asked).toEqual(["PyPI b 2.0"]);
    expect(told(report)).toEqual(["dependency-known-vulnerable @2"]);
    expect(report.findings[0]?.why).toMatch(/^Known: GHSA-x, CVE-y\. /);
  });

  it("that could not be looked up are a skip with its reason", async () => {
    const advisories: Advisories = { affecting: async () => ({ kind: "unavailable", reason: "no answer" }) };
    const report = await runCheck(dependenciesCheck(advisories), { files });

    expect(report.findings).toEqual([]);
    expect(report.skips).toEqual([{ check: "dependencies", path: null, reason: "no answer" }]);
  });
});
