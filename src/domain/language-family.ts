/** Which files can define or use what a changed file names: languages that share names share a family. */

const FAMILIES: readonly (readonly string[])[] = [
  ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "vue", "svelte"],
  ["py", "pyi", "pyx"],
  ["go"],
  ["rs"],
  ["java", "kt", "kts", "scala", "groovy"],
  ["cs", "vb", "fs"],
  ["c", "h", "cc", "cpp", "cxx", "hpp", "hh", "hxx", "m", "mm"],
  ["rb", "rake", "erb"],
  ["php"],
  ["swift"],
  ["dart"],
  ["ex", "exs"],
  ["sh", "bash"],
];

/** What any of them may be written in. */
const SHARED: ReadonlySet<string> = new Set(["sql", "graphql", "gql", "proto", "prisma"]);

const FAMILY_OF = new Map(FAMILIES.flatMap((family, at) => family.map((ending) => [ending, at] as const)));

export function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
}

/** A function that tells whether a file may hold code that belongs to one of the changed files. */
export function relatives(changed: readonly string[]): (path: string) => boolean {
  const endings = changed.map(endingOf);
  const families = new Set(endings.flatMap((ending) => FAMILY_OF.get(ending) ?? []));
  const schema = endings.some((ending) => SHARED.has(ending));
  return (path) => {
    const ending = endingOf(path);
    const family = FAMILY_OF.get(ending);
    if (family !== undefined) return schema || families.has(family);
    return SHARED.has(ending) && (families.size > 0 || schema);
  };
}

const TEST_PATH =
  /(^|\/)(tests?|specs?|__tests__|testing|testdata|fixtures|e2e)\/|[._-](test|spec)\.|(^|\/)test_|_test\./i;
/** Their case tells a test from a word that ends alike. */
const TEST_CLASS = /Tests?\.(java|kt|cs)$/;

export function isTestPath(path: string): boolean {
  return TEST_PATH.test(path) || TEST_CLASS.test(path);
}
