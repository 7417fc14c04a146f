// Archives as GitHub would never make them, and the folder that they are kept in.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ARCHIVE_LIMITS,
  type ArchiveLimits,
  type HeadArchive,
  loadArchive,
} from "../../src/github/head-archive.ts";
import { removeAbandonedStores } from "../../src/github/text-store.ts";

const NEVER = new AbortController().signal;
const MIB = 1024 * 1024;

type Entry = readonly [Partial<Header> & Pick<Header, "name">, string | Buffer];

const file = (name: string, content: string | Buffer): Entry => [{ name, type: "file" }, content];
const link = (type: "symlink" | "link", name: string, linkname: string): Entry => [
  { name, type, linkname },
  "",
];
const GOOD = file("acme-shop-abc/good.ts", "good\n");

function tar(...entries: readonly Entry[]): Promise<Buffer> {
  const packing = pack();
  for (const [header, content] of entries) packing.entry(header, content);
  packing.finalize();
  return buffer(packing);
}

async function load(bytes: Buffer, limits: ArchiveLimits = ARCHIVE_LIMITS): Promise<HeadArchive> {
  return loadArchive(Readable.from(chunked(bytes)), limits, NEVER);
}

function* chunked(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 60_000) yield bytes.subarray(at, at + 60_000);
}

const ownFolders = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`plumbline-view-${process.pid}-`));

let before: readonly string[] = [];
beforeEach(() => {
  before = ownFolders();
});
afterEach(() => {
  expect(ownFolders()).toEqual(before);
});

describe("a hostile archive", () => {
  it.each<readonly [string, Entry]>([
    ["an absolute name", file("/etc/passwd", "root\n")],
    ["an absolute name below the folder", file("acme-shop-abc//etc/passwd", "root\n")],
    ["a name that climbs", file("acme-shop-abc/../../x", "out\n")],
    ["a name that climbs at once", file("../x", "out\n")],
    ["a name with a dot alone", file("acme-shop-abc/./x", "here\n")],
    ["a name outside the folder", file("x", "beside\n")],
    ["a hard link", link("link", "acme-shop-abc/hard", "/etc/passwd")],
    ["a folder", [{ name: "acme-shop-abc/folder", type: "directory" }, ""]],
    ["a device", [{ name: "acme-shop-abc/null", type: "character-device", devmajor: 1, devminor: 3 }, ""]],
    ["a pipe", [{ name: "acme-shop-abc/pipe", type: "fifo" }, ""]],
  ])("with %s: it is passed over, and the rest is read", async (_what, entry) => {
    const archive = await load(gzipSync(await tar(entry, GOOD)));

    expect(archive.files).toEqual([{ path: "good.ts", bytes: 5 }]);
    expect(await archive.read("good.ts")).toEqual({ kind: "text", text: "good\n" });
    for (const path of ["/etc/passwd", "etc/passwd", "../x", "x", "hard", "folder", "null", "pipe", ""])
      expect(await archive.read(path)).toEqual({ kind: "absent" });
    await archive.close();
  });

  it("with a link: it is named for what it is, and nothing is read through it", async () => {
    const archive = await load(
      gzipSync(
        await tar(
          link("symlink", "acme-shop-abc/link.ts", "/etc/passwd"),
          link("symlink", "acme-shop-abc/lib", "/etc"),
          file("acme-shop-abc/lib/passwd", "mine\n"),
          GOOD,
        ),
      ),
    );

    expect(archive.files.map(({ path }) => path)).toEqual(["good.ts", "lib/passwd"]);
    expect(await archive.read("link.ts")).toEqual({ kind: "unreadable", reason: "a symbolic link" });
    expect(await archive.read("lib/passwd")).toEqual({ kind: "text", text: "mine\n" });
    await archive.close();
  });

  it("with one name twice: the last one counts", async () => {
    const archive = await load(gzipSync(await tar(GOOD, file("acme-shop-abc/good.ts", "better\n"))));

    expect(archive.files).toEqual([{ path: "good.ts", bytes: 7 }]);
    expect(await archive.read("good.ts")).toEqual({ kind: "text", text: "better\n" });
    await archive.close();
  });

  it.each([
    ["a gzip that is cut", async () => gzipSync(await tar(GOOD)).subarray(0, 60), /unexpected end of file/],
    [
      "a tarball that is cut",
      async () => gzipSync((await tar(GOOD)).subarray(0, 515)),
      /Unexpected end of data/,
    ],
    ["no gzip at all", async () => Buffer.from("<html>Sorry</html>"), /incorrect header check/],
    ["no tarball", async () => gzipSync("x".repeat(2_000)), /Invalid tar header/],
    ["nothing", async () => Buffer.alloc(0), /unexpected end of file/],
    [
      "ten gigabytes that are announced and do not come",
      async () => {
        const cut = await tar(GOOD, file("acme-shop-abc/huge.bin", "x"));
        // The size of the second entry: its header is the third block.
        cut.write("77777777777\0", 2 * 512 + 124, "latin1");
        cut.write("        ", 2 * 512 + 148, "latin1");
        const sum = cut.subarray(1024, 1536).reduce((all, byte) => all + byte, 0);
        cut.write(`${sum.toString(8).padStart(6, "0")}\0 `, 2 * 512 + 148, "latin1");
        return gzipSync(cut);
      },
      /Unexpected end of data/,
    ],
  ])("that is %s: it is refused as a whole", async (_what, bytes, message) => {
    await expect(load(await bytes())).rejects.toThrow(message);
  });

  it.each<readonly [string, Partial<ArchiveLimits>, () => Promise<Buffer>, RegExp]>([
    [
      "zeros without end",
      { unpackedBytes: 8 * MIB },
      async () => Buffer.alloc(64 * MIB),
      /8,388,608 bytes unpacked/,
    ],
    [
      "a file that unpacks without end",
      { unpackedBytes: 8 * MIB },
      () => tar(file("acme-shop-abc/zeros.bin", Buffer.alloc(32 * MIB))),
      /8,388,608 bytes unpacked/,
    ],
    [
      "more text than is kept",
      { textBytes: 2 * MIB },
      () => tar(...Array.from({ length: 8 }, (_, at) => file(`acme-shop-abc/${at}`, "x".repeat(400_000)))),
      /more than 2 MiB of text/,
    ],
    [
      "more files than are counted",
      { entries: 50 },
      () => tar(...Array.from({ length: 60 }, (_, at) => file(`acme-shop-abc/${at}`, ""))),
      /more than 50 files/,
    ],
    [
      "names without end",
      { nameCharacters: 10_000 },
      () => tar(file(`acme-shop-abc/${"long/".repeat(3_000)}name`, "")),
      /10,000 characters of file names/,
    ],
  ])("of %s: it is cut off", async (_what, limits, bytes, message) => {
    await expect(load(gzipSync(await bytes()), { ...ARCHIVE_LIMITS, ...limits })).rejects.toThrow(message);
  });

  it("of large files: they are named with their size, and not kept", async () => {
    const large = Array.from({ length: 6 }, (_, at) =>
      file(`acme-shop-abc/${at}.sql`, Buffer.alloc(600 * 1024, "x")),
    );
    const archive = await load(gzipSync(await tar(...large, GOOD)), { ...ARCHIVE_LIMITS, textBytes: 100 });

    expect(archive.files).toContainEqual({ path: "3.sql", bytes: 600 * 1024 });
    expect(await archive.read("3.sql")).toEqual({ kind: "unreadable", reason: "larger than 512 KiB" });
    await archive.close();
  });
});

