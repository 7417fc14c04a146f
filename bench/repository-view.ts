// node bench/repository-view.ts: how long a view takes to open, to read 100 files and to scan all, from git and from an archive.
import { execFileSync, spawnSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { ARCHIVE_LIMITS, loadArchive } from "../src/github/head-archive.ts";
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

type Cells = Readonly<Record<string, string | number>>;

async function measure(files: number): Promise<Cells> {
  const directory = generate(files);
  try {
    return {
      setting: files.toLocaleString("en"),
      ...(await measureCheckout(directory)),
      ...(await measureArchive(directory)),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measureCheckout(directory: string): Promise<Cells> {
  const lap = stopwatch();
  const view = await openLocalView(gitIn(directory, process.env), "main", "main", NEVER);
  const open = lap();
  const paths = view.files.map(({ path }) => path);
  await view.readHead(everyNth(paths), NEVER);
  const read = lap();
  const text = await charactersIn(view.scan(paths, NEVER));
  const scan = lap();
  await view.close();
  return {
    "text, MB": Math.round(text / 1e5) / 10,
    "git: open, ms": open,
    "git: read 100, ms": read,
    "git: scan all, ms": scan,
  };
}

/** What the server does with GitHub's answer, without the network. */
async function measureArchive(directory: string): Promise<Cells> {
  const path = join(directory, "archive.tar.gz");
  execFileSync("git", ["archive", "--prefix=acme-shop-abc/", `--output=${path}`, "main"], { cwd: directory });
  const lap = stopwatch();
  const archive = await loadArchive(() => createReadStream(path), ARCHIVE_LIMITS, NEVER);
  const open = lap();
  const paths = archive.files.map((file) => file.path);
  for (const one of everyNth(paths)) await archive.read(one);
  const read = lap();
  await charactersIn(archive.scan(paths, NEVER));
  const scan = lap();
  await archive.close();
  return { "archive: load, ms": open, "archive: read 100, ms": read, "archive: scan all, ms": scan };
}

function everyNth(paths: readonly string[]): readonly string[] {
  return paths.filter((_, at) => at % Math.ceil(paths.length / 100) === 0);
}

async function charactersIn(texts: AsyncIterable<{ readonly text: string }>): Promise<number> {
  let characters = 0;
  for await (const { text } of texts) characters += text.length;
  return characters;
}

/** Milliseconds since it was asked last. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const before = last;
    last = performance.now();
    return Math.round(last - before);
  };
}

const rows = [];
for (const files of SIZES) rows.push(await measure(files));
const title = `Repository view by number of files (Node ${process.versions.node}, ${cpus().length} cores)`;
console.log(
  tableOf({
    title,
    rows,
    notes: ["a bare repository in one pack, each file of 60 lines; the archive from the disk"],
  }),
);
