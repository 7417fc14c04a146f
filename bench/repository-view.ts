// node bench/repository-view.ts: how long the local view of a repository takes to open, to read 100 files, to scan all.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { gitIn } from "../src/local/git.ts";
import { openLocalView } from "../src/local/repository-view.ts";
import { tableOf } from "./result.ts";

const SIZES = [1_000, 10_000, 100_000] as const;
const FILES_OF_A_FOLDER = 50;
const LINES = 60;
const NEVER = new AbortController().signal;

/** Through fast-import, as a clone has it: in one pack. Writing the files and adding them would take minutes. */
function generate(files: number): string {
  const directory = mkdtempSync(join(tmpdir(), "plumbline-bench-view-"));
  execFileSync("git", ["init", "--quiet", "--bare", directory]);
  const head =
    "commit refs/heads/main\ncommitter bench <bench@example.test> 1760000000 +0000\ndata 4\nbase\n";
  const imported = spawnSync("git", ["fast-import", "--quiet"], {
    cwd: directory,
    input: head + Array.from({ length: files }, (_, at) => fileCommand(at)).join(""),
    maxBuffer: 1024 ** 3,
  });
  if (imported.status !== 0) throw new Error(imported.stderr.toString());
  return directory;
}

function fileCommand(at: number): string {
  const text = Array.from({ length: LINES }, (_, line) => lineOf(at, line)).join("");
  const folder = Math.floor(at / FILES_OF_A_FOLDER);
  return `M 100644 inline src/area-${folder % 40}/module-${folder}/handler-${at}.ts\ndata ${text.length}\n${text}\n`;
}

function lineOf(at: number, line: number): string {
  return `export const value_${at}_${line} = compute(${line});\n`;
}

async function measure(files: number): Promise<Readonly<Record<string, string | number>>> {
  const directory = generate(files);
  try {
    const started = performance.now();
    const view = await openLocalView(gitIn(directory, process.env), "main", "main", NEVER);
    const opened = performance.now();
    const paths = view.files.map(({ path }) => path);
    const some = paths.filter((_, at) => at % Math.ceil(files / 100) === 0);
    const read = await view.readHead(some, NEVER);
    const readAt = performance.now();
    let characters = 0;
    for await (const { text } of view.scan(paths, NEVER)) characters += text.length;
    const scanned = performance.now();
    await view.close();
    return {
      setting: files.toLocaleString("en"),
      "open, ms": Math.round(opened - started),
      [`read ${read.size} files, ms`]: Math.round(readAt - opened),
      "scan all, ms": Math.round(scanned - readAt),
      "text, MB": Math.round(characters / 1e5) / 10,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const rows = [];
for (const files of SIZES) rows.push(await measure(files));
const title = `Repository view of a checkout by number of files (Node ${process.versions.node}, ${cpus().length} cores)`;
console.log(tableOf({ title, rows, notes: ["a bare repository in one pack, each file of 60 lines"] }));
