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

export interface ParserThread {
  ask<K extends keyof ParserAnswers>(
    kind: K,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<ParserOutcome<ParserAnswers[K]>>;
  close(): Promise<void>;
}

export interface ParserQuestion {
  readonly kind: keyof ParserAnswers;
  readonly texts: readonly string[];
}

export type ParserReply =
  | { readonly kind: "answered"; readonly value: ParserAnswers[keyof ParserAnswers] }
  | { readonly kind: "failed"; readonly reason: string };

/** 256 KiB of dense SQL take 0.3 s; what takes much longer is meant to. */
const TEXT_DEADLINE_MS = 1_500;
/** For all texts of one check: under the deadline of a check, so that what was found by then is told. */
const CHECK_BUDGET_MS = 2_300;
/** Trees of texts at their size limits take less; a text that takes more ends its thread alone. */
const MEMORY_MB = 384;

export function startParserThread(): ParserThread {
  const until = performance.now() + CHECK_BUDGET_MS;
  let worker: Worker | null = null;

  async function stop(): Promise<void> {
    const stopped = worker;
    worker = null;
    await stopped?.terminate();
  }

  return {
    ask: async (kind, texts, signal) => {
      signal.throwIfAborted();
      const left = Math.min(TEXT_DEADLINE_MS, until - performance.now());
      if (left <= 0) return { kind: "none", reason: "the time for this check was used up" };
      worker ??= startWorker();
      const reply = await answerOf(
        worker,
        { kind, texts },
        AbortSignal.any([signal, AbortSignal.timeout(left)]),
      );
      if (reply.kind === "answered") {
        // The worker answers a question of this kind with its own type: `parser-worker.ts` holds the table.
        return { kind: "answered", value: reply.value as ParserAnswers[typeof kind] };
      }
      // After a fault inside WebAssembly its memory is not to be trusted.
      await stop();
      signal.throwIfAborted();
      return { kind: "none", reason: reply.reason };
    },
    close: stop,
  };
}

/** The same folder holds both files, as source and as built. Nothing of our environment goes along. */
function startWorker(): Worker {
  const file = import.meta.url.replace(/parser-thread(\.[jt]s)$/, "parser-worker$1");
  return new Worker(new URL(file), {
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
}

function answerOf(worker: Worker, question: ParserQuestion, signal: AbortSignal): Promise<ParserReply> {
  return new Promise((resolve) => {
    const settle = (reply: ParserReply): void => {
      worker.removeAllListeners();
      // A thread that dies later is replaced by the next question; its late error must not reach the process.
      worker.on("error", () => undefined);
      signal.removeEventListener("abort", onAbort);
      resolve(reply);
    };
    const onAbort = (): void => settle({ kind: "failed", reason: "it took too long to parse" });
    worker.once("message", settle);
    worker.once("error", (error) =>
      settle({
        kind: "failed",
        reason: `the parser broke: ${error instanceof Error ? error.message : "unknown"}`,
      }),
    );
    worker.once("exit", () => settle({ kind: "failed", reason: "the parser ended" }));
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    else worker.postMessage(question, []);
  });
}
