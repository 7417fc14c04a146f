// One real `plumbline serve`, watched from outside: its log lines, its resident memory, its processor time.
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { processTree } from "../test/process-tree.ts";

export interface ServerProcess {
  readonly webhookUrl: string;
  /** From the start of the process to its line `listening`. */
  readonly startMs: number;
  /** Every line of its log, in order; `time` in milliseconds since the epoch. */
  readonly lines: () => readonly LogLine[];
  /** How many log lines with this message it has written. */
  readonly logged: (message: string) => number;
  /** Log lines of level error and above. */
  readonly errors: () => number;
  readonly use: () => ProcessUse;
  /** From here on `peakMb` is what comes: an embedded store takes far more when its folder is made than ever again. */
  readonly forgetPeak: () => void;
  /** SIGTERM, and wait: as an operator would. */
  readonly stop: () => Promise<void>;
}

/** Of the server and the processes that it has started, the one that reviews first of all; NaN where there is no /proc. */
export interface ProcessUse {
  readonly residentMb: number;
  readonly peakMb: number;
  readonly cpuSeconds: number;
}

const LAUNCHER = fileURLToPath(new URL("../bin/plumbline.mjs", import.meta.url));
const START_TIMEOUT_MS = 60_000;
/** The server promises to be gone 30 seconds after SIGTERM. */
const STOP_TIMEOUT_MS = 40_000;
const MEGABYTE = 1024 * 1024;
const ERROR_LEVEL = 50;
const KEPT_LINES = 15;
const SWEEP_MS = 3_000;

/** The launcher runs the server in its own process on the Node that runs this, so `pid` is the server's. */
export async function startServer(variables: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const env = { PATH: process.env["PATH"] ?? "", HOST: "127.0.0.1", PORT: "0", ...variables };
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--max-semi-space-size=16", LAUNCHER, "serve"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = readLog(child);
  const timeout = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  const port = await log.listening;
  clearTimeout(timeout);
  const pid = child.pid ?? 0;
  return {
    webhookUrl: `http://127.0.0.1:${port}/api/github/webhooks`,
    startMs: log.listeningAt() - startedAt,
    lines: () => log.lines,
    logged: (message) => log.messages.get(message) ?? 0,
    errors: log.errors,
    use: () => useOf(pid),
    forgetPeak: () => {
      for (const { pid: one } of processTree(pid)) writeFileSync(`/proc/${one}/clear_refs`, "5");
    },
    stop: () => stop(child),
  };
}

/**
 * A server looks for open pull requests without a review when it starts, and would queue what a measurement opens before
 * any delivery tells of it: so that look is waited for. A second replica may leave it to the first.
 */
export async function afterFirstSweep(servers: readonly ServerProcess[]): Promise<void> {
  const deadline = performance.now() + SWEEP_MS;
  while (servers.some((server) => server.logged("swept") === 0) && performance.now() < deadline)
    await pause(20);
}

export interface LogLine {
  readonly level: number;
  readonly repository?: string;
  readonly msg: string;
  readonly time: number;
  readonly port?: number;
}

function readLog(child: ChildProcess) {
  const messages = new Map<string, number>();
  const last: string[] = [];
  const lines: LogLine[] = [];
  const listening = Promise.withResolvers<number>();
  let listeningAt = Number.NaN;
  let errors = 0;
  const take = (text: string) => {
    last.push(text);
    if (last.length > KEPT_LINES) last.shift();
    if (!text.startsWith("{")) return;
    const line = JSON.parse(text) as LogLine;
    lines.push(line);
    messages.set(line.msg, (messages.get(line.msg) ?? 0) + 1);
    if (line.level >= ERROR_LEVEL) errors += 1;
    if (line.msg !== "listening") return;
    listeningAt = performance.now();
    listening.resolve(line.port ?? 0);
  };
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null) createInterface({ input: stream }).on("line", take);
  child.once("exit", (code, signal) =>
    listening.reject(new Error(`the server ended with ${code ?? signal}:\n${last.join("\n")}`)),
  );
  return {
    lines,
    messages,
    listening: listening.promise,
    listeningAt: () => listeningAt,
    errors: () => errors,
  };
}

function useOf(pid: number): ProcessUse {
  const all = processTree(pid);
  if (all.length === 0) return { residentMb: Number.NaN, peakMb: Number.NaN, cpuSeconds: Number.NaN };
  const sum = (of: (use: (typeof all)[number]) => number) => all.reduce((total, use) => total + of(use), 0);
  return {
    residentMb: sum(({ residentBytes }) => residentBytes) / MEGABYTE,
    peakMb: sum(({ peakBytes }) => peakBytes) / MEGABYTE,
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timeout = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timeout);
}
