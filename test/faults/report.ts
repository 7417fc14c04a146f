// How the fault matrix tells its progress and its result.
import { styleText } from "node:util";
import type { Trial, Verdict } from "./schedule.ts";

/** One line for each case that begins and ends, where somebody is watching. */
export function progressOn(stream: NodeJS.WriteStream, total: number) {
  let done = 0;
  const write = (text: string) => {
    if (stream.isTTY) stream.write(`${text}\n`);
  };
  return {
    onStart: (trial: Trial) => write(styleText("dim", `…  ${nameOf(trial)}`, { stream })),
    onEnd: (verdict: Verdict) => {
      done += 1;
      const mark = verdict.failure === null ? styleText("green", "ok", { stream }) : failedWord(stream);
      write(`${mark} ${nameOf(verdict)} (${verdict.seconds.toFixed(0)} s, ${done} of ${total})`);
    },
  };
}

function nameOf({ fault, store }: Trial): string {
  return `${fault.number} ${fault.title} [${store}]`;
}

function failedWord(stream: NodeJS.WriteStream): string {
  return styleText("red", "failed", { stream });
}

/** The table, then everything about what failed. */
export function report(stream: NodeJS.WriteStream, verdicts: readonly Verdict[], seconds: number): string {
  const sorted = verdicts.toSorted(
    (a, b) => a.fault.number - b.fault.number || a.store.localeCompare(b.store),
  );
  const failed = sorted.filter((verdict) => verdict.failure !== null);
  const widest = Math.max(...sorted.map(({ fault }) => fault.title.length));
  const rows = sorted.map((verdict) => row(stream, verdict, widest));
  const head = `${"case".padStart(4)}  ${"title".padEnd(widest)}  ${"store".padEnd(10)}  result  seconds  seen`;
  const sum = `${sorted.length - failed.length} of ${sorted.length} passed in ${seconds.toFixed(0)} s`;
  return [head, ...rows, "", sum, ...failed.map((verdict) => details(stream, verdict)), ""].join("\n");
}

function row(
  stream: NodeJS.WriteStream,
  { fault, store, failure, before, seen, seconds }: Verdict,
  width: number,
) {
  const result = failure === null ? styleText("green", "passed", { stream }) : failedWord(stream);
  const first =
    before === null
      ? ""
      : `${failedWord(stream)} at first (${before.split("\n").slice(0, 3).join("; ")}); then: `;
  const phrase = `${first}${seen ?? failure?.split("\n")[0] ?? ""}`;
  return [
    String(fault.number).padStart(4),
    fault.title.padEnd(width),
    store.padEnd(10),
    result,
    seconds.toFixed(1).padStart(7),
    phrase,
  ].join("  ");
}

function details(stream: NodeJS.WriteStream, { fault, store, failure, log }: Verdict): string {
  const title = styleText("bold", `case ${fault.number}, ${fault.title} [${store}]`, { stream });
  return `\n${title}\n${failure}\n${styleText("dim", `last log lines:\n${log}`, { stream })}`;
}
