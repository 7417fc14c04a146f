import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** Storage keys are made by us (two hex folders and a UUID), never by a client. */
export class BlobStore {
  constructor(private readonly root: string) {}

  async open(storageKey: string): Promise<{ size: number; body: Readable }> {
    const path = join(this.root, storageKey);
    const { size } = await stat(path);
    return { size, body: createReadStream(path) };
  }
}
