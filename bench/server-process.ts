// One real `plumbline serve`, watched from outside: its log lines, its resident memory, its processor time.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

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

/** As Linux counts it; NaN elsewhere. */
export interface ProcessUse {
  readonly residentMb: number;
  readonly peakMb: number;
  readonly cpuSeconds: number;
}

const LAUNCHER = fileURLToPath(new URL("../bin/plumbline.mjs", import.meta.url));
const START_TIMEOUT_MS = 60_000;
/** The server promises to be gone 30 seconds after SIGTERM. */
const STOP_TIMEOUT_MS = 40_000;
/** `USER_HZ`, the unit of /proc/PID/stat: 100 on every Linux platform that Node runs on. */
const TICKS_PER_SECOND = 100;
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
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, "5"),
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
  if (!existsSync(`/proc/${pid}/status`))
    return { residentMb: Number.NaN, peakMb: Number.NaN, cpuSeconds: Number.NaN };
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  // The name of the command stands in brackets and may hold spaces; user and system time are fields 14 and 15.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  return { residentMb: megabytes("VmRSS"), peakMb: megabytes("VmHWM"), cpuSeconds };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timeout = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timeout);
}
