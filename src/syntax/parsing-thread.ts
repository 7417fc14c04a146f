/** One worker thread with the texts that were sent to it: answered in their order, or ended when it does not answer. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { SourceOutline } from "../domain/outline.ts";
import type { Language } from "./languages.ts";
import type { ParseRequest, ThreadMessage, ThreadSettings } from "./messages.ts";

export interface Job {
  readonly language: Language;
  readonly text: string;
  readonly signal: AbortSignal;
  readonly settle: (outline: SourceOutline | null) => void;
}

export interface ThreadLimits {
  /** For one text. */
  readonly deadlineMs: number;
  /** How long after the deadline of a text the thread may be silent before it is ended. */
  readonly graceMs: number;
  /** How long a thread stays that nobody asks. WebAssembly memory never shrinks: so it is given back. */
  readonly idleMs: number;
}

/** Texts that wait in the thread itself, so that it never waits for this one. */
const PLACES = 16;
/** A thread starts in about 50 ms; on a machine that does nothing else for this long nothing works. */
const START_MS = 15_000;
/** For JavaScript's part; the parser's own memory is bounded by the size of the file. */
const MAX_HEAP_MB = 256;
/** TypeScript renames imports when it compiles, but not this: the thread has the ending of this very file. */
const THREAD_FILE = new URL(
  import.meta.url.endsWith(".ts") ? "./syntax-worker.ts" : "./syntax-worker.js",
  import.meta.url,
);

export class ParsingThread {
  readonly #worker: Worker;
  readonly #limits: ThreadLimits;
  readonly #onRoom: () => void;
  readonly #flags = new Int32Array(new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT));
  /** Oldest first; the thread works on the first one, whose place is `#first`. */
  readonly #sent: Job[] = [];
  #first = 0;
  #isReady = false;
  /** It is told to end and has not yet: what is sent now would never be read. */
  #isEnding = false;
  #timer: NodeJS.Timeout | undefined;

  /** `onEnd` is told once, with all jobs that were not answered, oldest first; `onRoom` after each answer. */
  constructor(limits: ThreadLimits, onRoom: () => void, onEnd: (left: readonly Job[]) => void) {
    this.#limits = limits;
    this.#onRoom = onRoom;
    const settings: ThreadSettings = { grammars: grammarFolder(), cancelled: this.#flags.buffer };
    this.#worker = new Worker(THREAD_FILE, {
      workerData: settings,
      // What the process was started with is not meant for this thread, and it needs no secret.
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    this.#worker.on("message", (message: ThreadMessage) => this.#hear(message));
    // Without a listener the fault of the thread would be one of this process; what it means is decided at its exit.
    this.#worker.on("error", () => clearTimeout(this.#timer));
    this.#worker.on("exit", () => {
      clearTimeout(this.#timer);
      onEnd(this.#sent.splice(0));
    });
    this.#watch();
  }

  get hasRoom(): boolean {
    return !this.#isEnding && this.#sent.length < PLACES;
  }

  send(job: Job): void {
    const place = (this.#first + this.#sent.length) % PLACES;
    Atomics.store(this.#flags, place, 0);
    const request: ParseRequest = {
      place,
      language: job.language,
      text: job.text,
      deadlineMs: this.#limits.deadlineMs,
    };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin, a window has
    this.#worker.postMessage(request);
    this.#sent.push(job);
    if (this.#sent.length === 1) this.#watch();
  }

  /** The thread gives up on it; its answer still comes, in its turn. */
  cancel(job: Job): void {
    const at = this.#sent.indexOf(job);
    if (at >= 0) Atomics.store(this.#flags, (this.#first + at) % PLACES, 1);
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isEnding = true;
    // Somebody may wait for the thread after this one.
    this.#worker.ref();
    await this.#worker.terminate();
  }

  #hear(message: ThreadMessage): void {
    if (message.kind === "ready") this.#isReady = true;
    else {
      this.#first = (this.#first + 1) % PLACES;
      this.#sent.shift()?.settle(message.outline);
      this.#onRoom();
    }
    this.#watch();
  }

  /** Begins to wait anew: for the start, for the answer to the oldest text, or for somebody to ask. */
  #watch(): void {
    clearTimeout(this.#timer);
    const isIdle = this.#sent.length === 0;
    const { deadlineMs, graceMs, idleMs } = this.#limits;
    const patience = isIdle ? idleMs : this.#isReady ? deadlineMs + graceMs : START_MS;
    this.#timer = setTimeout(() => void this.end(), patience);
    // An idle thread must not keep the process alive; one that owes an answer must.
    if (isIdle) {
      this.#timer.unref();
      this.#worker.unref();
    } else this.#worker.ref();
  }
}

function grammarFolder(): string {
  const main = createRequire(import.meta.url).resolve("@vscode/tree-sitter-wasm");
  return new URL("./", pathToFileURL(main)).href;
}
