/**
 * Model replies of unfinished reviews, kept by pull request until one is posted: neither another attempt nor another run
 * pays twice for the same question.
 */
import { z } from "zod";
import type { RememberedReply, ReplyMemory } from "../review/ports.ts";
import type { Rows } from "./database.ts";

const usageSchema = z.object({
  calls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadTokens: z.number(),
  cacheWriteTokens: z.number(),
  costUsd: z.number(),
});
const replySchema: z.ZodType<RememberedReply> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("answered"), text: z.string(), usage: usageSchema }),
  z.object({
    kind: z.literal("asks"),
    calls: z.array(z.object({ id: z.string(), tool: z.string(), input: z.unknown() })),
    reply: z.unknown(),
    usage: usageSchema,
  }),
]);

/** All of them are read once, at the first question: a run asks hundreds, and nearly always none is stored. */
export function replyMemory(database: Rows, pull: string): ReplyMemory {
  let stored: Promise<Map<string, RememberedReply>> | null = null;
  const replies = () => {
    stored ??= readReplies(database, pull);
    return stored;
  };
  return {
    find: async (request) => (await replies()).get(request) ?? null,
    keep: async (request, reply) => {
      await database.rows(
        "INSERT INTO plumbline.model_reply (pull, request, reply) VALUES ($1, $2, $3::jsonb) ON CONFLICT (pull, request) DO UPDATE SET reply = excluded.reply",
        [pull, request, JSON.stringify(reply)],
      );
      (await replies()).set(request, reply);
    },
    forget: async () => {
      await database.rows("DELETE FROM plumbline.model_reply WHERE pull = $1", [pull]);
      stored = null;
    },
  };
}

async function readReplies(database: Rows, pull: string): Promise<Map<string, RememberedReply>> {
  const rows = await database.rows<{ request: string; reply: unknown }>(
    "SELECT request, reply FROM plumbline.model_reply WHERE pull = $1",
    [pull],
  );
  // A row of another release that no longer fits is asked for again.
  const read = rows.map((row) => [row.request, replySchema.safeParse(row.reply).data] as const);
  return new Map(
    read.flatMap(([request, reply]) => (reply === undefined ? [] : [[request, reply] as const])),
  );
}
