/** The `Syntax` of the program: what is asked, in which order, and what becomes of it when the parsing thread fails. */
import { Buffer } from "node:buffer";
import type { OutlineOutcome } from "../domain/outline.ts";
import type { Syntax } from "../review/repository-view.ts";
import { languageOf } from "./languages.ts";
import { type Job, ParsingThread, type ThreadLimits } from "./parsing-thread.ts";

/** 1 MiB of code takes about half a second; what takes longer than this was made to be slow. */
const LIMITS: ThreadLimits = { deadlineMs: 2_000, graceMs: 1_000, idleMs: 60_000 };
/** Files that people write are smaller, and the parser's memory grows to some 170 times the size of the text. */
const MAX_FILE_BYTES = 1024 * 1024;

/** The thread starts with the first text. */
export function startSyntax(limits: ThreadLimits = LIMITS): Syntax {
  return new SyntaxPool(limits);
}

class SyntaxPool implements Syntax {
  readonly #limits: ThreadLimits;
  /** Not yet sent to the thread. */
  readonly #queue: Job[] = [];
  #thread: ParsingThread | null = null;
  #isClosed = false;

  constructor(limits: ThreadLimits) {
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
    await this.#thread?.end();
  }

  #send(): void {
    if (this.#queue.length === 0) return;
    this.#thread ??= new ParsingThread(
      this.#limits,
      () => this.#send(),
      (left) => this.#replace(left),
    );
    while (this.#thread.hasRoom) {
      const job = this.#queue.shift();
      if (job === undefined) return;
      this.#thread.send(job);
    }
  }

  /** The text that a thread was ended over is not tried again; those behind it go first to the next thread. */
  #replace(left: readonly Job[]): void {
    this.#thread = null;
    const [culprit, ...others] = left;
    culprit?.settle(null);
    this.#queue.unshift(...others.filter((job) => !job.signal.aborted));
    if (this.#isClosed) for (const job of this.#queue.splice(0)) job.settle(null);
    else this.#send();
  }

  #drop(job: Job): void {
    const at = this.#queue.indexOf(job);
    if (at >= 0) this.#queue.splice(at, 1);
    else this.#thread?.cancel(job);
  }
}
