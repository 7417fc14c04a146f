/** A thread for the parsers of schemas and SQL: what a hostile text does to a parser ends with the thread, not with us. */
import { Worker } from "node:worker_threads";
import type { ContractReading } from "./contract-facts.ts";
import type { SqlReading } from "./sql-facts.ts";

/** What the thread can be asked, and what it answers. SQL takes one text; contracts take the base and the head. */
export interface ParserAnswers {
  readonly sql: SqlReading;
  readonly openapi: ContractReading;
  readonly graphql: ContractReading;
  readonly protobuf: ContractReading;
}

export type ParserOutcome<T> =
  | { readonly kind: "answered"; readonly value: T }
  | { readonly kind: "none"; readonly reason: string };

/** The questions of one run of one check. Rejects only when its signal aborts. */
export interface ParserSession {
  ask<K extends keyof ParserAnswers>(
    kind: K,
    texts: readonly string[],
  ): Promise<ParserOutcome<ParserAnswers[K]>>;
}

/** Shared by all checks: one question at a time, the others wait. Started by the first one, and again after a fault. */
export interface ParserThread {
  session(signal: AbortSignal): ParserSession;
  close(): Promise<void>;
}

export interface ParserLimits {
  /** For one text; loading the parser counts for the first. */
  readonly textMs: number;
  /** For all texts of a session, waiting for others included. */
  readonly sessionMs: number;
}

/**
 * 256 KiB of dense SQL take 0.3 s; what takes much longer is meant to. A session ends before the deadline of its check
 * (`CHECK_DEADLINE_MS`), so that what was found by then is told.
 */
export const PARSER_LIMITS: ParserLimits = { textMs: 1_500, sessionMs: 2_300 };

export interface ParserQuestion {
  readonly kind: keyof ParserAnswers;
  readonly texts: readonly string[];
}

export type ParserReply =
  | { readonly kind: "answered"; readonly value: ParserAnswers[keyof ParserAnswers] }
  | { readonly kind: "failed"; readonly reason: string };

/** Trees of texts at their size limits take less; a text that takes more ends its thread alone. */
const MEMORY_MB = 384;
/** Parsers hold some 50 MB: not for ever. */
const IDLE_MS = 60_000;

export function createParserThread(limits: ParserLimits): ParserThread {
  let worker: Worker | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  async function stop(): Promise<void> {
    const stopped = worker;
    worker = null;
    await stopped?.terminate();
  }

  async function answer(question: ParserQuestion, until: number, signal: AbortSignal): Promise<ParserReply> {
    signal.throwIfAborted();
    const left = Math.floor(Math.min(limits.textMs, until - performance.now()));
    if (left <= 0) return { kind: "failed", reason: "the time for this check was used up" };
    clearTimeout(idle);
    worker ??= startWorker();
    const reply = await replyOf(worker, question, AbortSignal.any([signal, AbortSignal.timeout(left)]));
    // After a fault inside WebAssembly its memory is not to be trusted.
    if (reply.kind === "failed") await stop();
    idle = setTimeout(() => void stop(), IDLE_MS).unref();
    signal.throwIfAborted();
    return reply;
  }

  return {
    session: (signal) => {
      const until = performance.now() + limits.sessionMs;
      return {
        ask: async (kind, texts) => {
          const turn = last.then(() => answer({ kind, texts }, until, signal));
          // The next one waits for the end of this one, whatever it is.
          last = turn.catch(() => undefined);
          const reply = await turn;
          if (reply.kind === "failed") return { kind: "none", reason: reply.reason };
          // The worker answers a question of this kind with its own type: `parser-worker.ts` holds the table.
          return { kind: "answered", value: reply.value as ParserAnswers[typeof kind] };
        },
      };
    },
    close: stop,
  };
}

/** The same folder holds both files, as source and as built. Nothing of our environment goes along. */
function startWorker(): Worker {
  const file = import.meta.url.replace(/parser-thread(\.[jt]s)$/, "parser-worker$1");
  const worker = new Worker(new URL(file), {
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  // A thread that dies between questions is replaced by the next one; its error must not reach the process.
  worker.on("error", () => undefined);
  return worker;
}

function replyOf(worker: Worker, question: ParserQuestion, signal: AbortSignal): Promise<ParserReply> {
  return new Promise((resolve) => {
    const settle = (reply: ParserReply): void => {
      worker.off("message", settle).off("error", onError).off("exit", onExit);
      signal.removeEventListener("abort", onAbort);
      // An idle thread keeps no process alive.
      worker.unref();
      resolve(reply);
    };
    const fail = (reason: string): void => settle({ kind: "failed", reason });
    const onAbort = (): void => fail("it took too long to parse");
    const onError = (error: unknown): void =>
      fail(`the parser broke: ${error instanceof Error ? error.message : "unknown"}`);
    const onExit = (): void => fail("the parser ended");
    worker.ref();
    worker.on("message", settle).on("error", onError).on("exit", onExit);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    else worker.postMessage(question, []);
  });
}
