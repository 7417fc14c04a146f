// A data folder whose database is made already: making one takes two seconds, and every server and queue needs its own.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { z } from "zod";
import { EMBEDDED_SETTINGS } from "../src/queue/store.ts";

const MANIFEST = new URL("../node_modules/@electric-sql/pglite/package.json", import.meta.url);

/** Empty but for the database itself: pg-boss's tables and ours are made by the code under test. */
export async function prepareStore(dataDir: string): Promise<void> {
  mkdirSync(dataDir, { recursive: true });
  cpSync(await template(), join(dataDir, "pglite"), { recursive: true });
}

/** Made once on this machine for each release of PGlite, and put in place in one step, whoever comes first. */
async function template(): Promise<string> {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(MANIFEST, "utf8")));
  const place = join(tmpdir(), `plumbline-test-store-${version}`);
  if (existsSync(place)) return place;
  const folder = mkdtempSync(join(tmpdir(), "plumbline-test-store-new-"));
  const lite = await PGlite.create({
    dataDir: join(folder, "pglite"),
    postgresqlconf: [...EMBEDDED_SETTINGS],
  });
  await lite.close();
  if (!existsSync(place)) renameSync(join(folder, "pglite"), place);
  rmSync(folder, { recursive: true, force: true });
  return place;
}
