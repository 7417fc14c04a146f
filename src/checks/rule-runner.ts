/** Matches rules in a process of its own, which is ended when a file takes too long and started again for the next. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { MatchAnswer, MatchRequest } from "./rule-matching.ts";

export interface RuleRunner {
  /** Rejects only when `signal` aborts. One request at a time. */
  match(request: MatchRequest, timeoutMs: number, signal: AbortSignal): Promise<MatchAnswer>;
  close(): void;
}

/** The source runs as it is, `dist/` holds JavaScript. */
const PROGRAM = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./rule-process.ts" : "./rule-process.js", import.meta.url),
);
/** Usually 100 ms; a machine that is this busy has no time for a parser. */
const START_LIMIT_MS = 2_000;
/** For JavaScript alone; what the parser takes is bounded by the size of a file. */
const OPTIONS = ["--max-old-space-size=256", "--disable-warning=ExperimentalWarning"];

export function ruleRunner(): RuleRunner {
  let child: ChildProcess | null = null;
  const end = () => {
    child?.kill("SIGKILL");
    child = null;
  };
  return {
    match: async (request, timeoutMs, signal) => {
      signal.throwIfAborted();
      child ??= await start(signal);
      if (child === null) return { kind: "failed", reason: "the parser did not start" };
      const answer = await ask(child, request, timeoutMs, signal);
      if (answer === "stopped" || answer === "late") end();
      signal.throwIfAborted();
      if (answer === "late") return { kind: "failed", reason: "the parser took too long" };
      return answer === "stopped" ? { kind: "failed", reason: "the parser stopped" } : answer;
    },
    close: end,
  };
}

async function start(signal: AbortSignal): Promise<ChildProcess | null> {
  const child = fork(PROGRAM, [], {
    env: {},
    execArgv: OPTIONS,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const isReady = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), START_LIMIT_MS);
    const settle = (ready: boolean) => {
      clearTimeout(timer);
      resolve(ready);
    };
    child.once("message", () => settle(true));
    child.once("exit", () => settle(false));
    child.on("error", () => settle(false));
    signal.addEventListener("abort", () => settle(false), { once: true });
  });
  if (isReady) return child;
  child.kill("SIGKILL");
  signal.throwIfAborted();
  return null;
}

function ask(
  child: ChildProcess,
  request: MatchRequest,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<MatchAnswer | "stopped" | "late"> {
  return new Promise((resolve) => {
    const settle = (answer: MatchAnswer | "stopped" | "late") => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      signal.removeEventListener("abort", onExit);
      resolve(answer);
    };
    // What arrives on this channel was sent by our own program.
    const onMessage = (message: unknown) => settle(message as MatchAnswer);
    const onExit = () => settle("stopped");
    const timer = setTimeout(() => settle("late"), timeoutMs);
    child.on("message", onMessage);
    child.on("exit", onExit);
    signal.addEventListener("abort", onExit);
    if (!child.connected || signal.aborted) settle("stopped");
    else child.send(request, (error) => (error === null ? undefined : settle("stopped")));
  });
}
