/** package.json → its dependencies and the scripts that run when it is installed. */
import { z } from "zod";
import type { Dependency, ManifestOutcome } from "./manifest-facts.ts";

const textMap = z.record(z.string(), z.unknown()).optional().catch(undefined);
/** Only what is used, and nothing that has to be there: the file is the pull request's. */
const packageSchema = z.object({
  dependencies: textMap,
  devDependencies: textMap,
  optionalDependencies: textMap,
  peerDependencies: textMap,
  scripts: textMap,
});

/** Run by npm when somebody installs the package, or a checkout of it. */
const INSTALL_SCRIPTS = new Set(["preinstall", "install", "postinstall"]);

export function readPackageJson(text: string): ManifestOutcome {
  const parsed = parseJson(text);
  const read = parsed.kind === "json" ? packageSchema.safeParse(parsed.value) : null;
  if (read === null || !read.success) return { kind: "refused", reason: "not readable as package.json" };
  const { dependencies, devDependencies, optionalDependencies, scripts } = read.data;
  const lineOf = pairLines(text);
  const listed = (pairs: Readonly<Record<string, unknown>> | undefined): readonly Dependency[] =>
    Object.entries(pairs ?? {}).flatMap(([name, spec]) =>
      typeof spec === "string" ? [{ name, spec, line: lineOf(name, spec) }] : [],
    );
  return {
    kind: "read",
    manifest: {
      ecosystem: "npm",
      // Peers are what others must bring, in ranges that are wide on purpose.
      dependencies: [...listed(dependencies), ...listed(devDependencies), ...listed(optionalDependencies)],
      installScripts: listed(scripts).filter(({ name }) => INSTALL_SCRIPTS.has(name)),
    },
  };
}

export type JsonOutcome = { readonly kind: "json"; readonly value: unknown } | { readonly kind: "broken" };

/** `__proto__` becomes a plain key of its own, as `JSON.parse` defines it; it is never assigned. */
export function parseJson(text: string): JsonOutcome {
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return { kind: "broken" };
    throw error;
  }
}

/** The line of `"name": "value"`; 1 where it shares its line with others. */
function pairLines(text: string): (name: string, value: string) => number {
  const lines = new Map<string, number>();
  for (const [at, line] of text.split("\n").entries()) {
    const pair = /^\s*("[^"\\]*")\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*")/.exec(line);
    if (pair === null) continue;
    const key = `${pair[1]}:${pair[2]}`;
    if (!lines.has(key)) lines.set(key, at + 1);
  }
  return (name, value) => lines.get(`${JSON.stringify(name)}:${JSON.stringify(value)}`) ?? 1;
}
