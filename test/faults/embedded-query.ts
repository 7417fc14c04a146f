// One statement on an embedded store that no server holds, in a thread of its own: opening it takes a second of computing.
import { once } from "node:events";
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  workerData,
} from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";

interface Question {
  readonly dataDir: string;
  readonly sql: string;
  readonly answers: MessagePort;
}

/** Whoever asks names the rows and is trusted, since the statement is theirs. */
export async function queryEmbedded<Row>(dataDir: string, sql: string): Promise<readonly Row[]> {
  const { port1, port2: answers } = new MessageChannel();
  const question: Question = { dataDir, sql, answers };
  const worker = new Worker(new URL(import.meta.url), { workerData: question, transferList: [answers] });
  // Rejects when the statement is refused; the answer was sent before the end, and waits on the port.
  await once(worker, "exit");
  const received = receiveMessageOnPort(port1);
  port1.close();
  if (received === undefined) throw new Error(`no answer to: ${sql}`);
  return received.message as readonly Row[];
}

async function answer({ dataDir, sql, answers }: Question): Promise<void> {
  const lite = await PGlite.create({ dataDir });
  const { rows } = await lite.query(sql);
  await lite.close();
  answers.postMessage(rows, []);
  answers.close();
}

if (workerData !== null) await answer(workerData as Question);
