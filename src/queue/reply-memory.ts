/** Model replies of running reviews, kept until the review is posted: another attempt pays for nothing twice. */
import { z } from "zod";
import type { RememberedReply, ReplyMemory } from "../review/ports.ts";
import type { Database } from "./database.ts";

const replySchema: z.ZodType<RememberedReply> = z.object({
  text: z.string(),
  usage: z.object({
    calls: z.number(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    cacheReadTokens: z.number(),
    cacheWriteTokens: z.number(),
    costUsd: z.number(),
  }),
});

export function replyMemory(database: Database, runId: string): ReplyMemory {
  return {
    find: async (request) => {
      const [row] = await database.rows<{ reply: unknown }>(
        "SELECT reply FROM plumbline.model_reply WHERE run_id = $1 AND request = $2",
        [runId, request],
      );
      // A row of another release that no longer fits is asked for again.
      return replySchema.safeParse(row?.reply).data ?? null;
    },
    keep: async (request, reply) => {
      await database.rows(
        "INSERT INTO plumbline.model_reply (run_id, request, reply) VALUES ($1, $2, $3::jsonb) ON CONFLICT (run_id, request) DO UPDATE SET reply = excluded.reply",
        [runId, request, JSON.stringify(reply)],
      );
    },
    forget: async () => {
      await database.rows("DELETE FROM plumbline.model_reply WHERE run_id = $1", [runId]);
    },
  };
}
