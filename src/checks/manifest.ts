/** Manifests of packages → what they depend on, each with its line. Nothing of them is resolved. */
import type { Ecosystem } from "./advisories.ts";
import type { Dependency, ManifestOutcome } from "./manifest-facts.ts";
import { readPackageJson } from "./package-json.ts";

type Reader = (text: string) => ManifestOutcome;

const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/(?:^|\/)package\.json$/, readPackageJson],
  [/(?:^|\/)requirements[^/]*\.(?:txt|in)$/, (text) => plain("PyPI", readRequirements(text))],
  [/(?:^|\/)pyproject\.toml$/, (text) => plain("PyPI", readPyproject(text))],
  [/(?:^|\/)go\.mod$/, (text) => plain("Go", readGoMod(text))],
  [/(?:^|\/)Cargo\.toml$/, (text) => plain("crates.io", readCargo(text))],
  [/(?:^|\/)pom\.xml$/, (text) => plain("Maven", readPom(text))],
];

export function isManifest(path: string): boolean {
  return READERS.some(([name]) => name.test(path));
}

/** Null for what is no manifest. */
export function readManifest(path: string, text: string): ManifestOutcome | null {
  const reader = READERS.find(([name]) => name.test(path))?.[1];
  return reader?.(text) ?? null;
}

function plain(ecosystem: Ecosystem, dependencies: readonly Dependency[]): ManifestOutcome {
  return { kind: "read", manifest: { ecosystem, dependencies, installScripts: [] } };
}

/** Nobody writes longer ones; some of the patterns below take quadratic time for what they do not match. */
const MAX_LINE = 500;

function perLine(
  text: string,
  read: (line: string, number: number) => Dependency | null,
): readonly Dependency[] {
  return text
    .split(/\r?\n/)
    .flatMap((line, at) => (line.length > MAX_LINE ? [] : (read(line, at + 1) ?? [])));
}

function readRequirements(text: string): readonly Dependency[] {
  return perLine(text, (raw, line) => {
    const content = raw.replace(/(?:^|\s)#(?!egg).*$/, "").trim();
    const index = /^(?:--(?:extra-)?index-url|-i|--find-links|-f)[\s=]+(\S+)/.exec(content)?.[1];
    if (index !== undefined) return { name: "(index)", spec: index, line };
    return readRequirement(content.replace(/^(?:-e|--editable)\s+/, ""), line);
  });
}

/** PEP 508: `name[extra] >= 1; marker`, `name @ address`, or an address alone. */
function readRequirement(content: string, line: number): Dependency | null {
  if (/^(?:[a-z+]+:)?\/\//i.test(content) || /^(?:git|hg|svn|bzr)\+/i.test(content)) {
    const name = /[#&]egg=([\w.-]+)/.exec(content)?.[1] ?? content.split(/[/#?]/).at(-1) ?? content;
    return { name, spec: content, line };
  }
  const match = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(@\s*\S+|[^;]*)/.exec(content);
  if (match === null) return null;
  return {
    name: match[1] ?? "",
    spec: (match[2] ?? "").replace(/^@\s*/, "").replace(/\\$/, "").trim(),
    line,
  };
}

function readPyproject(text: string): readonly Dependency[] {
  let [section, inList] = ["", false];
  return perLine(text, (raw, line) => {
    const header = /^\s*\[+([^\]]+)\]+\s*(?:#.*)?$/.exec(raw)?.[1];
    if (header !== undefined) {
      [section, inList] = [header.trim(), false];
      return null;
    }
    if (/^tool\.poetry(?:\.group\.[\w-]+)?\.(?:dev-)?dependencies$/.test(section))
      return readTomlPair(raw, line, ["python"]);
    if (!/^(?:project|project\.optional-dependencies|dependency-groups)$/.test(section)) return null;
    if (/^\s*[\w-]+\s*=\s*\[/.test(raw)) inList = section !== "project" || /^\s*dependencies\s*=/.test(raw);
    const item = inList ? /["']([^"']+)["']/.exec(raw.replace(/^[^=[]*=\s*\[/, ""))?.[1] : undefined;
    if (/\]\s*,?\s*(?:#.*)?$/.test(raw)) inList = false;
    return item === undefined ? null : readRequirement(item, line);
  });
}

/** `name = "1.2"` or `name = { version = "1.2", git = "…" }`. */
function readTomlPair(raw: string, line: number, except: readonly string[]): Dependency | null {
  const match = /^\s*["']?([\w.-]+)["']?\s*=\s*(.*)$/.exec(raw);
  const [, name = "", value = ""] = match ?? [];
  if (name === "" || except.includes(name)) return null;
  const text = /^["']([^"']*)["']/.exec(value)?.[1];
  if (text !== undefined) return { name, spec: text, line };
  const address = /\b(git|url)\s*=\s*["']([^"']+)["']/.exec(value);
  if (address !== null)
    return { name, spec: address[1] === "git" ? `git+${address[2]}` : (address[2] ?? ""), line };
  const version = /\bversion\s*=\s*["']([^"']*)["']/.exec(value)?.[1];
  return version === undefined ? null : { name, spec: version, line };
}

function readCargo(text: string): readonly Dependency[] {
  let section = "";
  return perLine(text, (raw, line) => {
    const header = /^\s*\[([^\]]+)\]\s*(?:#.*)?$/.exec(raw)?.[1];
    if (header !== undefined) section = header.trim();
    if (header !== undefined || !/(?:^|\.)(?:dev-|build-)?dependencies(?:\.|$)/.test(section)) return null;
    const table = /dependencies\.["']?([\w-]+)["']?$/.exec(section)?.[1];
    if (table === undefined) return readTomlPair(raw, line, []);
    const match = /^\s*(version|git)\s*=\s*["']([^"']+)["']/.exec(raw);
    return match === null
      ? null
      : { name: table, spec: match[1] === "git" ? `git+${match[2]}` : (match[2] ?? ""), line };
  });
}

function readGoMod(text: string): readonly Dependency[] {
  let block = "";
  return perLine(text, (raw, line) => {
    const content = raw.replace(/\/\/.*$/, "").trim();
    const opened = /^(\w+)\s*\($/.exec(content)?.[1];
    if (opened !== undefined) block = opened;
    if (content === ")") block = "";
    const inside = block === "" ? content : `${block} ${content}`;
    const replaced = /^replace\s+(\S+)(?:\s+\S+)?\s+=>\s+(\S+)/.exec(inside);
    if (replaced !== null) return { name: replaced[1] ?? "", spec: `replace:${replaced[2]}`, line };
    const required = /^require\s+(\S+)\s+(v\S+)/.exec(inside);
    return required === null ? null : { name: required[1] ?? "", spec: required[2] ?? "", line };
  });
}

const MAX_POM_DEPENDENCIES = 2_000;

function readPom(text: string): readonly Dependency[] {
  const found: Dependency[] = [];
  let [line, from] = [1, 0];
  for (const match of text.matchAll(/<dependency>([\s\S]{0,1500}?)<\/dependency>/g)) {
    line += text.slice(from, match.index).split("\n").length - 1;
    from = match.index;
    const tag = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(match[1] ?? "")?.[1]?.trim();
    const spec = tag("systemPath") === undefined ? (tag("version") ?? "") : `file:${tag("systemPath")}`;
    found.push({ name: `${tag("groupId") ?? ""}:${tag("artifactId") ?? ""}`, spec, line });
    if (found.length >= MAX_POM_DEPENDENCIES) break;
  }
  return found;
}
