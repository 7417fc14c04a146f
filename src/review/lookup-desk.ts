/** Answers the model's look-ups from the repository at head, within limits of rounds and tokens. */
import { type LookupCall, type LookupResult, parseLookup } from "../domain/lookup.ts";
import { type PromptPrefix, untrusted } from "../domain/prompt.ts";
import { clip } from "../domain/untrusted-text.ts";
import { estimateTokens } from "../domain/usage.ts";

/** Rounds of look-ups within one question. */
export const MAX_LOOKUP_ROUNDS = 6;
/** What all answers to one question may show. */
export const MAX_LOOKUP_TOKENS = 20_000;
/** One answer, so that a single wide search does not use up everything. */
const MAX_RESULT_CHARACTERS = 16_000;
const CHARACTERS_PER_TOKEN = 2.8;
/** Questions in one round; a model that asks for more at once is told so. */
const MAX_CALLS_PER_ROUND = 8;

/** Reads one look-up; the text is from the repository and thus a stranger's. */
export type LookupReader = (
  lookup: Exclude<ReturnType<typeof parseLookup>, { kind: "refused" }>,
  signal: AbortSignal,
) => Promise<string>;

export interface LookupDesk {
  readonly prefix: Pick<PromptPrefix, "nonce" | "redact">;
  readonly read: LookupReader;
}

export interface LookupRound {
  readonly results: readonly LookupResult[];
  readonly tokens: number;
  /** Whether a limit cut or refused an answer. */
  readonly limited: boolean;
}

/** `used` tokens were shown in earlier rounds of this question; `round` counts from 1. */
export async function answerLookups(
  desk: LookupDesk,
  calls: readonly LookupCall[],
  round: number,
  used: number,
  signal: AbortSignal,
): Promise<LookupRound> {
  const results: LookupResult[] = [];
  let tokens = 0;
  let limited = round >= MAX_LOOKUP_ROUNDS;
  for (const [at, call] of calls.entries()) {
    const left = MAX_LOOKUP_TOKENS - used - tokens;
    if (left <= 0 || at >= MAX_CALLS_PER_ROUND || round > MAX_LOOKUP_ROUNDS) {
      limited = true;
      results.push({ id: call.id, text: `Not looked up: ${limitWords(round, left)}` });
      continue;
    }
    const { text, cut } = await answerOne(desk, call, left, signal);
    limited ||= cut;
    tokens += estimateTokens(text.length);
    results.push({ id: call.id, text });
  }
  const last = results.at(-1);
  if (round === MAX_LOOKUP_ROUNDS && last !== undefined)
    results[results.length - 1] = { ...last, text: `${last.text}\n\n${LAST_ROUND}` };
  return { results, tokens, limited };
}

const LAST_ROUND = `This was round ${MAX_LOOKUP_ROUNDS} of ${MAX_LOOKUP_ROUNDS}: answer now with what is known.`;

function limitWords(round: number, left: number): string {
  if (round > MAX_LOOKUP_ROUNDS)
    return `the limit of ${MAX_LOOKUP_ROUNDS} rounds for one question is reached. Answer with what is known.`;
  return left <= 0
    ? `the limit of ${MAX_LOOKUP_TOKENS} tokens of look-ups for one question is reached. Answer with what is known.`
    : `at most ${MAX_CALLS_PER_ROUND} look-ups are answered at a time. Ask again for what still matters.`;
}

async function answerOne(
  desk: LookupDesk,
  call: LookupCall,
  tokensLeft: number,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly cut: boolean }> {
  const lookup = parseLookup(call);
  if (lookup.kind === "refused") return { text: `Refused: ${lookup.reason}.`, cut: false };
  const found = await desk.read(lookup, signal);
  const room = Math.min(MAX_RESULT_CHARACTERS, Math.floor(tokensLeft * CHARACTERS_PER_TOKEN));
  return {
    text: untrusted(desk.prefix, { kind: "look-up", tool: lookup.kind }, clip(found, room)),
    cut: found.length > room,
  };
}
