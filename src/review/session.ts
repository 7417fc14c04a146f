/** What all questions of one review share: whom to ask, how each request begins, and who answers look-ups. */
import type { Chunk } from "../domain/chunk.ts";
import {
  chunkBlock,
  NO_CONTEXT,
  type PromptBlock,
  type PromptPrefix,
  promptPrefix,
} from "../domain/prompt.ts";
import type { PromptLibrary } from "../domain/prompt-library.ts";
import type { Asking } from "./asking.ts";
import { repositoryReader } from "./looking-up.ts";
import type { LookupDesk } from "./lookup-desk.ts";
import type { ModelRequest, ReviewPorts, ReviewRequest } from "./ports.ts";
import type { Syntax } from "./repository-view.ts";
import type { Observe } from "./review-events.ts";
import type { Survey } from "./surveying.ts";

export interface Session {
  readonly asking: Asking;
  readonly library: PromptLibrary;
  readonly prefix: PromptPrefix;
  readonly desk: LookupDesk;
  readonly syntax: Syntax;
  /** The text of a chunk as every question about it begins. */
  readonly blockOf: (chunk: Chunk) => PromptBlock;
  readonly observe: Observe;
}

/** Tools stand before everything else in the cached prefix, so a question without look-ups describes them, too. */
export const WITHOUT_LOOKUPS: { readonly desk: null; readonly tools: ModelRequest["tools"] } = {
  desk: null,
  tools: "closed",
};

export function openSession(ports: ReviewPorts, request: ReviewRequest, survey: Survey): Session {
  const prefix = prefixOf(ports, survey);
  const near = survey.pullRequest.files.map((file) => file.path);
  return {
    asking: { model: ports.model, clock: ports.clock, signal: request.signal },
    library: ports.library,
    prefix,
    desk: { prefix, read: repositoryReader(survey.view, ports.syntax, near) },
    syntax: ports.syntax,
    blockOf: blocksOf(prefix, survey),
    observe: ports.observe,
  };
}

export function prefixOf(
  ports: Pick<ReviewPorts, "library" | "clock" | "redact">,
  survey: Survey,
): PromptPrefix {
  const today = ports.clock.now().toISOString().slice(0, 10);
  return promptPrefix(survey.pullRequest, ports.library, survey.plan.guides, today, ports.redact);
}

/** Each block is written once: the passes, the sceptic and its retries begin with the very same text. */
function blocksOf(prefix: PromptPrefix, survey: Survey): Session["blockOf"] {
  const blocks = new Map<Chunk, PromptBlock>();
  return (chunk) => {
    const known = blocks.get(chunk);
    if (known !== undefined) return known;
    const block = chunkBlock(prefix, chunk, survey.contexts.get(chunk.number) ?? NO_CONTEXT);
    blocks.set(chunk, block);
    return block;
  };
}
