/** A gzipped tarball of one commit, entry by entry, within limits: it is as hostile as the repository it was made from. */
import { once } from "node:events";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type ExtractEvents, extract, type Header } from "tar-stream";
import { isRepositoryPath } from "../domain/repository-path.ts";

export interface TarballLimits {
  /** Files above it are named, but not read. */
  readonly fileBytes: number;
  readonly entries: number;
  readonly nameCharacters: number;
  /** Of everything that comes out of the compression, read or not. */
  readonly unpackedBytes: number;
}

export type TarballEntry =
  | { readonly kind: "file"; readonly path: string; readonly bytes: Buffer }
  | { readonly kind: "large"; readonly path: string; readonly size: number }
  | { readonly kind: "link"; readonly path: string };

/** What is wrong with the tarball, in words that follow "because". */
export class TarballFault extends Error {
  override name = "TarballFault";
}

const CHUNK_BYTES = 64 * 1024;

/** `onEntry` is waited for. Nothing is ever written to a path of the tarball. @throws TarballFault */
export async function readTarball(
  packed: Readable,
  limits: TarballLimits,
  onEntry: (entry: TarballEntry) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const tar = extract();
  const seen = { entries: 0, characters: 0, bytes: 0 };
  tar.on("entry", async (header, content, next) => {
    seen.entries += 1;
    seen.characters += header.name.length;
    let fault: Error | null = null;
    try {
      checkSeen(seen, limits);
      await takeEntry(header, content, limits.fileBytes, onEntry);
    } catch (error) {
      fault = error instanceof Error ? error : new TarballFault(String(error));
    }
    next(fault);
  });
  let broken: Error | null = null;
  tar.once("error", (error) => {
    broken = error;
  });
  const finished = once(tar, "close");
  // Told where it is written to; nobody may be waiting for the end yet.
  finished.catch(() => undefined);
  try {
    await pipeline(
      packed,
      createGunzip({ chunkSize: CHUNK_BYTES }),
      async (unpacked: AsyncIterable<Buffer>) => {
        for await (const chunk of unpacked) {
          seen.bytes += chunk.length;
          checkSeen(seen, limits);
          // Nothing drains any more then.
          if (broken !== null) throw broken;
          if (!tar.write(chunk)) await once(tar, "drain", { signal });
        }
        tar.end(null);
        await finished;
      },
      { signal },
    );
  } catch (error) {
    tar.destroy();
    signal.throwIfAborted();
    throw error;
  }
}

type Content = ExtractEvents["entry"][1];

async function takeEntry(
  header: Header,
  content: Content,
  fileBytes: number,
  onEntry: (entry: TarballEntry) => Promise<void>,
): Promise<void> {
  const path = pathWithin(header.name);
  const { size } = header;
  const wanted = path !== null && header.type === "file" && size <= fileBytes;
  const bytes = await drain(content, wanted);
  if (path === null) return;
  if (bytes !== null) return onEntry({ kind: "file", path, bytes });
  if (header.type === "file") return onEntry({ kind: "large", path, size });
  // A hard link is nothing that git knows, and a device even less.
  if (header.type === "symlink") await onEntry({ kind: "link", path });
}

/** Without the folder that GitHub puts around everything; null for a name that would lead out of it. */
function pathWithin(name: string): string | null {
  if (!isRepositoryPath(name)) return null;
  const slash = name.indexOf("/");
  return slash < 0 ? null : name.slice(slash + 1);
}

function drain(content: Content, wanted: boolean): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    content.on("data", (chunk) => {
      // Its source was given buffers.
      if (wanted) chunks.push(chunk as Buffer);
    });
    content.once("error", reject);
    content.once("end", () => resolve(wanted ? Buffer.concat(chunks) : null));
  });
}

interface Seen {
  readonly entries: number;
  readonly characters: number;
  readonly bytes: number;
}

function checkSeen(seen: Seen, limits: TarballLimits): void {
  if (seen.entries > limits.entries) throw tooMuch("files", limits.entries);
  if (seen.characters > limits.nameCharacters)
    throw tooMuch("characters of file names", limits.nameCharacters);
  if (seen.bytes > limits.unpackedBytes) throw tooMuch("bytes unpacked", limits.unpackedBytes);
}

function tooMuch(what: string, limit: number): TarballFault {
  return new TarballFault(`its archive has more than ${limit.toLocaleString("en")} ${what}`);
}
