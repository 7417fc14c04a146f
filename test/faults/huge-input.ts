// Case 24: pull requests beyond every limit that GitHub and a model have.
import assert from "node:assert/strict";
import type { Project } from "../app/project.ts";
import type { Files } from "../builders-git.ts";
import { processTree } from "../process-tree.ts";
import { inParts } from "./eventually.ts";
import { checksOf, opened, ownReviews, requestsAbout, reviewed } from "./evidence.ts";
import { type FaultApp, type FaultCase, PGLITE } from "./fault-case.ts";

/** The server with its embedded store, and the process that reviews. */
const MEMORY_BYTES = 768 * 1024 * 1024;

export const hugePullRequest: FaultCase = {
  number: 24,
  title: "Huge pull requests",
  stores: PGLITE,
  company: "alone",
  run: async (context) => {
    const app = await context.startApp({ LOG_LEVEL: "info" });
    const parts = await inParts({
      "301 files of 21,070 lines": () => manyLines(app),
      "3,001 files": () => manyFiles(app),
      "one file of 100,000 lines": () => longFile(app),
      "one line of 5,000 characters": () => longLine(app),
    });
    const memory = processTree(app.server.pid).reduce((sum, { residentBytes }) => sum + residentBytes, 0);
    assert.ok(memory < MEMORY_BYTES, `${Math.round(memory / 1e6)} MB of memory`);
    return `${parts} sizes reviewed or named with the reason; ${Math.round(memory / 1e6)} MB of memory`;
  },
};

function numbered(count: number, content: (at: number) => string): Files {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`src/file-${at}.ts`, content(at)]));
}

async function reviewOf(app: FaultApp, { pull }: Project): Promise<string> {
  await opened(app, pull);
  await reviewed(app, pull);
  const asDiff = requestsAbout(app, pull.repository).filter(({ status }) => status === 406);
  assert.deepEqual(asDiff, [], "GitHub refuses such a diff as one text; the files API has it");
  return ownReviews(pull)[0]?.body ?? "";
}

/** Above 300 files and 20,000 lines, where GitHub has no diff; and above the budget of one review. */
async function manyLines(app: FaultApp): Promise<void> {
  const words = "a line that is long enough to be like code, with names and numbers in it,";
  const project = app.openPull({
    base: { "README.md": "Files\n" },
    head: numbered(301, (at) => `// ${words} of file ${at}, number 0\n`.repeat(70)),
  });
  const body = await reviewOf(app, project);
  const asked = app.askedAbout(project.pull).map(({ text }) => text);
  const left = Array.from({ length: 301 }, (_, at) => `src/file-${at}.ts`).filter(
    (path) =>
      !asked.some((text) => text.includes(`${path}"`) && text.includes(`of file ${/\d+/.exec(path)?.[0]},`)),
  );
  assert.ok(left.length > 0, "not all of it fits into one review");
  const unnamed = left.filter((path) => !new RegExp(`\`${path}\`: skipped, .*budget`).test(body));
  assert.deepEqual(unnamed, [], "files that were not read and are not named with the reason");
  assert.match(body, new RegExp(`${301 - left.length} reviewed`));
  assert.equal(checksOf(project.pull)[0]?.conclusion, "neutral");
}

/** The files API ends at 3,000. */
async function manyFiles(app: FaultApp): Promise<void> {
  const project = app.openPull({
    base: { "README.md": "Files\n" },
    head: numbered(3_001, (at) => `export const value = ${at};\n`),
  });
  const body = await reviewOf(app, project);
  assert.match(body, /1 of 3001 changed files are not known: GitHub lists at most 3000/);
  assert.equal(checksOf(project.pull)[0]?.conclusion, "neutral");
}

async function longFile(app: FaultApp): Promise<void> {
  const lines = Array.from({ length: 100_000 }, (_, at) => `export const value${at} = ${at};`);
  const project = app.openPull({
    base: { "src/long.ts": "", "src/short.ts": "" },
    head: { "src/long.ts": `${lines.join("\n")}\n`, "src/short.ts": "export const short = 1;\n" },
  });
  const body = await reviewOf(app, project);
  assert.match(body, /`src\/long\.ts`: skipped, GitHub shows no patch for it/);
  assert.equal(checksOf(project.pull)[0]?.conclusion, "neutral");
  assert.ok(app.askedAbout(project.pull).length > 0, "the other file is read");
}

async function longLine(app: FaultApp): Promise<void> {
  const line = "const a=1;".repeat(500);
  const project = app.openPull({
    base: { "src/page.ts": "" },
    head: { "src/page.ts": `${line}\nexport const b = 2;\n` },
  });
  const body = await reviewOf(app, project);
  assert.match(body, /`src\/page\.ts`: partial, 1 line longer than 2,000 characters/);
  assert.equal(checksOf(project.pull)[0]?.conclusion, "neutral");
}
