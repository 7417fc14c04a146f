/**
 * The process that reviews, at its start. A terminal and some supervisors signal every process of a server; when this one
 * ends is for the server to say, which drains. So it listens for them before it loads anything.
 */
import { messageOf } from "./domain/errors.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
// Nobody is left to hold a job for, or to hear of it.
process.on("disconnect", () => process.exit(0));

try {
  await import("./reviewing.ts");
} catch (error) {
  // Where the log is not open yet; the server says in its own that no process could be started.
  process.stderr.write(`plumbline: the reviewing process cannot start: ${messageOf(error)}\n`);
  process.exit(1);
}
