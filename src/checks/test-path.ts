/** Files whose code never serves a user: tests and what they need, documents, examples. */
import picomatch from "picomatch";

const TEST_GLOBS = [
  "**/{test,tests,__tests__,__mocks__,testing,testdata,testutil,test-utils,test_utils,testsuite,spec,specs,e2e,t}/**",
  "**/{fixture,fixtures,__fixtures__,mocks,stubs,snapshots,__snapshots__}/**",
  "**/src/{test,it,testFixtures,integrationTest,jmh}/**",
  "**/*-tests/**",
  "**/*{.,_,-}{test,tests,spec,e2e,bench,stories}.{ts,tsx,mts,cts,js,jsx,mjs,cjs,go,rs,py}",
  "**/{test,bench}_*.{py,rs}",
  "**/{conftest,tests,noxfile,setup}.py",
  "**/*{Test,Tests,IT,TestCase}.java",
  "**/{bench,benches,benchmark,benchmarks}/**",
];
const DOCUMENT_GLOBS = [
  "**/{doc,docs,documentation,example,examples,sample,samples,demo,demos,tutorial,tutorials}/**",
  "**/*.{md,mdx,rst,adoc}",
  "**/*.{example,sample,template,dist}",
  "**/*.{example,sample,template}.*",
];

/** As what a globbed path is known on every system. */
const OPTIONS = { dot: true, nocase: true } as const;
// "Test" at the end of a Java class is a word of its own: `Latest.java` is none.
const JAVA_TEST = /(?:Test|Tests|TestCase|IT)\.java$/;
/** Packages of Go that exist for tests, such as `httptest`; the words that merely end so are not. */
const TEST_PACKAGE = /(?:^|\/)(?!(?:latest|contest|attest)\/)[a-z-]+test\//;
const matchesTest = picomatch(
  TEST_GLOBS.filter((glob) => !glob.endsWith(".java")),
  OPTIONS,
);
const matchesDocument = picomatch(DOCUMENT_GLOBS, OPTIONS);

export function isTestPath(path: string): boolean {
  return matchesTest(path) || JAVA_TEST.test(path) || TEST_PACKAGE.test(path);
}

export function isDocumentPath(path: string): boolean {
  return matchesDocument(path);
}