describe("what an archive holds", () => {
  it("is read in any order, across the blocks that it is written in", async () => {
    const names = Array.from({ length: 40 }, (_, at) => `file-${at}.ts`);
    const textOf = (name: string) => `${name} é\n`.repeat(name.length * 1_500);
    const archive = await load(
      gzipSync(await tar(...names.map((name) => file(`acme-shop-abc/${name}`, textOf(name))))),
    );
    const shuffled = names.toSorted((a, b) => a.localeCompare(b));
    const scanned: (readonly [string, boolean])[] = [];
    for await (const { path, text } of archive.scan(["none", ...shuffled, "file-1.ts"], NEVER))
      scanned.push([path, text === textOf(path)]);

    expect(scanned).toEqual([...shuffled, "file-1.ts"].map((name) => [name, true]));
    expect(await archive.read("file-39.ts")).toEqual({ kind: "text", text: textOf("file-39.ts") });
    await archive.close();
  });

  it("has names of any length", async () => {
    const name = `${"deep/".repeat(60)}${"é".repeat(80)}.ts`;
    const archive = await load(gzipSync(await tar(file(`acme-shop-abc/${name}`, "long\n"))));

    expect(archive.files).toEqual([{ path: name, bytes: 5 }]);
    await archive.close();
  });

  it.each([
    ["docs/** export-ignore\n", true],
    ["*.ts text\n", false],
  ])("is known to be a part of the tree when an attribute says so: %j", async (attributes, expected) => {
    const archive = await load(gzipSync(await tar(file("acme-shop-abc/lib/.gitattributes", attributes))));

    expect(archive.isPartial).toBe(expected);
    await archive.close();
  });
});

describe("the folder of an archive", () => {
  it("is its user's alone, and goes with the view", async () => {
    const archive = await load(gzipSync(await tar(GOOD)));
    const [name = ""] = ownFolders().filter((one) => !before.includes(one));
    const folder = join(tmpdir(), name);

    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "texts")).mode & 0o777).toBe(0o600);

    await archive.close();
    await archive.close();
    expect(existsSync(folder)).toBe(false);
  });

  it("goes when loading is stopped", async () => {
    const stop = new AbortController();
    const bytes = gzipSync(
      await tar(...Array.from({ length: 50 }, (_, at) => file(`acme-shop-abc/${at}`, "x".repeat(9_000)))),
    );
    const slow = Readable.from(
      (async function* () {
        yield bytes.subarray(0, 200);
        stop.abort(new Error("the server is stopping"));
        yield bytes.subarray(200);
      })(),
    );

    await expect(loadArchive(slow, ARCHIVE_LIMITS, stop.signal)).rejects.toThrow("the server is stopping");
  });

  it("is removed at the next start when its process is no more, and no other", async () => {
    const gone = Number(execFileSync(process.execPath, ["-p", "process.pid"]).toString());
    const made = [
      `plumbline-view-${gone}-abcdef`,
      `plumbline-view-${process.ppid}-abcdef`,
      `plumbline-view-x-abcdef`,
    ];
    for (const name of made) mkdirSync(join(tmpdir(), name));
    writeFileSync(join(tmpdir(), made[0] ?? "", "texts"), "secret\n");
    symlinkSync(tmpdir(), join(tmpdir(), `plumbline-view-${gone}-link`));

    await removeAbandonedStores();

    const left = readdirSync(tmpdir());
    expect(made.map((name) => left.includes(name))).toEqual([false, true, true]);
    expect(left).toContain(`plumbline-view-${gone}-link`);
    for (const name of [...made, `plumbline-view-${gone}-link`])
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  });
});
