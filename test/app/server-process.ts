// `plumbline serve` as a process of its own, with exactly the variables that a test names.
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import pLimit from "p-limit";
import { COMPILE_CACHE } from "../builders-git.ts";
import { processTree } from "../process-tree.ts";
import { until } from "./until.ts";

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerProcess {
  readonly pid: number;
  readonly origin: string;
  readonly webhookUrl: string;
  /** Everything it wrote to standard output and standard error. */
  readonly output: () => string;
  /** The same as far as it is JSON, line by line. */
  readonly logs: () => readonly LogLine[];
  readonly exited: Promise<Exit>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Resident memory of this process alone, in bytes. Linux only, as the tests that ask for it. */
  readonly memory: () => number;
  /** SIGTERM, as an operator stops it. */
  readonly stop: () => Promise<Exit>;
  /** SIGKILL: no last words. */
  readonly kill: () => Promise<Exit>;
}

export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export type Variables = Readonly<Record<string, string>>;

/** Nothing else of this environment is handed on. */
const DEFAULTS: Variables = {
  PATH: process.env["PATH"] ?? "",
  HOST: "127.0.0.1",
  PORT: "0",
  LOG_LEVEL: "debug",
  NODE_COMPILE_CACHE: COMPILE_CACHE,
};
const LAUNCHER = fileURLToPath(new URL("../../bin/plumbline.mjs", import.meta.url));

/** A start is a second of computing and nothing else: more of them at once than cores only take longer. */
const starts = pLimit(2);

export function startServer(variables: Variables): Promise<ServerProcess> {
  return starts(() => startNow(variables));
}

async function startNow(variables: Variables): Promise<ServerProcess> {
  const { child, output, exited } = launch(variables);
  const logs = lineReader(output);
  let ended: Exit | null = null;
  void exited.then((exit) => (ended = exit));
  const listening = await until(
    "the server listens",
    () => {
      if (ended !== null) throw new Error(`the server ended with ${JSON.stringify(ended)}:\n${output()}`);
      return logs().find((line) => line.msg === "listening");
    },
    output,
  );
  const end = (signal: NodeJS.Signals) => {
    if (ended === null) child.kill(signal);
    return exited;
  };
  const origin = `http://127.0.0.1:${String(listening["port"])}`;
  return {
    pid: child.pid ?? 0,
    origin,
    webhookUrl: `${origin}/api/github/webhooks`,
    output,
    logs,
    exited,
    signal: (name) => void child.kill(name),
    memory: () => processTree(child.pid ?? 0)[0]?.residentBytes ?? 0,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

/** For a server that must not start: its exit code and what it said. */
export async function runServer(
  variables: Variables,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { child, output, exited } = launch(variables);
  const deadline = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const { code } = await exited;
  clearTimeout(deadline);
  return { code, output: output() };
}

function launch(variables: Variables) {
  const env = { ...DEFAULTS, ...variables };
  const child: ChildProcess = spawn(process.execPath, ["--max-semi-space-size=16", LAUNCHER, "serve"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  const exited = new Promise<Exit>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  return { child, output: () => text, exited };
}

/** Reads each line once: whoever waits for one asks twenty times a second. */
function lineReader(output: () => string): () => readonly LogLine[] {
  const lines: LogLine[] = [];
  let read = 0;
  return () => {
    const text = output();
    const end = text.lastIndexOf("\n") + 1;
    if (end > read) lines.push(...text.slice(read, end).split("\n").flatMap(parseLine));
    read = Math.max(read, end);
    return lines;
  };
}

function parseLine(line: string): readonly LogLine[] {
  return line.startsWith("{") && line.endsWith("}") ? [JSON.parse(line) as LogLine] : [];
}
