/** What is going on, on one line of standard error that is redrawn; silent where nobody looks. */
import { clearLine, cursorTo } from "node:readline";
import { addUsage, NO_USAGE, type Usage } from "../domain/usage.ts";
import type { Observe, ReviewEvent } from "../review/review-events.ts";

export interface Progress {
  readonly observe: Observe;
  /** Takes the line away, so that what follows starts on a clean one. */
  readonly end: () => void;
}

export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { observe: () => undefined, end: () => undefined };
  const state = { done: 0, calls: 0, usage: NO_USAGE };
  const clear = () => {
    clearLine(stream, 0);
    cursorTo(stream, 0);
  };
  const observe: Observe = (event) => {
    if (event.stage === "planned") state.calls = event.calls + (event.calls > 0 ? 1 : 0);
    if ("usage" in event && event.stage !== "published") {
      state.done += 1;
      // Verification and joining come on top of what was planned.
      state.calls = Math.max(state.calls, state.done);
      state.usage = addUsage(state.usage, event.usage);
    }
    clear();
    stream.write(
      `${describe(event)} · ${state.done}/${state.calls} calls · ${spent(state.usage)}`.slice(
        0,
        stream.columns - 1,
      ),
    );
  };
  return { observe, end: clear };
}

function describe(event: ReviewEvent): string {
  switch (event.stage) {
    case "loaded":
      return `read ${event.files} changed files`;
    case "surveyed":
      return `looked around, built-in checks found ${event.findings}`;
    case "planned":
      return `planned ${event.chunks} chunks, ${event.passes} passes, ${event.depth}, about $${event.estimateUsd.toFixed(2)}`;
    case "pass":
      return `chunk ${event.chunk}: ${event.passes.length > 1 ? "all lenses" : event.passes[0]} ${event.outcome === "failed" ? `failed (${event.reason})` : `done, ${event.findings} found`}`;
    case "placed":
      return `placed ${event.findings} findings`;
    case "verified":
      return `${event.claims} findings verified`;
    case "joined":
      return "doubles joined";
    case "summarised":
      return "summary written";
    case "posting":
      return event.reason;
    case "published":
      return "done";
  }
}

function spent(usage: Usage): string {
  const tokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.outputTokens;
  return `${tokens.toLocaleString("en")} tokens, $${usage.costUsd.toFixed(3)}`;
}
