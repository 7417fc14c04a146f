// One long-lived `git cat-file --batch` per repository: a process per file would cost more than all the rest.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

interface Wanted {
  readonly sha: string;
  readonly resolve: (blob: Buffer) => void;
  readonly reject: (error: Error) => void;
}

type Batch = ChildProcessByStdio<Writable, Readable, null>;

const LINE_FEED = 10;

export class BlobReader {
  readonly #arguments: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  readonly #wanted: Wanted[] = [];
  #batch: Batch | null = null;
  #chunks: Buffer[] = [];
  #received = 0;
  #needed = 0;

  constructor(arguments_: readonly string[], environment: NodeJS.ProcessEnv) {
    this.#arguments = arguments_;
    this.#environment = environment;
  }

  /** Starts git on the first read, and again if it has died. */
  read(sha: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#batch ??= this.#start();
      this.#wanted.push({ sha, resolve, reject });
      this.#batch.stdin.write(`${sha}\n`);
    });
  }

  close(): void {
    this.#batch?.stdin.end();
  }

  #start(): Batch {
    const child = spawn("git", [...this.#arguments, "cat-file", "--batch"], {
      env: this.#environment,
      stdio: ["pipe", "pipe", "ignore"],
    });
    child.stdout.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#received += chunk.length;
      if (this.#received >= this.#needed) this.#take();
    });
    child.once("error", (error) => this.#fail(error));
    child.stdin.on("error", (error) => this.#fail(error)); // written to while git was dying
    child.once("exit", (code) => this.#fail(new Error(`git cat-file ended with ${code}`)));
    child.unref();
    return child;
  }

  #fail(error: Error): void {
    this.#batch = null;
    this.#chunks = [];
    this.#received = 0;
    this.#needed = 0;
    for (const one of this.#wanted.splice(0)) one.reject(error);
  }

  /** Answers come in the order of the questions: `<sha> <type> <size>\n<bytes>\n`, or `<sha> missing\n`. */
  #take(): void {
    let buffer = Buffer.concat(this.#chunks);
    this.#needed = 0;
    for (let answer = readAnswer(buffer); answer; answer = readAnswer(buffer)) {
      if (buffer.length < answer.end) {
        this.#needed = answer.end; // a large blob: no use in joining its pieces before the last has come
        break;
      }
      const one = this.#wanted.shift();
      if (answer.isBlob) one?.resolve(Buffer.from(buffer.subarray(answer.start, answer.end - 1)));
      else one?.reject(new Error(`no blob ${one.sha}`));
      buffer = buffer.subarray(answer.end);
    }
    this.#chunks = [buffer];
    this.#received = buffer.length;
  }
}

function readAnswer(buffer: Buffer): { isBlob: boolean; start: number; end: number } | null {
  const headerEnd = buffer.indexOf(LINE_FEED);
  if (headerEnd < 0) return null;
  const [, type, size] = buffer.toString("utf8", 0, headerEnd).split(" ");
  const start = headerEnd + 1;
  // Objects of other types have bytes, too; only "missing" has none.
  return { isBlob: type === "blob", start, end: size === undefined ? start : start + Number(size) + 1 };
}
