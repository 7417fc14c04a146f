/** Texts in one file within a private temporary folder: written one after the other, read by their place. */
import { type FileHandle, lstat, mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Place {
  readonly offset: number;
  readonly length: number;
}

export interface TextStore {
  append(bytes: Uint8Array): Promise<Place>;
  /** After the last text: before that, not all of them can be read. */
  seal(): Promise<void>;
  read(place: Place): Promise<Buffer>;
  /** Removes the folder. May be called twice. */
  close(): Promise<void>;
}

/** The process is in the name, so that a later one can tell what a killed one left. */
const PREFIX = "plumbline-view-";
const BLOCK_BYTES = 4 * 1024 * 1024;

export async function openTextStore(): Promise<TextStore> {
  // `mkdtemp` makes a folder that is its user's alone (mode 0700).
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    return storeIn(await open(join(folder, "texts"), "wx+", 0o600), remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

function storeIn(file: FileHandle, remove: () => Promise<void>): TextStore {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let filled = 0;
  let written = 0;
  let closed: Promise<void> | null = null;
  const flush = async () => {
    const end = filled;
    filled = 0;
    for (let at = 0; at < end; ) {
      const { bytesWritten } = await file.write(block, at, end - at, written);
      at += bytesWritten;
      written += bytesWritten;
    }
  };
  return {
    append: async (bytes) => {
      if (bytes.byteLength > BLOCK_BYTES) throw new RangeError("a text is larger than a block");
      if (filled + bytes.byteLength > BLOCK_BYTES) await flush();
      const place = { offset: written + filled, length: bytes.byteLength };
      block.set(bytes, filled);
      filled += bytes.byteLength;
      return place;
    },
    seal: flush,
    read: ({ offset, length }) => readFully(file, offset, length),
    close: () => {
      closed ??= file.close().then(remove, async (error: unknown) => {
        await remove();
        throw error;
      });
      return closed;
    },
  };
}

async function readFully(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(bytes, at, length - at, offset + at);
    if (bytesRead === 0) throw new Error("the stored texts of a repository are shorter than they were");
    at += bytesRead;
  }
  return bytes;
}

/**
 * Removes the folders of processes that are no more; returns how many. To be called by the server, which opens none: a
 * folder with its own number is from a process before it (a container counts from 1 again).
 */
export async function removeAbandonedStores(): Promise<number> {
  const names = await readdir(tmpdir());
  let removed = 0;
  for (const name of names) {
    const owner = /^plumbline-view-(?<pid>\d+)-/.exec(name)?.groups?.["pid"];
    if (owner === undefined || (Number(owner) !== process.pid && isRunning(Number(owner)))) continue;
    const folder = join(tmpdir(), name);
    if (!(await isOurs(folder))) continue;
    await rm(folder, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be asked, and yet it is there.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** Temporary folders are open to all users: what others put there is left alone. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => null);
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}
