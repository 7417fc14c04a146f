/** Runs git without a shell, without the repository's own helpers, and without waiting for a password. */
import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { UserError } from "../domain/errors.ts";

export interface Git {
  /** Standard output as bytes. Rejects with GitFault. */
  run(args: readonly string[], signal?: AbortSignal): Promise<Buffer>;
  text(args: readonly string[], signal?: AbortSignal): Promise<string>;
  /** A process that stays and answers on its standard output; whoever starts it ends it. */
  start(args: readonly string[]): ChildProcessWithoutNullStreams;
}

export class GitFault extends Error {
  override name = "GitFault";
  readonly exitCode: number | null;
  constructor(message: string, exitCode: number | null) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** More than any diff that is reviewed; beyond it git is stopped instead of filling the memory. */
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

/** Nothing that a repository configures may run: no file-system monitor, no hooks, no pager, no check of signatures. */
const CONFIG = [
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "core.quotePath=false",
  "-c",
  "core.pager=cat",
  "-c",
  "log.showSignature=false",
];

export function gitIn(directory: string, env: Readonly<Record<string, string | undefined>>): Git {
  const place = {
    cwd: directory,
    env: {
      ...env,
      LC_ALL: "C",
      GIT_TERMINAL_PROMPT: "0",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_PAGER: "cat",
      GIT_EXTERNAL_DIFF: "",
    },
  } as const;
  const options = {
    ...place,
    encoding: "buffer",
    maxBuffer: MAX_OUTPUT_BYTES,
    timeout: TIMEOUT_MS,
  } as const;
  const run = (args: readonly string[], signal?: AbortSignal) =>
    new Promise<Buffer>((resolve, reject) => {
      execFile(
        "git",
        [...CONFIG, ...args],
        { ...options, ...(signal === undefined ? {} : { signal }) },
        (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(faultOf(error, stderr.toString("utf8"), args[0] ?? ""));
        },
      );
    });
  return {
    run,
    text: async (args, signal) => (await run(args, signal)).toString("utf8"),
    start: (args) => spawn("git", [...CONFIG, ...args], { ...place, stdio: "pipe" }),
  };
}

function faultOf(error: Error & { code?: number | string | null }, stderr: string, command: string): Error {
  if (error.name === "AbortError") return error;
  if (error.code === "ENOENT")
    return new UserError("git was not found: install it, it reads the repository", { cause: error });
  const message = stderr.trim().split("\n")[0] ?? "";
  return new GitFault(
    message === "" ? `git ${command} failed: ${error.message}` : message,
    typeof error.code === "number" ? error.code : null,
  );
}
