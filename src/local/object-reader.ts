/** One `git cat-file --batch` for many blobs: a process for each would cost more than all the rest. */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { messageOf } from "../domain/errors.ts";
import { type Git, GitFault } from "./git.ts";

export interface ObjectReader {
  /** The blob's bytes, or null where the repository does not have it. Rejects with GitFault. */
  read(id: string): Promise<Buffer | null>;
  close(): Promise<void>;
}

interface Question {
  readonly resolve: (bytes: Buffer | null) => void;
  readonly reject: (error: Error) => void;
}

const LINE_FEED = 10;

/** Git is started at the first question. */
export function objectReader(git: Git): ObjectReader {
  const open: Question[] = [];
  let child: ChildProcessWithoutNullStreams | null = null;
  let ended: Error | null = null;
  const end = (error: Error) => {
    ended ??= error;
    for (const question of open.splice(0)) question.reject(ended);
  };
  const start = () => {
    const process = git.start(["cat-file", "--batch"]);
    const parse = answerParser();
    process.stdout.on("data", (chunk: Buffer) => {
      for (const bytes of parse(chunk)) open.shift()?.resolve(bytes);
    });
    // Nobody reads it, and yet git must not wait for a reader.
    process.stderr.resume();
    for (const stream of [process, process.stdin])
      stream.on("error", (error) => end(new GitFault(`git cat-file failed: ${messageOf(error)}`, null)));
    process.once("close", (code) => end(new GitFault("git cat-file ended before it had answered", code)));
    return process;
  };
  return {
    read: (id) =>
      new Promise((resolve, reject) => {
        if (ended !== null) return reject(ended);
        child ??= start();
        open.push({ resolve, reject });
        child.stdin.write(`${id}\n`);
      }),
    close: async () => {
      const running = child;
      end(new GitFault("the repository view is closed", null));
      if (running === null || running.exitCode !== null || running.signalCode !== null) return;
      const closed = new Promise((resolve) => running.once("close", resolve));
      running.kill();
      await closed;
    },
  };
}

/**
 * Many blobs from a process of their own, in their order and as many at once as have come: git writes them in large
 * pieces, which it cannot do for one who waits for each. Stop iterating to stop git.
 */
export async function* streamObjects(
  git: Git,
  ids: readonly string[],
): AsyncGenerator<readonly (Buffer | null)[]> {
  const child = git.start(["cat-file", "--batch", "--buffer"]);
  const failed = new Promise<never>((_, reject) => {
    child.once("error", (error) => reject(new GitFault(`git cat-file failed: ${messageOf(error)}`, null)));
  });
  const parse = answerParser();
  child.stderr.resume();
  // Told by the answers that are missing: git may have died, or nobody wants more of them.
  child.stdin.on("error", () => child.stdin.destroy());
  child.stdin.end(ids.map((id) => `${id}\n`).join(""));
  const chunks: AsyncIterator<Buffer> = child.stdout[Symbol.asyncIterator]();
  let left = ids.length;
  try {
    for (let next = await Promise.race([chunks.next(), failed]); !next.done; next = await chunks.next()) {
      const blobs = parse(next.value);
      left -= blobs.length;
      if (blobs.length > 0) yield blobs;
    }
    if (left > 0) throw new GitFault("git cat-file ended before it had answered", child.exitCode);
  } finally {
    child.kill();
  }
}

/** Answers come in the order of the questions: `<id> <type> <size>\n<bytes>\n`, or `<id> missing\n`. */
function answerParser(): (chunk: Buffer) => readonly (Buffer | null)[] {
  let pieces: Buffer[] = [];
  let received = 0;
  let needed = 0;
  return (chunk) => {
    pieces.push(chunk);
    received += chunk.length;
    // A large blob: its pieces are joined when the last has come.
    if (received < needed) return [];
    const answers: (Buffer | null)[] = [];
    const buffer = pieces.length === 1 ? chunk : Buffer.concat(pieces);
    let at = 0;
    needed = 0;
    for (let answer = readAnswer(buffer, at); answer !== null; answer = readAnswer(buffer, at)) {
      if (answer.end > buffer.length) {
        needed = answer.end - at;
        break;
      }
      answers.push(answer.isBlob ? buffer.subarray(answer.start, answer.end - 1) : null);
      at = answer.end;
    }
    pieces = at === buffer.length ? [] : [buffer.subarray(at)];
    received = buffer.length - at;
    return answers;
  };
}

function readAnswer(
  buffer: Buffer,
  at: number,
): { readonly isBlob: boolean; readonly start: number; readonly end: number } | null {
  const headEnd = buffer.indexOf(LINE_FEED, at);
  if (headEnd < 0) return null;
  const [, type, size] = buffer.toString("latin1", at, headEnd).split(" ");
  const start = headEnd + 1;
  // An object of another type has bytes, too; only a missing one has none.
  return { isBlob: type === "blob", start, end: size === undefined ? start : start + Number(size) + 1 };
}
