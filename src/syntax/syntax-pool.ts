/** The `Syntax` of the program: what is asked, in which order, and what becomes of it when the parsing thread fails. */
import { Buffer } from "node:buffer";
import { availableParallelism } from "node:os";
import type { OutlineOutcome } from "../domain/outline.ts";
import type { Syntax } from "../review/repository-view.ts";
import { languageOf } from "./languages.ts";
import { type Job, ParsingThread, type ThreadLimits } from "./parsing-thread.ts";

export interface SyntaxLimits extends ThreadLimits {
  /** A second thread starts only when more texts wait than the first one takes. */
  readonly threads: number;
}

/** 1 MiB of code takes about half a second; what takes longer than this was made to be slow. */
const LIMITS: SyntaxLimits = {
  deadlineMs: 2_000,
  graceMs: 1_000,
  idleMs: 60_000,
  // Each takes some 60 MB, and reviews mostly wait for the model.
  threads: Math.min(2, availableParallelism()),
};
/** Files that people write are smaller, and the parser's memory grows to some 170 times the size of the text. */
const MAX_FILE_BYTES = 1024 * 1024;

/** The thread starts with the first text. */
export function startSyntax(limits: SyntaxLimits = LIMITS): Syntax {
  return new SyntaxPool(limits);
}

class SyntaxPool implements Syntax {
  readonly #limits: SyntaxLimits;
  /** Not yet sent to a thread. */
  readonly #queue: Job[] = [];
  readonly #threads: ParsingThread[] = [];
  #isClosed = false;

  constructor(limits: SyntaxLimits) {
    this.#limits = limits;
  }

  async outline(path: string, text: string, signal: AbortSignal): Promise<OutlineOutcome> {
    signal.throwIfAborted();
    const language = languageOf(path);
    if (language === null) return { kind: "none", reason: "no grammar" };
    if (text.length > MAX_FILE_BYTES || Buffer.byteLength(text) > MAX_FILE_BYTES)
      return { kind: "none", reason: "too large" };
    if (this.#isClosed) throw new Error("the parser is closed");
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#drop(job);
        reject(signal.reason);
      };
      const settle: Job["settle"] = (outline) => {
        signal.removeEventListener("abort", onAbort);
        resolve(outline === null ? { kind: "none", reason: "took too long" } : { kind: "outlined", outline });
      };
      const job: Job = { language, text, signal, settle };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(job);
      this.#send();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  #send(): void {
    while (this.#queue.length > 0) {
      const thread = this.#threads.find((one) => one.hasRoom) ?? this.#another();
      const job = thread === null ? undefined : this.#queue.shift();
      if (thread === null || job === undefined) return;
      thread.send(job);
    }
  }

  #another(): ParsingThread | null {
    if (this.#threads.length >= this.#limits.threads) return null;
    const thread = new ParsingThread(
      this.#limits,
      () => this.#send(),
      (left) => this.#replace(thread, left),
    );
    this.#threads.push(thread);
    return thread;
  }

  /** The text that a thread was ended over is not tried again; those behind it go first to the next thread. */
  #replace(ended: ParsingThread, left: readonly Job[]): void {
    this.#threads.splice(this.#threads.indexOf(ended), 1);
    const [culprit, ...others] = left;
    culprit?.settle(null);
    this.#queue.unshift(...others.filter((job) => !job.signal.aborted));
    if (this.#isClosed) for (const job of this.#queue.splice(0)) job.settle(null);
    else this.#send();
  }

  #drop(job: Job): void {
    const at = this.#queue.indexOf(job);
    if (at >= 0) this.#queue.splice(at, 1);
    else for (const thread of this.#threads) thread.cancel(job);
  }
}
