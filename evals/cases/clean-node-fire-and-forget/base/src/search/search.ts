import type { SearchIndex } from "./search-index.js";
import type { SearchLog } from "./search-log.js";

export async function search(index: SearchIndex, log: SearchLog, userId: string, text: string): Promise<string[]> {
  const ids = await index.find(text, 50);
  await log.insert({ userId, text, hits: ids.length });
  return ids;
}
