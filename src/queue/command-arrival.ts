/** A comment with a command becomes one job, however often GitHub tells of it. */
import { createHash } from "node:crypto";
import type { PgBoss } from "pg-boss";
import type { CommandJob } from "../domain/job.ts";
import type { Sql } from "./database.ts";
import { COMMANDS } from "./store.ts";

/** Returns queue and id of the job. One that failed for good is tried anew. */
export async function addCommand(boss: PgBoss, { db }: Sql, job: CommandJob): Promise<string> {
  const id = commandJobId(job.commentId);
  const group = { id: String(job.locator.installationId) };
  const added = await boss.send(COMMANDS, job, { id, singletonKey: `comment-${job.commentId}`, group, db });
  if (added === null) await boss.retry(COMMANDS, id, { db });
  return `${COMMANDS} ${id}`;
}

/** A UUID by form, because pg-boss wants one. */
function commandJobId(commentId: number): string {
  const hex = createHash("sha256").update(`comment-${commentId}`).digest("hex");
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
