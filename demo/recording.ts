// Recorded replies of a model to the requests of the example. A request that is not in the recording is refused, loudly.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Recorded {
  /** What a reader finds it by: the first line of the request's last block. */
  readonly label: string;
  readonly key: string;
  readonly reply: unknown;
}

export interface Recording {
  readonly model: string;
  readonly recorded: string;
  readonly replies: readonly Recorded[];
}

export const RECORDING_FILE = fileURLToPath(new URL("./recording.json", import.meta.url));

export function readRecording(): Recording {
  if (!existsSync(RECORDING_FILE))
    throw new Error("demo/recording.json is missing: npm run demo:record makes it");
  return JSON.parse(readFileSync(RECORDING_FILE, "utf8")) as Recording;
}

export function writeRecording(recording: Recording): void {
  writeFileSync(RECORDING_FILE, `${JSON.stringify(recording, null, 2)}\n`);
}

/** All text of a request in order. The date is told to the model and differs from day to day, so it does not count. */
export function requestKey(texts: readonly string[]): string {
  const text = texts.join("\0").replace(/Today is \d{4}-\d{2}-\d{2}\./, "Today is a day.");
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

export function requestLabel(texts: readonly string[]): string {
  return (texts.at(-1) ?? "").split("\n")[0]?.slice(0, 80) ?? "";
}
