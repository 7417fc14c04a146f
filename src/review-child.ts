/** One process that reviews, while it lives: how it is started, watched and ended. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import { fileURLToPath } from "node:url";
import { type BirpcReturn, createBirpc } from "birpc";
import { messageOf } from "./domain/errors.ts";
import { REVIEW_EVENTS, type ReviewCalls, type ServerCalls } from "./process-calls.ts";

export interface ReviewChild {
  readonly calls: BirpcReturn<ReviewCalls, ServerCalls>;
  /** It goes by itself, and keeps what it has compiled for the next one; or it is made to. */
  end(): Promise<void>;
}

export interface ChildOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly offered: Omit<ServerCalls, "ready" | "alive">;
  readonly onMemory: (bytes: number) => void;
  /** Whether it has something to do, and silence means that it hangs. */
  readonly isBusy: () => boolean;
  /** Told once. All its calls reject with the same. */
  readonly onEnd: (end: ProcessEnd) => void;
}

/** Why the calls of a process came to nothing. */
export class ProcessEnd extends Error {
  override name = "ProcessEnd";
  /** Of what it was doing: only what broke in the middle is the fault of the reviews that ran. */
  readonly during: "start" | "work" | "stop";

  constructor(how: string, during: ProcessEnd["during"]) {
    super(during === "stop" ? "the server was stopped" : `the reviewing process broke: ${how}`);
    this.during = during;
  }
}

export interface ChildLimits {
  /** How long it may take to go when it is asked to. */
  readonly leaveMs: number;
  /** How often it is looked whether it is silent. */
  readonly watchMs: number;
  /** It says every five seconds that it is alive; the longest single piece of its work takes some seconds. */
  readonly silenceMs: number;
}

const LIMITS: ChildLimits = { leaveMs: 2_000, watchMs: 10_000, silenceMs: 120_000 };
/** The source runs as it is, `dist/` holds JavaScript. */
const PROGRAM = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./review-process.ts" : "./review-process.js", import.meta.url),
);
/** Small young generations: a review of 3,000 files takes 150 MB less and no more time (bench/pulls.ts). */
const OPTIONS = ["--max-semi-space-size=16", "--disable-warning=ExperimentalWarning"];

export function startChild(options: ChildOptions, limits = LIMITS): ReviewChild {
  const child = forkProgram(options.environment);
  let during: ProcessEnd["during"] = "start";
  let heardAt = performance.now();
  let fault: string | null = null;
  const calls = callsOf(child, {
    ...options.offered,
    ready: () => {
      if (during === "start") during = "work";
    },
    alive: (bytes) => {
      heardAt = performance.now();
      options.onMemory(bytes);
    },
  });
  const kill = () => child.kill("SIGKILL");
  const watch = setInterval(() => {
    if (!options.isBusy()) heardAt = performance.now();
    if (performance.now() - heardAt < limits.silenceMs) return;
    fault ??= `it was silent for ${limits.silenceMs / 1000} s`;
    kill();
  }, limits.watchMs).unref();
  // However this process ends, what it has started does, too.
  process.once("exit", kill);
  const ended = (how: string) => {
    if (calls.$closed) return;
    clearInterval(watch);
    process.off("exit", kill);
    const end = new ProcessEnd(fault ?? how, during);
    options.onMemory(0);
    options.onEnd(end);
    calls.$close(end);
  };
  // It could not be started, and then there is no exit.
  child.on("error", (error) => ended(messageOf(error)));
  child.on("exit", (code, signal) => ended(signal ?? `exit code ${code}`));
  return {
    calls,
    end: () => {
      during = "stop";
      return endChild(child, limits.leaveMs);
    },
  };
}

function forkProgram(environment: ChildOptions["environment"]): ChildProcess {
  const cache = getCompileCacheDir();
  // Certificates and proxies may be options of Node; what watches or measures one process is not for another.
  const given = process.execArgv.filter((option) => !/^--(?:inspect|debug|cpu-prof|heap-prof)/.test(option));
  return fork(PROGRAM, [], {
    env: cache === undefined ? environment : { ...environment, NODE_COMPILE_CACHE: cache },
    execArgv: [...given, ...OPTIONS],
    serialization: "advanced",
  });
}

function callsOf(child: ChildProcess, offered: ServerCalls): ReviewChild["calls"] {
  return createBirpc<ReviewCalls, ServerCalls>(offered, {
    // What cannot be sent is answered by the end of the process, which is near.
    post: (message) => child.connected && child.send(message, () => undefined),
    on: (hear) => void child.on("message", hear),
    off: (hear) => void child.off("message", hear),
    eventNames: [...REVIEW_EVENTS],
    timeout: -1,
  });
}

async function endChild(child: ChildProcess, leaveMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const late = setTimeout(() => child.kill("SIGKILL"), leaveMs);
  const gone = once(child, "exit");
  if (child.connected) child.disconnect();
  await gone;
  clearTimeout(late);
}
