/** Tokens and money: what was used, what it costs, and how large a text is before it is sent. */

export interface Usage {
  readonly calls: number;
  /** Fresh input, neither read from nor written to the cache. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly costUsd: number;
}

export const NO_USAGE: Usage = {
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
};

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    costUsd: a.costUsd + b.costUsd,
  };
}

export function sumUsage(usages: readonly Usage[]): Usage {
  return usages.reduce(addUsage, NO_USAGE);
}

export interface Price {
  readonly input: number;
  readonly output: number;
}

/** US dollars for a million tokens, from the vendor's model pages. */
export const PRICES_AS_OF = "2026-11-22";
const PRICES: readonly (readonly [prefix: string, price: Price])[] = [
  ["claude-fable-5", { input: 10, output: 50 }],
  ["claude-opus-5-5", { input: 4, output: 20 }],
  ["claude-opus", { input: 5, output: 25 }],
  ["claude-sonnet-5", { input: 2, output: 10 }],
  ["claude-sonnet", { input: 3, output: 15 }],
  ["claude-haiku-5-5", { input: 0.1, output: 0.5 }],
  ["claude-haiku", { input: 1, output: 5 }],
];
/** A five-minute cache entry costs this much of the input price to write and to read. */
const CACHE_WRITE_FACTOR = 1.25;
const CACHE_READ_FACTOR = 0.1;

/** The price of one call, or 0 for a model that the table does not know (a gateway's own name). */
export function costOf(model: string, tokens: Omit<Usage, "calls" | "costUsd">): number {
  const price = priceOf(model);
  if (price === null) return 0;
  const input =
    tokens.inputTokens +
    tokens.cacheWriteTokens * CACHE_WRITE_FACTOR +
    tokens.cacheReadTokens * CACHE_READ_FACTOR;
  return (input * price.input + tokens.outputTokens * price.output) / 1_000_000;
}

/** US dollars for a million tokens, or null for a model that the table does not know. */
export function priceOf(model: string): Price | null {
  return PRICES.find(([prefix]) => model.startsWith(prefix))?.[1] ?? null;
}

/** What a budget counts for a model whose price is not known: rather too much than too little. */
export function dearestPrice(): Price {
  return PRICES.map(([, price]) => price).reduce((a, b) => (b.output > a.output ? b : a));
}

export function isPriced(model: string): boolean {
  return priceOf(model) !== null;
}

/** Share of all input tokens that came from the cache, 0 to 1. */
export function cacheShare(usage: Usage): number {
  const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return input === 0 ? 0 : usage.cacheReadTokens / input;
}

/** Code is denser than prose; measured on TypeScript, 2.8 characters a token is an upper estimate. */
const CHARACTERS_PER_TOKEN = 2.8;

export function estimateTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
