// npm run bench -- --only related: how long a review looks around in repositories of several sizes.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { cutIntoChunks } from "../src/domain/chunk.ts";
import { parsePatch } from "../src/domain/diff.ts";
import { gitIn } from "../src/local/git.ts";
import { openLocalView } from "../src/local/repository-view.ts";
import { lookAround } from "../src/review/gathering.ts";
import { startSyntax } from "../src/syntax/syntax-pool.ts";
import { aDiff, aPullRequest } from "../test/builders.ts";
import { type Row, tableOf } from "./result.ts";

const SIZES = [1_000, 10_000, 100_000] as const;
const CHANGED = 10;
const never = new AbortController().signal;

const rows: Row[] = [];
for (const files of SIZES) rows.push(await measure(files));
console.log(
  tableOf({
    title: `Related code of ${CHANGED} changed files, Node ${process.versions.node}, ${cpus().length} cores; milliseconds`,
    rows,
    notes: [
      "open: the tree of the head commit from git objects; look around: outlines, one scan for all names, parsing, choosing",
      "the scan reads the nearest 64 MiB of source, whatever the size of the repository",
    ],
  }),
);

async function measure(files: number): Promise<Row> {
  const directory = generate(files);
  const syntax = startSyntax();
  try {
    await syntax.outline("warm.ts", "", never);
    const started = performance.now();
    const view = await openLocalView(gitIn(directory, process.env), "main", "main", never);
    const opened = performance.now();
    const diffs = Array.from({ length: CHANGED }, (_, at) => changeOf(Math.floor((at * files) / CHANGED)));
    const chunks = cutIntoChunks(diffs);
    const { contexts } = await lookAround(
      { view, syntax, signal: never },
      aPullRequest({ files: diffs }),
      chunks,
    );
    const looked = performance.now();
    await view.close();
    return {
      setting: `${files.toLocaleString("en")} files`,
      open: Math.round(opened - started),
      "look around": Math.round(looked - opened),
      excerpts: [...contexts.values()].reduce(
        (sum, { around, related }) => sum + around.length + related.length,
        0,
      ),
    };
  } finally {
    await syntax.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function pathOf(at: number): string {
  const folder = Math.floor(at / 50);
  return `src/area-${folder % 40}/module-${folder}/handler-${at}.ts`;
}

/** A handler that calls its neighbours: every name has one definition and a few callers. */
function textOf(at: number): string {
  const body = Array.from(
    { length: 12 },
    (_, n) => `  const part${n} = await loadOrder${at + n + 1}(request.id, { retries: ${n} });`,
  );
  return `import { loadOrder${at + 1} } from "./handler-${at + 1}.ts";\n\n/** Loads order ${at}. */\nexport async function loadOrder${at}(id: string, options: Options${at}) {\n${body.join("\n")}\n  return { id, ...part0 };\n}\n\nexport interface Options${at} {\n  readonly retries: number;\n}\n`;
}

function changeOf(at: number) {
  const line = `  const part0 = await loadOrder${at + 1}(request.id, { retries: 0 });`;
  const patch = parsePatch(
    `@@ -5,2 +5,2 @@\n-  const part0 = await loadOrder${at + 1}(request.id);\n+${line}\n   const part1 = await loadOrder${at + 2}(request.id, { retries: 1 });`,
  );
  return { ...aDiff(), path: pathOf(at), patch };
}

/** Through fast-import, as a clone has it: in one pack. */
function generate(files: number): string {
  const directory = mkdtempSync(join(tmpdir(), "plumbline-bench-related-"));
  execFileSync("git", ["init", "--quiet", "--bare", directory]);
  const head =
    "commit refs/heads/main\ncommitter bench <bench@example.test> 1760000000 +0000\ndata 4\nbase\n";
  const commands = Array.from({ length: files }, (_, at) => {
    const text = textOf(at);
    return `M 100644 inline ${pathOf(at)}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  });
  const imported = spawnSync("git", ["fast-import", "--quiet"], {
    cwd: directory,
    input: head + commands.join(""),
    maxBuffer: 1024 ** 3,
  });
  if (imported.status !== 0) throw new Error(imported.stderr.toString());
  return directory;
}
