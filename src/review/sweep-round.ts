/** One sweep under way: what it works with, and how a fault is kept from stopping what has nothing to do with it. */
import { FinalError } from "../domain/errors.ts";
import type { SweepMemory, SweepPorts } from "./sweep-ports.ts";

type Step = "deliveries" | "checks" | "pull requests" | "old rows";

/** What could not be done; the next sweep tries again. */
export interface SweepFault {
  readonly step: Step;
  /** Null where it concerns no single one. */
  readonly installationId: number | null;
  readonly error: unknown;
}

export interface SweepRound {
  readonly ports: SweepPorts;
  readonly memory: SweepMemory;
  readonly signal: AbortSignal;
  readonly faults: SweepFault[];
}

/** What `work` resolves to, or `without` after a fault, which is noted. Rejects only when the signal aborts. */
export async function attempt<T>(
  { faults, signal }: SweepRound,
  place: Omit<SweepFault, "error">,
  without: T,
  work: () => Promise<T>,
): Promise<T> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    faults.push({ ...place, error });
    return without;
  }
}

/**
 * One after the other; resolves to how many of them came through. What is refused for good concerns that one alone. Any
 * other fault would meet the rest, too, and ends it.
 */
export async function attemptEach<T>(
  { faults, signal }: SweepRound,
  place: Omit<SweepFault, "error">,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<number> {
  let done = 0;
  for (const item of items) {
    try {
      signal.throwIfAborted();
      await work(item);
      done += 1;
    } catch (error) {
      signal.throwIfAborted();
      faults.push({ ...place, error });
      if (!(error instanceof FinalError)) break;
    }
  }
  return done;
}
