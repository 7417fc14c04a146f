// Waiting for something that another process does: asked again and again, never for a fixed time.
import { setTimeout as pause } from "node:timers/promises";

const DEADLINE_MS = 40_000;

/** What `look` finds, once it is neither null, undefined nor false. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  describe: () => string = () => "",
): Promise<Exclude<T, null | undefined | false>> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    // The three values that mean "not yet" are excluded by the condition itself.
    if (found !== null && found !== undefined && found !== false)
      return found as Exclude<T, null | undefined | false>;
    if (Date.now() > deadline)
      throw new Error(`waited in vain: ${what}\n${describe().split("\n").slice(-12).join("\n")}`);
    await pause(20);
  }
}
