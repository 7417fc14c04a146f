// What many measured numbers come to, in the words that operators use: median, percentiles, range.

export interface Distribution {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export function distributionOf(values: readonly number[]): Distribution {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** `600 (580–640)`: the median, and the least and the greatest beside it, because five starts have no percentiles. */
export function medianAndRange(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `${round(percentile(sorted, 0.5))} (${round(sorted[0] ?? Number.NaN)}–${round(sorted.at(-1) ?? Number.NaN)})`;
}

/** Two digits below ten, one below a hundred: more would be noise. */
export function round(value: number): number {
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return Number(value.toFixed(digits));
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
