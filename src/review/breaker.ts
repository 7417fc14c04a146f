/** Stops asking a model service that refuses every question alike: one notice, and one question at a time to find out. */
import { breakEnd, clockTime } from "../domain/patience.ts";
import { NO_USAGE } from "../domain/usage.ts";
import type { Model, ModelFailure, PauseBook } from "./ports.ts";

export interface Breaker {
  /** Asks the book, which all replicas share, whether one attempt at a review may ask the service. */
  admit(): Promise<Admission>;
}

/** Belongs to one attempt. */
export interface Admission {
  /** Null: the service may be asked. Else it is not asked before. */
  readonly until: () => Date | null;
  readonly guard: (model: Model) => Model;
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
  /** The last refusal that this process has met. */
  let met: Opened | null = null;
  let isTroubled = false;
  const standingOf = (opened: Opened | null) => (opened !== null && opened.until > now() ? opened : null);

  const open = async (reason: string) => {
    if (standingOf(met) !== null) return;
    const strikes = await book.strikes(scope);
    met = { until: breakEnd(now(), strikes), reason };
    isTroubled = true;
    notice("open", reason, met.until);
    await book.pause(scope, met.until, reason, strikes + 1);
  };
  const close = async () => {
    if (!isTroubled) return;
    met = null;
    isTroubled = false;
    notice("closed", "the model service answers again", null);
    await book.lift(scope);
  };
  const admission = (standing: Opened | null): Admission => {
    const refused = () => standingOf(standing) ?? standingOf(met);
    return {
      until: () => refused()?.until ?? null,
      guard: (model) => ({
        id: model.id,
        complete: async (request) => {
          const opened = refused();
          if (opened !== null) return { kind: "failed", failure: refusal(opened, now()), usage: NO_USAGE };
          const outcome = await model.complete(request);
          if (outcome.kind !== "failed") await close();
          else if (outcome.failure.next === "stop" || outcome.failure.next === "reconfigure")
            await open(outcome.failure.reason);
          return outcome;
        },
      }),
    };
  };
  return {
    admit: async () => {
      const standing = await standingPause(options);
      isTroubled ||= standing !== null || (await book.strikes(scope)) > 0;
      return admission(standing);
    },
  };
}

/** After the end of a pause one attempt of all replicas is let through; its own probe stands in the way of the others only. */
async function standingPause({ book, scope, now }: BreakerOptions): Promise<Opened | null> {
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
