// Preloaded into a server (`--import`): its timers run 10 times as fast, so that minutes of silence pass in seconds.
// Nothing else changes: the clock that it reads, and the time of its database, are the real ones.
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import promises from "node:timers/promises";

const SPEED = 10;

const { setTimeout: later, setInterval: repeatedly } = globalThis;
const soon = promises.setTimeout;

const fast = (ms: unknown) => Number(ms ?? 0) / SPEED;

/** The same function, but for the time, which is its second argument. */
function quickened<T extends typeof later | typeof repeatedly>(timer: T): T {
  return new Proxy(timer, {
    apply: (target, _receiver, [work, ms, ...args]: unknown[]) =>
      Reflect.apply(target, undefined, [work, fast(ms), ...args]),
  });
}

globalThis.setTimeout = quickened(later);
globalThis.setInterval = quickened(repeatedly);
Object.assign(timers, { setTimeout: globalThis.setTimeout, setInterval: globalThis.setInterval });
promises.setTimeout = (ms, value, options) => soon(fast(ms), value, options);
syncBuiltinESMExports();
