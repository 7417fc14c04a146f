/** Shares of few, with the interval that says how little is known. */

export interface Proportion {
  readonly hits: number;
  readonly of: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 97.5 % quantile of the normal distribution: two-sided 95 %. */
const Z = 1.959964;

export function share({ hits, of }: Proportion): number | null {
  return of === 0 ? null : hits / of;
}

/** Wilson's 95 % score interval; null where there is nothing to take a share of. */
export function wilson({ hits, of }: Proportion): Interval | null {
  if (of === 0) return null;
  const p = hits / of;
  const scale = 1 + (Z * Z) / of;
  const centre = (p + (Z * Z) / (2 * of)) / scale;
  const half = (Z / scale) * Math.sqrt((p * (1 - p)) / of + (Z * Z) / (4 * of * of));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Harmonic mean of precision and recall; null where one of them is unknown. */
export function f1(precision: Proportion, recall: Proportion): number | null {
  const p = share(precision);
  const r = share(recall);
  if (p === null || r === null) return null;
  return p + r === 0 ? 0 : (2 * p * r) / (p + r);
}

/**
 * McNemar's exact two-sided p: how likely a split at least as uneven is when the change made no difference.
 * `won` and `lost` are the pairs in which the two runs disagree.
 */
export function mcnemar(won: number, lost: number): number {
  const pairs = won + lost;
  const tail = Array.from({ length: Math.min(won, lost) + 1 }, (_, at) => binomialHalf(pairs, at));
  return Math.min(1, 2 * tail.reduce((sum, one) => sum + one, 0));
}

/** Probability of `hits` in `n` throws of a coin, by logarithms, so that it neither overflows nor vanishes early. */
function binomialHalf(n: number, hits: number): number {
  let log = -n * Math.LN2;
  for (let at = 1; at <= hits; at++) log += Math.log(n - hits + at) - Math.log(at);
  return Math.exp(log);
}
