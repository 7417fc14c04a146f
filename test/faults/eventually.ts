// Waiting for what another process does, and keeping the parts of a case apart.
import { setTimeout as pause } from "node:timers/promises";

/** Far more than anything here takes on a slow machine, far less than for ever. */
const DEADLINE_MS = 120_000;

/** What `look` finds, once it is neither null, undefined nor false. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  deadlineMs = DEADLINE_MS,
): Promise<Exclude<T, null | undefined | false>> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    // The three values that mean "not yet" are excluded by the condition itself.
    if (found !== null && found !== undefined && found !== false)
      return found as Exclude<T, null | undefined | false>;
    if (Date.now() > deadline) throw new Error(`waited ${deadlineMs / 1000} s in vain for: ${what}`);
    await pause(50);
  }
}

/** For what must not happen: long enough for the fastest clock of the server (its queue looks once a second) to do it. */
export async function aWhile(): Promise<void> {
  await pause(3_000);
}

export type Parts = Readonly<Record<string, () => Promise<unknown>>>;

/** All parts side by side, each to its end; the failures of all of them are one failure. */
export async function inParts(parts: Parts): Promise<number> {
  const names = Object.keys(parts);
  const results = await Promise.allSettled(Object.values(parts).map((part) => part()));
  const failures = results.flatMap((result, at) =>
    result.status === "rejected" ? [`[${names[at]}] ${textOf(result.reason)}`] : [],
  );
  if (failures.length > 0)
    throw new Error(`${failures.length} of ${names.length} parts failed\n${failures.join("\n")}`);
  return names.length;
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
