/** The thread that parses: it takes one text after the other and knows nothing else of the program. */
import { parentPort, workerData } from "node:worker_threads";
import { type LoadedGrammar, loadGrammar } from "./grammar.ts";
import type { Language } from "./languages.ts";
import type { ParseRequest, ThreadMessage, ThreadSettings } from "./messages.ts";
import { parseOutline } from "./parsing.ts";

if (parentPort === null) throw new Error("this file runs as a worker thread only");
const port = parentPort;
// Only `syntax-pool.ts` starts this file, with these settings.
const settings = workerData as ThreadSettings;
const cancelled = new Int32Array(settings.cancelled);
const grammars = new Map<Language, LoadedGrammar>();

let turn = Promise.resolve();
port.on("message", (request: ParseRequest) => {
  // Loading a grammar waits for the disk; the order stays all the same. A fault ends the thread, and its owner sees it.
  turn = turn.then(() => answer(request));
});
say({ kind: "ready" });

async function answer(request: ParseRequest): Promise<void> {
  const grammar = grammars.get(request.language) ?? (await loadGrammar(request.language, settings.grammars));
  grammars.set(request.language, grammar);
  const end = performance.now() + request.deadlineMs;
  const stop = () => Atomics.load(cancelled, request.place) !== 0 || performance.now() > end;
  say({ kind: "answer", outline: stop() ? null : parseOutline(grammar, request.text, stop) });
}

function say(message: ThreadMessage): void {
  port.postMessage(message);
}
