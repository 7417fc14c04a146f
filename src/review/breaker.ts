/** Stops asking a model service that refuses every question alike: one notice, and one question at a time to find out. */
import { breakEnd, clockTime } from "../domain/patience.ts";
import { NO_USAGE } from "../domain/usage.ts";
import type { Model, ModelFailure, PauseBook } from "./ports.ts";

export interface Breaker {
  /** Asks the book, which all replicas share. Null: the service may be asked. */
  look(): Promise<Date | null>;
  /** As of the last look or failure; no question is asked before it. */
  openUntil(): Date | null;
  guard(model: Model): Model;
}

export interface BreakerOptions {
  readonly book: PauseBook;
  /** Names service, model and key (as a digest): another key is another breaker. */
  readonly scope: string;
  readonly now: () => Date;
  /** Told once each time it opens or closes. */
  readonly notice: (state: "open" | "closed", reason: string, until: Date | null) => void;
}

/** While one question is out to see whether the service answers again, the others wait this long. */
const PROBE_MS = 60_000;

interface Opened {
  readonly until: Date;
  readonly reason: string;
}

export function breaker(options: BreakerOptions): Breaker {
  const { book, scope, now, notice } = options;
  let opened: Opened | null = null;
  let troubled = false;
  const isOpen = () => opened !== null && opened.until > now();

  const open = async (reason: string) => {
    if (isOpen()) return;
    const strikes = await book.strikes(scope);
    opened = { until: breakEnd(now(), strikes), reason };
    troubled = true;
    notice("open", reason, opened.until);
    await book.pause(scope, opened.until, reason, strikes + 1);
  };
  const close = async () => {
    if (!troubled) return;
    opened = null;
    troubled = false;
    notice("closed", "the model service answers again", null);
    await book.lift(scope);
  };
  return {
    look: async () => {
      opened = await standing(options);
      troubled ||= opened !== null || (await book.strikes(scope)) > 0;
      return opened?.until ?? null;
    },
    openUntil: () => (isOpen() ? (opened?.until ?? null) : null),
    guard: (model) => ({
      id: model.id,
      complete: async (request) => {
        if (opened !== null && isOpen())
          return { kind: "failed", failure: refusal(opened, now()), usage: NO_USAGE };
        const outcome = await model.complete(request);
        if (outcome.kind === "answered") await close();
        else if (outcome.failure.next === "stop" || outcome.failure.next === "reconfigure")
          await open(outcome.failure.reason);
        return outcome;
      },
    }),
  };
}

async function standing({ book, scope, now }: BreakerOptions): Promise<Opened | null> {
  const pause = await book.find(scope);
  if (pause !== null) return pause;
  if ((await book.strikes(scope)) === 0) return null;
  if (await book.probe(scope, new Date(now().getTime() + PROBE_MS))) return null;
  return book.find(scope);
}

function refusal({ until, reason }: Opened, now: Date): ModelFailure {
  return {
    next: "stop",
    reason: `${reason}; the model service is not asked before ${clockTime(until, now)}`,
    retryAfterMs: null,
  };
}
