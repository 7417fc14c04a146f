// The rings of docs/ARCHITECTURE.md as rules. Files directly in src/ are the roots; each folder is a ring or an adapter.
const ADAPTERS = "^src/(github|anthropic|queue|local|http|syntax|checks)/";
const ROOTS = "^src/[^/]+\\.ts$";
// Pure libraries: same input, same answer, no I/O.
const PURE =
  "node_modules/(zod|yaml|parse-diff|diff|ignore|picomatch|fastest-levenshtein|mdast-util-[a-z-]+|micromark-extension-gfm|@types/mdast|@types/picomatch)/|^(node:)?crypto$";

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "no-orphans", severity: "error", from: { orphan: true, path: "^src/", pathNot: ROOTS }, to: {} },
    {
      name: "domain-stands-alone",
      severity: "error",
      comment: "the core knows no other ring",
      from: { path: "^src/domain/" },
      to: { path: "^src/", pathNot: "^src/domain/" },
    },
    {
      name: "domain-is-pure",
      severity: "error",
      comment: "no I/O: only pure libraries and node:crypto",
      from: { path: "^src/domain/" },
      to: {
        dependencyTypes: ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown", "core"],
        pathNot: PURE,
      },
    },
    {
      name: "review-sees-only-domain",
      severity: "error",
      comment: "zod for the type of a schema, p-limit for bounded concurrency",
      from: { path: "^src/review/" },
      to: { pathNot: "^src/(domain|review)/|node_modules/(zod|p-limit)/" },
    },
    {
      name: "adapters-are-strangers",
      severity: "error",
      comment: "one adapter folder never imports another",
      from: { path: ADAPTERS },
      to: { path: ADAPTERS, pathNot: "^src/$1/" },
    },
    {
      name: "only-roots-wire",
      severity: "error",
      comment: "adapters are imported by the roots alone",
      from: { path: "^src/", pathNot: [ROOTS, ADAPTERS] },
      to: { path: ADAPTERS },
    },
    {
      name: "only-roots-read-the-world",
      severity: "error",
      comment: "nothing imports a root but a root",
      from: { path: "^src/", pathNot: ROOTS },
      to: { path: ROOTS },
    },
    {
      name: "octokit-in-github",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/github/", ROOTS] },
      to: { path: "node_modules/(probot|@octokit)/" },
    },
    {
      name: "anthropic-in-anthropic",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/anthropic/" },
      to: { path: "node_modules/@anthropic-ai/" },
    },
    {
      name: "src-not-to-test",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|demo|bench|scripts|evals)/" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
